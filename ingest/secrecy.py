"""Marks of secrecy: what a paper says of itself that keeps it from the public, wherever it says it.

Searched are the first page, the edges of the others, headers, footers, properties and pictures (`ReadText.asides`), the
title and the name of the file. A mark may be split by blanks or over several lines. State secrets (绝密, 机密, 秘密) are
refused altogether: the law on guarding state secrets forbids them on a system that is not approved for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.readers.file_reader import ReadText
from ingest.secrecy_words import read_mark
from kb.errors import SecrecyError
from kb.text.fold import fold_text
from kb.types import Mark, MarkKind, MarkPlace

_FIRST_LINES = 40  # that stand for the first page, and
_LAST_LINES = 6  # for the foot of the last one, where the format has no pages
_SPLIT_LINES = 6  # over which a mark may be split
_SPLIT_LENGTH = 6  # characters of a line that holds a part of a mark
_LETTERHEAD_CELLS, _LETTERHEAD_LINES = 2, 4
_GAPS = re.compile(r"\s{2,}|\t")
_STARRED = re.compile(r"\W*(?:绝密|机密|秘密)[★☆✩✭⭐]")
_NO_WORDS = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"\s+")
_IN_BRACKETS = re.compile(r"^\s*[(\[]([^()\[\]]{2,20})[)\]]|[(\[]([^()\[\]]{2,20})[)\]]\s*$")
_DRAFT = re.compile(r"((?:征求意见|送审|讨论)稿)\W*$")
_PLACES: dict[MarkPlace, str] = {
    "page": "on the page", "header": "in a header", "footer": "in a footer", "property": "in the properties",
    "picture": "in a picture",
}  # fmt: skip


def marks_of(read: ReadText, title: str = "", file_name: str = "") -> tuple[Mark, ...]:
    """Give the marks that a file bears, each where it stands first."""
    found: dict[tuple[MarkKind, str], Mark] = {}
    for mark in (*_in_text(read), *_in_asides(read), *_in_names(title, file_name)):
        found.setdefault((mark.kind, _NO_WORDS.sub("", fold_text(mark.words))), mark)
    return tuple(found.values())


def describe_mark(mark: Mark) -> str:
    """Say a mark and its place: 秘密★1年 (in a header, page 2)."""
    page = f", page {mark.page}" if mark.page else ""
    return f"{mark.words} ({_PLACES[mark.place]}{page})"


def refuse_state_secret(path: Path, read: ReadText) -> None:
    """Raise SecrecyError where a file bears the mark of a state secret."""
    secret = next((mark for mark in marks_of(read, file_name=path.stem) if mark.is_state_secret), None)
    if secret is not None:
        where = _PLACES[secret.place]
        raise SecrecyError.of("state_secret", file=path, page=secret.page, words=secret.words, where=where)


def _in_text(read: ReadText) -> Iterator[Mark]:
    """Look at the first page; where there are no pages, the first and the last lines stand for it."""
    if read.page_starts:
        second = next((start for start in read.page_starts if start > read.page_starts[0]), len(read.text))
        yield from _in_lines(read.text[:second].split("\n"), "picture" if _is_scanned(read, 1) else "page", 1)
        return
    lines = [line for line in read.text.split("\n") if line.strip()]
    yield from _in_lines(lines[:_FIRST_LINES], "page", None)
    yield from _in_lines(lines[max(_FIRST_LINES, len(lines) - _LAST_LINES) :], "page", None)


def _in_asides(read: ReadText) -> Iterator[Mark]:
    for aside in read.asides:
        yield from _in_lines(aside.words.split("\n"), aside.place, aside.page)


def _is_scanned(read: ReadText, page: int) -> bool:
    return any(one.number == page and one.confidence is not None for one in read.layout.pages)


def _in_lines(lines: Sequence[str], place: MarkPlace, page: int | None) -> Iterator[Mark]:
    at = 0
    while at < len(lines):
        words, taken = _mark_at(lines, at)
        kind = read_mark(words) or ("state_secret" if _STARRED.match(_tight(words)) else None)
        if kind:
            yield Mark(kind, " ".join(words.replace("|", " ").split()), place, page)
        at += taken


def _mark_at(lines: Sequence[str], at: int) -> tuple[str, int]:
    """Give the words at a line that are a mark, and how many lines they take; else the line itself."""
    for count in range(min(_SPLIT_LINES, len(lines) - at), 1, -1):
        parts = lines[at : at + count]
        whole = all(0 < len(_tight(part)) <= _SPLIT_LENGTH for part in parts) and read_mark("".join(parts))
        if whole and not parts[0].strip().isdigit() and (read_mark(parts[0]) or not any(map(read_mark, parts))):
            return " ".join(parts), count
    line = lines[at]
    cells = [cell for cell in line.split("|") if cell.strip()]
    beside = cells if len(cells) <= _LETTERHEAD_CELLS and at < _LETTERHEAD_LINES else ()
    # A whole line comes first, so that 秘 密 ★ 1 年 stays one mark; a row of a table is no letterhead.
    found = (words for words in (line, *beside, *_GAPS.split(line)) if read_mark(words))
    return next(found, line), 1


def _in_names(title: str, file_name: str) -> Iterator[Mark]:
    """Look at a title and the name of a file: a mark in brackets at either end, or 征求意见稿 at its end."""
    names: tuple[tuple[str, MarkPlace], ...] = ((title, "page"), (file_name, "property"))
    for name, place in names:
        folded = fold_text(name)
        for match in (*_IN_BRACKETS.finditer(folded), *_DRAFT.finditer(folded)):
            words = match[match.lastindex or 0]
            if kind := read_mark(words):
                yield Mark(kind, words, place)


def _tight(words: str) -> str:
    return _BLANKS.sub("", fold_text(words))
