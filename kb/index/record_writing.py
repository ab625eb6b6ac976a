"""Writing the records of a snapshot, some documents at a time: all of them, or a copy of the snapshot's before with
some taken out and others added.

Documents and passages get the numbers 0, 1, 2, ... in the order given. What is added to a copy is numbered on from
there, and numbers that were taken out are never given again: words and vectors that bear them stay as they are in files
that snapshots share.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from kb.document_fields import document_fields
from kb.index.manifest import Counts
from kb.layout import NO_LAYOUT, Layout, layout_fields
from kb.types import Clause, Document, Passage

_SCHEMA = """
CREATE TABLE document (ordinal INTEGER PRIMARY KEY, doc_id TEXT UNIQUE NOT NULL, fields TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE layout (document INTEGER PRIMARY KEY, fields BLOB NOT NULL);
CREATE TABLE clause (clause_id TEXT PRIMARY KEY, document INTEGER NOT NULL, ordinal INTEGER NOT NULL, label TEXT NOT NULL,
                     headings TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX clause_of_document ON clause (document, ordinal);
CREATE TABLE passage (row INTEGER PRIMARY KEY, passage_id TEXT NOT NULL, clause_id TEXT NOT NULL, document INTEGER NOT NULL,
                      start INTEGER NOT NULL, "end" INTEGER NOT NULL, context TEXT NOT NULL);
CREATE INDEX passage_of_document ON passage (document);
CREATE TABLE citation (document INTEGER NOT NULL, target INTEGER NOT NULL, PRIMARY KEY (document, target)) WITHOUT ROWID;
CREATE INDEX citation_of_target ON citation (target);
CREATE TABLE name (id INTEGER PRIMARY KEY, words TEXT UNIQUE NOT NULL);
CREATE TABLE naming (document INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (document, name)) WITHOUT ROWID;
CREATE INDEX naming_of_name ON naming (name);
CREATE TABLE checksum (document INTEGER PRIMARY KEY, sha256 BLOB NOT NULL);
CREATE TABLE numbering (next_document INTEGER NOT NULL, next_passage INTEGER NOT NULL);
"""
_WHOLE_TABLES = ("layout", "clause", "passage", "citation", "naming", "checksum")
"""What goes with a document, by the column that holds its number."""


@dataclass(frozen=True, slots=True)
class RecordedPart:
    """Documents with what was made of them, in the order of the documents; `names` are those that their texts name
    others by, `checksums` cover all that is known of each."""

    documents: Sequence[Document]
    clauses: Sequence[Clause] = ()
    passages: Sequence[Passage] = ()
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    checksums: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers that the next document and the next passage get."""

    document: int = 0
    passage: int = 0


class RecordWriter:
    """Writes a records file: a new one, or a copy of the `base` of another snapshot, which stays as it is."""

    def __init__(self, path: Path, base: Path | None = None) -> None:
        if base:
            shutil.copyfile(base, path)
        self._connection = sqlite3.connect(path, isolation_level=None)
        # Nobody reads the file before it is whole, so nothing has to be taken back; what is removed is overwritten.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "secure_delete = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        if not base:
            self._connection.executescript(_SCHEMA)
            self._connection.execute("INSERT INTO numbering VALUES (0, 0)")
        self._connection.execute("BEGIN")
        self.numbering = read_numbering(self._connection) or Numbering()
        """The numbers that the next document and passage get."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file and close it; what failed is left to be thrown away."""
        if error is None:
            self._connection.execute("COMMIT")
        self._connection.close()

    def remove(self, doc_ids: Iterable[str]) -> None:
        """Take documents out with all that was made of them, and the citations of them."""
        for doc_id in doc_ids:
            ((number,),) = self._connection.execute("SELECT ordinal FROM document WHERE doc_id = ?", (doc_id,))
            names = self._connection.execute("SELECT name FROM naming WHERE document = ?", (number,)).fetchall()
            for table in _WHOLE_TABLES:
                self._connection.execute(f"DELETE FROM {table} WHERE document = ?", (number,))
            self._connection.execute("DELETE FROM citation WHERE target = ?", (number,))
            self._connection.execute("DELETE FROM document WHERE ordinal = ?", (number,))
            self._connection.executemany(
                "DELETE FROM name WHERE id = ? AND NOT EXISTS (SELECT 1 FROM naming WHERE name = id)", names
            )

    def add(self, part: RecordedPart) -> None:
        """Add documents with what was made of them."""
        self.numbering = _insert(self._connection, part, self.numbering)

    def names(self) -> Iterator[tuple[int, str]]:
        """Give what texts name documents by, each once, with its number."""
        return iter(self._connection.execute("SELECT id, words FROM name"))

    def namings(self, names: Iterable[int]) -> dict[str, list[str]]:
        """Give the documents in whose texts one of `names` stands, by id, with all that each names."""
        found: dict[str, list[str]] = {}
        for name in names:
            for doc_id, words in self._connection.execute(
                "SELECT d.doc_id, n.words FROM naming AS here JOIN document AS d ON d.ordinal = here.document"
                " JOIN naming AS all_of ON all_of.document = here.document JOIN name AS n ON n.id = all_of.name"
                " WHERE here.name = ?",
                (name,),
            ):
                found.setdefault(doc_id, []).append(words)
        return {doc_id: list(dict.fromkeys(words)) for doc_id, words in found.items()}

    def namings_from(self, number: int) -> Iterator[tuple[str, list[str]]]:
        """Give the id of each document from a number on whose text names any, with what it names."""
        namings = self._connection.execute(
            "SELECT d.doc_id, n.words FROM naming AS here JOIN document AS d ON d.ordinal = here.document"
            " JOIN name AS n ON n.id = here.name WHERE here.document >= ? ORDER BY here.document",
            (number,),
        )
        for doc_id, found in groupby(namings, itemgetter(0)):
            yield doc_id, [words for _, words in found]

    def cite(self, doc_ids: Iterable[str], citations: Iterable[tuple[str, str]]) -> None:
        """Put `citations`, pairs of ids of which the text of the first names the second, in the place of those that the
        texts of `doc_ids` made."""
        self._connection.executemany(
            "DELETE FROM citation WHERE document = (SELECT ordinal FROM document WHERE doc_id = ?)",
            ((doc_id,) for doc_id in doc_ids),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO citation SELECT one.ordinal, other.ordinal FROM document AS one, document AS other"
            " WHERE one.doc_id = ? AND other.doc_id = ?",
            citations,
        )

    def counts(self) -> Counts:
        """Count what the file holds."""
        ((documents, clauses, passages),) = self._connection.execute(
            "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM clause), (SELECT count(*) FROM passage)"
        )
        return Counts(documents=documents, clauses=clauses, passages=passages)


def read_numbering(connection: sqlite3.Connection) -> Numbering | None:
    """Read the next numbers of a records file; None where it was written before there were any, and cannot be added
    to."""
    try:
        ((document, passage),) = connection.execute("SELECT next_document, next_passage FROM numbering")
    except sqlite3.OperationalError:
        return None
    return Numbering(document, passage)


def _insert(connection: sqlite3.Connection, part: RecordedPart, first: Numbering) -> Numbering:
    numbers = {document.doc_id: number for number, document in enumerate(part.documents, first.document)}
    connection.executemany(
        "INSERT INTO document VALUES (?, ?, ?, CAST(? AS TEXT))",
        (  # as bytes: a string that SQLite is given keeps its bytes beside it for as long as it lives
            (numbers[d.doc_id], d.doc_id, json.dumps(document_fields(d), ensure_ascii=False), d.text.encode())
            for d in part.documents
        ),
    )
    connection.executemany(
        "INSERT INTO layout VALUES (?, ?)",
        ((numbers[d.doc_id], _pack(d.layout)) for d in part.documents if d.layout != NO_LAYOUT),
    )
    connection.executemany(
        "INSERT INTO clause VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (c.clause_id, numbers[c.doc_id], n, c.label, json.dumps(c.headings, ensure_ascii=False), c.start, c.end)
            for n, c in enumerate(part.clauses)
        ),
    )
    connection.executemany(
        "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (number, p.passage_id, p.clause_id, numbers[p.doc_id], p.start, p.end, p.context)
            for number, p in enumerate(part.passages, first.passage)
        ),
    )
    words = {name for names in part.names.values() for name in names}
    connection.executemany("INSERT OR IGNORE INTO name (words) VALUES (?)", ((name,) for name in sorted(words)))
    connection.executemany(
        "INSERT INTO naming SELECT ?, id FROM name WHERE words = ?",
        ((numbers[doc_id], name) for doc_id, names in part.names.items() for name in dict.fromkeys(names)),
    )
    connection.executemany(
        "INSERT INTO checksum VALUES (?, ?)", ((numbers[doc_id], sum_) for doc_id, sum_ in part.checksums.items())
    )
    following = Numbering(first.document + len(part.documents), first.passage + len(part.passages))
    connection.execute(
        "UPDATE numbering SET next_document = ?, next_passage = ?", (following.document, following.passage)
    )
    return following


def _pack(layout: Layout) -> bytes:
    return zlib.compress(json.dumps(layout_fields(layout)).encode(), 6)
