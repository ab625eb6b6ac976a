"""/embed, the question box in a frame of other sites' pages, and /embed.js, the one line by which they put it there.

Only pages of the origins that `KB_EMBED_ORIGINS` names may hold it; the browser keeps to that by `frame-ancestors`. Its
scripts send no cookie, also where both sites have one name above them, so that it asks as the public and acts in
nobody's name.
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse

from service.frame import WEB
from service.guards import framed_by
from service.routes.pages import METHODS, show

router = APIRouter(include_in_schema=False)


@router.api_route("/embed", methods=METHODS)
async def embedded_page(request: Request) -> Response:
    """The question box alone; 404 where no site may embed it."""
    response = show("embed", request)
    response.headers.update(framed_by(_origins(request)))
    return response


@router.api_route("/embed.js", methods=METHODS)
async def embedding_script(request: Request) -> Response:
    """The script for other sites' pages, which may load it from here."""
    _origins(request)
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-cache"}
    return FileResponse(WEB / "embedding.js", media_type="text/javascript", headers=headers)


def _origins(request: Request) -> tuple[str, ...]:
    origins: tuple[str, ...] = request.app.state.embed_origins
    if not origins:
        raise HTTPException(404)
    return origins
