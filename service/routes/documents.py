"""GET /api/documents/{doc_id}: one document with its clauses, its canonical text, its file and its pages."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from kb.errors import InputError
from kb.types import Document
from kb.visibility import may_see
from service.contract import answers, gives
from service.document_presentation import details
from service.identity import Actor, Caller, Stored, require_editor, require_staff
from service.kept_quote import quote_now
from service.page_picture import PagePictures, find_page
from service.reading_view import reading
from service.routes import Desk, OpenLibrary
from service.schemas.documents import DocumentBody
from service.schemas.editions import QuoteNowBody
from service.schemas.jobs import JobBody
from service.schemas.reading_page import ReadingBody
from service.source_file import source_file

router = APIRouter()

PageNumber = Annotated[int, Path(ge=1, le=1_000_000)]
PageNumberAsked = Annotated[int, Query(ge=1, le=1_000_000)]
Highlight = Annotated[str | None, Query(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")]
Offset = Annotated[int | None, Query(ge=0)]


async def pictures_of(request: Request) -> PagePictures:
    """Give what draws page pictures, as a dependency of routes."""
    pictures: PagePictures = request.app.state.page_pictures
    return pictures


Pictures = Annotated[PagePictures, Depends(pictures_of)]


@router.get("/api/documents/{doc_id}", responses=answers(DocumentBody, 404, 422, 503))
def document(
    library: OpenLibrary, caller: Caller, doc_id: str, quote_start: Offset = None, quote_end: Offset = None
) -> Response:
    """Tell one document; with the span of a quote, the segments of its clauses say which are part of it."""
    if (quote_start is None) != (quote_end is None):
        raise InputError.of("quote_half_given", field="quote_start")
    marked = (quote_start, quote_end) if quote_start is not None and quote_end is not None else None
    with library.use() as knowledge_base:
        return JSONResponse(details(knowledge_base.document(doc_id, caller), knowledge_base, marked, caller))


class Quotation(BaseModel):
    """A quotation as it was cited: its words, and where they stood."""

    model_config = ConfigDict(extra="forbid", strict=True)

    quote: Annotated[str, Field(min_length=1, max_length=20_000)]
    start: Annotated[int, Field(ge=0)]
    clause_id: Annotated[str, Field(max_length=400)]


@router.post("/api/documents/{doc_id}/quote", responses=answers(QuoteNowBody, 400, 404, 413, 422, 503))
def quote(library: OpenLibrary, caller: Caller, doc_id: str, cited: Quotation) -> Response:
    """Tell what became of a quotation of the document: kept, changed to other words, or gone."""
    with library.use() as knowledge_base:
        return JSONResponse(quote_now(knowledge_base, doc_id, cited.quote, cited.start, cited.clause_id, caller))


@router.get(
    "/api/documents/{doc_id}/reading",
    responses=answers(ReadingBody, 403, 404, 422, 503),
    dependencies=[Depends(require_staff)],
)
def reading_of(
    library: OpenLibrary, publishing: Desk, stored: Stored, doc_id: str, page: PageNumberAsked = 1
) -> Response:
    """Tell what was read of a document and what wants a look, with the text of one page (staff)."""
    with library.use() as knowledge_base:
        document = knowledge_base.document(doc_id, "staff")
        version = stored.decisions.version(doc_id)
        return JSONResponse(reading(document, knowledge_base, page, version, publishing.corrections_of(document)))


class Correction(BaseModel):
    """What staff who have seen `version` decisions say that the file says, in the place of what the text shows
    (`shown`) at `start`; the same words confirm them, none (null) take back what staff wrote there."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: Annotated[int, Field(ge=0)]
    start: Annotated[int, Field(ge=0)]
    shown: Annotated[str, Field(max_length=20_000)]
    written: Annotated[str, Field(max_length=20_000)] | None


@router.post(
    "/api/documents/{doc_id}/reading",
    status_code=202,
    responses=answers(JobBody, 400, 403, 404, 409, 413, 422, 503, status=202),
    dependencies=[Depends(require_editor)],
)
def correct_text(library: OpenLibrary, publishing: Desk, actor: Actor, doc_id: str, asked: Correction) -> Response:
    """Correct or confirm words of the text by hand, or take that back; answers with the job, 409 where somebody else
    was first (staff). It holds whenever the same file is read again."""
    with library.use() as knowledge_base:
        document = knowledge_base.document(doc_id, "staff")
    if document.text[asked.start : asked.start + len(asked.shown)] != asked.shown:
        raise InputError.of("correction_elsewhere", field="shown")
    source_file(document)  # with another file, or none, a correction could not be kept
    job_id = publishing.correct_text(document, asked.start, asked.shown, asked.written, actor, asked.version)
    return JSONResponse(publishing.jobs.tell(job_id), 202)


@router.get(
    "/api/documents/{doc_id}/text",
    response_class=Response,
    responses=gives("text/plain", "规范文本，一字不改", 404, 422, 503, example="一、总体情况……"),
)
def text(library: OpenLibrary, caller: Caller, doc_id: str) -> Response:
    """Give the canonical text, character for character."""
    with library.use() as knowledge_base:
        found = knowledge_base.document(doc_id, caller)
    return Response(
        found.text.encode(),
        media_type="text/plain; charset=utf-8",
        headers={"ETag": f'"{found.sha256}"', "Cache-Control": _keeping(found)},
    )


@router.get(
    "/api/documents/{doc_id}/file",
    response_class=Response,
    responses=gives("application/octet-stream", "原文件，以它自己的媒体类型给出", 404, 422, 503),
)
def file(library: OpenLibrary, caller: Caller, doc_id: str) -> Response:
    """Give the file that the document was read from, to be saved."""
    with library.use() as knowledge_base:
        found = knowledge_base.document(doc_id, caller)
    path = source_file(found)
    headers = {"ETag": f'"{found.file_sha256}"', "Cache-Control": _keeping(found)}
    return FileResponse(path, media_type=found.media_type, filename=PurePath(found.source).name, headers=headers)


@router.get(
    "/api/documents/{doc_id}/pages/{number}.png",
    response_class=Response,
    responses=gives("image/png", "一页的图片", 404, 422, 503),
)
@router.get("/documents/{doc_id}/pages/{number}.png", include_in_schema=False)
def page_picture(
    request: Request,
    library: OpenLibrary,
    caller: Caller,
    pictures: Pictures,
    doc_id: str,
    number: PageNumber,
    highlight: Highlight = None,
) -> Response:
    """Draw a page; `highlight=120-164` marks these characters of the canonical text where they are on it."""
    span = [int(part) for part in highlight.split("-")] if highlight else None
    with library.use() as knowledge_base:
        view = find_page(knowledge_base, doc_id, number, (span[0], span[1]) if span else None, caller)
    headers = {"ETag": f'"{view.tag}"', "Cache-Control": f"private, {_keeping(view.document)}"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        source_file(view.document)
        return Response(status_code=304, headers=headers)
    return Response(pictures.draw(view), media_type="image/png", headers=headers)


def _keeping(document: Document) -> str:
    """Say whether a browser may keep what it was given: never what is not for everybody."""
    return "no-cache" if may_see("public", document) else "no-store"
