"""Every request gets an id, is counted, and is logged as one JSON object and traced where that is wanted; what was
asked or said is not in it.

The id is told in `X-Request-ID`, taken over from a proxy that gave one, and stands in every line that is logged while
the request is answered, so that an error finds its request.
"""

from __future__ import annotations

import contextvars
import json
import logging
import re
import secrets
import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.below import below
from service.metrics import Metrics
from service.tracing import RequestSpan, Tracing

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_current: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
logger = logging.getLogger("kb.requests")


class RequestLog:
    """Gives ids, counts, logs and traces; stands around all other guards."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request by the app inside, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else secrets.token_urlsafe(12)
        _current.set(request_id)
        with self._tracing.request(scope, request_id) if self._tracing else nullcontext() as span:
            await self._answer(scope, receive, send, request_id, span)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, span: RequestSpan | None
    ) -> None:
        began = time.perf_counter()
        status, first = 499, 0.0  # as nginx calls it where the client went before anything was sent

        async def send_with_id(message: Message) -> None:
            nonlocal status, first
            if message["type"] == "http.response.start":
                status, first = message["status"], time.perf_counter() - began
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            status = 500
            raise
        finally:
            seconds = time.perf_counter() - began
            route = _route(scope)
            self._metrics.requested(_method(scope), route, status, first or seconds)
            if span is not None:
                span.answered(_method(scope), route, status)
            logger.info(
                "request",
                extra={"method": _method(scope), "route": route, "status": status, "ms": round(seconds * 1000, 1)},
            )


def _route(scope: Scope) -> str:
    """Give the pattern of the route, which names nothing that was asked for."""
    if scope["path"].startswith(below("/static/")):
        return "/static"
    route = scope.get("route")
    return str(getattr(route, "path", "none"))


def _method(scope: Scope) -> str:
    """Give the method, of those that exist: a stranger may write any word there, and every one would be a metric of its
    own."""
    return (
        scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
    )


class JsonLines(logging.Formatter):
    """A line of JSON for each record: when, how bad, what, and in which request."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": _current.get(),
        }
        told |= {name: getattr(record, name) for name in ("method", "route", "status", "ms") if hasattr(record, name)}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def log_as_json() -> None:
    """Write every record, and one for every request, as JSON to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("uvicorn.error", "kb"):
        named = logging.getLogger(name)
        named.handlers, named.propagate = [handler], False
    logging.getLogger("kb").setLevel(logging.INFO)
