"""What stands around every request: limits on its body and its time, and headers on its response.

The content-security policy allows nothing but this service's own files, so a document that carries
markup cannot run it, and no page can load anything from outside. Plain ASGI, because the usual
middleware class copies streams.
"""

from __future__ import annotations

import asyncio
import time

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 256 * 1024
"""The most bytes a request body may have."""

UPLOAD_LIMIT = 64 * 1024 * 1024
"""The most bytes that a document may have which is uploaded."""

_PATIENCE = 32 * BODY_LIMIT
"""How much of an oversize body is still read, so that the client sees the answer and not a cut line."""

_SLOWEST = 4096  # bytes a second: a bad line in the country is faster

# Nothing from other origins, no inline script: what a document says is shown as text and can run nothing.
_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {}"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _CONTENT.format("'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # for speaking a question, where the browser asks first
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}


# Browsers take it from an origin that they trust alone, and report an error elsewhere.
_OVER_HTTPS = {"Cross-Origin-Opener-Policy": "same-origin"}


def security_headers(scope: Scope) -> dict[str, str]:
    """Give the headers of every response to a request that came by the scheme of `scope`."""
    return SECURITY_HEADERS | _OVER_HTTPS if scope["scheme"] == "https" else SECURITY_HEADERS


def framed_by(origins: tuple[str, ...]) -> dict[str, str]:
    """Give the headers of a page that pages of these origins may hold in a frame."""
    return {"Content-Security-Policy": _CONTENT.format(" ".join(origins))}


class SecurityHeaders:
    """Add `security_headers` to every response, but for one that a route says itself; what the API says is never
    stored."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request by the app inside, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (security_headers(scope) | {"Cache-Control": "no-store"}).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_guarded)


class BodyLimit:
    """Refuse a request body of more than `BODY_LIMIT` bytes, a document of more than `UPLOAD_LIMIT`, with 413, declared
    or not; with 408 one that comes too slowly: in `seconds` and what its bytes take at `_SLOWEST`."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request by the app inside, as ASGI has it, and count what arrives: a length may be declared
        wrongly or not at all."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploading = scope["method"] == "POST" and scope["path"] == "/api/documents"
        limit = UPLOAD_LIMIT if uploading else BODY_LIMIT
        size = 0
        whole = False
        began = time.monotonic()

        async def receive_limited() -> Message:
            nonlocal size, whole
            if whole:
                return await receive()  # that the client has gone, whenever that is
            try:
                async with asyncio.timeout_at(
                    asyncio.get_running_loop().time() + began + self._seconds + size / _SLOWEST - time.monotonic()
                ):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            whole = not message.get("more_body")
            size += len(message.get("body", b""))
            if size <= limit:
                return message
            while message.get("more_body") and size < limit + _PATIENCE:
                message = await receive()
                size += len(message.get("body", b""))
            raise HTTPException(413)

        await self._app(scope, receive_limited, send)
