"""Whether the process lives (/healthz) and whether it can answer (/readyz)."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from service.contract import answers
from service.routes import OpenLibrary
from service.schemas.health import AliveBody, ReadyBody, UnreadyBody

router = APIRouter()


@router.get("/healthz", responses=answers(AliveBody))
async def healthz() -> Response:
    """The process is alive."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz", responses=answers(ReadyBody) | answers(UnreadyBody, status=503))
async def readyz(library: OpenLibrary) -> Response:
    """The snapshot that is served, or why there is none.

    `problem` beside a ready status: the snapshot in use could not be opened or was damaged, the last good one serves. Everybody
    may ask, so it names no path; the log does.
    """
    edition, problem = library.edition, library.problem
    reason = {"code": problem.code, "message": problem.chinese} if problem else None
    if edition is None:
        fallback = {"code": "index_missing", "message": "正在打开索引。"}
        return JSONResponse({"status": "unready", "error": reason or fallback}, 503)
    body = {"status": "ready", "snapshot": edition.name, "documents": edition.documents}
    return JSONResponse(body | {"problem": reason} if reason else body)
