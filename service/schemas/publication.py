"""What waits to be published, and what is decided about it."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from kb.types import Disclosure, Kind, MarkKind, MarkPlace, Status
from service.schemas.body import Body
from service.storage.decision_log import Action


class LastBody(Body):
    """The last decision on a document; `at` is the time, in seconds since 1970."""

    action: Action
    actor: str
    at: float


class WaitingBody(Body):
    """A document that waits to be published, and what was done with it last."""

    doc_id: str
    title: str
    marks: list[str]
    last: LastBody | None


class UnfoundedBody(Body):
    """A benefit that rests on nothing any more: what is `missing`."""

    title: str
    missing: str


class PublicationsBody(Body):
    """What waits to be published."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [{"doc_id": "通知", "title": "某通知", "marks": [], "last": None}], "unfounded": []}]
        }
    )

    items: list[WaitingBody]
    unfounded: list[UnfoundedBody]


class ConfirmedFields(Body):
    """What a document says of itself, to be confirmed or corrected."""

    title: str
    doc_no: str | None
    issuers: list[str]
    issued: str | None
    effective: str | None
    expires: str | None
    status: Status
    kind: Kind


class MarkBody(Body):
    """A mark of secrecy, as the file writes it."""

    kind: MarkKind
    words: str
    place: MarkPlace
    page: int | None


class FindingBody(Body):
    """What may be personal data, with the characters around it."""

    kind: str
    before: str
    words: str
    after: str
    page: int | None


class FindingsBody(Body):
    """What may be personal data; `count` counts those that are not shown too."""

    count: int
    shown: list[FindingBody]


class UnsureTableBody(Body):
    """A table that wants a look: on a page read with doubt, or without a header that was made out."""

    number: int
    page: int | None
    headless: bool


class UnsureBody(Body):
    """Pages that OCR read with doubt, and tables that want a look."""

    pages: list[int]
    tables: list[UnsureTableBody]


class NamesakeBody(Body):
    """A document that bears the same name or number."""

    doc_id: str
    title: str
    kind: Kind
    url: str


class DecisionBody(LastBody):
    """What somebody did with a document, and when."""

    details: dict[str, Any]


class PublicationBody(Body):
    """What is to be confirmed of a document; `version` is what a decision has to bring, `stated` what the document says
    of who may read it, `read_as` what that comes to, `unstated` where it says nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "doc_id": "通知", "url": "/documents/通知", "version": 1, "disclosure": "unstated", "stated": [],
                    "read_as": "unstated",
                    "fields": {"title": "某通知", "doc_no": None, "issuers": [], "issued": None, "effective": None, "expires": None,
                               "status": "unknown", "kind": "full_text"},
                    "marks": [], "personal_data": {"count": 0, "shown": []}, "unsure": {"pages": [], "tables": []}, "pages": 0,
                    "same_name": [], "benefits": [],
                    "history": [{"action": "uploaded", "actor": "staff:3f9a", "at": 1764000000.0, "details": {"file": "通知.pdf"}}],
                }
            ]
        }
    )  # fmt: skip

    doc_id: str
    url: str
    version: int
    disclosure: Disclosure
    stated: list[str]
    read_as: Disclosure
    fields: ConfirmedFields
    marks: list[MarkBody]
    personal_data: FindingsBody
    unsure: UnsureBody
    pages: int
    same_name: list[NamesakeBody]
    benefits: list[str]
    history: list[DecisionBody]
