"""What the service counts for Prometheus: requests by route, answers and refusals by kind, how long stages take, the
queue, the snapshot.

Nothing that somebody asked or said stands in a name or label; routes are told by their pattern, not by what was filled
in.
"""

from __future__ import annotations

import time
from datetime import datetime
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from service.answer_queue import AnswerQueue
from service.audit_writer import AuditWriter
from service.library import Library

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one application."""

    def __init__(self, library: Library, queues: dict[str, AnswerQueue], audit: AuditWriter) -> None:
        self._library = library
        self._audit = audit
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kb_requests", "Requests by route and status", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "kb_request_seconds",
            "Seconds until a response began",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._answers = Counter("kb_answers", "Answers, and refusals by kind", ("outcome",), registry=self._registry)
        self._stages = Histogram(
            "kb_answer_stage_seconds", "Seconds that a stage of an answer took", ("stage",), buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        for name, read in (("waiting", _waiting), ("working", _working)):
            gauge = Gauge(
                f"kb_queue_{name}", f"Questions or searches that are {name}", ("queue",), registry=self._registry
            )
            for queue, held in queues.items():
                gauge.labels(queue).set_function(partial(read, held))
        for name, what, reading in (
            ("kb_snapshot_age_seconds", "Seconds since the snapshot that is served was made", self._age),
            ("kb_snapshot_documents", "Public documents of the snapshot that is served", self._documents),
            ("kb_snapshot_problem", "1 where the snapshot in use cannot be served", self._problem),
            ("kb_audit_waiting", "Answers that are still to be written to the audit record", self._unwritten),
            ("kb_audit_problem", "1 where the audit record cannot be written", self._audit_problem),
        ):
            Gauge(name, what, registry=self._registry).set_function(reading)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answered(self, answer: dict[str, Any]) -> None:
        """Count an answer."""
        refusal = answer.get("refusal")
        self._answers.labels(refusal["kind"] if refusal else "answered").inc()
        for stage, milliseconds in answer["timing_ms"].items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def text(self) -> bytes:
        """Give all of them as Prometheus reads them."""
        return generate_latest(self._registry)

    def _age(self) -> float:
        edition = self._library.edition
        if edition is None:
            return float("nan")
        made = datetime.fromisoformat(edition.knowledge_base.snapshot.manifest.created)
        return max(0.0, time.time() - made.timestamp())

    def _documents(self) -> float:
        edition = self._library.edition
        return float(edition.documents) if edition else 0.0

    def _problem(self) -> float:
        return float(self._library.problem is not None)

    def _unwritten(self) -> float:
        return float(self._audit.waiting)

    def _audit_problem(self) -> float:
        return float(self._audit.problem is not None)


def _waiting(queue: AnswerQueue) -> float:
    return queue.waiting


def _working(queue: AnswerQueue) -> float:
    return queue.working
