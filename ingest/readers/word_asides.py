"""Headers, footers, watermarks and pictures of a Word file, which stand beside its text.

A watermark is a drawing in a header (`v:textpath`), a stamp a picture there or near the beginning of the body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from ingest.readers.asides import opened_pictures, picture_asides
from ingest.readers.canonical import canonical
from ingest.readers.file_reader import Aside, Unread, UnreadKind
from ingest.readers.word_numbering import Element, W
from kb.types import MarkPlace

_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_VML = "{urn:schemas-microsoft-com:vml}"
_FIRST_BLOCKS = 30  # of the body, which the first page holds
_UNREAD: dict[str, UnreadKind] = {"image": "picture", "chart": "chart", "package": "embedded", "oleObject": "embedded"}
_PLACES: dict[str, MarkPlace] = {"header": "header", "footer": "footer"}


def word_asides(part: Any) -> Iterator[Aside]:
    """Give what stands beside the text of a main part, as python-docx has it."""
    pictures: list[bytes] = []
    for relation in part.rels.values():
        place = _PLACES.get(relation.reltype.rpartition("/")[2])
        if place is None or relation.is_external:
            continue
        root = relation.target_part.element
        words = canonical("\n".join((*_paragraphs(root), *_drawn(root))))
        if words.strip():
            yield Aside(place, words)
        pictures += _pictures(relation.target_part, root)
    for block in list(part.element.body)[:_FIRST_BLOCKS]:
        for words in _drawn(block):
            yield Aside("picture", canonical(words), 1)
        pictures += _pictures(part, block)
    yield from picture_asides(opened_pictures(dict.fromkeys(pictures)), 1)


def word_unread(part: Any) -> Iterator[Unread]:
    """Name what a main part holds that is no text of it: embedded files, pictures, charts, and the comments on it."""
    counts: Counter[UnreadKind] = Counter()
    for relation in part.rels.values():
        kind = _UNREAD.get(relation.reltype.rpartition("/")[2])
        if kind == "embedded" and not relation.is_external:
            yield Unread(kind, PurePosixPath(str(relation.target_part.partname)).name)
        elif kind is not None:
            counts[kind] += 1
        elif relation.reltype.endswith("/comments") and not relation.is_external:
            counts["comment"] += len(list(relation.target_part.element.iterchildren(f"{W}comment")))
    yield from (Unread(kind, count=count) for kind, count in counts.items() if count)


def _paragraphs(root: Element) -> Iterable[str]:
    """Give the words of every paragraph, those in text boxes once more by themselves."""
    for paragraph in root.iter(f"{W}p"):
        yield "".join(
            "\t" if one.tag in (f"{W}tab", f"{W}ptab") else "\n" if one.tag in (f"{W}br", f"{W}cr") else one.text or ""
            for one in paragraph.iter(f"{W}t", f"{W}tab", f"{W}ptab", f"{W}br", f"{W}cr")
        )


def _drawn(root: Element) -> list[str]:
    """Give the words that are drawn rather than written: WordArt of either kind."""
    paths = [one.get("string", "") for one in root.iter(f"{_VML}textpath")]
    return paths + ["".join(one.text or "" for one in p.iter(f"{_DRAWING}t")) for p in root.iter(f"{_DRAWING}p")]


def _pictures(part: Any, root: Element) -> Iterator[bytes]:
    named = [one.get(f"{_RELATIONS}embed") for one in root.iter(f"{_DRAWING}blip")]
    named += [one.get(f"{_RELATIONS}id") for one in root.iter(f"{_VML}imagedata")]
    for name in named:
        relation = part.rels.get(name)
        if relation is not None and not relation.is_external:
            yield relation.target_part.blob
