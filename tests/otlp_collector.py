"""A collector of OpenTelemetry on loopback: takes OTLP over HTTP, decodes it, and keeps the spans that came."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class Collector:
    """`bodies` are what came, as bytes; `resources` and `spans` are what they say."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    resources: list[dict[str, str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        self.bodies.append(body)
        for one in request.resource_spans:
            self.resources.append({said.key: said.value.string_value for said in one.resource.attributes})
            self.spans += [span for scope in one.scope_spans for span in scope.spans]

    def of_request(self, request_id: str) -> Span:
        """Give the span of the request with this id."""
        (found,) = (span for span in self.spans if said(span).get("kb.request_id") == request_id and span.name != "job")
        return found

    def below(self, parent: Span) -> list[Span]:
        """List the spans right below another, in the order of their beginnings."""
        return sorted(
            (one for one in self.spans if one.parent_span_id == parent.span_id),
            key=lambda one: one.start_time_unix_nano,
        )


def said(span: Span) -> dict[str, str | int]:
    """Give the attributes of a span."""
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
            if known:
                collector.take(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
