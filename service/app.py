"""The web application: routes, pages, guards, and the task that notices a rebuilt index."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import Lifespan

from ingest.settings import Settings
from service.answer_queue import AnswerQueue
from service.audit_writer import AuditWriter
from service.below import Below
from service.contract import DescribedApi
from service.current_hints import CurrentHints
from service.error_responses import ErrorBody, install_error_handlers
from service.guards import BodyLimit, SecurityHeaders
from service.library import Library
from service.mcp_endpoint import McpEndpoint
from service.metrics import Metrics
from service.open_id_login import OpenIdLogin
from service.origin import SameOrigin
from service.page_picture import PagePictures
from service.parameters import refuse_unknown_parameters
from service.publishing import Publishing
from service.rates import AddressRate, Guesses, PersonRate
from service.request_log import RequestLog
from service.routes import (
    answers,
    ask,
    audit,
    chat_completions,
    conversations,
    documents,
    editions,
    eligibility,
    embedding,
    embeddings,
    feedback,
    health,
    installing,
    jobs,
    mcp,
    models,
    open_id,
    pages,
    publication,
    register,
    search,
    session,
    shares,
    suggestions,
)
from service.searching import Searches
from service.storage import Storage
from service.tools import Toolbox
from service.tracing import Tracing

REFRESH_SECONDS = 0.25  # between two looks at which snapshot is in use
_PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf", "application/ofd", "application/octet-stream")
"""What is packed already, or comes bit by bit."""
_RESOURCES = (
    ask, answers, suggestions, conversations, feedback, shares, session, open_id, search, register, documents, editions, jobs, publication, audit,
    eligibility, chat_completions, models, embeddings, mcp, health, pages, embedding, installing,
)  # fmt: skip
logger = logging.getLogger("uvicorn.error")


def create_app(settings: Settings, library: Library | None = None) -> FastAPI:
    """Build the application over the index that `settings` name.

    Without a usable index it starts all the same, answers 503 and looks for one every second. Raises EncoderError, and
    ServiceError where the database cannot be opened, spans cannot be sent or OpenID Connect is not installed.
    """
    library = library if library is not None else Library.of_index(settings)
    tracing = Tracing.of_settings(settings)
    login = OpenIdLogin.of_settings(settings)
    storage = Storage.of_settings(settings)
    library.withdrawn, library.deleted = storage.decisions.withdrawn, storage.decisions.deleted
    publishing = Publishing(storage, settings, library, tracing)
    pictures = PagePictures()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(library.refresh)
        closing = asyncio.Event()
        watch = asyncio.create_task(_watch(library, app.state.hints, closing))
        yield
        closing.set()
        await watch  # not cancelled: its thread would go on, with what is closed below
        await app.state.mcp.close()
        publishing.close()
        await run_in_threadpool(app.state.audit.close)
        pictures.close()
        library.close()
        storage.close()
        if tracing is not None:
            await run_in_threadpool(tracing.close)

    app = api(lifespan)
    app.state.library = library
    app.state.storage = storage
    app.state.hints = CurrentHints()
    app.state.publishing = publishing
    app.state.page_pictures = pictures
    app.state.answer_queue = AnswerQueue(settings.concurrent_answers, settings.longest_wait)
    app.state.search_queue = AnswerQueue(settings.concurrent_answers, settings.longest_wait)
    app.state.searches = Searches(library)
    app.state.audit = AuditWriter(storage.audit)
    app.state.mcp = McpEndpoint(Toolbox(library), app.state.answer_queue)
    app.state.embed_origins = settings.embed_origins
    app.state.guesses = Guesses()
    app.state.open_id = login
    app.state.person_rate = PersonRate(settings.requests_a_minute)
    queues = {"ask": app.state.answer_queue, "search": app.state.search_queue}
    app.state.metrics = Metrics(library, queues, app.state.audit)
    install_error_handlers(app)
    app.add_middleware(Below, root_path=settings.root_path)
    app.add_middleware(BodyLimit, seconds=settings.body_seconds)
    app.add_middleware(SameOrigin)
    app.add_middleware(AddressRate, a_minute=settings.requests_a_minute)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(GZipMiddleware, minimum_size=1400, compresslevel=5, exclude_content_types=_PACKED)
    app.add_middleware(RequestLog, metrics=app.state.metrics, tracing=tracing)
    app.mount("/static", pages.files, name="static")
    return app


def api(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Give the routes alone, which are all that `/openapi.json` and `docs/api.md` tell."""
    app = DescribedApi(
        title="政策知识库",
        lifespan=lifespan,
        docs_url=None,  # the usual pages for it are loaded from outside
        redoc_url=None,
        responses={"default": {"model": ErrorBody, "description": "出错时的统一格式"}},
    )
    for module in _RESOURCES:
        app.include_router(module.router, dependencies=[Depends(refuse_unknown_parameters)])
    app.state.routes = [route for module in _RESOURCES for route in module.router.routes]
    return app


async def _watch(library: Library, hints: CurrentHints, closing: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_SECONDS):
                await closing.wait()
                return
        try:
            await run_in_threadpool(library.refresh)
            await run_in_threadpool(hints.prepare, library)
        except Exception:
            logger.exception("looking for a new index failed")
