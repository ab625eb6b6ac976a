"""The parts of a document that is a ZIP archive of XML: read by their place, so much of one part and of all together,
no entities."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.readers.archive import check_archive
from kb.errors import DocumentError

MAX_PART = 64 * 2**20  # bytes of one part when unpacked: a bound on what a bomb can do
MAX_READ = 512 * 2**20
"""The most bytes of one part, and of all parts together, unpacked."""


class ArchiveParts:
    """An open archive; raise DocumentError where it is no archive to be opened, and for what is missing, broken or too
    large in it."""

    def __init__(self, path: Path, data: bytes, format_name: str) -> None:
        self._path = path
        self._archive = check_archive(path, data, format_name)
        self._entries = {plain(entry.filename): entry for entry in self._archive.infolist()}
        self._left = MAX_READ

    def __contains__(self, place: str) -> bool:
        return plain(place) in self._entries

    def places(self) -> list[str]:
        """Give the places of all parts, in lower case."""
        return list(self._entries)

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def read(self, place: str) -> bytes:
        """Give the bytes of a part; its place counts from the root of the archive."""
        entry = self._entries.get(plain(place))
        if entry is None:
            raise DocumentError.of("package_lacks_part", file=self._path, part=place)
        try:
            with self._archive.open(entry) as part:
                data = part.read(min(MAX_PART, self._left) + 1)
        except Exception as error:  # a broken archive makes zipfile raise any built-in exception
            raise DocumentError.of("package_part_broken", file=self._path, part=place, cause=str(error)) from error
        if len(data) > min(MAX_PART, self._left):
            raise DocumentError.of("package_part_too_large", file=self._path, part=place)
        self._left -= len(data)
        return data

    def xml(self, place: str, data: bytes) -> Any:
        """Give the bytes of a part as XML."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            tree = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if b"<" in data[:200]:
                raise DocumentError.of("package_xml_broken", file=self._path, part=place, cause=error.msg) from None
            raise DocumentError.of("package_xml_not", file=self._path, part=place) from None
        if tree.getroottree().docinfo.doctype:
            raise DocumentError.of("package_document_type", file=self._path, part=place)
        return tree


def resolved(base: str, place: str) -> str:
    """Give a place that is written in the part `base` as counted from the root of the archive."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), place)).lstrip("/")


def plain(name: str) -> str:
    """Give a place as it is compared: from the root, in lower case."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()
