"""What a reader of printed pages has read, PDF or OFD, made into one text with its places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.asides import edge_asides
from ingest.readers.file_reader import Aside, ReadText, Unread
from ingest.readers.furniture import named_furniture
from ingest.readers.glyphs import missing_characters
from ingest.readers.pages_with_tables import set_pages
from ingest.readers.paragraphs import Line
from ingest.readers.ruled_tables import RuledTable
from kb.layout import Layout, Page
from kb.text.radicals import with_door

_NUMBERS = re.compile(r"\d+")  # Running lines that differ by the number of the page or the issue are one.


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page as it was read: width and height in points, its lines, and the confidence of OCR where that read it, 0
    where nothing could be read."""

    size: tuple[float, float]
    lines: Sequence[Line]
    confidence: float | None = None
    tables: Sequence[RuledTable] = ()


def printed_text(
    pages: Sequence[PrintedPage], media_type: str, asides: Sequence[Aside], unread: Sequence[Unread]
) -> ReadText:
    """Set pages into one text; what stands at their edges is told beside it, and what could not be read is named."""
    lines = [page.lines for page in pages]
    whole, laid = set_pages(lines, [page.tables for page in pages], [page.size[1] for page in pages])
    layout = Layout(
        tuple(
            Page(number, *page.size, boxes, page.confidence)
            for number, (page, boxes) in enumerate(zip(pages, whole.boxes, strict=True), 1)
        ),
        laid,
    )
    empty = [Unread("page", page=number) for number, page in enumerate(pages, 1) if page.confidence == 0.0]
    return ReadText(
        with_door(whole.text),
        whole.page_starts,
        None,
        media_type,
        layout,
        asides=(*asides, *edge_asides(lines)),
        unread=(*unread, *missing_characters(lines), *empty, *_running(whole.left_out)),
    )


def _running(lines: Sequence[str]) -> Iterator[Unread]:
    """Name each running line once, whatever number is in it."""
    return named_furniture({_NUMBERS.sub("", line): line for line in reversed(lines)}.values())
