"""The parts of an OFD file (GB/T 33190): a ZIP archive of XML that refer to each other by path.

Nothing is unpacked to disk and nothing outside the archive is ever opened; entities and document types are
refused, and what a hostile archive can cost is bounded by the size of each part and of all that are read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.readers.archive_parts import ArchiveParts, resolved
from kb.errors import DocumentError

MAX_PAGES = 10_000  # a bound on what a broken or hostile file can cost

_NAMESPACE = "http://www.ofdspec.org"
_ENTRY = "OFD.xml"  # Where every package begins (GB/T 33190-2016, 7.4).
_COMPOSITE = "CompositeGraphicUnit"  # A drawing that is used several times; it may hold text.
_LONGEST_PROPERTY = 200  # characters
_A4 = (0.0, 0.0, 210.0, 297.0)

Element = Any
"""An element of lxml, which brings no types."""

Rectangle = tuple[float, float, float, float]
"""x, y, width and height, in millimetres."""


@dataclass(frozen=True, slots=True)
class OfdPage:
    """A page: the area that is shown, and its layers, those of templates behind and before its own."""

    number: int
    area: Rectangle
    layers: tuple[Element, ...]
    document: OfdDocument


class OfdPackage:
    """An open OFD file; raise DocumentError where it is no archive to be opened, or no OFD."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self._parts = ArchiveParts(path, data, "an OFD file")
        if _ENTRY not in self._parts:
            raise DocumentError.of("ofd_lacks_index", file=path, part=_ENTRY)
        index = self.xml(_ENTRY, "OFD")
        self._index = index
        roots = [root.text.strip() for root in descendants(index, "DocRoot") if root.text and root.text.strip()]
        if not roots:
            raise DocumentError.of("ofd_lacks_document", file=path, part=_ENTRY)
        self.documents = [OfdDocument(self, resolved(_ENTRY, root)) for root in roots]

    def properties(self) -> list[str]:
        """Give what the file says of itself: title, subject, keywords and the data of its makers."""
        told = [words for info in descendants(self._index, "DocInfo") for words in info.itertext()]
        return [words.strip() for words in told if 1 < len(words.strip()) <= _LONGEST_PROPERTY]

    def close(self) -> None:
        """Close the archive."""
        self._parts.close()

    def read(self, place: str) -> bytes:
        """Give the bytes of a part; its place counts from the root of the archive."""
        return self._parts.read(place)

    def xml(self, place: str, root: str) -> Element:
        """Give a part as XML whose root element is `root`."""
        tree = self._parts.xml(place, self.read(place))
        name = etree.QName(tree)
        if not (name.namespace or "").startswith(_NAMESPACE) or name.localname != root:
            found = f"{name.localname} of {name.namespace or 'no namespace'}"
            wanted = f"{root} of {_NAMESPACE}/2016"
            raise DocumentError.of("ofd_other_root", file=self.path, part=place, found=found, wanted=wanted)
        return tree

    @cached_property
    def pages(self) -> int:
        """How many pages all its documents have."""
        return sum(len(document.places) for document in self.documents)

    def each_page(self) -> Iterator[OfdPage]:
        """Give all pages in their order."""
        return (self.page(number) for number in range(1, self.pages + 1))

    def page(self, number: int) -> OfdPage:
        """Give page `number`, from 1."""
        first = 1
        for document in self.documents:
            if first <= number < first + len(document.places):
                try:
                    return document.page(number, document.places[number - first])
                except DocumentError as error:
                    raise error.on_page(number) from error
            first += len(document.places)
        raise DocumentError.of("file_lacks_page", file=self.path, number=number, count=self.pages)


