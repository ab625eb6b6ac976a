"""Two editions of a law side by side, and what became of a quotation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from service.schemas.body import Body
from service.schemas.documents import EditionBody

# Invented: examples must not age with the corpus.
_EDITION: dict[str, Any] = {
    "doc_id": "dogs-2021", "title": "东湖市养犬管理条例", "begins": "2021-06-01", "ends": "2030-08-31", "url": "/documents/dogs-2021",
}  # fmt: skip
_NEWER = _EDITION | {"doc_id": "dogs-2030", "begins": "2030-09-01", "ends": None, "url": "/documents/dogs-2030"}


class PieceBody(Body):
    """A piece of a wording; `changed` where the other wording lacks it."""

    text: str
    changed: bool


class SideBody(Body):
    """An article of one edition; its pieces joined are its text."""

    label: str
    clause_id: str
    pieces: list[PieceBody]


class ArticlePairBody(Body):
    """An article before and after; one side is null where it was added or deleted."""

    change: Literal["same", "changed", "added", "deleted"]
    before: SideBody | None
    after: SideBody | None


class CountsBody(Body):
    """How many articles did not change, were changed, added and deleted."""

    same: int
    changed: int
    added: int
    deleted: int


class ComparisonBody(Body):
    """Two editions of a law, the earlier first, and all its editions."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "before": _EDITION, "after": _NEWER, "editions": [_EDITION, _NEWER],
                    "counts": {"same": 0, "changed": 1, "added": 0, "deleted": 0},
                    "articles": [
                        {"change": "changed",
                         "before": {"label": "第二条", "clause_id": "dogs-2021#a2",
                                    "pieces": [{"text": "第二条　每户限养", "changed": False}, {"text": "一", "changed": True},
                                               {"text": "只犬。", "changed": False}]},
                         "after": {"label": "第二条", "clause_id": "dogs-2030#a2",
                                   "pieces": [{"text": "第二条　每户限养", "changed": False}, {"text": "两", "changed": True},
                                              {"text": "只犬。", "changed": False}]}}
                    ],
                }
            ]
        }
    )  # fmt: skip

    before: EditionBody
    after: EditionBody
    editions: list[EditionBody]
    counts: CountsBody
    articles: list[ArticlePairBody]


class QuoteNowBody(Body):
    """What became of a quotation: `kept` at a span of the text, `changed` to other words (both cut at what changed), or
    `gone`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"state": "changed", "start": 120, "end": 131, "clause_id": "dogs-2030#a2",
                 "before": [{"text": "每户限养", "changed": False}, {"text": "一", "changed": True}, {"text": "只犬。", "changed": False}],
                 "now": [{"text": "每户限养", "changed": False}, {"text": "两", "changed": True}, {"text": "只犬。", "changed": False}]}
            ]
        }
    )  # fmt: skip

    state: Literal["kept", "changed", "gone"]
    start: int | None
    end: int | None
    clause_id: str | None
    before: list[PieceBody]
    now: list[PieceBody]
