"""The routes of the service, one file a resource. Each borrows the knowledge base for one request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from service.answer_queue import AnswerQueue
from service.library import Library
from service.publishing import Publishing


async def library_of(request: Request) -> Library:
    """Give the library of the application that serves `request`."""
    library: Library = request.app.state.library
    return library


async def publishing_of(request: Request) -> Publishing:
    """Give what uploads, publishes, withdraws and deletes for the application that serves `request`, after a look at the index: another worker
    may have served what staff saw and now decide on."""
    publishing: Publishing = request.app.state.publishing
    await run_in_threadpool(request.app.state.library.refresh)
    return publishing


def answer_queue_of(request: Request) -> AnswerQueue:
    """Give the queue in which questions wait for the application that serves `request`."""
    queue: AnswerQueue = request.app.state.answer_queue
    return queue


Desk = Annotated[Publishing, Depends(publishing_of)]
OpenLibrary = Annotated[Library, Depends(library_of)]
