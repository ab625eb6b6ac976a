"""Spans of requests, their stages and ingestion jobs, for a collector of OpenTelemetry where
`OTEL_EXPORTER_OTLP_ENDPOINT` names one.

A request span bears the id that the log tells, and the span of a job that of the request which queued it. Spans hold
names, times, patterns of routes and kinds of outcomes: nothing that somebody asked, said or uploaded. Without a
collector a stage costs a look at one variable. https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import Scope

from kb.errors import ServiceError
from kb.types import Timing

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, SpanKind, Tracer

    from ingest.settings import Settings

_PARENT = "traceparent"
_SPAN = "kb.span"  # where the scope of a request holds its span
_ORIGIN = "trace"  # where a change of the index tells the request that it came with
_tracer: ContextVar[Tracer | None] = ContextVar("tracer", default=None)
_request_id: ContextVar[str] = ContextVar("traced_request_id", default="")


class Tracing:
    """Begins the spans of one process with `tracer`; `close` sends what is left."""

    def __init__(self, tracer: Tracer, close: Callable[[], None]) -> None:
        self._tracer = tracer
        self.close = close

    @classmethod
    def of_settings(cls, settings: Settings) -> Tracing | None:
        """Trace where a collector is configured; raise ServiceError where what that needs is not installed,
        SettingError where the SDK refuses one of its own variables."""
        if not settings.otlp_endpoint:
            return None
        try:
            from service.span_export import export_to
        except ImportError as error:
            raise ServiceError.of("telemetry_missing", cause=error) from error
        return cls(*export_to(settings.otlp_endpoint))

    @contextmanager
    def request(self, scope: Scope, request_id: str) -> Iterator[RequestSpan]:
        """Give the span of a request, which goes on from that of a proxy in front."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        # Nothing else of the context is taken over: whoever asks could write any words there.
        parent = TraceContextTextMapPropagator().extract({_PARENT: Headers(scope=scope).get(_PARENT, "")})
        with _begun(self._tracer, "request", parent, SpanKind.SERVER) as span:
            span.set_attribute("kb.request_id", request_id)
            _tracer.set(self._tracer)
            _request_id.set(request_id)
            scope[_SPAN] = (self._tracer, span, request_id)
            yield RequestSpan(span)

    @contextmanager
    def job(self, change: Mapping[str, Any]) -> Iterator[JobSpan]:
        """Give the span of a change of the index, which goes on from the request that queued it."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        origin = change.get(_ORIGIN, {})
        parent = TraceContextTextMapPropagator().extract({_PARENT: origin.get(_PARENT, "")})
        with _begun(self._tracer, "job", parent, SpanKind.CONSUMER) as span:
            span.set_attributes({"kb.request_id": origin.get("request_id", ""), "kb.job.action": change["action"]})
            steps = JobSpan(self._tracer, span)
            try:
                yield steps
            finally:
                steps.step("")


class RequestSpan:
    """The span of a request that is being answered."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def answered(self, method: str, route: str, status: int) -> None:
        """Tell, as the metrics do, what it was and how it ended."""
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        )
        if status >= 500:
            _fail(self._span)


class JobSpan:
    """The span of a job, with one below it for each of its steps."""

    def __init__(self, tracer: Tracer, span: Span) -> None:
        self._tracer = tracer
        self._span = span
        self._step: tuple[str, Span] | None = None

    def step(self, name: str) -> None:
        """Note that a step goes on or begins, and ends the one before; an empty name begins none."""
        if self._step is not None:
            if self._step[0] == name:
                return
            self._step[1].end()
        self._step = (name, self._tracer.start_span(name)) if name else None

    def ended(self, state: str) -> None:
        """Tell how the job ended."""
        self._span.set_attribute("kb.job.state", state)
        if state == "failed":
            _fail(self._span)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Let what is done within be a stage of the request that is answered, where it is traced."""
    tracer = _tracer.get()
    if tracer is None:
        yield
        return
    with _begun(tracer, name):
        yield


def answer_stages(timing: Timing, outcome: str) -> None:
    """Tell the stages of an answer that is whole now, by the milliseconds that it says it took."""
    tracer = _tracer.get()
    if tracer is None:
        return
    began = time.time_ns() - _nanoseconds(timing.total)
    found = began + _nanoseconds(timing.retrieve)
    tracer.start_span("retrieve", start_time=began).end(found)
    read = tracer.start_span("read", start_time=found, attributes={"kb.outcome": outcome})
    read.end(found + _nanoseconds(timing.read))


def origin() -> dict[str, dict[str, str]]:
    """Give what a change of the index tells of the request that it came with; nothing where that is not traced."""
    if _tracer.get() is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carried: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carried)
    return {_ORIGIN: {_PARENT: carried[_PARENT], "request_id": _request_id.get()}}


def go_on(scope: Scope) -> None:
    """Let what follows be a stage of the request of `scope`, where it is answered in a task that is older than the
    request."""
    if _SPAN not in scope:
        return
    from opentelemetry.context import attach
    from opentelemetry.trace import set_span_in_context

    tracer, span, request_id = scope[_SPAN]
    _tracer.set(tracer)
    _request_id.set(request_id)
    attach(set_span_in_context(span))


def _begun(
    tracer: Tracer, name: str, parent: Context | None = None, kind: SpanKind | None = None
) -> AbstractContextManager[Span]:
    """Begin a span that tells nothing of an exception within it, whose words may be those of a question."""
    from opentelemetry.trace import SpanKind

    return tracer.start_as_current_span(
        name, parent, kind or SpanKind.INTERNAL, record_exception=False, set_status_on_exception=False
    )


def _nanoseconds(milliseconds: float) -> int:
    return int(milliseconds * 1e6)


def _fail(span: Span) -> None:
    from opentelemetry.trace import StatusCode

    span.set_status(StatusCode.ERROR)
