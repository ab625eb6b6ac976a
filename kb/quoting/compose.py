"""From quotations to statements. No sentence is glued from two.

A sentence of a document that is on trial, planned or only a draft says so behind it, and where the sentences come from documents
of different regions each says for where it holds, so that what differs stands side by side and is not blended.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.places import Gazetteer
from kb.types import Citation, Document, Statement, Status

# What is in force says nothing; of what is unknown nothing true can be said in two words, and its citation says it.
_STATUS_REMARKS: dict[Status, str] = {
    "trial": "（试行文件）",
    "planned": "（文件计划出台，尚未印发）",
    "draft": "（征求意见稿）",
    "unknown": "",
}


def state(
    quotes: Sequence[tuple[Citation, Document, tuple[int, int] | None]], places: Gazetteer, opening: str = ""
) -> tuple[Statement, ...]:
    """Make a statement of each quotation and what stands out in it, citing it by its number from 1, the first behind `opening`;
    regions are the same where they name the same `places`."""
    regions = {places.places_in(document.region or "") for _, document, _ in quotes}
    return tuple(
        _statement(
            opening if number == 1 else "", cited.quote, _remark(cited, document, len(regions) > 1), number, focus
        )
        for number, (cited, document, focus) in enumerate(quotes, start=1)
    )


def _statement(lead: str, quote: str, remark: str, number: int, focus: tuple[int, int] | None) -> Statement:
    shifted = (focus[0] + len(lead), focus[1] + len(lead)) if focus else None
    return Statement(lead + quote + remark, (number,), shifted)


def _remark(cited: Citation, document: Document, regions_differ: bool) -> str:
    """Background is no rule of the document, so the document's validity is not its own."""
    region = f"（{document.region}）" if regions_differ and document.region else ""
    standing = "（背景情况）" if cited.source == "background" else _STATUS_REMARKS.get(document.status, "")
    return standing + region
