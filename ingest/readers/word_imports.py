"""Parts that a Word file imports where it is opened (`w:altChunk`): a page of HTML or MHT, another Word file, plain
text.

Programs that make Word files out of web pages leave the whole document in such a part. Source: ECMA-376 part 1,
17.17.2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.html import HtmlReader
from ingest.readers.mht import MhtReader
from ingest.readers.plain_text import TextReader
from kb.errors import DocumentError

_HTML, _MHT, _TEXT = HtmlReader(titled=False), MhtReader(titled=False), TextReader()
_READERS: dict[str, Callable[[Path, bytes], ReadText]] = {
    ".html": _HTML.read, ".htm": _HTML.read, ".xhtml": _HTML.read, ".mht": _MHT.read, ".mhtml": _MHT.read, ".txt": _TEXT.read,
}  # fmt: skip
_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".xhtml", "message/rfc822": ".mht", "multipart/related": ".mht",
    "text/plain": ".txt",
}  # fmt: skip


def imported(path: Path, part: Any, word: Callable[[Path, bytes], ReadText]) -> ReadText | Unread:
    """Read an imported part, a Word file by `word`; name it where it cannot be read."""
    name = PurePosixPath(str(part.partname))
    read = word if part.blob.startswith(b"PK\x03\x04") else _reader(name, part)
    if read is None:
        return Unread("part", name.name)
    try:
        return read(path, part.blob)
    except DocumentError:
        return Unread("part", name.name)


def _reader(name: PurePosixPath, part: Any) -> Callable[[Path, bytes], ReadText] | None:
    said = part.content_type.partition(";")[0].strip().lower()
    return _READERS.get(_SUFFIXES.get(said, name.suffix.lower()))
