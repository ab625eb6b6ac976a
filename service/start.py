"""Start the service: take the port, look whether there is anything to serve, say where it is.

Several workers load at the same time as this process looks, since either takes most of the time of a start; so the web
application, which only a worker needs, is not imported before one is wanted here.
"""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ingest.settings import Settings
from service.listener import address_of, listen
from service.worker_pool import Workers

if TYPE_CHECKING:
    from service.library import Library

ADMINISTRATOR = "admin"
"""The account that is there from the first start on."""


def run(settings: Settings, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve until interrupted, by so many processes.

    Raises SnapshotError where there is no usable index, EncoderError, and ServiceError where the
    port cannot be had or spans cannot be sent.
    """
    with listen(host, port) as listener:
        if workers > 1:
            with Workers(settings, listener, workers) as serving:
                _looked(settings, listener).close()
                _check_telemetry(settings)
                serving.run()
            return
        library = _looked(settings, listener)
        # uvicorn raises the signal again when it has stopped; being asked to stop is no failure.
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
        from service.server import server_of

        server = server_of(settings, library)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def open_library(settings: Settings) -> Library:
    """Open the index, or its last good snapshot and say why; raise what keeps both from being served."""
    from service.library import Library

    library = Library.of_index(settings)
    library.refresh()
    if library.problem is not None:
        if library.edition is None:
            raise library.problem
        print(f"kb: {library.problem.message}; {library.edition.name} is served", file=sys.stderr, flush=True)
    return library


def _looked(settings: Settings, listener: socket.socket) -> Library:
    """Open the index and say where it is served; raise what keeps all of it from being served."""
    library = open_library(settings)
    print(address_of(listener), file=sys.stderr, flush=True)
    _tell_token(settings, address_of(listener))
    return library


def _check_telemetry(settings: Settings) -> None:
    """Raise what keeps every worker from sending spans."""
    from service.tracing import Tracing

    tracing = Tracing.of_settings(settings)
    if tracing is not None:
        tracing.close()


def _tell_token(settings: Settings, address: str) -> None:
    """Print, at the first start of all, the staff token and the link by which the administrator sets a password;
    neither can be shown again."""
    from service.storage import Storage

    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    if token is not None:
        print(f"staff token, shown this once, to be entered at /staff: {token}", file=sys.stderr, flush=True)
        if not storage.accounts.all():
            link = storage.accounts.add(ADMINISTRATOR, "administrator")
            print(
                f"link to set the password of {ADMINISTRATOR}, good once: {address}/staff#link={link}",
                file=sys.stderr,
                flush=True,
            )
    storage.close()
