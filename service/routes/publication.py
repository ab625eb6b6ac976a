"""/api/publications, /api/documents/{doc_id}/publication: what waits to be published, and what staff decide of a
document."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kb.eligibility.catalogue import Catalogue
from kb.errors import InputError, ServiceError
from kb.knowledge_base import KnowledgeBase
from kb.text.dates import PartialDate
from kb.types import Disclosure, Kind, Status
from service.contract import answers
from service.current_benefits import current_benefits
from service.identity import Actor, Stored, require_editor, require_staff
from service.review import review, waiting
from service.routes import Desk, OpenLibrary
from service.schemas.jobs import JobBody
from service.schemas.publication import PublicationBody, PublicationsBody

router = APIRouter(dependencies=[Depends(require_staff)])


def _day(value: str) -> str:
    try:
        return PartialDate.parse(value.strip()).iso
    except ValueError:
        raise ValueError(f"“{value[:40]}”不是日期，请写成 2024、2024-03 或 2024-03-08") from None


def _words(value: str) -> str:
    words = " ".join(value.split())
    if not words:
        raise ValueError("不能是空的；没有的话请清空这一项")
    return words


Line = Annotated[str, Field(max_length=300), AfterValidator(_words)]
Day = Annotated[str, AfterValidator(_day)]


class Fields(BaseModel):
    """What a document says of itself, as staff confirm or correct it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Line
    doc_no: Line | None
    issuers: Annotated[list[Line], Field(max_length=20)]
    issued: Day | None
    effective: Day | None
    expires: Day | None
    status: Status
    kind: Kind

    def check_days(self) -> None:
        """Raise InputError where a document would end before it was written, or begins."""
        for what, day in (("施行", self.effective), ("成文", self.issued)):
            if day and self.expires:
                first, last = PartialDate.parse(day), PartialDate.parse(self.expires)
                if last.last_day < first.first_day:
                    raise InputError.of(
                        "ends_before_it_begins",
                        field="fields.expires",
                        what=what,
                        first=first.chinese,
                        last=last.chinese,
                    )


class DecisionRequest(BaseModel):
    """A decision of somebody who has seen `version` decisions before it; `unstated` takes the document back from the
    public, or leaves it waiting. `replaces` names the document whose place it takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: Annotated[int, Field(ge=0)]
    disclosure: Disclosure
    fields: Fields
    replaces: Annotated[str, Field(max_length=200)] | None = None


@router.get("/api/publications", responses=answers(PublicationsBody, 403, 503))
def publications(request: Request, library: OpenLibrary, stored: Stored) -> Response:
    """List the documents that wait to be published, and the benefits that rest on nothing any more (staff)."""
    with library.use() as knowledge_base:
        found = [one for one in knowledge_base.documents("staff") if one.disclosure == "unstated"]
        catalogue = _catalogue(knowledge_base)
    latest = stored.decisions.latest(one.doc_id for one in found)
    items = [waiting(one, latest.get(one.doc_id)) for one in found]
    items.sort(key=lambda item: -item["last"]["at"] if item["last"] else 0.0)
    unfounded = [{"title": one.title, "missing": one.missing} for one in catalogue.unfounded] if catalogue else []
    return JSONResponse({"items": items, "unfounded": unfounded})


@router.get("/api/documents/{doc_id}/publication", responses=answers(PublicationBody, 403, 404, 422, 503))
def publication(doc_id: str, request: Request, library: OpenLibrary, stored: Stored) -> Response:
    """Tell what is to be confirmed of a document before it is published, and what was decided of it so far (staff)."""
    with library.use() as knowledge_base:
        document = knowledge_base.document(doc_id, "staff")
        catalogue = _catalogue(knowledge_base)
        return JSONResponse(review(document, knowledge_base, catalogue, stored.decisions.of(doc_id)))


@router.post(
    "/api/documents/{doc_id}/publication",
    status_code=202,
    dependencies=[Depends(require_editor)],
    responses=answers(JobBody, 400, 403, 404, 409, 413, 422, 503, status=202),
)
def decide(doc_id: str, asked: DecisionRequest, library: OpenLibrary, publishing: Desk, actor: Actor) -> Response:
    """Publish, correct, withdraw a document or confirm that it is not public; answers with the job, 409 where somebody
    else was first (staff)."""
    replaced = None
    asked.fields.check_days()
    with library.use() as knowledge_base:
        document = knowledge_base.document(doc_id, "staff")
        if asked.replaces is not None:
            if document.disclosure != "unstated" or asked.disclosure == "unstated" or asked.replaces == doc_id:
                raise InputError.of("replaces_not_pending", field="replaces")
            replaced = knowledge_base.document(asked.replaces, "staff")
    fields: dict[str, Any] = asked.fields.model_dump(mode="json")
    job_id = publishing.decide(document, asked.disclosure, fields, replaced, actor, asked.version)
    return JSONResponse(publishing.jobs.tell(job_id), 202)


def _catalogue(knowledge_base: KnowledgeBase) -> Catalogue | None:
    """Give the benefits; none where a rule is wrong, which keeps nobody from publishing."""
    try:
        return current_benefits(knowledge_base)
    except ServiceError:
        return None
