"""The port that the service listens on."""

from __future__ import annotations

import errno
import socket

from kb.errors import ServiceError


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
        # A service that starts again takes its port at once, and not when the kernel has forgotten the last
        # connections.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ServiceError.of(_refusal(error), host=host, port=port, cause=error.strerror) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Give the address that a port is reached by."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refusal(error: OSError) -> str:
    known = {
        errno.EADDRINUSE: "port_in_use",
        errno.EACCES: "port_not_permitted",
        errno.EADDRNOTAVAIL: "host_elsewhere",
    }
    return known.get(error.errno or 0, "port_refused")
