"""How spans leave the process: in batches, by a thread of their own, as OTLP over HTTP; the one module that needs the
extra [telemetry].

A collector that is gone or slow costs a request nothing: what it does not take is dropped, and the log says so once
until it takes spans again.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_INSTANCE_ID,
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Tracer

from kb.errors import SettingError

NAME = "policy-knowledge-base"
"""What spans say that they come from, unless `OTEL_SERVICE_NAME` does, and the package whose version they tell."""

_PATIENCE = 3.0  # seconds for which a batch is offered to a collector
_CLOSING = 2.0  # seconds that the last spans may take: a stop does not wait for a collector
logger = logging.getLogger("kb.telemetry")


def export_to(endpoint: str) -> tuple[Tracer, Callable[[], None]]:
    """Give a tracer whose spans go to the collector at `endpoint`, and what ends it; raise SettingError where one of
    the variables that the SDK reads itself (OTEL_...) cannot be used."""
    # It would say for every batch anew what `ToldExporter` says once.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    own = {SERVICE_NAME: NAME, SERVICE_VERSION: version(NAME), SERVICE_INSTANCE_ID: str(os.getpid())}
    session = requests.Session()
    session.trust_env = False  # a collector is near: no proxy of the environment stands before it
    try:
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_PATIENCE, session=session)
        provider = TracerProvider(
            resource=Resource.create(own | dict(OTELResourceDetector().detect().attributes)), shutdown_on_exit=False
        )
        provider.add_span_processor(BatchSpanProcessor(ToldExporter(exporter, endpoint)))
    except ValueError as error:
        raise SettingError.of("telemetry_unusable", cause=error) from error

    def close() -> None:
        ending = threading.Thread(target=provider.shutdown, name="spans", daemon=True)
        ending.start()
        ending.join(_CLOSING)

    return provider.get_tracer("kb"), close


class ToldExporter(SpanExporter):
    """Hands spans on and tells the log when they are taken no more, and when they are again."""

    def __init__(self, exporter: SpanExporter, endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._taken = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand a batch on."""
        result = self._exporter.export(spans)
        taken = result is SpanExportResult.SUCCESS
        if taken != self._taken:
            self._taken = taken
            if taken:
                logger.info("the collector at %s takes spans again", self._endpoint)
            else:
                logger.warning("the collector at %s takes no spans; they are dropped until it does", self._endpoint)
        return result

    def shutdown(self) -> None:
        """End the exporter."""
        self._exporter.shutdown()
