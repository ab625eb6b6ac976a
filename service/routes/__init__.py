"""The routes of the service, one file a resource. Each borrows the knowledge base for one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from service.answer_queue import AnswerQueue
from service.audit_writer import AuditWriter
from service.library import Library
from service.metrics import Metrics
from service.publishing import Publishing


async def library_of(request: Request) -> Library:
    """Give the library of the application that serves `request`."""
    library: Library = request.app.state.library
    return library


async def publishing_of(request: Request) -> Publishing:
    """Give what uploads, publishes, withdraws and deletes for the application that serves `request`, after a look at
    the index: another worker may have served what staff saw and now decide on."""
    publishing: Publishing = request.app.state.publishing
    await run_in_threadpool(request.app.state.library.refresh)
    return publishing


def answer_queue_of(request: Request) -> AnswerQueue:
    """Give the queue in which questions wait for the application that serves `request`."""
    queue: AnswerQueue = request.app.state.answer_queue
    return queue


Noted = Callable[[dict[str, Any]], None]
"""Told of an answer that was given."""


def answer_noted(request: Request, asker: str) -> Noted:
    """Give what counts an answer to `asker` and notes it in the audit record, for the application that serves
    `request`."""
    metrics: Metrics = request.app.state.metrics
    audit: AuditWriter = request.app.state.audit

    def noted(answer: dict[str, Any]) -> None:
        audit.answered(asker, answer)
        metrics.answered(answer)

    return noted


Desk = Annotated[Publishing, Depends(publishing_of)]
OpenLibrary = Annotated[Library, Depends(library_of)]
