"""Documents: the register, one document with its clauses, jobs, and what is decided before publication."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from ingest.certainty import DoubtKind
from kb.types import Disclosure, Kind, Level, MarkKind, MarkPlace, RelationType, Status, UnreadKind
from service.schemas.body import Body
from service.storage.decision_log import Action

METADATA: dict[str, Any] = {
    "doc_id": "hz-2024-343", "title": "某提案答复", "short_title": None, "doc_no": "某政函〔2024〕1号", "index_no": None,
    "proposal_no": "第343号", "issuers": ["某市某局"], "issued": "2024-10-17", "effective": None, "expires": None, "amended": None, "status": "in_force",
    "level": "municipal", "region": "杭州", "disclosure": "public", "kind": "response", "is_consolidated": False, "compiled_from": [], "topics": ["社区服务"],
    "media_type": "text/plain", "certainty": 1.0, "unread": 0, "corrected": 0, "sha256": "0" * 64, "url": "/documents/hz-2024-343",
}  # fmt: skip
JOB: dict[str, Any] = {
    "job_id": "q7Yt2mXz", "action": "add", "name": "通知.pdf", "state": "done", "step": "writing", "done": 3, "total": 3,
    "report": {"added": ["通知"], "changed": [], "unchanged": [], "removed": [], "documents": 62, "titles": ["某通知"],
               "disclosure": "unstated"},
    "problem": None,
}  # fmt: skip


class MetadataBody(Body):
    """Everything about a document but its text, its clauses and where its file lay.

    `certainty` (0 to 1) is the share of its text that was read surely, `unread` counts what its file holds beyond the text, `corrected` the
    places of its text that staff put right.
    """

    doc_id: str
    title: str
    short_title: str | None
    doc_no: str | None
    index_no: str | None
    proposal_no: str | None
    issuers: list[str]
    issued: str | None
    effective: str | None
    expires: str | None
    amended: str | None
    status: Status
    level: Level | None
    region: str | None
    disclosure: Disclosure
    kind: Kind
    compiled_from: list[str]
    is_consolidated: bool
    topics: list[str]
    media_type: str
    certainty: float | None
    unread: int
    corrected: int
    sha256: str
    url: str


class FacetBody(Body):
    """A further choice, and how many documents it would leave."""

    value: str
    count: int


class FacetsBody(Body):
    """The further choices of the register."""

    topic: list[FacetBody]
    level: list[FacetBody]
    status: list[FacetBody]
    issuer: list[FacetBody]
    year: list[FacetBody]


class RegisterBody(Body):
    """One page of the documents that meet all filters, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [METADATA], "total": 1, "page": 1, "page_size": 20,
                 "facets": {"topic": [], "level": [{"value": "municipal", "count": 1}], "status": [], "issuer": [], "year": []}}
            ]
        }
    )  # fmt: skip

    items: list[MetadataBody]
    total: int
    page: int
    page_size: int
    facets: FacetsBody


class HeaderFieldBody(Body):
    """A fact that stands in the header of the document's own text."""

    name: str
    value: str
    start: int
    end: int


class RelationBody(Body):
    """A relation to a document that whoever asks may see."""

    type: RelationType
    target: str
    title: str
    url: str


class SegmentBody(Body):
    """A piece of a text: `url` where it is part of a link, `marked` where it is part of the quote that was asked for, `read` what the file
    was read to say where staff put it right."""

    text: str
    url: str | None = None
    marked: bool = False
    read: str | None = None


class CellBody(Body):
    """A cell of a table; `header` where it names others, `columns` counts those that it stands over."""

    header: bool
    columns: int
    segments: list[SegmentBody]


class ClauseBody(Body):
    """A clause; its segments joined are its text. `rows` where it is part of a table."""

    id: str
    label: str
    headings: list[str]
    is_heading: bool
    start: int
    end: int
    page: int | None
    text: str
    segments: list[SegmentBody]
    rows: list[list[CellBody]] | None = None


class EditionBody(Body):
    """One edition of a law, and the days on which it is the text in force."""

    doc_id: str
    title: str
    begins: str | None
    ends: str | None
    url: str


class MarkedPageBody(Body):
    """A page that the quote asked for stands on, and between which parts of its height, from 0 at the top to 1."""

    number: int
    top: float
    bottom: float


