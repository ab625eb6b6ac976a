"""`python -m service.worker`: one of several processes that serve from one socket, which `service.worker_pool`
starts."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from ingest.settings import Settings, read_settings
from kb.errors import KnowledgeBaseError
from kb.processors import processors
from service.library import Library
from service.server import server_of
from service.worker_pool import PAUSE


def share(settings: Settings, count: int) -> Settings:
    """Give one of `count` workers its part of the processors, unless it is set how many answers are worked on at once.

    >>> share(Settings(concurrent_answers=3), 2).concurrent_answers
    3
    """
    at_once = settings.concurrent_answers or max(1, processors() // count)
    return settings.model_copy(update={"concurrent_answers": at_once})


def main() -> None:
    """Serve from the socket that was handed on, until asked to stop or the process that handed it on is gone."""
    descriptor, count, index = sys.argv[1:]
    settings = share(read_settings(Path(index)), int(count))
    _end_with_parent()
    with socket.socket(fileno=int(descriptor)) as listener:
        try:
            server = server_of(settings, Library.of_index(settings))
        except KnowledgeBaseError as error:
            print(f"kb: {error.message}", file=sys.stderr, flush=True)
            time.sleep(PAUSE)
            sys.exit(1)
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _end_with_parent() -> None:
    """Stop, as if asked to, when the process that keeps the workers is gone, however it went."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(PAUSE)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()


if __name__ == "__main__":
    main()
