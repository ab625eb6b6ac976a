"""What staff put right in the text of a file, or confirmed of it, word by word: kept beside the snapshots, by the
checksum of the file.

A correction is made on the text as its reader gives it, so it holds whoever reads the same file again; a file with
other bytes is another file. Readers get better: where the words have moved, the correction follows them to the one
place where they stand; where they stand nowhere any more, or it would meet another one, it is left out and named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from ingest.readers import ReadText
from ingest.readers.canonical import canonical
from kb.durable import replace_text
from kb.errors import InputError
from kb.layout import Box, Cell, Layout, Page, PlacedTable
from kb.types import HandWritten, Unread

FILE_NAME = "corrections.json"
_SEPARATOR = re.compile(r"( \| |\n)")
"""What parts the cells and rows of a table, and lines, whose places are exact."""
_SHOWN = 20  # characters of a correction by which it is named


@dataclass(frozen=True, slots=True)
class TextCorrection:
    """Where a reader reads `read` at `start`, the file says `written`; `by` and `at` tell who says so and since when
    (ISO)."""

    start: int
    read: str
    written: str
    by: str
    at: str

    @property
    def end(self) -> int:
        """Give where the corrected words end in the text as it was read."""
        return self.start + len(self.read)


class TextCorrections:
    """The corrections of an index, by the checksum of the file."""

    def __init__(self, index_dir: Path) -> None:
        self._path = index_dir / FILE_NAME
        known = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}
        self._made = {file: tuple(TextCorrection(**one) for one in made) for file, made in known.items()}

    def of(self, file: str) -> tuple[TextCorrection, ...]:
        """Give the corrections of the text of a file, in its order."""
        return self._made.get(file, ())

    def apply(self, read: ReadText) -> ReadText:
        """Give a reading with the corrections of its file."""
        return corrected(read, self.of(read.file_sha256)) if read.file_sha256 else read

    def settle(self, file: str, made: Sequence[TextCorrection]) -> None:
        """Keep these corrections of a file and no others."""
        others = {name: kept for name, kept in self._made.items() if name != file}
        self._made = others | ({file: tuple(made)} if made else {})
        fields = {name: [asdict(one) for one in kept] for name, kept in self._made.items()}
        replace_text(self._path, json.dumps(fields, ensure_ascii=False, indent=0) + "\n")


def corrected(read: ReadText, corrections: Sequence[TextCorrection]) -> ReadText:
    """Give a reading with its corrections, which its places follow; those that do not fit are named as unread."""
    if not corrections:
        return read
    placed, lost = _placed(read.text, corrections)
    moves = _Moves(read.text, placed)
    by_hand = tuple(
        HandWritten(moves.first(one.start), moves.last(one.end), None if one.written == one.read else one.read)
        for one in placed
    )
    named = tuple(Unread("correction", one.written.strip()[:_SHOWN]) for one in lost)
    return replace(
        read,
        text=moves.text,
        page_starts=tuple(map(moves.first, read.page_starts)),
        layout=_moved(read.layout, moves),
        by_hand=by_hand,
        unread=(*read.unread, *named),
    )


def revised(
    read: ReadText, corrections: Sequence[TextCorrection], start: int, shown: str, written: str | None, by: str, at: str
) -> tuple[TextCorrection, ...]:
    """Give the corrections of a reading once somebody wrote other words where the text with `corrections` shows `shown`
    at `start`. Where these meet earlier ones, all become one. With `None` the earlier ones are taken back.

    Raises InputError where the text does not say so, or the cells of a table would not fit.
    """
    placed, lost = _placed(read.text, corrections)
    moves = _Moves(read.text, placed)
    end = start + len(shown)
    if moves.text[start:end] != shown or not (shown or written is None):
        raise InputError.of("correction_elsewhere", field="shown")
    spans = {one: (moves.first(one.start), moves.last(one.end)) for one in placed}
    met = [
        one
        for one, (first, last) in spans.items()
        if (first < end and start < last) or start <= first == last <= end  # words that were taken out whole
    ]
    others = [one for one in (*placed, *lost) if one not in met]
    if written is None:
        if not met:
            raise InputError.of("correction_missing", field="written")
        return tuple(others)
    first = min([start, *(spans[one][0] for one in met)])
    last = max([end, *(spans[one][1] for one in met)])
    words = moves.text[first:start] + canonical(written) + moves.text[end:last]
    back = _Moves(
        moves.text, [TextCorrection(spans[one][0], moves.text[slice(*spans[one])], one.read, "", "") for one in placed]
    )
    first, last = back.first(first), back.last(last)
    before = read.text[first:last]
    in_table = any(table.start < last and first < table.end for table in read.layout.tables)
    if in_table and _SEPARATOR.findall(before) != _SEPARATOR.findall(words):
        raise InputError.of("correction_of_cells", field="written")
    return tuple(sorted((*others, TextCorrection(first, before, words, by, at)), key=lambda one: one.start))


def _placed(text: str, corrections: Sequence[TextCorrection]) -> tuple[list[TextCorrection], list[TextCorrection]]:
    """Give the corrections where they stand in a text, in its order, and those that stand nowhere."""
    placed: list[TextCorrection] = []
    lost: list[TextCorrection] = []
    for one in corrections:
        at = one.start if text.startswith(one.read, one.start) else text.find(one.read)
        moved = at != one.start and (at < 0 or text.find(one.read, at + 1) >= 0)
        if moved or any(at < other.end and other.start < at + len(one.read) for other in placed):
            lost.append(one)
        else:
            placed.append(replace(one, start=at))
    return sorted(placed, key=lambda one: one.start), lost


class _Moves:
    """A text with corrections in it, and where the places of the text before are in it."""

    def __init__(self, text: str, placed: Sequence[TextCorrection]) -> None:
        self._placed = placed
        self._begin: list[int] = []  # of each correction, in the new text
        pieces: list[str] = []
        at = length = 0
        for one in placed:
            pieces += (text[at : one.start], one.written)
            self._begin.append(length + one.start - at)
            length = self._begin[-1] + len(one.written)
            at = one.end
        self.text = "".join((*pieces, text[at:]))

    def first(self, offset: int) -> int:
        """Give where what begins at `offset` begins now."""
        return self._moved(offset, lambda one: one.start <= offset < one.end, 0)

    def last(self, offset: int) -> int:
        """Give where what ends at `offset` ends now."""
        return self._moved(offset, lambda one: one.start < offset <= one.end, 1)

    def _moved(self, offset: int, holds: Callable[[TextCorrection], bool], side: int) -> int:
        shift = 0
        for one, begin in zip(self._placed, self._begin, strict=True):
            if holds(one):
                return begin + _inside(one.read, one.written, offset - one.start, side)
            if one.end > offset:
                break
            shift = begin + len(one.written) - one.end
        return offset + shift


def _inside(read: str, written: str, offset: int, side: int) -> int:
    """Give where what begins (`side` 0) or ends (1) at an offset of `read` does so in `written`; cells and lines stay
    apart where both have as many."""
    before, after = _SEPARATOR.split(read), _SEPARATOR.split(written)
    if before[1::2] != after[1::2]:
        before, after = [read], [written]
    pieces = zip(before, after, _spans(before), _spans(after), strict=True)
    for one, other, (start, end), (new_start, new_end) in pieces if side == 0 else reversed([*pieces]):
        if start == end == offset or start + side <= offset < end + side:
            if offset == (start, end)[side]:
                return (new_start, new_end)[side]
            return new_start + _across(one, other, offset - start)
    raise ValueError(f"{offset} is outside of {read!r}")


def _spans(pieces: Sequence[str]) -> Iterator[tuple[int, int]]:
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    return pairwise(ends)


def _across(read: str, written: str, offset: int) -> int:
    """Give where a place between two characters of `read` is in `written`."""
    found = 0
    for kind, start, end, new_start, new_end in SequenceMatcher(None, read, written, autojunk=False).get_opcodes():
        if start > offset:
            break
        if kind == "equal":
            found = new_start + min(offset, end) - start
        else:
            found = new_end if offset >= end else min(new_start + offset - start, new_end)
    return found


def _moved(layout: Layout, moves: _Moves) -> Layout:
    def span(start: int, end: int) -> tuple[int, int]:
        first = moves.first(start)
        return first, max(first, moves.last(end))

    def box(one: Box) -> Box:
        start, end = span(one.start, one.end)
        return replace(one, start=start, end=end)

    def cell(one: Cell) -> Cell:
        start, end = span(one.start, one.end)
        return replace(one, start=start, end=end, headers=tuple(span(*header) for header in one.headers))

    def table(one: PlacedTable) -> PlacedTable:
        start, end = span(one.start, one.end)
        return replace(one, start=start, end=end, cells=tuple(map(cell, one.cells)))

    def page(one: Page) -> Page:
        return replace(one, boxes=tuple(moved for moved in map(box, one.boxes) if moved.start < moved.end))

    return Layout(tuple(map(page, layout.pages)), tuple(map(table, layout.tables)))
