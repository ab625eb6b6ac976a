"""What was found in a text once is not looked for again: whom it ends, and the checksum of its words.

Documents are settled all together, so that each of them is asked for this whenever one is added. Findings are kept by
the checksum of the text and by that of the code that finds them; a run keeps those that it asked for, which are those
of the documents that are there.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ingest
import kb.text
from ingest.duplicates import words_checksum
from ingest.repeals import Repeal, read_repeals
from kb.types import Document

FILE_NAME = "findings.sqlite"
_FINDERS = ("duplicates.py", "repeals.py")


class TextFindings:
    """One SQLite file in `folder`, or nothing but memory; what cannot be read is found anew, for a cache may be
    lost."""

    def __init__(self, folder: Path | None = None) -> None:
        self._known: dict[bytes, str] = {}
        self._asked: dict[bytes, str] = {}
        self._path = folder / FILE_NAME if folder else None
        if self._path and self._path.exists():
            try:
                self._known = dict(_read(self._path))
            except sqlite3.DatabaseError:
                self._path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what was asked for; what was cut off keeps nothing."""
        if error is None and self._path and self._asked.keys() != self._known.keys():
            _write(self._path, self._asked)

    def repeals(self, document: Document) -> Sequence[Repeal]:
        """Give the documents that the text of one ends."""
        found = self._find("repeals", document, lambda text: [astuple(repeal) for repeal in read_repeals(text)])
        return [Repeal(*repeal) for repeal in found]

    def words_checksum(self, document: Document) -> str | None:
        """Give the checksum of the words of a document; None where there are too few, and of a digest, whose words are
        nobody else's."""
        found: str | None = self._find("words", document, words_checksum) if document.kind != "digest" else None
        return found

    def _find(self, what: str, document: Document, find: Callable[[str], Any]) -> Any:
        key = hashlib.sha256(f"{_finders_version()} {what} {document.sha256}".encode()).digest()
        if key not in self._asked:
            self._asked[key] = self._known.get(key) or json.dumps(find(document.text), ensure_ascii=False)
        return json.loads(self._asked[key])


@functools.cache
def _finders_version() -> str:
    """Give one checksum over the code that finds."""
    own = Path(ingest.__path__[0])
    sources = [own / name for name in _FINDERS] + sorted(Path(kb.text.__path__[0]).glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _read(path: Path) -> list[tuple[bytes, str]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT key, value FROM finding").fetchall()
    finally:
        connection.close()


def _write(path: Path, findings: dict[bytes, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".new")
    whole.unlink(missing_ok=True)
    connection = sqlite3.connect(whole)
    with connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE finding (key BLOB PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        connection.executemany("INSERT INTO finding VALUES (?, ?)", sorted(findings.items()))
    connection.close()
    whole.replace(path)
