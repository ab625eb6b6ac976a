"""The clients, as locust runs them (`locust -f evals/load/clients.py`), in a process of its own.

A client that is told to come back does so when it was told to, at most `PATIENCE` seconds later; with `--each` it goes
on at its own pace, as overload does. What a client was told is told apart by its name in locust's statistics: `served`,
`shed` (429 or 503 with Retry-After) and `failed`.
"""

from __future__ import annotations

import itertools
from typing import Any

import gevent
from locust import FastHttpUser, constant_throughput, events, task

from evals.load.asked import ALIKE, fresh, judged_texts

PATIENCE = 4.0
"""The most seconds that a client waits before it comes back."""


def _options(parser: Any) -> None:
    parser.add_argument("--kind", choices=("fresh", "again", "search", "searched", "mixed"), default="fresh")
    parser.add_argument(
        "--each", type=float, default=0.0, help="requests a second of one client; 0: one after the other"
    )
    parser.add_argument("--seed", type=int, default=1)


def _begin(environment: Any, **_: Any) -> None:
    chosen = environment.parsed_options
    texts = judged_texts()
    Client.kind = chosen.kind
    Client.fresh = fresh(texts, chosen.seed)
    Client.again = itertools.cycle(texts[:ALIKE])
    Client.searched = itertools.cycle(texts if chosen.kind != "searched" else texts[:ALIKE])
    Client.turn = itertools.count()
    Client.each = chosen.each


class Client(FastHttpUser):
    """Somebody who asks one thing after the other."""

    kind = "fresh"
    fresh: Any
    again: Any
    searched: Any
    turn: Any
    each = 0.0
    network_timeout = connection_timeout = 30.0

    def wait_time(self) -> float:
        """Ask the next at once, or at the pace of `--each`."""
        return float(constant_throughput(self.each)(self)) if self.each else 0.0

    @task
    def one(self) -> None:
        """Ask what is next in the common list, so that no two clients ask the same."""
        kind = self.kind if self.kind != "mixed" else ("fresh", "search", "again")[next(Client.turn) % 3]
        if kind in ("search", "searched"):
            self._told("GET", "/api/search", params={"q": next(Client.searched)})
        else:
            question = next(Client.fresh if kind == "fresh" else Client.again)
            self._told("POST", "/api/ask", json={"question": question})

    def _told(self, method: str, path: str, **options: Any) -> None:
        with self.client.request(method, path, catch_response=True, name="served", **options) as response:
            if response.status_code in (429, 503) and response.headers and response.headers.get("Retry-After"):
                response.request_meta["name"] = "shed"
                response.success()
                if not self.each:
                    gevent.sleep(min(float(response.headers["Retry-After"]), PATIENCE))
            elif response.status_code != 200:
                response.request_meta["name"] = "failed"
                response.failure(f"{response.status_code} {response.text or ''}"[:200])


events.init_command_line_parser.add_listener(_options)  # type: ignore[no-untyped-call]
events.test_start.add_listener(_begin)  # type: ignore[no-untyped-call]