class DocumentBody(MetadataBody):
    """One document whole; `pages` counts those that have a picture."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                METADATA
                | {
                    "length": 2310, "pages": 0, "header": [{"name": "doc_no", "value": "某政函〔2024〕1号", "start": 3, "end": 14}],
                    "relations": [],
                    "editions": [],
                    "marked_pages": [],
                    "clauses": [
                        {"id": "hz-2024-343#1", "label": "一、", "headings": ["一、总体情况"], "is_heading": True, "start": 20, "end": 26,
                         "page": None, "text": "一、总体情况", "segments": [{"text": "一、总体情况"}]}
                    ],
                }
            ]
        }
    )  # fmt: skip

    length: int
    pages: int
    header: list[HeaderFieldBody]
    relations: list[RelationBody]
    editions: list[EditionBody]
    marked_pages: list[MarkedPageBody]
    clauses: list[ClauseBody]


class UnreadBody(Body):
    """What the file holds beyond the text that was read."""

    kind: UnreadKind
    name: str
    page: int | None
    count: int


class DoubtBody(Body):
    """A place that wants a look: on which page, what stands there, and in which clause; an empty span stands for a whole page."""

    kind: DoubtKind
    page: int | None
    words: str
    start: int
    end: int
    clause_id: str | None


class ReadSegmentBody(Body):
    """A piece of the text as it was read, with what is doubtful about it."""

    text: str
    doubt: DoubtKind | None = None


class ReadClauseBody(Body):
    """The part of a clause that stands on a page, `text` from `start` of the text, which is what a correction is made of; `rows`
    where it is part of a table."""

    id: str
    label: str
    headings: list[str]
    is_heading: bool
    start: int
    text: str
    segments: list[ReadSegmentBody]
    rows: list[list[CellBody]] | None = None


class OutlineBody(Body):
    """A heading or an article in the outline of a document."""

    id: str
    label: str
    depth: int
    words: str
    page: int | None


class ReadFieldBody(Body):
    """A field of the header as it was read, and the page that it was read from."""

    name: str
    value: str
    page: int | None


class ByHandBody(Body):
    """Words that stand by hand of staff: what the file was read to say (`read`), what stands there now (`written`; the same where it was
    confirmed), who said so and when."""

    start: int
    page: int | None
    clause_id: str | None
    read: str
    written: str
    by: str | None
    at: str | None


class ReadingBody(Body):
    """What was read of a document, one page of it: its clauses as they were read, beside everything that wants a look.

    `certainty` (0 to 1) is the share of the text that was read surely; `confidence` how sure OCR was of the page, null where the page holds text.
    `version` is what a correction of the text has to bring.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"doc_id": "通知", "title": "某通知", "url": "/documents/通知", "version": 1, "certainty": 0.96, "page": 1, "pages": 3, "has_picture": True,
                 "confidence": 0.87, "unread": [{"kind": "picture", "name": "", "page": 2, "count": 1}],
                 "fields": [{"name": "doc_no", "value": "某政函〔2031〕1号", "page": 1}],
                 "outline": [{"id": "通知#1", "label": "一、", "depth": 1, "words": "一、总体情况", "page": 1}],
                 "doubts": [{"kind": "character", "page": 1, "words": "每餐补贴〓元", "start": 120, "end": 121, "clause_id": "通知#1"}],
                 "by_hand": [{"start": 88, "page": 1, "clause_id": "通知#1", "read": "长老食堂", "written": "长者食堂", "by": "staff:3f9a",
                              "at": "2031-03-08T02:00:00+00:00"}],
                 "clauses": [{"id": "通知#1", "label": "一、", "headings": [], "is_heading": False, "start": 116, "text": "每餐补贴〓",
                              "segments": [{"text": "每餐补贴", "doubt": None}, {"text": "〓", "doubt": "character"}]}]}
            ]
        }
    )  # fmt: skip

    doc_id: str
    title: str
    url: str
    version: int
    certainty: float | None
    page: int
    pages: int
    has_picture: bool
    confidence: float | None
    unread: list[UnreadBody]
    fields: list[ReadFieldBody]
    outline: list[OutlineBody]
    doubts: list[DoubtBody]
    by_hand: list[ByHandBody]
    clauses: list[ReadClauseBody]


class ChangesBody(Body):
    """What a job changed in the index: ids of documents, and how many there are now."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    documents: int
    titles: list[str]
    disclosure: Disclosure


class JobBody(Body):
    """How a job stands: `done` of `total` of a step; a report where it is done, a problem where it failed."""

    model_config = ConfigDict(json_schema_extra={"examples": [JOB]})

    job_id: str
    action: Literal["add", "remove", "decide", "correct"]
    name: str
    state: Literal["queued", "running", "done", "failed"]
    step: str
    done: int
    total: int
    report: ChangesBody | None
    problem: str | None


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
    """What is to be confirmed of a document; `version` is what a decision has to bring."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "doc_id": "通知", "url": "/documents/通知", "version": 1, "disclosure": "unstated", "stated": [],
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
    fields: ConfirmedFields
    marks: list[MarkBody]
    personal_data: FindingsBody
    unsure: UnsureBody
    pages: int
    same_name: list[NamesakeBody]
    benefits: list[str]
    history: list[DecisionBody]
