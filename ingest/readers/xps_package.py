"""The parts of an XPS file (ECMA-388, and Microsoft's form before it): a ZIP archive of XML that refer to each other by
path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.readers.archive_parts import ArchiveParts, resolved
from kb.errors import DocumentError

MAX_PAGES = 10_000  # a bound on what a broken or hostile file can cost
_NAMESPACES = ("http://schemas.microsoft.com/xps/2005/06", "http://schemas.openxps.org/oxps/v1.0")
_ROOT_RELATIONS = "_rels/.rels"
_START = "/fixedrepresentation"
_PIECE = re.compile(r"/\[(\d+)\](?:\.last)?\.piece$")
_POINTS = 0.75  # of a unit, which is 1/96 inch
_LARGEST = 15_000  # units along a side
_LONGEST_PROPERTY = 200  # characters

Element = Any
"""An element of lxml, which brings no types."""


@dataclass(frozen=True, slots=True)
class XpsPage:
    """A page: its element, its place in the archive, and its width and height in points."""

    number: int
    place: str
    element: Element
    size: tuple[float, float]
    package: XpsPackage


class XpsPackage:
    """An open XPS file; raise DocumentError where it is no archive to be opened, or no XPS."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self._parts = ArchiveParts(path, data, "an XPS file")
        self._pieces = self._in_pieces()
        self._relations = self._xml(_ROOT_RELATIONS)
        start = next(
            (one.get("Target", "") for one in self._relations.iter("{*}Relationship") if one.get("Type", "").lower().endswith(_START)),
            None,
        )  # fmt: skip
        if start is None:
            raise DocumentError.of("xps_lacks_document", file=path, part=_ROOT_RELATIONS)
        self.places = list(self._page_places(resolved("", start)))

    def close(self) -> None:
        """Close the archive."""
        self._parts.close()

    def page(self, number: int) -> XpsPage:
        """Give page `number`, from 1."""
        if not 1 <= number <= len(self.places):
            raise DocumentError.of("file_lacks_page", file=self.path, number=number, count=len(self.places))
        place = self.places[number - 1]
        element = self._fixed(place, "FixedPage")
        try:
            width, height = float(element.get("Width", "")), float(element.get("Height", ""))
        except ValueError:
            width = height = 0.0
        if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST):
            raise DocumentError.of("xps_page_without_size", file=self.path, page=number)
        return XpsPage(number, place, element, (width * _POINTS, height * _POINTS), self)

    def read(self, place: str) -> bytes:
        """Give the bytes of a part, which may be written in several pieces."""
        pieces = self._pieces.get(place.lower())
        return b"".join(map(self._parts.read, pieces)) if pieces else self._parts.read(place)

    def properties(self) -> list[str]:
        """Give what the file says of itself: title, subject, keywords and its makers."""
        places = [
            one.get("Target", "")
            for one in self._relations.iter("{*}Relationship")
            if one.get("Type", "").endswith("/core-properties")
        ]
        told = [words for place in places for words in self._xml(resolved("", place)).itertext()]
        return [words.strip() for words in told if 1 < len(words.strip()) <= _LONGEST_PROPERTY]

    def _in_pieces(self) -> dict[str, list[str]]:
        found: dict[str, dict[int, str]] = {}
        for place in self._parts.places():
            if piece := _PIECE.search(place):
                found.setdefault(place[: piece.start()], {})[int(piece[1])] = place
        return {place: [pieces[number] for number in sorted(pieces)] for place, pieces in found.items()}

    def _page_places(self, start: str) -> Iterator[str]:
        for reference in self._fixed(start, "FixedDocumentSequence").iter("{*}DocumentReference"):
            document = resolved(start, reference.get("Source", ""))
            for page in self._fixed(document, "FixedDocument").iter("{*}PageContent"):
                yield resolved(document, page.get("Source", ""))

    def _fixed(self, place: str, root: str) -> Element:
        tree = self._xml(place)
        name = etree.QName(tree)
        if name.namespace not in _NAMESPACES or name.localname != root:
            found = f"{name.localname} of {name.namespace or 'no namespace'}"
            raise DocumentError.of("xps_other_root", file=self.path, part=place, found=found, wanted=root)
        return tree

    def _xml(self, place: str) -> Element:
        return self._parts.xml(place, self.read(place))
