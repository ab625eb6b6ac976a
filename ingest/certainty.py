"""How surely a document was read, and which places of it want a look.

Characters that a file holds as text are sure, but for those that its fonts do not name (〓) and those on lines that may
stand in the wrong order; those that OCR read are as sure as it was of their page; what staff corrected or confirmed by
hand is sure; a page on which nothing could be read counts as an average page of which nothing is sure. The figure says
nothing of what the file holds beyond its text: pictures and attachments are named instead.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.readers.glyphs import MISSING
from kb.layout import LOW_CONFIDENCE, Box, Layout, Page
from kb.types import HandWritten

DoubtKind = Literal["confidence", "character", "order", "headless", "gap"]
"""A page that OCR read with doubt, a character without a name, a line that may stand in the wrong order, a table whose
header was not made out, a number that is not the next one."""

_UPRIGHT = 3  # times as high as wide: a run that is set downwards
_TOUCH = 1.0  # points


@dataclass(frozen=True, slots=True)
class Doubt:
    """text[start:end] wants a look; an empty span stands for a whole page."""

    kind: DoubtKind
    page: int | None
    start: int
    end: int


def certainty(text: str, page_starts: Sequence[int], layout: Layout, by_hand: Sequence[HandWritten] = ()) -> float:
    """Give the share of a text that was read surely, from 0 to 1.

    >>> certainty("第一条　每餐补贴〓元", (), Layout())
    0.889
    """
    doubtful = {offset for doubt in _characters(text) for offset in range(doubt.start, doubt.end)}
    doubtful |= {offset for page in layout.pages for span in out_of_order(page) for offset in range(*span)}
    doubtful -= {offset for one in by_hand for offset in range(one.start, one.end)}
    doubts = sorted(offset for offset in doubtful if not text[offset].isspace())
    confidences = {page.number: page.confidence for page in layout.pages}
    sure = total = 0.0
    empty = 0
    starts = list(page_starts) or [0]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), 1):
        confidence = confidences.get(number)
        count = sum(map(len, text[start:end].split()))
        total += count
        looked_at = sum(len("".join(text[max(start, one.start) : min(end, one.end)].split())) for one in by_hand)
        read = count - looked_at - bisect_left(doubts, end) + bisect_left(doubts, start)
        sure += looked_at + read * (1.0 if confidence is None else confidence)
        empty += confidence == 0.0 and not count
    if empty:
        total += empty * total / max(len(starts) - empty, 1)
    return round(sure / total, 3) if total else 0.0


def doubts_of(
    text: str, page_starts: Sequence[int], layout: Layout, by_hand: Sequence[HandWritten] = ()
) -> list[Doubt]:
    """Give the places of a text that want a look, in its order, but for those that staff looked at."""
    found = list(_characters(text, page_starts))
    for page in layout.pages:
        if page.confidence is not None and page.confidence < LOW_CONFIDENCE:
            start, end = _page_span(text, page.number, page_starts)
            if not _is_looked_at(text, start, end, by_hand):
                found.append(Doubt("confidence", page.number, start, start))
        found += (Doubt("order", page.number, *span) for span in out_of_order(page))
    for table in layout.tables:
        if table.header_rows == 0:
            found.append(Doubt("headless", _page(table.start, page_starts), table.start, table.end))
    kept = [one for one in found if one.start == one.end or not _is_looked_at(text, one.start, one.end, by_hand)]
    return sorted(kept, key=lambda doubt: (doubt.start, doubt.end))


def _page_span(text: str, number: int, page_starts: Sequence[int]) -> tuple[int, int]:
    if number > len(page_starts):
        return 0, len(text)
    return page_starts[number - 1], page_starts[number] if number < len(page_starts) else len(text)


def _is_looked_at(text: str, start: int, end: int, by_hand: Sequence[HandWritten]) -> bool:
    """Tell whether staff wrote or confirmed every character of a span that has any."""
    held = {offset for one in by_hand for offset in range(max(start, one.start), min(end, one.end))}
    return bool(held) and all(offset in held or text[offset].isspace() for offset in range(start, end))


def out_of_order(page: Page) -> Iterator[tuple[int, int]]:
    """Give the lines of a page that stand above the line before them though they begin no column to the right of it."""
    before: list[Box] = []
    for line in _lines(page.boxes):
        if before and not any(_runs_down(box) for box in (*before, *line)):
            written_down = (
                len(line) == len(before) == 1 and line[0].end - line[0].start == before[0].end - before[0].start == 1
            )
            above = not written_down and max(box.y1 for box in line) <= min(box.y0 for box in before) + _TOUCH
            if above and min(box.x0 for box in line) < max(box.x1 for box in before) - _TOUCH:
                yield line[0].start, line[-1].end
        before = line


def _lines(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Put the boxes that stand on one line together, in the order of the text."""
    line: list[Box] = []
    for box in boxes:
        middle = (box.y0 + box.y1) / 2
        if line and not line[-1].y0 <= middle <= line[-1].y1:
            yield line
            line = []
        line.append(box)
    if line:
        yield line


def _runs_down(box: Box) -> bool:
    return box.y1 - box.y0 > _UPRIGHT * (box.x1 - box.x0)


def _characters(text: str, page_starts: Sequence[int] = ()) -> Iterator[Doubt]:
    at = text.find(MISSING)
    while at >= 0:
        yield Doubt("character", _page(at, page_starts), at, at + 1)
        at = text.find(MISSING, at + 1)


def _page(offset: int, page_starts: Sequence[int]) -> int | None:
    return bisect_right(page_starts, offset) or None
