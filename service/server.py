"""The server of one process: uvicorn with the application, run by `service.start`, by a worker, or within another
program."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from ingest.settings import Settings
from service.app import create_app
from service.connection import with_head_seconds
from service.library import Library
from service.listener import address_of, listen
from service.request_log import log_as_json

SHUTDOWN_SECONDS = 5  # that answers in writing get to end
_IDLE_SECONDS = 75
"""Longer than clients and proxies keep a connection (60 s in nginx): they close it, and no request meets one that is
closed here."""


@contextmanager
def serving(settings: Settings, port: socket.socket | None = None) -> Iterator[str]:
    """Serve from a thread of this process on a port that was taken, or a free one, and give the address; for measuring
    and tests."""
    server = server_of(settings, Library.of_index(settings))
    with port or listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="service")
        thread.start()
        try:
            while thread.is_alive() and not server.started:
                time.sleep(0.01)
            yield address_of(listener)
        finally:
            server.should_exit = True
            thread.join()


def server_of(settings: Settings, library: Library) -> uvicorn.Server:
    """Make the server of one process, which takes its sockets when it runs."""
    if settings.log_requests:
        log_as_json()
    config = uvicorn.Config(
        create_app(settings, library),
        log_config=None if settings.log_requests else LOGGING_CONFIG,
        log_level="warning",
        # Addresses hold questions; nothing of what people ask goes to a log.
        access_log=False,
        # Says nothing of versions.
        server_header=False,
        http=with_head_seconds(settings.head_seconds),
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return uvicorn.Server(config)
