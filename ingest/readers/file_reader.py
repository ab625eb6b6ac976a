"""What a reader gives, and what a reader is.

A reader knows one format. It is handed the bytes of a file and gives the canonical text, which is
final: it is stored, searched and quoted as it is, and every offset of the project counts its
characters. What cannot be read is a `DocumentError`, whose one line names the file, the reason and
the remedy; no other exception leaves a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.readers.front_matter import FrontMatter
from kb.layout import NO_LAYOUT, Layout
from kb.types import HandWritten, MarkPlace, Unread, UnreadKind

__all__ = ["Aside", "FileReader", "ReadText", "Unread", "UnreadKind"]


@dataclass(frozen=True, slots=True)
class Aside:
    """Words of a file that stand beside its text: in a header or footer, a property, a picture or on the page's
    edge."""

    place: MarkPlace
    words: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ReadText:
    """The text of one file.

    `page_starts` holds the offset at which each page begins, first page 0, never decreasing; it is empty where the
    format has no pages. `layout` says where the characters stand, as far as the format tells. `file_sha256` is the
    checksum of the bytes, filled by `read_file`. `asides` never enter the canonical text: they are there to be searched
    for marks of secrecy. `unread` names what the file holds beyond the text, so that nothing is passed over without a
    word. `title` is the one that the format states, empty where its text opens with none; None where the text has to be
    looked at. `by_hand` is what staff corrected or confirmed (`ingest.text_corrections`), none as it comes from a
    reader.
    """

    text: str
    page_starts: tuple[int, ...]
    front_matter: FrontMatter | None
    media_type: str
    layout: Layout = NO_LAYOUT
    file_sha256: str = ""
    asides: tuple[Aside, ...] = ()
    unread: tuple[Unread, ...] = ()
    title: str | None = None
    by_hand: tuple[HandWritten, ...] = ()


class FileReader(Protocol):
    """Reads the files of one format.

    `suffixes` are in lower case with their dot, `format_name` is what people call the format.
    """

    suffixes: tuple[str, ...]
    media_type: str
    format_name: str

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the canonical text of `data`; `path` is for messages. Raise DocumentError."""
        ...
