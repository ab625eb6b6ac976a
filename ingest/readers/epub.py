"""Books (.epub): the pages of the spine one behind the other, each read as a web page.

Source: EPUB 3.3, the container (META-INF/container.xml) names the package, whose spine names the pages in their order.
"""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from ingest.readers.archive import check_archive
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.html import HtmlReader
from ingest.readers.text_writer import TextWriter
from kb.errors import DocumentError

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html")


class EpubReader:
    """Reads EPUB files."""

    suffixes: tuple[str, ...] = (".epub",)
    media_type = "application/epub+zip"
    format_name = "an EPUB book"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the pages of the book's spine in their order. Raise DocumentError."""
        with check_archive(path, data, self.format_name) as archive:
            try:
                return self._read(path, archive)
            except DocumentError:
                raise
            except Exception as error:  # a broken archive makes zipfile and lxml raise what they will
                words = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
                raise DocumentError.of("epub_broken", file=path, cause=words) from error

    def _read(self, path: Path, archive: zipfile.ZipFile) -> ReadText:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        container = etree.fromstring(archive.read(_CONTAINER), parser)
        place = next(container.iter("{*}rootfile")).get("full-path", "")
        package = etree.fromstring(archive.read(place), parser)
        items = {item.get("id"): item for item in package.iter("{*}item")}
        writer = TextWriter()
        for entry in package.iter("{*}itemref"):
            item = items.get(entry.get("idref"))
            if item is None or item.get("media-type") not in _PAGES:
                writer.unread.append(Unread("part", entry.get("idref", "")))
                continue
            name = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(item.get("href", ""))))
            writer.write_read(HtmlReader(titled=False).read(path, archive.read(name)))
        pictures = sum((item.get("media-type") or "").startswith("image/") for item in items.values())
        if pictures:
            writer.unread.append(Unread("picture", count=pictures))
        title = next(package.iter("{http://purl.org/dc/elements/1.1/}title"), None)
        return writer.written(self.media_type, (title.text or "").strip() if title is not None else None)
