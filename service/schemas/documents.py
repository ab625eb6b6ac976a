"""Documents: what is known of one, and one with its clauses."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from kb.types import Disclosure, Kind, Level, RelationType, Status
from service.schemas.body import Body

METADATA: dict[str, Any] = {
    "doc_id": "hz-2024-343", "title": "某提案答复", "short_title": None, "doc_no": "某政函〔2024〕1号", "index_no": None,
    "proposal_no": "第343号", "issuers": ["某市某局"], "issued": "2024-10-17", "effective": None, "expires": None, "amended": None, "status": "in_force",
    "level": "municipal", "region": "杭州", "disclosure": "public", "kind": "response", "is_consolidated": False, "compiled_from": [], "topics": ["社区服务"],
    "media_type": "text/plain", "certainty": 1.0, "unread": 0, "corrected": 0, "sha256": "0" * 64, "url": "/documents/hz-2024-343",
}  # fmt: skip


class MetadataBody(Body):
    """Everything about a document but its text, its clauses and where its file lay.

    `certainty` (0 to 1) is the share of its text that was read surely, `unread` counts what its file holds beyond the
    text but for headers, footers and navigation, `corrected` the places of its text that staff put right.
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
    """A piece of a text: `url` where it is part of a link, `marked` where it is part of the quote that was asked for,
    `read` what the file was read to say where staff put it right."""

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
