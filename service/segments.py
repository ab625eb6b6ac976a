"""The text of a clause in pieces: plain, part of the quote that was asked for, or a link to what it refers to.

Offsets count Python characters, which a browser cannot count, so the cutting is done here. The pieces
joined are the clause's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from kb.relations import Link
from kb.types import Document
from service.addresses import clause_url, document_url


def segments(
    document: Document, start: int, end: int, links: Sequence[Link], marked: tuple[int, int] | None
) -> list[dict[str, Any]]:
    """Cut text[start:end] at the ends of links, of the marked span and of what staff put right.

    Each piece has `text`; `url` where it is part of a link, `marked` where it is part of the quote, `read` where staff
    put other words in the place of what was read.
    """
    text = document.text
    by_hand = [one for one in document.by_hand if one.read is not None]
    spans = [(link.start, link.end) for link in links] + [(one.start, one.end) for one in by_hand]
    spans += [marked] if marked else []
    cuts = sorted({start, end, *(offset for span in spans for offset in span if start < offset < end)})
    pieces = []
    for first, last in pairwise(cuts):
        piece: dict[str, Any] = {"text": text[first:last]}
        target = next((link for link in links if link.start <= first < link.end), None)
        if target is not None:
            piece["url"] = (
                clause_url(target.doc_id, target.clause_id) if target.clause_id else document_url(target.doc_id)
            )
        if marked is not None and marked[0] <= first < marked[1]:
            piece["marked"] = True
        corrected = next((one for one in by_hand if one.start <= first < one.end), None)
        if corrected is not None:
            piece["read"] = corrected.read
        pieces.append(piece)
    return pieces
