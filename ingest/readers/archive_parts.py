"""The parts of a document that is a ZIP archive of XML: read by their place, so much of one part and of all together, no entities."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.readers.archive import check_archive

MAX_PART = 64 * 2**20
MAX_READ = 512 * 2**20
"""The most bytes of one part, and of all parts together, unpacked."""


class ArchiveParts:
    """An open archive; what is missing, broken or too large in it is an `error`, whose message names the part and the remedy.

    Raises DocumentError where it is no archive to be opened.
    """

    def __init__(self, path: Path, data: bytes, format_name: str, error: type[Exception]) -> None:
        self._archive = check_archive(path, data, format_name)
        self._entries = {plain(entry.filename): entry for entry in self._archive.infolist()}
        self._left = MAX_READ
        self._error = error

    def __contains__(self, place: str) -> bool:
        return plain(place) in self._entries

    def places(self) -> list[str]:
        """Give the places of all parts, in lower case."""
        return list(self._entries)

    def close(self) -> None:
        self._archive.close()

    def read(self, place: str) -> bytes:
        """Give the bytes of a part; its place counts from the root of the archive."""
        entry = self._entries.get(plain(place))
        if entry is None:
            raise self._error(f"lacks its part {place}; export it again from the program that made it")
        try:
            with self._archive.open(entry) as part:
                data = part.read(min(MAX_PART, self._left) + 1)
        except Exception as error:  # a broken archive makes zipfile raise any built-in exception
            raise self._error(f"{place}: is broken ({error}); fetch or export it again") from error
        if len(data) > min(MAX_PART, self._left):
            raise self._error(f"{place}: holds more than a document should; export it again, or split it")
        self._left -= len(data)
        return data

    def xml(self, place: str, data: bytes) -> Any:
        """Give the bytes of a part as XML."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            tree = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if b"<" in data[:200]:
                raise self._error(f"{place}: is broken XML ({error.msg}); fetch or export it again") from None
            raise self._error(f"{place}: is no XML, the file may be encrypted; save a copy that is not") from None
        if tree.getroottree().docinfo.doctype:
            raise self._error(f"{place}: declares a document type, which no such file does; export it again")
        return tree


def resolved(base: str, place: str) -> str:
    """Give a place that is written in the part `base` as counted from the root of the archive."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), place)).lstrip("/")


def plain(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()
