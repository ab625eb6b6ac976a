"""The workers that serve from one socket: `Workers` starts them (`service.worker`) and keeps them running.

A worker that dies is replaced; all of them share the index files that the system keeps in memory, and one of them works
the jobs off.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

from ingest.settings import Settings

PAUSE = 1.0  # seconds before a worker that died is replaced, so that one that cannot start does not spin


class Workers:
    """Keeps `count` workers running over one listening socket until SIGTERM or SIGINT comes; they begin at once, and
    end with the `with`."""

    def __init__(self, settings: Settings, listener: socket.socket, count: int) -> None:
        self._command = [sys.executable, "-m", "service.worker", str(listener.fileno()), str(count)]
        self._command.append(str(settings.index_dir.absolute()))
        self._listener = listener
        self._stop = threading.Event()
        self._workers: list[subprocess.Popen[bytes]] = [self._start() for _ in range(count)]

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, _leave)  # told to stop while it still starts, it ends its workers too
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let all of them finish what they are at."""
        for worker in self._workers:
            with suppress(ProcessLookupError):
                worker.terminate()
        for worker in self._workers:
            worker.wait()

    def run(self) -> None:
        """Replace what dies until SIGTERM or SIGINT comes."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        while not self._stop.wait(PAUSE):
            self._workers = [one if one.poll() is None else self._start() for one in self._workers]

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self) -> subprocess.Popen[bytes]:
        # In a group of its own: Ctrl-C goes to the one that keeps them, which stops them in order.
        return subprocess.Popen(self._command, pass_fds=[self._listener.fileno()], start_new_session=True)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
