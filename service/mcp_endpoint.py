"""`/mcp` as an application of its own (streamable HTTP), which begins when the first client comes.

Every request stands for itself: no session is kept, so that any process can answer any of them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from kb.types import Audience
from service.answer_queue import AnswerQueue
from service.below import lie_below
from service.guards import BODY_LIMIT
from service.tools import Toolbox
from service.tracing import go_on

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

AUDIENCE = "kb.audience"
"""Where the scope of a request tells who asks."""

NOTED = "kb.noted"
"""Where it holds what is told of an answer that they were given."""


class McpEndpoint:
    """Answers requests over the Model Context Protocol; `close` ends it."""

    def __init__(self, box: Toolbox, queue: AnswerQueue) -> None:
        self._box, self._queue = box, queue
        self._starting = asyncio.Lock()
        self._manager: StreamableHTTPSessionManager | None = None
        self._running: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whose scope tells under `AUDIENCE` who asks and holds under `NOTED` what is told of its
        answer."""
        async with self._starting:
            if self._manager is None:
                self._manager = await run_in_threadpool(self._made)
                ready = asyncio.Event()
                self._running = asyncio.create_task(self._run(self._manager, ready))
                await ready.wait()
        await self._manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what is in progress."""
        self._closing.set()
        if self._running is not None:
            await self._running

    def _made(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from service.mcp_server import mcp_server

        server = mcp_server(self._box, _audience_of, self._queue, _note)
        return StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=BODY_LIMIT
        )

    async def _run(self, manager: StreamableHTTPSessionManager, ready: asyncio.Event) -> None:
        # Entered and left by one task, as a group of tasks has to be.
        async with manager.run():
            ready.set()
            await self._closing.wait()


def _note(context: Any, answer: dict[str, Any]) -> None:
    context.request.scope[NOTED](answer)


def _audience_of(context: Any) -> Audience:
    """Give who asks, and let addresses be told as they have to write them and stages as those of their request; over
    HTTP a call always comes in a request."""
    lie_below(context.request.scope)
    go_on(context.request.scope)
    audience: Audience = context.request.scope[AUDIENCE]
    return audience
