"""Paragraphs: the lines of pages set back into the lines of the document.

A layout cuts a paragraph where the line is full. A cut is mended where the line was full, that is, where the next word
did not fit, and nothing says that a paragraph begins: an outline marker, an indent, a wider gap, another size of type.
Where a document neither indents nor spaces its paragraphs, a full line that ends a sentence is taken for the end of its
paragraph where a character more had room. Lists and tables, whose lines are not cut where they are full, keep their
lines. Page numbers, running headers and footers go, and the hyphen of a word that goes on in the next line. Every
character keeps its page: pages are joined by \\n, or by nothing inside a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.readers.columns import columns_of
from ingest.readers.page_numbers import number_lines
from ingest.readers.running_lines import running_lines
from kb.layout import Box
from kb.text.widths import ems

_NUMERAL = "[零〇一二三四五六七八九十百千]"
# What begins a paragraph whatever stands before it; (3)项 within a line points at an item.
_MARKER = re.compile(
    rf"{_NUMERAL}{{1,4}}、|[(（](?:{_NUMERAL}{{1,4}}|\d{{1,3}})[)）](?![项款目条號号])|\d{{1,3}}[.．、](?!\d)|[①-⑳]|[•·●■◆▪-]\s"
    rf"|第{_NUMERAL}{{1,7}}[编章节条](?!规定|所|的|和|与|及|或|至|到|、|，|,|第|以|中|之|款|项|）|\))"
    rf"|{_NUMERAL}{{1,2}}是|目\s*[录次]\s*$|附件?\s*\d*\s*[:：]|附件\d*\s*$"
)
_SENTENCE_END = re.compile(r"[。！？；：!?;:…][”’」』）》)\"']*$")  # A line that ends so may end its paragraph.
# How long a word is that did not fit into the line before: Latin words and figures break nowhere.
_WORD = re.compile(r"[“‘「『（《〈〔(\[\"']*(?:[A-Za-z0-9.%/_@+-]+|.)[，。、；：？！”’」』）》〉〕,.;:?!)\]\"']*")
_SLACK = 2.5  # em; punctuation is squeezed, Latin letters are narrower than reckoned
_OTHER_SIZE = 0.12  # of a size of type; what differs less is the same
_INDENT = 0.75  # em; a smaller offset is no indent
_WIDE_COLUMN, _NARROW_COLUMN = 20.0, 10.0  # em
_PARTED = 3.0  # em
_FEW_LINES = 5  # a page with fewer does not show how long its lines can be


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page as it is printed: where its first character stands and how large it is, in points.

    `y` grows upwards. The offsets of `boxes`, where they are known, count from the start of the line. A row of a table
    has the number of its table on the page.
    """

    text: str
    x: float
    y: float
    size: float
    boxes: tuple[Box, ...] = ()
    table: int | None = None

    @property
    def right(self) -> float:
        """Give where the line ends, by the width of its characters."""
        return self.x + ems(self.text) * self.size


