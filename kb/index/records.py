"""Documents, clauses and passages of a snapshot, in one read-only SQLite file.

A document is addressed by its ordinal, its place in the order of ids, a passage by its row, its place in the order of
documents and texts. In the file, as in the lexical index and in the vectors, both bear numbers that are never given
twice, so that adding a document numbers nothing anew (`kb.index.record_writing`); where a snapshot was written at once,
numbers are ordinals and rows.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.document_fields import read_document_fields
from kb.errors import NotFoundError, SnapshotDamagedError
from kb.index.record_writing import Numbering, read_numbering
from kb.layout import NO_LAYOUT, Layout, read_layout_fields
from kb.types import Clause, Document, Passage
from kb.visibility import may_see

_LAYOUTS_KEPT = 8  # Layouts in memory: one a document, for the few that a conversation turns between.
_ABOUT = frozenset(("header", "letterhead", "toc", "annexes", "signature", "distribution"))
"""The clauses that say something about a document, not what it rules."""


_FIELDS = "SELECT ordinal, fields, '', NULL FROM document"
_WHOLE = """SELECT ordinal, document.fields, text, layout.fields
            FROM document LEFT JOIN layout ON layout.document = document.ordinal"""
_PASSAGES = "SELECT row, document FROM passage ORDER BY document, row"
_NUMBERED = np.dtype([("number", np.int64), ("document", np.int64)])
_SAID_ABOUT = (
    f"SELECT row, document, clause_id FROM passage WHERE {' OR '.join(['clause_id LIKE ?'] * (len(_ABOUT) + 1))}"
)


class Numbers:
    """The numbers that documents or passages bear in the files of a snapshot, by their place."""

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self.all = numbers
        self._places = np.full(int(numbers.max(initial=-1)) + 1, -1, np.int64)
        self._places[numbers] = np.arange(len(numbers))

    def of(self, places: Sequence[int]) -> NDArray[np.int64]:
        """Give the numbers of some places."""
        return self.all[np.asarray(places, np.int64)]

    def place(self, number: int) -> int:
        """Give the place of a number that something bears."""
        return int(self._places[number])

    def places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the places of numbers that something bears."""
        return self._places[numbers]