class OfdDocument:
    """One document of the package: the places of its pages, its templates and its pictures."""

    def __init__(self, package: OfdPackage, place: str) -> None:
        self._package = package
        self._place = place
        self._root = root = package.xml(place, "Document")
        common = next(children(root, "CommonData"), root)
        self._area = _area(next(children(common, "PageArea"), None)) or _A4
        self._templates = {
            one.get("ID", ""): resolved(place, one.get("BaseLoc", "")) for one in children(common, "TemplatePage")
        }
        self._resources = [
            resolved(place, one.text.strip())
            for kind in ("PublicRes", "DocumentRes")
            for one in children(common, kind)
            if one.text and one.text.strip()
        ]
        pages = next(children(root, "Pages"), None)
        self.places = [
            resolved(place, one.get("BaseLoc", "")) for one in (children(pages, "Page") if pages is not None else ())
        ]
        self._read_templates: dict[str, Element] = {}

    @property
    def path(self) -> Path:
        """The file that the document lies in."""
        return self._package.path

    def page(self, number: int, place: str) -> OfdPage:
        """Read a page; `number` counts through all documents of the file, `place` is its part."""
        content = self._package.xml(place, "Page")
        area = _area(next(children(content, "Area"), None)) or self._area
        behind: list[Element] = []
        before: list[Element] = []
        for used in children(content, "Template"):
            layers = _layers(self._template(used.get("TemplateID", "")))
            (before if used.get("ZOrder") == "Foreground" else behind).extend(layers)
        return OfdPage(number, area, (*behind, *_layers(content), *before), self)

    @cached_property
    def _media(self) -> dict[str, str]:
        """Where the pictures lie, by their ids."""
        found = {}
        for place in self._resources:
            root = self._package.xml(place, "Res")
            base = posixpath.join(posixpath.dirname(place), root.get("BaseLoc", ""))
            for one in descendants(root, "MultiMedia"):
                file = next(children(one, "MediaFile"), None)
                if file is not None and file.text:
                    found[one.get("ID", "")] = resolved(f"{base}/x", file.text.strip())
        return found

    @cached_property
    def _composites(self) -> dict[str, Element]:
        """What composite objects draw, by their ids."""
        units = (unit for place in self._resources for unit in descendants(self._package.xml(place, "Res"), _COMPOSITE))
        return {unit.get("ID", ""): next(children(unit, "Content"), unit) for unit in units}

    def composite(self, resource: str) -> Element | None:
        """Give what a composite object draws, by its id; None where it lacks it."""
        return self._composites.get(resource)

    def attachments(self) -> list[str]:
        """Give the names of the files that are attached to the document."""
        names = []
        for listed in children(self._root, "Attachments"):
            place = resolved(self._place, (listed.text or "").strip())
            try:
                entries = list(descendants(self._package.xml(place, "Attachments"), "Attachment"))
            except DocumentError:
                names.append("")
                continue
            for entry in entries:
                file = next(descendants(entry, "FileLoc"), None)
                stored = posixpath.basename(file.text.strip()) if file is not None and file.text else ""
                name, suffix = entry.get("Name", ""), posixpath.splitext(stored)[1]
                names.append(name if not stored or (suffix and name.endswith(suffix)) else stored)
        return names

    def media(self, resource: str) -> bytes:
        """Give the bytes of a picture by its id."""
        place = self._media.get(resource)
        if place is None:
            raise DocumentError.of("ofd_lacks_picture", file=self.path, picture=resource)
        return self._package.read(place)

    def notes(self) -> Iterator[str]:
        """Give the words that were put on pages afterwards: watermarks, stamps, notes. One that cannot be read is
        none."""
        for listed in children(self._root, "Annotations"):
            place = resolved(self._place, (listed.text or "").strip())
            with suppress(DocumentError):
                for location in descendants(self._package.xml(place, "Annotations"), "FileLoc"):
                    page = self._package.xml(resolved(place, (location.text or "").strip()), "PageAnnot")
                    for annotation in descendants(page, "Annot"):
                        yield "".join(code.text or "" for code in descendants(annotation, "TextCode"))

    def _template(self, template: str) -> Element:
        if template not in self._read_templates:
            place = self._templates.get(template)
            if place is None:
                raise DocumentError.of("ofd_lacks_template", file=self.path, part=self._place, template=template)
            self._read_templates[template] = self._package.xml(place, "Page")
        return self._read_templates[template]


def children(element: Element, name: str) -> Iterator[Element]:
    """Give the children of a name, in the namespace of `element`."""
    return (child for child in element if isinstance(child.tag, str) and local_name(child) == name)


def descendants(element: Element, name: str) -> Iterator[Element]:
    """Give all elements of a name below an element, whatever their namespace."""
    return (one for one in element.iter(etree.Element) if local_name(one) == name)


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    return str(etree.QName(element).localname)


def numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    """Read so many numbers that blanks part; None where there are not so many, or too large ones."""
    try:
        found = tuple(float(part) for part in (text or "").split())
    except ValueError:
        return None
    return found if len(found) == count and all(abs(one) < 1e6 for one in found) else None


def _layers(page: Element) -> list[Element]:
    content = next(children(page, "Content"), None)
    return list(children(content, "Layer")) if content is not None else []


def _area(element: Element | None) -> Rectangle | None:
    """Give the area of a page that is shown: its crop box where it states one."""
    for name in ("CropBox", "PhysicalBox", "ApplicationBox"):
        for box in children(element, name) if element is not None else ():
            found = numbers(box.text, 4)
            if found and 1 <= found[2] <= 10_000 and 1 <= found[3] <= 10_000:
                return found[0], found[1], found[2], found[3]
    return None
