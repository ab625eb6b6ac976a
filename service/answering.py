"""The answer that every interface gives, made in a worker thread: whole, or told as it comes.

`/api/ask`, `/v1/chat/completions` and `/mcp` all answer here, so that they cannot come to differ.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect

from kb.errors import ConflictError
from kb.knowledge_base import KnowledgeBase, Step
from kb.presentation import answer_payload, citation_payload, statement_payload
from kb.types import Answer, Audience, Citation, Query
from service.addresses import addressed
from service.answer_queue import QueuePlace
from service.cited_rows import with_rows
from service.library import Library
from service.tracing import answer_stages, stage
from service.waiting import Forget, in_turn, or_forgotten

GRACE_SECONDS = 0.05
"""A question that is refused within this time gets its HTTP status rather than an error event."""

LOOK_SECONDS = 0.3
"""How often somebody who waits is told their place, where it has changed."""

Told = tuple[str, dict[str, Any]]
"""What is told and its payload: `citation`, `statement`, `answer` with the whole answer, `done` with the same and what
may be asked next."""

Finish = Callable[[dict[str, Any]], dict[str, Any]]
"""Adds to the payload of a whole answer what only the one who asked for it knows."""

_ToldQueue = asyncio.Queue[Told | None]  # `None` is the end


def as_it_is(answer: dict[str, Any]) -> dict[str, Any]:
    """Finish an answer by adding nothing."""
    return answer


def answer_whole(
    library: Library, query: Query, finish: Finish = as_it_is, stopped: threading.Event | None = None
) -> dict[str, Any]:
    """Answer, and once more where a document was withdrawn while it was being answered from; raise ClientDisconnect
    where nobody waits any more."""
    stopped = stopped or threading.Event()
    while True:
        with library.use() as knowledge_base:
            steps = knowledge_base.answer(query)
            answer = next(step for step in steps if isinstance(step, Answer) or stopped.is_set())
            told = _whole(answer, knowledge_base) if isinstance(answer, Answer) else {}
        if not isinstance(answer, Answer):
            raise ClientDisconnect
        if _stands(library, answer, query.audience):
            return finish(told)


class AnswerInProgress:
    """An answer that a worker thread makes when it is its turn, told as it comes."""

    def __init__(
        self, turn: QueuePlace, library: Library, query: Query, finish: Finish, forget: Forget | None = None
    ) -> None:
        self._turn = turn
        self._lasting = forget is not None
        self._told: _ToldQueue = asyncio.Queue()
        self._stopped = threading.Event()
        work = partial(_tell, library, query, finish, asyncio.get_running_loop(), self._told, self._stopped)
        answering = in_turn(turn, work)
        self._answering = asyncio.create_task(or_forgotten(answering, forget) if forget else answering)
        # The end is told here rather than by the thread, which never runs for somebody who is refused while they wait.
        self._answering.add_done_callback(lambda _: self._told.put_nowait(None))
        self._first = asyncio.create_task(self._told.get())

    async def start(self) -> None:
        """Wait at most `GRACE_SECONDS` for the first item; raise what the question is refused for by then."""
        done, _ = await asyncio.wait({self._first}, timeout=GRACE_SECONDS)
        if done and self._first.result() is None:
            await self._answering

    async def places(self) -> AsyncIterator[int]:
        """Give the place in the queue, each time that it has changed, until it is its turn."""
        number = 0
        while not self._first.done() and self._turn.place:
            if self._turn.place != number:
                number = self._turn.place
                yield number
            await asyncio.wait({self._first}, timeout=LOOK_SECONDS)

    async def items(self) -> AsyncIterator[Told]:
        """Give what is told, a citation before the statement that points at it, `done` last; to be iterated once.

        Raises what the question is refused for, ConflictError where a document was withdrawn meanwhile.
        """
        item = await self._first
        while item is not None:
            yield item
            item = await self._told.get()
        await self._answering

    def stop(self) -> None:
        """Let the thread end after the item that it is at: nobody listens any more. An answer that is kept is made
        all the same."""
        if self._lasting:
            return
        self._stopped.set()
        if self._turn.place:
            self._answering.cancel()


async def begin_answer(
    turn: QueuePlace, library: Library, query: Query, finish: Finish = as_it_is, forget: Forget | None = None
) -> AnswerInProgress:
    """Begin to answer in a worker thread; raise what the question is refused for where that shows at once. With
    `forget` the answer is made to its end whether or not anybody listens: `finish` keeps it, and where it fails the
    question is forgotten."""
    answer = AnswerInProgress(turn, library, query, finish, forget)
    await answer.start()
    return answer


def _whole(answer: Answer, knowledge_base: KnowledgeBase) -> dict[str, Any]:
    answer_stages(answer.timing, answer.refusal.kind if answer.refusal else "answered")
    with stage("compose"):
        told = answer_payload(answer, knowledge_base)
        cited = [with_rows(citation, knowledge_base) for citation in told["citations"]]
        whole: dict[str, Any] = addressed(told | {"citations": cited})
        return whole


def _cited(citation: Citation, knowledge_base: KnowledgeBase) -> dict[str, Any]:
    told: dict[str, Any] = addressed(with_rows(citation_payload(citation, knowledge_base), knowledge_base))
    return told


def _stands(library: Library, answer: Answer, audience: Audience) -> bool:
    """Say whether what an answer cites may still be seen, now that it is whole."""
    with library.use() as knowledge_base:
        return all(knowledge_base.shows(citation.doc_id, audience) for citation in answer.citations)


def _tell(
    library: Library,
    query: Query,
    finish: Finish,
    loop: asyncio.AbstractEventLoop,
    told: _ToldQueue,
    stopped: threading.Event,
) -> None:
    """Answer in a worker thread and hand every item to the event loop as it comes."""
    with library.use() as knowledge_base:
        for step in knowledge_base.answer(query):
            if isinstance(step, Answer) and not _stands(library, step, query.audience):
                raise ConflictError.of("withdrawn_while_answering")
            for item in _told(step, knowledge_base, query.audience, finish):
                loop.call_soon_threadsafe(told.put_nowait, item)
                if stopped.is_set():
                    return


def _told(step: Step | Answer, knowledge_base: KnowledgeBase, audience: Audience, finish: Finish) -> Iterator[Told]:
    """A statement never comes before the citations that it points at; what a refusal shows comes before its end.

    The whole answer comes twice: as soon as it is there, and at the end with what may be asked next, which takes longer
    to find.
    """
    if isinstance(step, Answer):
        for citation in step.citations if step.refusal else ():
            yield "citation", _cited(citation, knowledge_base)
        whole = finish(_whole(step, knowledge_base))
        yield "answer", whole
        with stage("suggest"):
            suggestions = list(knowledge_base.suggest(step, audience).suggestions)
        yield "done", whole | {"suggestions": suggestions}
        return
    for citation in step.citations:
        yield "citation", _cited(citation, knowledge_base)
    yield "statement", statement_payload(step.statement)
