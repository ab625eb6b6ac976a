"""From quotations to statements. No sentence is glued from two.

A sentence of a document that is on trial, planned or only a draft says so behind it. Where the sentences come from
documents of different regions each says for where it holds, so that what differs stands side by side and is not
blended; so does one that is told of a place and names it no more than its document does.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from kb.text.places import Gazetteer, bare
from kb.types import Citation, Document, Statement, Status

# What is in force says nothing; of what is unknown nothing true can be said in two words, and its citation says it.
_STATUS_REMARKS: dict[Status, str] = {
    "trial": "（试行文件）",
    "planned": "（文件计划出台，尚未印发）",
    "draft": "（征求意见稿）",
    "unknown": "",
}


def state(
    quotes: Sequence[tuple[Citation, Document, tuple[int, int] | None]],
    places: Gazetteer,
    opening: str = "",
    asked: AbstractSet[str] = frozenset(),
) -> tuple[Statement, ...]:
    """Make a statement of each quotation and what stands out in it, citing it by its number from 1, the first behind
    `opening`; regions are the same where they name the same `places`, of which those in `asked` are asked about."""
    regions = {places.places_in(document.region or "") for _, document, _ in quotes}

    def is_told(cited: Citation, document: Document) -> bool:
        if len(regions) > 1 or not document.region:
            return len(regions) > 1
        said = f"{document.region}\n{cited.quote}"
        return not asked <= places.places_in(said) and bare(document.region) not in cited.quote

    return tuple(
        _statement(
            opening if number == 1 else "",
            cited.quote,
            _remark(cited, document, is_told(cited, document)),
            number,
            focus,
        )
        for number, (cited, document, focus) in enumerate(quotes, start=1)
    )


def _statement(lead: str, quote: str, remark: str, number: int, focus: tuple[int, int] | None) -> Statement:
    shifted = (focus[0] + len(lead), focus[1] + len(lead)) if focus else None
    return Statement(lead + quote + remark, (number,), shifted)


def _remark(cited: Citation, document: Document, is_region_told: bool) -> str:
    """Background is no rule of the document, so the document's validity is not its own."""
    region = f"（{document.region}）" if is_region_told and document.region else ""
    standing = "（背景情况）" if cited.source == "background" else _STATUS_REMARKS.get(document.status, "")
    return standing + region
