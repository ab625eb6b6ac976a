"""A server that speaks the OpenAI chat protocol and answers with a script: whole replies, or what goes wrong; and a
model without a server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = str | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ModelServer:
    """`replies` are used up one a request, the last for all that follow; `requests` are the bodies that came."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)


def chunk(text: str) -> bytes:
    """Write one piece of a streamed reply."""
    data = {
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}],
    }  # fmt: skip
    return f"data: {json.dumps(data)}\n\n".encode()


def begin(handler: BaseHTTPRequestHandler, kind: str = "text/event-stream") -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.end_headers()


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(chunk("全市共梳理34项政"))
    handler.wfile.flush()
    handler.connection.close()


def is_silent(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.flush()
    time.sleep(3)


def sends_a_web_page(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, "text/html")
    handler.wfile.write(b"<html><body><script>alert(1)</script>502 Bad Gateway</body></html>")


def sends_broken_json(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(b'data: {"choices": [{"delta": {"content"\n\ndata: [DONE]\n\n')


def sends_nothing(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(b"data: [DONE]\n\n")


def never_stops(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    piece = chunk("好" * 1000)
    for _ in range(10_000):  # 10 million characters, if anybody reads them
        handler.wfile.write(piece)


def fails(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(500)


@contextmanager
def scripted_server() -> Iterator[ModelServer]:
    """Run the server on a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.requests.append(json.loads(body))
            reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
            try:
                if callable(reply):
                    reply(self)
                    return
                begin(self)
                for start in range(0, len(reply), 7):
                    self.wfile.write(chunk(reply[start : start + 7]))
                self.wfile.write(b"data: [DONE]\n\n")
            except (BrokenPipeError, ConnectionResetError):
                return  # the client has stopped reading, as it may

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = ModelServer(f"http://127.0.0.1:{http.server_port}/v1")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


class Recited:
    """A model that says what it was given to say."""

    name = "recited"

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, instruction: str, request: str) -> Iterator[str]:
        yield self.text