class Records:
    """Reads a records file. One connection serves all threads, one at a time: a look-up takes microseconds."""

    def __init__(self, path: Path, withdrawn: frozenset[str] = frozenset(), *, whole: bool = False) -> None:
        """Open a file; what was `withdrawn` after it was written is public no more. With `whole` the catalogue has
        texts and layouts."""
        self._path = path
        self._withdrawn = withdrawn
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            documents = self._connection.execute(_WHOLE if whole else _FIELDS).fetchall()
            passages = np.fromiter(self._connection.execute(_PASSAGES), _NUMBERED)
            about = self._connection.execute(_SAID_ABOUT, [f"%#{part}" for part in (*_ABOUT, "0")]).fetchall()
        except sqlite3.Error as error:
            raise SnapshotDamagedError.of("records_broken", file=path, cause=error) from error
        self._lock = threading.Lock()
        self._layouts = lru_cache(_LAYOUTS_KEPT)(self._read_layout)  # one of 2,000 pages takes half a second to read
        read = sorted(
            (
                (self._read_document(fields, text, _unpack(layout) if layout else NO_LAYOUT), number)
                for number, fields, text, layout in documents
            ),
            key=_by_id,
        )
        self.catalogue = tuple(document for document, _ in read)
        """Every document, without its text unless the file was opened with all, in order of its ordinal."""
        self.ordinals = {document.doc_id: ordinal for ordinal, document in enumerate(self.catalogue)}
        self.document_numbers = Numbers(np.asarray([number for _, number in read], np.int64))
        """The numbers of the documents, by ordinal."""
        self.withdrawn_ordinals = frozenset(self.ordinals[doc_id] for doc_id in withdrawn if doc_id in self.ordinals)
        """The documents that were withdrawn after the file was written."""
        owners = self.document_numbers.places(passages["document"])
        order = np.argsort(owners, kind="stable")
        self.passage_numbers = Numbers(passages["number"][order])
        """The numbers of the passages, by row."""
        self.document_of_row = tuple(owners[order].tolist())
        self.rows_about_documents = frozenset(
            self.passage_numbers.place(number)
            for number, document, clause_id in about
            if _is_about(self._of_number(document), clause_id)
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

    def _read_document(self, fields: str, text: str, layout: Layout = NO_LAYOUT) -> Document:
        document = read_document_fields(json.loads(fields), text, layout)
        withdrawn = document.doc_id in self._withdrawn and may_see("public", document)
        return replace(document, disclosure="unstated") if withdrawn else document

    def layout(self, doc_id: str) -> Layout:
        """Read where the characters of a document stand; empty where its format does not tell."""
        return self._layouts(doc_id)

    def _read_layout(self, doc_id: str) -> Layout:
        rows = self._select("SELECT fields FROM layout WHERE document = ?", (self._number(doc_id),))
        return _unpack(rows[0][0]) if rows else NO_LAYOUT

    def clauses(self, doc_id: str) -> list[Clause]:
        """Read the clauses of a document in the order of its text."""
        rows = self._select(
            'SELECT clause_id, label, headings, start, "end" FROM clause WHERE document = ? ORDER BY ordinal',
            (self._number(doc_id),),
        )
        return [Clause(row[0], doc_id, row[1], tuple(json.loads(row[2])), row[3], row[4]) for row in rows]

    def clause(self, clause_id: str) -> Clause:
        """Read one clause; raise NotFoundError where there is none."""
        rows = self._select(
            'SELECT document, label, headings, start, "end" FROM clause WHERE clause_id = ?', (clause_id,)
        )
        if not rows:
            raise NotFoundError.of("clause_unknown", clause_id=clause_id)
        number, label, headings, start, end = rows[0]
        return Clause(clause_id, self._of_number(number).doc_id, label, tuple(json.loads(headings)), start, end)

    def citations(self, doc_id: str) -> tuple[set[str], set[str]]:
        """Give the ids of the documents that the text of one names, and of those whose texts name it."""
        number = self._number(doc_id)
        cites = self._select("SELECT target FROM citation WHERE document = ?", (number,))
        cited_by = self._select("SELECT document FROM citation WHERE target = ?", (number,))
        return {self._of_number(n).doc_id for (n,) in cites}, {self._of_number(n).doc_id for (n,) in cited_by}

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Read passages by row, in the order asked for."""
        numbers = self.passage_numbers.of(rows).tolist()
        found = {
            row[0]: Passage(row[1], row[2], self._of_number(row[3]).doc_id, row[4], row[5], row[6])
            for row in self._select(
                'SELECT row, passage_id, clause_id, document, start, "end", context FROM passage'
                f" WHERE row IN ({','.join('?' * len(numbers))})",
                numbers,
            )
        }
        return [found[number] for number in numbers]

    def checksums(self) -> dict[str, bytes]:
        """Give the checksum over all that is known of each document, by id; none where the file can only be written
        anew."""
        if self.numbering is None:
            return {}
        found = dict(self._select("SELECT document, sha256 FROM checksum", ()))
        numbers = self.document_numbers.all.tolist()
        return {document.doc_id: found[n] for n, document in zip(numbers, self.catalogue, strict=True)}

    @property
    def numbering(self) -> Numbering | None:
        """The next numbers; None where the file can only be written anew."""
        with self._lock:
            return read_numbering(self._connection)

    def _number(self, doc_id: str) -> int:
        ordinal = self.ordinals.get(doc_id)
        return -1 if ordinal is None else int(self.document_numbers.all[ordinal])

    def _of_number(self, number: int) -> Document:
        return self.catalogue[self.document_numbers.place(number)]

    def _select(self, statement: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def _by_id(read: tuple[Document, int]) -> str:
    return read[0].doc_id


def _unpack(fields: bytes) -> Layout:
    return read_layout_fields(json.loads(zlib.decompress(fields)))


def clause_at(clauses: Sequence[Clause], place: int) -> Clause:
    """Give the clause that holds a place of a document's text, of the clauses of that document."""
    return next(clause for clause in clauses if clause.start <= place < clause.end)


def _is_about(document: Document, clause_id: str) -> bool:
    part = clause_id.removeprefix(f"{document.doc_id}#")
    return part in _ABOUT or (part == "0" and document.kind == "digest")
