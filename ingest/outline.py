"""The outline of an official document: which clause every character belongs to.

Two families of numbering are in use. Regulations count 编 章 节 条, and inside an article 款 (its
paragraphs), 项 （一） and 目 1.; other documents count 一、 （一） 1. （1） and, in running argument, 一是
二是. A marker counts only at the start of a line. A line that begins by naming another article
(第十二条规定的……) is a reference and stays text.

What stands around and behind the body (`parts`) has clauses of its own: 版头, 目录, 附件清单, 落款, 版记, notes. An
annex has an outline of its own, and so has what follows a signature, for that is another text.

Clauses are disjoint: each holds its own heading and paragraphs, not its children's. Together with
the header block, the opening and the contact lines they cover every character that is not blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.decimals import read_decimals
from ingest.parts import Part, split_parts
from ingest.table_clauses import Piece, with_rows
from kb.layout import PlacedTable
from kb.text.markers import DEPTH, Marker, read_marker
from kb.text.numerals import to_chinese
from kb.types import Clause, HeaderBlock

# The letters of clause ids, which are as short as a human can read.
_PREFIX = {"编": "p", "分编": "b", "章": "c", "节": "s", "条": "a", "问": "q", "专栏": "box"}
_DECIMAL = "3.1"  # Stands for the kind of markers that count 1, 1.1, 1.1.1.
_COUNTED_THROUGH = ("条", "问", "专栏", _DECIMAL)  # through a whole text, whatever stands above
_LINE_TITLE, _RUN_IN_TITLE = 60, 24  # characters
_SENTENCE_END = re.compile(r"[。！？；:：]")


@dataclass(slots=True)
class _Node:
    kind: str
    depth: float
    ordinal: str
    marker: str
    start: int
    end: int
    heading: str
    parent: _Node | None
    paragraph: int  # which of the parent's paragraphs it stands under, from 1
    paragraphs: list[tuple[int, int]] = field(default_factory=list)


def parse_outline(
    doc_id: str, text: str, blocks: Sequence[HeaderBlock], tables: Sequence[PlacedTable] = ()
) -> list[Clause]:
    """Cut `text`, whose header and contact lines are `blocks`, into clauses, in the order of the text.

    Clause ids are the path of ordinals (`#1.2.3` is 一、（二）3.; `#a12.2` is 第十二条第（二）项), `#header` the header
    block, `#0` what stands before the first marker, `#p3` the third paragraph of a text without any outline, `#contact`
    the contact lines, `#1.2.t1.r3` the third row of a table there. A path that occurs again gets `~2`.
    """
    spans = [(block.start, block.end) for block in blocks]
    tables = [table for table in tables if not any(start < table.end and table.start < end for start, end in spans)]
    spans += [(table.start, table.end) for table in tables]
    lines = [
        match.span()
        for match in re.finditer(r"[^\n]*\S[^\n]*", text)
        if not any(start <= match.start() < end for start, end in spans)
    ]
    pieces: list[Piece] = []
    pieces += [("header", "文件信息", (), block.start, block.end) for block in blocks if block.name == "header"]
    parts = split_parts(text, lines)
    pieces += _bodies(text, [part for part in parts if part.name == "body"])
    for part in parts:
        if part.name != "body" and part.has_outline:
            pieces += _annex(text, part)
        elif not part.has_outline:
            pieces.append((part.name, part.label, (), part.lines[0][0], part.lines[-1][1]))
    pieces += [("contact", "联系方式", (), block.start, block.end) for block in blocks if block.name == "contact"]
    clauses: list[Clause] = []
    seen: dict[str, int] = {}
    for path, label, headings, start, end in with_rows(text, pieces, tables):
        seen[path] = seen.get(path, 0) + 1
        suffix = f"~{seen[path]}" if seen[path] > 1 else ""
        clauses.append(Clause(f"{doc_id}#{path}{suffix}", doc_id, label, headings, start, end))
    return clauses


def _bodies(text: str, parts: list[Part]) -> list[Piece]:
    """Give the clauses of the body, which other parts may stand between; without any outline, its paragraphs."""
    read = [_read_nodes(text, part.lines) for part in parts]
    if any(nodes for nodes, _ in read):
        pieces: list[Piece] = []
        for nodes, opening in read:
            if opening:
                pieces.append(("0", "开头", (), opening[0][0], opening[-1][1]))
            pieces += [piece for node in nodes for piece in _clauses_of(text, node)]
        return pieces
    paragraphs = [span for _, opening in read for span in opening]
    if len(paragraphs) == 1:
        return [("0", "正文", (), *paragraphs[0])]
    return [(f"p{n}", f"第{n}段", (), *span) for n, span in enumerate(paragraphs, 1)]


def _annex(text: str, part: Part) -> list[Piece]:
    """Give the clauses of an annex; its name stands before their ids and labels, its title above their headings."""
    nodes, opening = _read_nodes(text, part.lines)
    titled = (
        len(opening) > 1
        and opening[1][1] - opening[1][0] <= _LINE_TITLE
        and not _SENTENCE_END.search(text, *opening[1])
    )
    lead, rest = opening[: 2 if titled else 1], opening[2 if titled else 1 :]
    if nodes and rest:
        lead, rest = opening, []
    title = " ".join(text[start:end].strip() for start, end in lead[:2])
    pieces: list[Piece] = [(part.name, part.label, (), lead[0][0], lead[-1][1])]
    pieces += [(f"{part.name}.p{n}", f"{part.label}第{n}段", (title,), *span) for n, span in enumerate(rest, 1)]
    for node in nodes:
        for path, label, headings, start, end in _clauses_of(text, node):
            own = path.removeprefix(f"{part.name.removeprefix('annex')}.") if node.kind == _DECIMAL else path
            pieces.append((f"{part.name}.{own}", f"{part.label} {label}", (title, *headings), start, end))
    return pieces


def _read_nodes(text: str, lines: list[tuple[int, int]]) -> tuple[list[_Node], list[tuple[int, int]]]:
    nodes: list[_Node] = []
    opening: list[tuple[int, int]] = []
    stack: list[_Node] = []
    decimals = read_decimals(text, lines)
    counted = 0
    for start, end in lines:
        decimal = decimals.get(start)
        marker = (
            Marker(_DECIMAL, decimal.number, decimal.number, decimal.end) if decimal else read_marker(text, start, end)
        )
        if marker is None:
            if not stack:
                opening.append((start, end))
                continue
            # In an article an unnumbered line is its next 款, also behind a list of 项.
            owner = next((node for node in stack if node.kind == "条"), stack[-1])
            del stack[stack.index(owner) + 1 :]
            owner.paragraphs.append((start, end))
            owner.end = end
            continue
        depth = _depth(marker)
        while stack and stack[-1].depth >= depth:
            stack.pop()
        parent = stack[-1] if stack else None
        if parent:
            _become_heading(text, parent)
        paragraph = len(parent.paragraphs) if parent else 0
        heading = _heading(text, start, marker.end, end)
        ordinal = marker.ordinal
        if marker.kind == "问":
            counted = int(ordinal) if ordinal else counted + 1
            ordinal = str(counted)
        node = _Node(marker.kind, depth, ordinal, marker.words, start, end, heading, parent, paragraph)
        node.paragraphs.append((start, end))
        nodes.append(node)
        stack.append(node)
    return nodes, opening


def _depth(marker: Marker) -> float:
    """Decimal numbers stand below the articles and each below its shorter beginning."""
    if marker.kind == _DECIMAL:
        return DEPTH["条"] + marker.ordinal.count(".") / 10 + 0.1
    return DEPTH[marker.kind]


def _heading(text: str, start: int, after: int, end: int) -> str:
    """Give marker and title; the marker alone where the line is plain text.

    A title is a line without a sentence end, a short first sentence that the line goes on behind, or
    the words that introduce a list.
    """
    marker = text[start:after].strip()
    stop = _SENTENCE_END.search(text, after, end)
    if stop is None:
        return text[start:end].strip() if end - after <= _LINE_TITLE else marker
    introduces = stop.end() == end and stop.group() in ":："
    goes_on = stop.end() < end and stop.group() == "。" and stop.start() - after <= _RUN_IN_TITLE
    return text[start : stop.start()].strip() if introduces or goes_on else marker


def _become_heading(text: str, parent: _Node) -> None:
    """A short sentence alone on its line is a title after all where clauses stand below it."""
    start, end = parent.paragraphs[0]
    if len(parent.paragraphs) == 1 and end - start <= _RUN_IN_TITLE and parent.kind != "条":
        parent.heading = text[start:end].strip().rstrip("。：:")


def _clauses_of(text: str, node: _Node) -> list[Piece]:
    """Give the clauses of one node: one, or one a 款 where an article has several paragraphs. Its name on a line of its
    own (第二条【补贴】) is no 款, and stands before the first."""
    path, label, headings = _path(node), _label(node), _headings(node)
    paragraphs = node.paragraphs
    if len(paragraphs) > 1 and _is_name(text, *paragraphs[0]) and not _is_name(text, *paragraphs[1]):
        paragraphs = [(paragraphs[0][0], paragraphs[1][1]), *paragraphs[2:]]
    if node.kind != "条" or len(paragraphs) == 1:
        return [(path, label, headings, node.start, node.end)]
    return [
        (f"{path}.k{n}", f"{label}第{to_chinese(n)}款", headings, start, end)
        for n, (start, end) in enumerate(paragraphs, 1)
    ]


def _is_name(text: str, start: int, end: int) -> bool:
    """Say whether the line of a marker bears no sentence, but a name or nothing."""
    return end - start <= _LINE_TITLE and not _SENTENCE_END.search(text, start, end)


def _path(node: _Node) -> str:
    own = _PREFIX.get(node.kind, "") + node.ordinal
    if node.kind in _COUNTED_THROUGH or node.parent is None:
        return own
    return f"{_path(node.parent)}.{own}"


def _label(node: _Node) -> str:
    if node.kind == "问":
        return f"问{node.ordinal}"
    if node.kind in _COUNTED_THROUGH or node.parent is None:
        return node.marker
    if not _inside_article(node):
        between = " " if node.parent.kind in _COUNTED_THROUGH else ""
        return _label(node.parent) + between + node.marker
    if node.parent.kind == "条":
        several = len(node.parent.paragraphs) > 1
        under = f"第{to_chinese(node.paragraph)}款" if several else ""
        return f"{node.parent.marker}{under}第{node.marker.rstrip('、.')}项"
    return f"{_label(node.parent)}第{node.ordinal}目"


def _inside_article(node: _Node) -> bool:
    return node.parent is not None and (node.parent.kind == "条" or _inside_article(node.parent))


def _headings(node: _Node) -> tuple[str, ...]:
    above = _headings(node.parent) if node.parent else ()
    return (*above, node.heading)
