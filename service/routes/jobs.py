"""Uploading and deleting documents, and how far such a job is. Staff only."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from kb.errors import InputError
from service.contract import answers, gives
from service.events import event
from service.identity import Actor, require_editor, require_staff
from service.jobs import Jobs
from service.routes import Desk, OpenLibrary
from service.schemas.jobs import JobBody

PAUSE_SECONDS = 0.2  # between two looks at how far a job is
router = APIRouter(dependencies=[Depends(require_staff)])


FileName = Annotated[str, Query(min_length=1, max_length=150)]


async def _refuse_form(request: Request) -> None:
    """Raise HTTPException for a form, whose boundaries and headers would be kept as part of the file."""
    if request.headers.get("Content-Type", "").lower().startswith("multipart/"):
        raise HTTPException(415)


@router.post(
    "/api/documents",
    status_code=202,
    responses=answers(JobBody, 403, 413, 415, 422, status=202),
    dependencies=[Depends(_refuse_form)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(request: Request, publishing: Desk, actor: Actor, name: FileName) -> Response:
    """Take a file as the body of the request and read it, to be published when staff have confirmed it; answers with
    the job, which outlives the service."""
    safe = PurePath(name.replace("\\", "/")).name
    await run_in_threadpool(_check_format, safe, name)
    if any(unicodedata.category(char) == "Cc" for char in safe):
        raise InputError.of("upload_name_unusable", field="name", name=name)
    upload = await run_in_threadpool(publishing.receive, safe)
    try:
        async for block in request.stream():
            await run_in_threadpool(upload.write, block)
        if not upload.size:
            raise InputError.of("upload_empty", field="name", name=name)
        job_id = await run_in_threadpool(publishing.upload, upload, actor)
    except BaseException:
        upload.discard()
        raise
    return JSONResponse(await run_in_threadpool(publishing.jobs.tell, job_id), 202)


def _check_format(safe: str, name: str) -> None:
    from ingest.readers import SUFFIXES  # all readers come with it, which nobody else in the service waits for

    if safe.startswith(".") or PurePath(safe).suffix.lower() not in SUFFIXES:
        raise InputError.of("upload_format_unknown", field="name", name=name, formats=sorted(SUFFIXES))


@router.delete(
    "/api/documents/{doc_id}",
    status_code=202,
    dependencies=[Depends(require_editor)],
    responses=answers(JobBody, 403, 404, 422, 503, status=202),
)
def remove(library: OpenLibrary, publishing: Desk, actor: Actor, doc_id: str) -> Response:
    """Take a document out of the index; answers with the job."""
    with library.use() as knowledge_base:
        document = knowledge_base.document(doc_id, "staff")
    return JSONResponse(publishing.jobs.tell(publishing.remove(document, actor)), 202)


@router.get("/api/jobs/{job_id}", responses=answers(JobBody, 403, 404, 422))
def job(publishing: Desk, job_id: str) -> Response:
    """Say how a job stands."""
    return JSONResponse(publishing.jobs.tell(job_id))


@router.get(
    "/api/jobs/{job_id}/events",
    response_class=Response,
    responses=gives(
        "text/event-stream", "任务的每一步，直到结束", 403, 404, 422, example="event: job\ndata: {...}\n\n"
    ),
)
async def progress(publishing: Desk, job_id: str) -> Response:
    """Tell every change of a job until it has ended."""
    first = await run_in_threadpool(publishing.jobs.tell, job_id)
    return StreamingResponse(_progress(publishing.jobs, first), media_type="text/event-stream")


async def _progress(jobs: Jobs, told: dict[str, Any]) -> AsyncIterator[bytes]:
    yield event("job", told)
    while told["state"] in ("queued", "running"):
        await asyncio.sleep(PAUSE_SECONDS)
        now = await run_in_threadpool(jobs.tell, told["job_id"])
        if now != told:
            told = now
            yield event("job", told)
