"""The pages: plain HTML, CSS and ES modules from `service/web`, checked again by ETag on every visit."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from kb.errors import KnowledgeBaseError, NotFoundError
from kb.types import Audience
from service.below import HEADER, page_below
from service.display import Display, cared_for, display_of, page, texts
from service.frame import WEB
from service.identity import Caller
from service.library import Library
from service.routes import OpenLibrary

METHODS = ["GET", "HEAD"]  # HEAD is asked by monitors and link checkers.


class WebFiles(StaticFiles):
    """Files that a browser may keep, but must ask about before it uses them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Let browsers ask each time whether a file is still the one that they keep."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


files = WebFiles(directory=WEB)
router = APIRouter(include_in_schema=False)


def show(name: str, request: Request) -> Response:
    """Give a page in the language that the browser wants, or say that the browser has it."""
    body = page_below(cared_for(request, page(name, display_of(request)))).encode()
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": "no-cache",
        "Vary": f"Cookie, {HEADER}",
    }
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(body, headers=headers)


@router.api_route("/", methods=METHODS)
async def ask_page(request: Request) -> Response:
    """The page on which one asks."""
    return show("ask", request)


@router.api_route("/eligibility", methods=METHODS)
async def eligibility_page(request: Request) -> Response:
    """The page on which one tells of oneself and sees one's benefits."""
    return show("eligibility", request)


@router.api_route("/documents", methods=METHODS)
async def register_page(request: Request) -> Response:
    """The page that lists the documents."""
    return show("documents", request)


@router.api_route("/staff", methods=METHODS)
async def staff_page(request: Request) -> Response:
    """The page of uploads, jobs and feedback; what staff alone may see comes from the API."""
    return show("staff", request)


@router.api_route("/a/{share_id}", methods=METHODS)
async def shared_page(request: Request, share_id: str) -> Response:
    """The page of a shared answer; it says so itself where the share is gone."""
    return show("shared", request)


@router.api_route("/documents/{doc_id}", methods=METHODS)
async def document_page(request: Request, doc_id: str, library: OpenLibrary, caller: Caller) -> Response:
    """The page of a document; the same page says so, with status 404, where there is none."""
    response = show("document", request)
    if response.status_code == 200 and not await run_in_threadpool(_exists, library, doc_id, caller):
        response.status_code = 404
    return response


@router.api_route("/documents/{doc_id}/comparison", methods=METHODS)
async def comparison_page(request: Request, doc_id: str) -> Response:
    """The page of two editions side by side."""
    return show("comparison", request)


@router.api_route("/documents/{doc_id}/publication", methods=METHODS)
async def publication_page(request: Request, doc_id: str) -> Response:
    """The page on which staff decide about a document."""
    return show("publication", request)


@router.api_route("/documents/{doc_id}/reading", methods=METHODS)
async def reading_page(request: Request, doc_id: str) -> Response:
    """The page that shows what was read beside the pictures of the pages."""
    return show("reading", request)


@router.get("/api/texts/{display}")
def interface_texts(display: Display) -> Response:
    """Give the interface's texts in another script or language, by what they are in simplified Chinese."""
    return JSONResponse(texts(display), headers={"Cache-Control": "no-cache"})


def _exists(library: Library, doc_id: str, audience: Audience) -> bool:
    try:
        with library.use() as knowledge_base:
            knowledge_base.document(doc_id, audience)
    except NotFoundError:
        return False
    except KnowledgeBaseError:
        return True  # not known now; the page shows why when it asks for the document
    return True
