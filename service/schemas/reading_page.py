"""What was read of a file, as the page beside its picture shows it to staff."""

from __future__ import annotations

from pydantic import ConfigDict

from ingest.certainty import DoubtKind
from kb.types import UnreadKind
from service.schemas.body import Body
from service.schemas.documents import CellBody


class UnreadBody(Body):
    """What the file holds beyond the text that was read."""

    kind: UnreadKind
    name: str
    page: int | None
    count: int


class DoubtBody(Body):
    """A place that wants a look: on which page, what stands there, and in which clause; an empty span stands for a
    whole page."""

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
    """The part of a clause that stands on a page, `text` from `start` of the text, which is what a correction is made
    of; `rows` where it is part of a table."""

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
    """Words that stand by hand of staff: what the file was read to say (`read`), what stands there now (`written`; the
    same where it was confirmed), who said so and when."""

    start: int
    page: int | None
    clause_id: str | None
    read: str
    written: str
    by: str | None
    at: str | None


class ReadingBody(Body):
    """What was read of a document, one page of it: its clauses as they were read, beside everything that wants a look.

    `certainty` (0 to 1) is the share of the text that was read surely; `confidence` how sure OCR was of the page, null
    where the page holds text. `version` is what a correction of the text has to bring.
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
