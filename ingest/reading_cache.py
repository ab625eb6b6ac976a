"""What was read once is not read again: the reading of every file, kept by the checksum of its content.

A reading is valid for one content, one suffix and one version of the readers, which is the checksum of
their sources and of the versions of the libraries below them. So a run that is killed at any moment goes
on where it was, and a new reader reads everything anew. Refusals are not kept: what a file lacked
(LibreOffice, a permission, time) may be there the next time.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import ingest.pdfium
import ingest.pictures
import ingest.readers
import kb.provenance
import kb.text
from ingest.readers import ReadText
from ingest.readers.archive import archive_of, read_member
from ingest.readers.file_reader import Aside, Unread
from ingest.readers.front_matter import FrontMatter
from kb.errors import DocumentError
from kb.layout import layout_fields, read_layout_fields

FILE_NAME = "readings.sqlite"
KEPT_DAYS = 30
"""A reading that no run has asked for in so many days is dropped."""

# With another version of one of these a file may be read otherwise, so its reading is no longer known.
_LIBRARIES = ("lxml", "markdown-it-py", "olefile", "openpyxl", "pypdf", "pypdfium2", "python-docx", "python-oxmsg",
              "python-pptx", "rapidocr")  # fmt: skip
_DAY = 86_400  # seconds
_BLOCK = 2**20  # bytes that are read at once for a checksum


def write_reading(read: ReadText) -> bytes:
    """Give a reading as bytes."""
    fields = {
        "text": read.text,
        "page_starts": read.page_starts,
        "front_matter": read.front_matter.model_dump_json() if read.front_matter else None,
        "media_type": read.media_type,
        "layout": layout_fields(read.layout),
        "file_sha256": read.file_sha256,
        "asides": [[aside.place, aside.words, aside.page] for aside in read.asides],
        "title": read.title,
        "unread": [[one.kind, one.name, one.page, one.count] for one in read.unread],
    }
    return json.dumps(fields, ensure_ascii=False).encode()


def parse_reading(written: bytes) -> ReadText:
    """The inverse of `write_reading`."""
    fields = json.loads(written)
    front = fields["front_matter"]
    return ReadText(
        text=fields["text"],
        page_starts=tuple(fields["page_starts"]),
        front_matter=FrontMatter.model_validate_json(front) if front else None,
        media_type=fields["media_type"],
        layout=read_layout_fields(fields["layout"]),
        file_sha256=fields["file_sha256"],
        asides=tuple(Aside(*aside) for aside in fields["asides"]),
        title=fields["title"],
        unread=tuple(Unread(*one) for one in fields["unread"]),
    )


def content_key(path: Path) -> bytes | None:
    """Give what a reading of the file is kept under; None where its content cannot be fetched."""
    digest = hashlib.sha256(f"{readers_version()} {path.suffix.lower()}\n".encode("utf-8", "surrogateescape"))
    try:
        archive = archive_of(path)
        if archive:
            digest.update(read_member(archive, path))
            return digest.digest()
        if not path.is_file():
            return None
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except (OSError, ValueError, DocumentError):
        return None
    return digest.digest()


@functools.cache
def readers_version() -> str:
    """Give one checksum over whatever makes a text of a file."""
    digest = hashlib.sha256()
    for source in sorted(_sources()):
        digest.update(source.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {importlib.metadata.version(library)}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    for package in (ingest.readers, kb.text):
        yield from Path(package.__path__[0]).glob("*.py")
    # The last for the words of a status, which front matter writes into the text.
    yield from map(Path, (ingest.pdfium.__file__, ingest.pictures.__file__, kb.provenance.__file__))


class ReadingCache:
    """One SQLite file in `folder`; a file that is damaged is begun anew, for a cache may be lost."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE_NAME
        try:
            self._connection = _open(path)
        except sqlite3.DatabaseError:
            for leftover in folder.glob(f"{FILE_NAME}*"):
                leftover.unlink()
            self._connection = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, key: bytes) -> ReadText | None:
        """Give the reading kept under `key`, if there is one."""
        row = self._connection.execute("SELECT value, day FROM reading WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        if row[1] != _today():
            self._connection.execute("UPDATE reading SET day = ? WHERE key = ?", (_today(), key))
        return parse_reading(zlib.decompress(row[0]))

    def put(self, key: bytes, written: bytes) -> None:
        """Keep a reading; it survives whatever becomes of this process from here on."""
        packed = zlib.compress(written, 1)
        self._connection.execute("INSERT OR REPLACE INTO reading VALUES (?, ?, ?)", (key, _today(), packed))

    def drop_old(self) -> None:
        """Drop what no run has asked for lately."""
        self._connection.execute("DELETE FROM reading WHERE day < ?", (_today() - KEPT_DAYS,))

    def close(self) -> None:
        """Close the file; what was kept in it stays."""
        self._connection.close()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)  # every change is complete by itself
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS reading (key BLOB PRIMARY KEY, day INTEGER NOT NULL, value BLOB NOT NULL)"
        )
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _today() -> int:
    return int(time.time()) // _DAY
