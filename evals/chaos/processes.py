"""Processes that are killed: commands and the service, each with all that it started in a group of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from evals.served import DIRECT

ENVIRONMENT = {"KB_ENCODER": "static", "KB_REQUESTS_A_MINUTE": "0"}
"""Indexes are written with the static encoder: what is tried is when they are whole, not what is in them. All requests
come from one address."""

_PATIENCE = 60.0


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """Start `kb` with all that it starts in a group of its own."""
    command = [sys.executable, "-m", "cli", *map(str, arguments)]
    environment = os.environ | ENVIRONMENT
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    )


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `kb` to its end."""
    line = [sys.executable, "-m", "cli", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, env=os.environ | ENVIRONMENT, check=False)


def kill(process: subprocess.Popen[bytes], *, group: bool = True) -> None:
    """Kill a process, by default with all of its group, and wait until it is gone."""
    with suppress(ProcessLookupError):
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


class Service:
    """`kb serve` over an index; the port stays the same over all starts."""

    def __init__(self, index: Path) -> None:
        self._index = index
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        command("account", "add", "chaos", "administrator", "--index", index)
        key = command("account", "key", "chaos", "--index", index).stdout.split()[-1]
        self.authorization = f"Bearer {key}"
        """The header by which an administrator is known."""
        self._headers = {"Authorization": self.authorization, "Content-Type": "application/octet-stream"}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> bool:
        """Start it and say whether it became ready."""
        self.process = start("serve", "--port", self._port, "--index", self._index)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            status, _ = self.ask("GET", "/readyz")
            if status == 200:
                return True
            time.sleep(0.05)
        return False

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """Ask something and give status and body, 0 where nobody answered."""
        headers = self._headers | ({"Content-Type": "application/json"} if path == "/api/ask" else {})
        request = urllib.request.Request(f"{self.url}{path}", body, headers, method=method)
        try:
            with DIRECT.open(request, timeout=_PATIENCE) as response:
                return response.status, _read(response.read())
        except urllib.error.HTTPError as error:
            return error.code, _read(error.read())
        except OSError:
            return 0, None
        except http.client.HTTPException:  # it was killed within its response
            return 0, None

    def upload(self, name: str, text: str) -> str | None:
        """Send a file in and give the id of its job, nothing where that was not told."""
        status, body = self.ask("POST", f"/api/documents?name={name}.txt", text.encode())
        return str(body["job_id"]) if status == 202 else None

    def finished(self, job_id: str) -> str:
        """Wait for a job and give how it ended."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            status, body = self.ask("GET", f"/api/jobs/{job_id}")
            if status == 404 or (status == 200 and body["state"] in ("done", "failed")):
                return "lost" if status == 404 else str(body["state"])
            time.sleep(0.05)
        return "unfinished"

    def end(self, *, group: bool = True) -> None:
        """Kill it, by default with all that it started."""
        if self.process is not None:
            kill(self.process, group=group)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
