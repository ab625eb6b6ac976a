"""One run of locust against the service, and what it counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CLIENTS = Path(__file__).with_name("clients.py")
_GRACE = 60  # seconds after which a run that does not end by itself is ended


@dataclass(frozen=True, slots=True)
class TimedResponses:
    """The requests that were told one thing: how many, and how many took so many milliseconds (two digits of them)."""

    count: int
    times: Counter[float]

    def percentile(self, share: float) -> float:
        """Give the milliseconds within which so large a share had its response, nan where there was none.

        >>> TimedResponses(4, Counter({10.0: 3, 900.0: 1})).percentile(0.5)
        10.0
        """
        seen = 0
        for milliseconds in sorted(self.times):
            seen += self.times[milliseconds]
            if seen >= share * self.times.total():
                return milliseconds
        return float("nan")


@dataclass(frozen=True, slots=True)
class LoadRun:
    """What one run counted: served, told to come back (`shed`), and failed."""

    seconds: float
    served: TimedResponses
    shed: TimedResponses
    failed: TimedResponses

    @property
    def rate(self) -> float:
        """Requests a second that were served."""
        return self.served.count / self.seconds


def run_clients(url: str, kind: str, seconds: float, clients: int, each: float = 0.0, seed: int = 1) -> LoadRun:
    """Let so many clients ask for so many seconds, `each` so often a second or one thing after the other; raise
    SystemExit where locust itself fails."""
    command = [
        sys.executable,
        "-m",
        "locust",
        "-f",
        str(_CLIENTS),
        "--headless",
        "--json",
        "--skip-log",
        "--only-summary",
    ]
    command += [
        "-u",
        str(clients),
        "-r",
        str(clients),
        "-t",
        f"{seconds:.0f}s",
        "--host",
        url,
        "--exit-code-on-error",
        "0",
    ]
    command += ["--kind", kind, "--each", str(each), "--seed", str(seed)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds + _GRACE, check=False)
    if ran.returncode:
        raise SystemExit(f"locust ended with {ran.returncode}: {ran.stderr.strip()[-500:]}")
    return counted(json.loads(ran.stdout), seconds)


def counted(statistics: list[dict[str, Any]], seconds: float) -> LoadRun:
    """Read the statistics that locust prints, in which one name may stand for several methods.

    >>> entry = {"name": "served", "num_requests": 3, "num_failures": 1, "response_times": {"20": 2, "30000": 1}}
    >>> run = counted([entry], 2.0)
    >>> run.rate, run.failed.count
    (1.0, 1)
    """
    times = {name: Counter[float]() for name in ("served", "shed", "failed")}
    broken = 0
    for entry in statistics:
        # What breaks off before it has an answer keeps the name that it began with.
        broken += entry["num_failures"]
        name = "failed" if entry["num_failures"] == entry["num_requests"] else entry["name"]
        times[name].update({float(took): count for took, count in entry["response_times"].items()})
    cut_off = broken - times["failed"].total()
    served = TimedResponses(times["served"].total() - cut_off, times["served"])
    return LoadRun(
        seconds, served, TimedResponses(times["shed"].total(), times["shed"]), TimedResponses(broken, times["failed"])
    )
