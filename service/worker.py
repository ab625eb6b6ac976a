"""`python -m service.worker`: one of several processes that serve from one socket; `Workers` starts them and keeps them running.

A worker that dies is replaced; all of them share the index files that the system keeps in memory, and one of them works the jobs off.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from ingest.settings import Settings, read_settings
from kb.errors import KnowledgeBaseError
from kb.processors import processors
from service.library import Library

_PAUSE = 1.0  # seconds before a worker that died is replaced, so that one that cannot start does not spin


class Workers:
    """Keeps `count` workers running over one listening socket until it is told to stop."""

    def __init__(self, settings: Settings, listener: socket.socket, count: int) -> None:
        self._command = [sys.executable, "-m", "service.worker", str(listener.fileno()), str(count)]
        self._command.append(str(settings.index_dir.absolute()))
        self._listener = listener
        self._stop = threading.Event()
        self._workers: list[subprocess.Popen[bytes]] = [self._start() for _ in range(count)]

    def run(self) -> None:
        """Replace what dies until SIGTERM or SIGINT comes; then let all of them finish what they are at."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        while not self._stop.wait(_PAUSE):
            self._workers = [one if one.poll() is None else self._start() for one in self._workers]
        for worker in self._workers:
            with suppress(ProcessLookupError):
                worker.terminate()
        for worker in self._workers:
            worker.wait()

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self) -> subprocess.Popen[bytes]:
        # In a group of its own: Ctrl-C goes to the one that keeps them, which stops them in order.
        return subprocess.Popen(self._command, pass_fds=[self._listener.fileno()], start_new_session=True)


def share(settings: Settings, count: int) -> Settings:
    """Give one of `count` workers its part of the processors, unless it is set how many answers are worked on at once.

    >>> share(Settings(concurrent_answers=3), 2).concurrent_answers
    3
    """
    at_once = settings.concurrent_answers or max(1, processors() // count)
    return settings.model_copy(update={"concurrent_answers": at_once})


def main() -> None:
    """Serve from the socket that was handed on, until asked to stop or the process that handed it on is gone."""
    from service.server import server_of

    descriptor, count, index = sys.argv[1:]
    settings = share(read_settings(Path(index)), int(count))
    _end_with_parent()
    with socket.socket(fileno=int(descriptor)) as listener:
        try:
            server = server_of(settings, Library.of_index(settings))
        except KnowledgeBaseError as error:
            print(f"kb: {error.message}", file=sys.stderr, flush=True)
            time.sleep(_PAUSE)
            sys.exit(1)
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _end_with_parent() -> None:
    """Stop, as if asked to, when the process that keeps the workers is gone, however it went."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_PAUSE)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()


if __name__ == "__main__":
    main()
