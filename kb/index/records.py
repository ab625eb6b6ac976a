"""Documents, clauses and passages of a snapshot, in one read-only SQLite file.

A passage is addressed by its row, its position in the order of indexing, which is also its number
in the vector index and in the lexical index.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from kb.document_fields import document_fields, read_document_fields
from kb.errors import NotFoundError, SnapshotDamagedError
from kb.layout import NO_LAYOUT, Layout, layout_fields, read_layout_fields
from kb.types import Clause, Document, Passage
from kb.visibility import may_see

_LAYOUTS_KEPT = 8  # Layouts in memory: one a document, for the few that a conversation turns between.
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
"""


def write_records(
    path: Path,
    documents: Sequence[Document],
    clauses: Iterable[Clause],
    passages: Iterable[Passage],
    citations: Iterable[tuple[str, str]],
) -> None:
    """Write a new records file; passages get the rows 0, 1, 2, ... in the order given.

    `citations` are pairs of ids: the text of the first document names the second.
    """
    ordinals = {document.doc_id: ordinal for ordinal, document in enumerate(documents)}
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO document VALUES (?, ?, ?, ?)",
            (
                (ordinals[d.doc_id], d.doc_id, json.dumps(document_fields(d), ensure_ascii=False), d.text)
                for d in documents
            ),
        )
        connection.executemany(
            "INSERT INTO layout VALUES (?, ?)",
            ((ordinals[d.doc_id], _pack(d.layout)) for d in documents if d.layout != NO_LAYOUT),
        )
        connection.executemany(
            "INSERT INTO clause VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    c.clause_id,
                    ordinals[c.doc_id],
                    n,
                    c.label,
                    json.dumps(c.headings, ensure_ascii=False),
                    c.start,
                    c.end,
                )
                for n, c in enumerate(clauses)
            ),
        )
        connection.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (row, p.passage_id, p.clause_id, ordinals[p.doc_id], p.start, p.end, p.context)
                for row, p in enumerate(passages)
            ),
        )
        connection.executemany(
            "INSERT INTO citation VALUES (?, ?)", ((ordinals[one], ordinals[other]) for one, other in citations)
        )
    connection.close()


_ABOUT = frozenset(("header", "letterhead", "toc", "annexes", "signature", "distribution"))
"""The clauses that say something about a document, not what it rules."""


class Records:
    """Reads a records file. One connection serves all threads, one at a time: a look-up takes microseconds."""

    def __init__(self, path: Path, withdrawn: frozenset[str] = frozenset()) -> None:
        """Open a file; what was `withdrawn` after it was written is public no more."""
        self._path = path
        self._withdrawn = withdrawn
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            rows = self._connection.execute("SELECT ordinal, fields FROM document ORDER BY ordinal").fetchall()
            owners = self._connection.execute("SELECT document, clause_id FROM passage ORDER BY row").fetchall()
        except sqlite3.Error as error:
            raise SnapshotDamagedError.of("records_broken", file=path, cause=error) from error
        self._lock = threading.Lock()
        self._layouts = lru_cache(_LAYOUTS_KEPT)(self._read_layout)  # one of 2,000 pages takes half a second to read
        self.catalogue = tuple(self._read_document(fields, "") for _, fields in rows)
        """Every document without its text, in order of its ordinal."""
        self.ordinals = {document.doc_id: ordinal for ordinal, document in enumerate(self.catalogue)}
        self.withdrawn_ordinals = frozenset(self.ordinals[doc_id] for doc_id in withdrawn if doc_id in self.ordinals)
        """The documents that were withdrawn after the file was written."""
        self.document_of_row = tuple(owner for owner, _ in owners)
        self.rows_about_documents = frozenset(
            row for row, (owner, clause_id) in enumerate(owners) if _is_about(self.catalogue[owner], clause_id)
        )
        """The rows that hold data of a document or the notice on a digest, not what the document says."""

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def document(self, doc_id: str) -> Document:
        """Read one document whole; raise NotFoundError where there is none."""
        rows = self._select("SELECT fields, text FROM document WHERE doc_id = ?", (doc_id,))
        if not rows:
            raise NotFoundError.of("document_unknown", doc_id=doc_id)
        fields, text = rows[0]
        return self._read_document(fields, text)

    def _read_document(self, fields: str, text: str) -> Document:
        document = read_document_fields(json.loads(fields), text)
        withdrawn = document.doc_id in self._withdrawn and may_see("public", document)
        return replace(document, disclosure="unstated") if withdrawn else document

    def layout(self, doc_id: str) -> Layout:
        """Read where the characters of a document stand; empty where its format does not tell."""
        return self._layouts(doc_id)

    def _read_layout(self, doc_id: str) -> Layout:
        rows = self._select("SELECT fields FROM layout WHERE document = ?", (self.ordinals.get(doc_id, -1),))
        return _unpack(rows[0][0]) if rows else NO_LAYOUT

    def clauses(self, doc_id: str) -> list[Clause]:
        """Read the clauses of a document in the order of its text."""
        rows = self._select(
            'SELECT clause_id, label, headings, start, "end" FROM clause WHERE document = ? ORDER BY ordinal',
            (self.ordinals.get(doc_id, -1),),
        )
        return [Clause(row[0], doc_id, row[1], tuple(json.loads(row[2])), row[3], row[4]) for row in rows]

    def clause(self, clause_id: str) -> Clause:
        """Read one clause; raise NotFoundError where there is none."""
        rows = self._select(
            'SELECT document, label, headings, start, "end" FROM clause WHERE clause_id = ?', (clause_id,)
        )
        if not rows:
            raise NotFoundError.of("clause_unknown", clause_id=clause_id)
        ordinal, label, headings, start, end = rows[0]
        return Clause(clause_id, self.catalogue[ordinal].doc_id, label, tuple(json.loads(headings)), start, end)

    def citations(self, doc_id: str) -> tuple[set[str], set[str]]:
        """Give the ids of the documents that the text of one names, and of those whose texts name it."""
        ordinal = self.ordinals.get(doc_id, -1)
        cites = self._select("SELECT target FROM citation WHERE document = ?", (ordinal,))
        cited_by = self._select("SELECT document FROM citation WHERE target = ?", (ordinal,))
        return {self.catalogue[n].doc_id for (n,) in cites}, {self.catalogue[n].doc_id for (n,) in cited_by}

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Read passages by row, in the order asked for."""
        found = {
            row[0]: Passage(row[1], row[2], self.catalogue[row[3]].doc_id, row[4], row[5], row[6])
            for row in self._select(
                'SELECT row, passage_id, clause_id, document, start, "end", context FROM passage'
                f" WHERE row IN ({','.join('?' * len(rows))})",
                rows,
            )
        }
        return [found[row] for row in rows]

    def _select(self, statement: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def _pack(layout: Layout) -> bytes:
    return zlib.compress(json.dumps(layout_fields(layout)).encode(), 6)


def _unpack(fields: bytes) -> Layout:
    return read_layout_fields(json.loads(zlib.decompress(fields)))


def _is_about(document: Document, clause_id: str) -> bool:
    part = clause_id.removeprefix(f"{document.doc_id}#")
    return part in _ABOUT or (part == "0" and document.kind == "digest")
