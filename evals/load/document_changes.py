"""Uploads and deletions by an administrator's key: how long until all workers serve them, and whether any is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from evals.served import DIRECT

_PATIENCE = 120.0
_LOOKS = 6  # in a row, each over a connection of its own, so that every worker has most likely been asked
_PAUSE = 0.02


class Editor:
    """Uploads and deletes documents of a service whose database lies beside `index_dir`."""

    def __init__(self, index_dir: Path, url: str) -> None:
        self._url = url
        account = [sys.executable, "-m", "cli", "account"]
        place = ["--index", str(index_dir)]
        subprocess.run([*account, "add", "load", "administrator", *place], check=True, capture_output=True)
        key = subprocess.run([*account, "key", "load", *place], check=True, capture_output=True, text=True).stdout
        self._headers = {"Authorization": f"Bearer {key.split()[-1]}", "Content-Type": "application/octet-stream"}

    def upload(self, name: str, text: str) -> str:
        """Send a file in and give the id of its job."""
        place = f"/api/documents?{urllib.parse.urlencode({'name': f'{name}.txt'})}"
        status, body = self._ask("POST", place, text.encode())
        if status != 202:
            raise SystemExit(f"an upload was answered with {status}: {body[:200]!r}")
        return str(json.loads(body)["job_id"])

    def delete(self, name: str) -> None:
        """Have a document deleted."""
        status, body = self._ask("DELETE", f"/api/documents/{name}")
        if status != 202:
            raise SystemExit(f"a deletion was answered with {status}: {body[:200]!r}")

    def seconds_until(self, name: str, status: int) -> float:
        """Wait until a document is there (200) or gone (404) wherever one asks, and give the time until the first look
        of those; nan where it takes too long."""
        began = first = time.perf_counter()
        agreed = 0
        while agreed < _LOOKS:
            now = time.perf_counter()
            if now - began > _PATIENCE:
                return float("nan")
            if self.status(name) == status:
                first = first if agreed else now
                agreed += 1
            else:
                agreed = 0
                time.sleep(_PAUSE)
        return first - began

    def status(self, name: str) -> int:
        """Ask for a document and give the status of the response."""
        return self._ask("GET", f"/api/documents/{name}")[0]

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        request = urllib.request.Request(f"{self._url}{path}", body, self._headers, method=method)
        try:
            with DIRECT.open(request, timeout=_PATIENCE) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def small_document(number: int) -> str:
    """Write a document of one article that no other is like."""
    return f"第{number}号便民服务点管理办法\n第一条　第{number}号便民服务点每日开放{number % 9 + 3}小时，提供{number * 7}种表格。\n"


@dataclass
class ChangesUnderLoad:
    """Adds a document and removes the one before it, again and again in a thread, and counts what was lost."""

    editor: Editor
    every: float
    done: int = 0
    lost: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._work, name="changes")
        self._thread.start()

    def end(self) -> None:
        """Stop after the change in progress."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        number = 0
        while not self._stop.wait(self.every):
            number += 1
            name = f"mixed-{number}"
            self.editor.upload(name, small_document(1000 + number))
            self._expect(name, 200)
            self.editor.delete(name)
            self._expect(name, 404)

    def _expect(self, name: str, status: int) -> None:
        self.done += 1
        if not self.editor.seconds_until(name, status) < _PATIENCE:
            self.lost.append(f"{name} did not become {status}")
