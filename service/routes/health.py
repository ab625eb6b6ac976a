"""Whether the process lives (/healthz), whether it can answer (/readyz), and what it counts (/metrics)."""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from service.audit_writer import AuditWriter
from service.contract import answers, gives
from service.identity import Someone
from service.metrics import Metrics
from service.publishing import Publishing
from service.routes import OpenLibrary
from service.schemas.health import AliveBody, ReadyBody, UnreadyBody

router = APIRouter()


@router.get("/healthz", responses=answers(AliveBody))
async def healthz() -> Response:
    """The process is alive."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz", responses=answers(ReadyBody) | answers(UnreadyBody, status=503))
async def readyz(request: Request, library: OpenLibrary) -> Response:
    """The snapshot that is served, or why there is none.

    `problem` beside a ready status: the snapshot in use could not be opened or was damaged, the last good one serves;
    the disk takes no changes, what is there is served; or the audit record cannot be written. Everybody may ask, so it
    names no path; the log does.
    """
    publishing: Publishing = request.app.state.publishing
    audit: AuditWriter = request.app.state.audit
    edition, problem = library.edition, library.problem or publishing.problem or audit.problem
    reason = {"code": problem.code, "message": problem.chinese} if problem else None
    if edition is None:
        fallback = {"code": "index_missing", "message": "正在打开索引。"}
        return JSONResponse({"status": "unready", "error": reason or fallback}, 503)
    body = {"status": "ready", "snapshot": edition.name, "documents": edition.documents}
    return JSONResponse(body | {"problem": reason} if reason else body)


@router.get(
    "/metrics",
    response_class=Response,
    responses=gives("text/plain", "Prometheus 指标", 403, example='kb_answers_total{outcome="answered"} 12.0\n'),
)
def metrics(request: Request, person: Someone) -> Response:
    """Tell what was counted, to programs on this machine and to administrators: requests by route, answers and refusals
    by kind, stages, the queue, the snapshot."""
    if not (person and person.may("administrator")) and not _of_this_machine(request):
        raise HTTPException(403)
    held: Metrics = request.app.state.metrics
    return Response(held.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _of_this_machine(request: Request) -> bool:
    """Say whether a program on this machine asks, and not a proxy on it for somebody else."""
    host = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(host).is_loopback and "x-forwarded-for" not in request.headers
    except ValueError:
        return False
