"""Uploading and deleting documents, and how far such a job is. Staff only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from ingest.readers import SUFFIXES
from kb.errors import InputError
from service.events import event
from service.identity import require_staff
from service.jobs import Jobs
from service.routes import Shelf

PAUSE_SECONDS = 0.2
router = APIRouter(dependencies=[Depends(require_staff)])


def jobs_of(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


Queue = Annotated[Jobs, Depends(jobs_of)]
FileName = Annotated[str, Query(min_length=1, max_length=150)]


@router.post("/api/documents", status_code=202)
async def upload(request: Request, jobs: Queue, name: FileName) -> Response:
    """Take a file as the body of the request and read it into the index; answers with the job."""
    safe = PurePath(name.replace("\\", "/")).name
    if safe.startswith(".") or PurePath(safe).suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{name!r}: not a format that is read | 不能读取“{name}”，请上传这些格式：{'、'.join(sorted(SUFFIXES))}。",
            field="name",
        )
    content = await request.body()
    if not content:
        raise InputError(f"{name!r}: empty | “{name}”是空文件。", field="name")
    job_id = await run_in_threadpool(_take, jobs, request.app.state.uploads, safe, content)
    return JSONResponse(await run_in_threadpool(jobs.tell, job_id), 202)


def _take(jobs: Jobs, uploads: Any, name: str, content: bytes) -> str:
    uploads.mkdir(parents=True, exist_ok=True)
    (uploads / name).write_bytes(content)
    return jobs.start("add", str(uploads / name), name)


@router.delete("/api/documents/{doc_id}", status_code=202)
def remove(shelf: Shelf, jobs: Queue, doc_id: str) -> Response:
    """Take a document out of the index; answers with the job."""
    with shelf.use() as knowledge_base:
        document = knowledge_base.document(doc_id, "staff")
    return JSONResponse(jobs.tell(jobs.start("remove", doc_id, document.title)), 202)


@router.get("/api/jobs/{job_id}")
def job(jobs: Queue, job_id: str) -> Response:
    """Say how a job stands."""
    return JSONResponse(jobs.tell(job_id))


@router.get("/api/jobs/{job_id}/events")
async def progress(jobs: Queue, job_id: str) -> Response:
    """Tell every change of a job until it has ended."""
    first = await run_in_threadpool(jobs.tell, job_id)
    return StreamingResponse(_progress(jobs, first), media_type="text/event-stream")


async def _progress(jobs: Jobs, told: dict[str, Any]) -> AsyncIterator[bytes]:
    yield event("job", told)
    while told["state"] in ("queued", "running"):
        await asyncio.sleep(PAUSE_SECONDS)
        now = await run_in_threadpool(jobs.tell, told["job_id"])
        if now != told:
            told = now
            yield event("job", told)
