"""What lets the pages be installed on a device: the manifest, the page without a network, and the script that keeps it
there.

They lie at the root of the service, since a script of this kind rules what lies beside it and below.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from service.frame import WEB
from service.routes.pages import METHODS, show

router = APIRouter(include_in_schema=False)
_ASKED_AGAIN = {"Cache-Control": "no-cache"}


@router.api_route("/manifest.webmanifest", methods=METHODS)
async def manifest() -> Response:
    """What the installed pages are called, where they begin and how they look; its addresses are relative to its
    own."""
    return FileResponse(WEB / "manifest.webmanifest", media_type="application/manifest+json", headers=_ASKED_AGAIN)


@router.api_route("/service-worker.js", methods=METHODS)
async def service_worker() -> Response:
    """The script that shows `/offline` where there is no network."""
    return FileResponse(WEB / "service-worker.js", media_type="text/javascript", headers=_ASKED_AGAIN)


@router.api_route("/offline", methods=METHODS)
async def offline_page(request: Request) -> Response:
    """The page that a device keeps."""
    return show("offline", request)
