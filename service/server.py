"""Run the service: take the port, say where it is, stop when asked and let answers finish."""

from __future__ import annotations

import errno
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from ingest.settings import Settings
from kb.errors import ServiceError
from service.app import create_app
from service.connection import with_head_seconds
from service.library import Library
from service.request_log import log_as_json
from service.storage import Storage
from service.tracing import Tracing
from service.worker_pool import Workers

ADMINISTRATOR = "admin"
"""The account that is there from the first start on."""

SHUTDOWN_SECONDS = 5  # that answers in writing get to end


def run(settings: Settings, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve until interrupted, by so many processes.

    Raises SnapshotError where there is no usable index, EncoderError, and ServiceError where the
    port cannot be had.
    """
    listener = listen(host, port)
    with listener:
        library = Library.of_index(settings)
        library.refresh()
        if library.problem is not None:
            if library.edition is None:
                raise library.problem
            print(f"kb: {library.problem.message}; {library.edition.name} is served", file=sys.stderr, flush=True)
        print(_address(listener), file=sys.stderr, flush=True)
        _tell_token(settings, _address(listener))
        if workers > 1:
            library.close()
            _check_telemetry(settings)
            Workers(settings, listener, workers).run()
            return
        # uvicorn raises the signal again when it has stopped; being asked to stop is no failure.
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
        server = server_of(settings, library)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve from a thread of this process on a free port and give the address; for measuring and tests."""
    server = server_of(settings, Library.of_index(settings))
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="service")
        thread.start()
        try:
            while thread.is_alive() and not server.started:
                time.sleep(0.01)
            yield _address(listener)
        finally:
            server.should_exit = True
            thread.join()


def listen(host: str, port: int) -> socket.socket:
    """Take a port (0: any free one); raise ServiceError naming it and the remedy."""
    if not 0 <= port <= 65535:
        raise ServiceError.of("port_no_number", port=port)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise ServiceError.of("host_unknown", host=host) from None
    listener = socket.socket(family, kind, protocol)
    try:
        # A service that starts again takes its port at once, and not when the kernel has forgotten the last connections.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ServiceError.of(_refusal(error), host=host, port=port, cause=error.strerror) from None
    return listener


def _check_telemetry(settings: Settings) -> None:
    """Raise what would keep every worker from sending spans, before any of them is started."""
    tracing = Tracing.of_settings(settings)
    if tracing is not None:
        tracing.close()


def _tell_token(settings: Settings, address: str) -> None:
    """Print, at the first start of all, the staff token and the link by which the administrator sets a password; neither can be shown again."""
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
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return uvicorn.Server(config)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refusal(error: OSError) -> str:
    known = {
        errno.EADDRINUSE: "port_in_use",
        errno.EACCES: "port_not_permitted",
        errno.EADDRNOTAVAIL: "host_elsewhere",
    }
    return known.get(error.errno or 0, "port_refused")
