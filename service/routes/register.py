"""GET /api/documents: the register of documents, narrowed and in an order; the same as XLSX, as CSV and in charts."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from kb.home import Home
from kb.provenance import LEVEL_WORDS, STATUS_WORDS
from kb.types import Audience, Level, Status
from service.contract import XLSX, answers, gives
from service.document_presentation import metadata
from service.identity import Asker, Caller, Stored
from service.library import Library
from service.register import DocumentRegister, Filters, Order
from service.routes import OpenLibrary
from service.schemas.register import FiguresBody, RegisterBody
from service.storage.audit import AuditEntry

CSV = "text/csv"
router = APIRouter()

Page = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=200)]
Year = Annotated[int | None, Query(ge=1900, le=2999)]


def filters_of(
    topic: str | None = None,
    level: Level | None = None,
    status: Status | None = None,
    issuer: str | None = None,
    year: Year = None,
    q: str | None = None,
) -> Filters:
    """Read what the documents wanted have in common, as a dependency of routes."""
    return Filters(q, topic, level, status, issuer, year)


Chosen = Annotated[Filters, Depends(filters_of)]


@router.get("/api/documents", responses=answers(RegisterBody, 422, 503))
def documents(
    library: OpenLibrary,
    caller: Caller,
    chosen: Chosen,
    sort: Order = "newest",
    page: Page = 1,
    page_size: PageSize = 20,
) -> Response:
    """List the documents that meet all filters, and what each further choice would leave; `sort` orders them by day of
    issue, by title or by issuer, in the order of pinyin."""
    register, home = _open(library, caller)
    found = register.find(chosen, sort)
    shown = found[(page - 1) * page_size : page * page_size]
    return JSONResponse(
        {
            "items": [metadata(one.document, home) for one in shown],
            "total": len(found),
            "page": page,
            "page_size": page_size,
            "facets": register.facets(chosen),
        }
    )


@router.get("/api/register/figures", responses=answers(FiguresBody, 422, 503))
def register_figures(library: OpenLibrary, caller: Caller, chosen: Chosen) -> Response:
    """Draw the documents that meet all filters by the year of their issue, and those that end within two years."""
    from service.register_figures import figures  # pygal takes a tenth of a second to import

    register, _ = _open(library, caller)
    return JSONResponse(figures(register.find(chosen), date.today()))


@router.get("/api/register.xlsx", response_class=Response, responses=gives(XLSX, "文件目录，XLSX 表格", 422, 503))
def as_xlsx(
    library: OpenLibrary, stored: Stored, caller: Caller, asker: Asker, chosen: Chosen, sort: Order = "newest"
) -> Response:
    """Give all documents that meet all filters as a spreadsheet, with a sheet that tells what was chosen."""
    from service.register_export import ORDER_WORDS, rows, write_xlsx  # openpyxl takes a fifth of a second to import

    register, home = _open(library, caller)
    table = list(rows(register.find(chosen, sort), home))
    stored.audit.write(AuditEntry(asker, "exported", "register", "xlsx"))
    body = write_xlsx(table, _told(chosen) | {"排序": ORDER_WORDS[sort]}, date.today())
    return Response(body, media_type=XLSX, headers=_named("文件目录.xlsx"))


@router.get(
    "/api/register.csv",
    response_class=Response,
    responses=gives(CSV, "文件目录，CSV 表格", 422, 503, example="标题,文号,…"),
)
def as_csv(
    library: OpenLibrary, stored: Stored, caller: Caller, asker: Asker, chosen: Chosen, sort: Order = "newest"
) -> Response:
    """Give all documents that meet all filters as CSV in UTF-8 with a byte order mark."""
    from service.register_export import rows, write_csv

    register, home = _open(library, caller)
    table = list(rows(register.find(chosen, sort), home))
    stored.audit.write(AuditEntry(asker, "exported", "register", "csv"))
    return Response(write_csv(table), media_type=f"{CSV}; charset=utf-8", headers=_named("文件目录.csv"))


def _open(library: Library, caller: Audience) -> tuple[DocumentRegister, Home]:
    with library.use() as knowledge_base:
        home = knowledge_base.home
        return DocumentRegister(knowledge_base.documents(caller), home, date.today()), home


def _told(chosen: Filters) -> dict[str, str]:
    """Say what was chosen, in words."""
    said = {
        "查找": chosen.q,
        "主题": chosen.topic,
        "层级": LEVEL_WORDS[chosen.level] if chosen.level else None,
        "效力": STATUS_WORDS[chosen.status] if chosen.status else None,
        "发布机构": chosen.issuer,
        "成文年份": str(chosen.year) if chosen.year else None,
    }
    return {name: value for name, value in said.items() if value} or {"范围": "全部文件"}


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
