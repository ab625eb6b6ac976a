"""A small real reverse proxy, as an office has one: everything below a path is passed on without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_OF_THE_LINE = ("connection", "keep-alive", "transfer-encoding", "te", "upgrade")


@contextmanager
def proxied(address: str, path: str, tell: bool = True) -> Iterator[str]:
    """Serve what is at `address` below `path` of another port, and tell the service that path with every request, or
    not."""
    passed = {"X-Forwarded-Prefix": path} if tell else {}
    handler = type("Passing", (_Passing,), {"target": urlsplit(address).netloc, "below": path, "passed": passed})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="proxy")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Passing(BaseHTTPRequestHandler):
    target: str
    below: str
    passed: dict[str, str]

    def _pass(self) -> None:
        if not self.path.startswith(f"{self.below}/"):
            self.send_error(404)  # the portal itself knows no such page
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_LINE}
        upstream = HTTPConnection(self.target, timeout=60)
        try:
            upstream.request(self.command, self.path[len(self.below) :], body or None, headers | self.passed)
            response = upstream.getresponse()
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() not in _OF_THE_LINE:
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while block := response.read1(65536):
                self.wfile.write(block)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass  # who asked has gone
        finally:
            upstream.close()

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _pass

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""
