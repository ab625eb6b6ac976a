"""Work that somebody waits for: in its turn, and no longer than they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from service.answer_queue import QueuePlace

T = TypeVar("T")

Forget = Callable[[], None]
"""Takes back what was kept of a question that gets no answer."""


async def in_turn(turn: QueuePlace, work: Callable[[], T]) -> T:
    """Do some work in a thread when it is its turn."""
    async with turn:
        return await run_in_threadpool(work)


async def or_forgotten(work: Awaitable[T], forget: Forget) -> T:
    """Wait for some work; where it fails, for whatever reason, `forget`."""
    try:
        return await work
    except Exception:
        await run_in_threadpool(forget)
        raise


async def while_there(request: Request, work: Coroutine[Any, Any, T], stop: Callable[[], None]) -> T:
    """Wait for some work; where the client goes before it is done, cancel it, call `stop` for the thread that it may
    run in, and raise ClientDisconnect when it has ended."""
    working, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        gone.cancel()
        if not working.done():
            stop()
            working.cancel()
            with suppress(asyncio.CancelledError, ClientDisconnect):
                await working


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
