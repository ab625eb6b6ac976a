"""Web archives (.mht, .mhtml): a page and what it shows in one file, as browsers and Word save them.

The page is read as any other; its pictures are named as not read. Source: RFC 2557.
"""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.html import HtmlReader
from ingest.readers.mime import is_message, part_bytes
from kb.errors import DocumentError


class MhtReader:
    """Reads web archives; without `titled` the page's own title does not stand in for a heading."""

    suffixes: tuple[str, ...] = (".mht", ".mhtml")
    media_type = "multipart/related"
    format_name = "a web archive (MHT)"

    def __init__(self, titled: bool = True) -> None:
        self._page = HtmlReader(titled)

    def read(self, path: Path, data: bytes) -> ReadText:
        """Read the archive's first page as HTML; its pictures are named as not read. Raise DocumentError."""
        if not is_message(data):
            raise DocumentError.of("web_archive_not", file=path)
        message = message_from_bytes(data, policy=policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
        page = next((part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
        if page is None:
            raise DocumentError.of("web_archive_empty", file=path)
        read = self._page.read(path, part_bytes(page), page.get_content_charset())
        pictures = sum(part.get_content_maintype() == "image" for part in parts)
        unread = (Unread("picture", count=pictures),) if pictures else ()
        return replace(read, media_type=self.media_type, unread=(*read.unread, *unread))