@dataclass(frozen=True, slots=True)
class SetPages:
    """The text of all pages, the offset at which each page begins, and the boxes of each page; by page (from 0) and
    number the offset at which a table begins; the lines that run from page to page, which are no text."""

    text: str
    page_starts: tuple[int, ...]
    boxes: tuple[tuple[Box, ...], ...]
    table_starts: dict[tuple[int, int], int]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a document is set: its type size, line distance, edges by column, which columns are prose, whose lines are
    cut where they are full, and how it shows paragraphs.

    A page that is not set in columns is one column.
    """

    size: float
    leading: float
    edges: list[tuple[float, float]]
    prose: list[bool]
    reached: list[
        int
    ]  # by column, how many lines show where its edge is: all where there are some, else those that end near it
    indents: bool
    spaces: bool


def set_paragraphs(pages: Sequence[Sequence[Line]], heights: Sequence[float] = ()) -> SetPages:
    """Set the lines of all pages, so many points high, into one text; what only numbers a page or runs from page to
    page is left out, with its boxes."""
    numbered = _without(pages, number_lines([[line.text for line in page] for page in pages]))
    running = running_lines(numbered, heights)
    bodies = _without(numbered, running)
    columns = [(page, column) for page, body in enumerate(bodies) for column in columns_of(body)]
    layout = _measure([[line for line in column if line.table is None] for _, column in columns])
    table_starts: dict[tuple[int, int], int] = {}
    pieces: list[str] = []
    page_starts = [0] * len(bodies)
    boxes: list[list[Box]] = [[] for _ in bodies]
    length = 0
    previous: tuple[Line, int] | None = None  # and its column
    hanging: float | None = None  # where the paragraph's second line stands, from the left edge
    begun = -1  # the last page that has begun
    for place, (page, lines) in enumerate(columns):
        for line in lines:
            between = ""
            if previous is not None:
                if _continues(*previous, line, place, hanging, layout):
                    if _is_hyphenated(previous[0].text, line.text):
                        pieces[-1] = pieces[-1][:-1]
                        length -= 1
                        before = columns[previous[1]][0]
                        boxes[before] = _cut_off(boxes[before], length)
                    else:
                        between = glue(previous[0].text, line.text)
                    hanging = line.x - layout.edges[place][0]
                else:
                    between, hanging = "\n", None
            pieces += (between, line.text)
            length += len(between)
            if page > begun:
                page_starts[page], begun = length, page
            if line.table is not None:
                table_starts.setdefault((page, line.table), length)
            boxes[page] += (replace(box, start=box.start + length, end=box.end + length) for box in line.boxes)
            length += len(line.text)
            previous = (line, place)
    for page in reversed(range(len(bodies))):
        if not bodies[page]:  # an empty page begins where the next one does
            page_starts[page] = page_starts[page + 1] if page + 1 < len(bodies) else length
    left_out = tuple(
        numbered[page][line].text
        for page, found in enumerate(running)
        for line in sorted(found)
        if numbered[page][line].table is None
    )
    return SetPages("".join(pieces), tuple(page_starts), tuple(map(tuple, boxes)), table_starts, left_out)


def _without(pages: Sequence[Sequence[Line]], left_out: Sequence[set[int]]) -> list[list[Line]]:
    return [
        [line for n, line in enumerate(page) if n not in left_out[p] or line.table is not None]
        for p, page in enumerate(pages)
    ]


def _is_hyphenated(left: str, right: str) -> bool:
    """Tell whether a Latin word is cut in two: infor-|mation, but not COVID-|19 or a dash."""
    return left[-1:] in ("-", "‐") and left[-2:-1].isascii() and left[-2:-1].isalpha() and "a" <= right[:1] <= "z"


def _cut_off(boxes: list[Box], end: int) -> list[Box]:
    """Drop what lies behind `end`."""
    return [replace(box, end=min(box.end, end)) for box in boxes if box.start < end]


def _continues(
    line: Line, column: int, following: Line, in_column: int, hanging: float | None, layout: _Layout
) -> bool:
    """Tell whether `following` goes on with the paragraph of `line`."""
    if line.table is not None or following.table is not None:
        return False
    if _is_parted(line) or _is_parted(following):
        return False
    size = max(line.size, following.size)
    if abs(line.size - following.size) > _OTHER_SIZE * size:
        return False
    if _MARKER.match(following.text) and not _is_a_word(line, column, following, in_column, layout):
        return False
    gap = line.y - following.y if column == in_column else None
    if size > (1 + _OTHER_SIZE) * layout.size and gap is not None:
        # A title is broken by its sense and centred: its lines only stand close together.
        return 0 < gap < 2.2 * size and not _SENTENCE_END.search(line.text)
    left, right = layout.edges[column]
    if line.x > left + 0.3 * (right - left):
        return False  # a date or a signature on the right
    if not layout.prose[column] or not _is_full(line, following, right):
        return False
    if layout.reached[column] < 2 and right - line.right > line.size:
        return False  # what one line alone reaches is not known to be the edge of the others
    if gap is not None and layout.leading and gap > 1.3 * layout.leading:
        return False
    x, next_x = line.x - left, following.x - layout.edges[in_column][0]
    indent = _INDENT * (size or 1)
    if hanging is not None:
        stands_right = abs(next_x - hanging) <= indent
    else:
        under_marker = _MARKER.match(line.text) is not None and x < next_x <= x + 4 * size
        stands_right = under_marker or (next_x <= indent if layout.indents else next_x <= x + indent)
    if not stands_right:
        return False
    if layout.indents or (layout.spaces and gap is not None) or not _SENTENCE_END.search(line.text):
        return True
    if layout.reached[column] < 2:
        return False  # it may be its paragraph alone that made it the longest
    # Nothing shows where paragraphs end: a line whose next character had no room at all more often goes on than ends
    # one.
    return line.text.endswith(("；", ";")) or right - line.right < ems(first_word(following.text)) * (line.size or 1)


def _is_parted(line: Line) -> bool:
    """Tell whether a line has a gap that no line of running text has, as the rows of a form do."""
    return any(other.x0 - one.x1 > _PARTED * line.size for one, other in pairwise(line.boxes))


def _is_a_word(line: Line, column: int, following: Line, in_column: int, layout: _Layout) -> bool:
    """Tell whether what looks like a marker is a word that the line before had no room for (唯|一、合法的): where every
    paragraph is indented it stands at the edge, and the sentence before it has no end."""
    at_the_edge = following.x - layout.edges[in_column][0] <= _INDENT * (following.size or 1)
    unfinished = not _SENTENCE_END.search(line.text) and _is_full(line, following, layout.edges[column][1])
    return layout.indents and at_the_edge and unfinished


def first_word(text: str) -> str:
    """Give what has to stand together at the start of a line: a Latin word, a number, or one wide character."""
    word = _WORD.match(text)
    return word[0] if word else ""


def _is_full(line: Line, following: Line, right: float) -> bool:
    """Tell whether the first word of the next line had no room at the end of this one."""
    room = right - line.right
    return room < (ems(first_word(following.text)) + _SLACK) * (line.size or 1)


def _measure(columns: Sequence[Sequence[Line]]) -> _Layout:
    lines = [line for column in columns for line in column]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    bodies = [[line for line in column if abs(line.size - size) <= _OTHER_SIZE * size] for column in columns]
    known = [(_left(column), _right(column)) for column in bodies if column]
    long = [(_left(column), _right(column)) for column in bodies if len(column) >= _FEW_LINES]
    edges = [_edges(column, long, known, size) for column in bodies]
    leading = _leading(bodies, edges, size)
    starts = [
        (following.x - edges[p][0] > _INDENT * size, line.y - following.y > 1.3 * leading)
        for p, page in enumerate(bodies)
        for line, following in pairwise(page)
        if _SENTENCE_END.search(line.text) and not _is_full(line, following, edges[p][1])
    ]
    indents = sum(indented for indented, _ in starts) > 0.6 * len(starts)
    spaces = sum(spaced for _, spaced in starts) > 0.6 * len(starts)
    widths = [round((right - left) / (size or 1)) for left, right in edges]
    alone = [_is_prose(column, *edges[p], size) for p, column in enumerate(bodies)]
    # A column may be short of full lines; those of its width tell what it is.
    prose = [any(other and width == of for other, of in zip(alone, widths, strict=True)) for width in widths]
    ends = [
        len(column) if len(column) >= _FEW_LINES else sum(right - line.right < _SLACK * (size or 1) for line in column)
        for (_, right), column in zip(edges, bodies, strict=True)
    ]
    reached = [sum(count for count, of in zip(ends, widths, strict=True) if of == width) for width in widths]
    return _Layout(size, leading, edges, prose, reached, indents, spaces)


def _leading(columns: Sequence[Sequence[Line]], edges: Sequence[tuple[float, float]], size: float) -> float:
    """Give the distance of the lines of a paragraph: the commonest behind full lines that end within a sentence; where
    no line is full, the commonest of all."""
    within: Counter[float] = Counter()
    gaps: Counter[float] = Counter()
    for column, (_, right) in zip(columns, edges, strict=True):
        for line, following in pairwise(column):
            gap = round(line.y - following.y, 1)
            if 0 < gap < 4 * (size or 1):
                gaps[gap] += 1
                within[gap] += _is_full(line, following, right) and not _SENTENCE_END.search(line.text)
    common = (+within or gaps).most_common(1)
    return common[0][0] if common else 0.0


def _is_prose(column: Sequence[Line], left: float, right: float, size: float) -> bool:
    """Tell whether the lines of a column are cut because they are full; those of a list or a table are as long as they
    are."""
    width = (right - left) / (size or 1)
    full = sum(right - line.right < _SLACK * (size or 1) for line in column)
    return width >= _WIDE_COLUMN or (width >= _NARROW_COLUMN and full >= len(column) / 2)


def _edges(
    column: Sequence[Line], long: Sequence[tuple[float, float]], known: Sequence[tuple[float, float]], size: float
) -> tuple[float, float]:
    """Give where the lines of a column begin and end; a short one is taken to be as wide as the others at its place."""
    if len(column) >= _FEW_LINES:
        return _left(column), _right(column)
    beside = [edges for edges in long if column and abs(edges[0] - _left(column)) <= 2.5 * size] or known
    left, right = _median([left for left, _ in beside]), _median([right for _, right in beside])
    return (min(left, _left(column)), max(right, _right(column))) if column else (left, right)


def _left(page: Sequence[Line]) -> float:
    """Give the leftmost place where lines begin; one line alone may hang out of the margin."""
    places = Counter(round(line.x) for line in page)
    return float(min((x for x, count in places.items() if count > 1), default=min(places)))


def _right(page: Sequence[Line]) -> float:
    """Give where the longest lines end; lines of wide characters are measured most surely."""
    wide = [line.right for line in page if ems(line.text) > 0.8 * len(line.text)]
    return max(wide if len(wide) > 2 else [line.right for line in page])


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def glue(left: str, right: str) -> str:
    """Give what stands between two lines that are one: a blank between Latin words, else nothing (2|024 is 2024)."""
    first, last = right[:1], left[-1:]
    word = first.isascii() and first.isalnum()
    if word and last.isascii() and last.isalnum():
        return "" if first.isdigit() and last.isdigit() else " "
    prose = first.isascii() and first.isalpha() and last in ",.;:)" and left[-2:-1].isascii()
    return " " if prose else ""
