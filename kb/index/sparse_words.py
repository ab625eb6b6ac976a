"""BM25 as sparse vectors, for an engine that knows inner products only: the same scores as `kb.index.lexical` gives.

A term has two dimensions, one a field. A passage holds in each how far the term saturates (k1, b and the average length of its field
stand there), a question the term's weight (how rare it is); their product is BM25. So a passage's vector does not change when the
counts of terms do. What tantivy rounds is rounded here: lengths above 39 keep three binary digits behind the first, as in Lucene.

What a question needs of the index, the numbers and counts of its terms, lies in `terms.sqlite` beside the records.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.errors import SnapshotDamagedError
from kb.index.lexical import K1, WEIGHTS, Entry, rarity
from kb.text.terms import terms

FILE_NAME = "terms.sqlite"
B = 0.75
"""tantivy's constant; it cannot be set."""

NOTHING = {0: 1.0}
"""The vector of a passage without any term: its one dimension is that of no term. An engine takes no empty vector."""

SparseVector = dict[int, float]

_FIELDS = tuple(WEIGHTS)  # A term's dimensions are len(_FIELDS) * number + the position of the field here.
_BATCH = 500  # SQLite's limit on variables is far above
_SCHEMA = """
CREATE TABLE term (term TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE frequency (lexicon TEXT, number INTEGER, body INTEGER NOT NULL, context INTEGER NOT NULL, PRIMARY KEY (lexicon, number))
  WITHOUT ROWID;
CREATE TABLE lexicon (name TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """What is counted of the entries of one lexicon, by field: in how many a term stands, and how long all are together."""

    entries: int
    frequencies: Mapping[str, Counter[str]]
    lengths: Mapping[str, int]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> WordStatistics:
        """Count the entries (row, document ordinal, context, text)."""
        count = 0
        frequencies: dict[str, Counter[str]] = {field: Counter() for field in _FIELDS}
        lengths = dict.fromkeys(_FIELDS, 0)
        for entry in entries:
            count += 1
            for field, found in _fields(entry).items():
                frequencies[field].update(set(found))
                lengths[field] += len(found)
        return cls(count, frequencies, lengths)

    def vector(self, entry: Entry, numbers: Mapping[str, int]) -> SparseVector:
        """Give the vector of an entry by the numbers of terms."""
        vector: SparseVector = {}
        for place, (field, found) in enumerate(_fields(entry).items()):
            average = self.lengths[field] / max(self.entries, 1)
            norm = K1 * (1 - B + B * rounded_length(len(found)) / average) if average else K1
            for term, frequency in Counter(found).items():
                vector[len(_FIELDS) * numbers[term] + place] = (K1 + 1) * frequency / (frequency + norm)
        return vector or NOTHING


def rounded_length(length: int) -> int:
    """Round a length down as tantivy does, to four binary digits beyond the first 24.

    >>> [rounded_length(length) for length in (39, 41, 87, 100, 1000)]
    [39, 40, 84, 96, 984]
    """
    beyond = length - 24
    if beyond < 16:
        return length
    unit = 1 << (beyond.bit_length() - 4)
    return 24 + beyond // unit * unit


def _fields(entry: Entry) -> dict[str, list[str]]:
    _, _, context, text = entry
    in_context = terms(context)
    return {"body": in_context + terms(text), "context": in_context}


def write_terms(path: Path, lexica: Mapping[str, WordStatistics]) -> dict[str, int]:
    """Write the terms of lexica and their counts, and give the numbers of the terms, from 1."""
    known = sorted({term for statistics in lexica.values() for term in statistics.frequencies["body"]})
    numbers = {term: number for number, term in enumerate(known, start=1)}
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany("INSERT INTO term VALUES (?, ?)", numbers.items())
        for name, statistics in lexica.items():
            body, context = (statistics.frequencies[field] for field in _FIELDS)
            connection.execute("INSERT INTO lexicon VALUES (?, ?)", (name, statistics.entries))
            connection.executemany(
                "INSERT INTO frequency VALUES (?, ?, ?, ?)",
                ((name, numbers[term], count, context[term]) for term, count in body.items()),
            )
    connection.close()
    return numbers


class SparseTerms:
    """Reads the terms of a snapshot; one connection serves all threads, one at a time."""

    def __init__(self, path: Path) -> None:
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self.entries = dict(self._connection.execute("SELECT name, entries FROM lexicon").fetchall())
            """How many entries each lexicon has, by its name."""
        except sqlite3.Error as error:
            raise SnapshotDamagedError.of("lexical_broken", file=path, cause=error) from error
        self._lock = threading.Lock()

    def look_up(self, lexicon: str, wanted: Sequence[str]) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Give the numbers of terms, and the counts of entries that hold them in each field; unknown terms are left out."""
        found: dict[str, tuple[int, tuple[int, ...]]] = {}
        for at in range(0, len(wanted), _BATCH):
            batch = wanted[at : at + _BATCH]
            statement = (
                "SELECT term.term, number, body, context FROM term JOIN frequency USING (number)"
                f" WHERE lexicon = ? AND term.term IN ({','.join('?' * len(batch))})"
            )
            with self._lock:
                rows = self._connection.execute(statement, (lexicon, *batch)).fetchall()
            found.update((term, (number, tuple(counts))) for term, number, *counts in rows)
        return found

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class SparseLexicon:
    """One lexicon of a snapshot's terms: counts them, and makes vectors of questions."""

    def __init__(self, terms_of_snapshot: SparseTerms, name: str) -> None:
        self._terms, self._name = terms_of_snapshot, name
        self.frequency = lru_cache(maxsize=100_000)(self._frequency)
        """Counts the entries that hold a term."""

    def __len__(self) -> int:
        return int(self._terms.entries[self._name])

    def _frequency(self, term: str) -> int:
        found = self._terms.look_up(self._name, [term])
        return found[term][1][0] if found else 0

    def vector(self, wanted: Mapping[str, float]) -> SparseVector:
        """Give the vector of a question by the weights of its terms; empty where no entry holds any."""
        vector: SparseVector = {}
        for term, (number, counts) in self._terms.look_up(self._name, list(wanted)).items():
            for place, (field, count) in enumerate(zip(_FIELDS, counts, strict=True)):
                if count:
                    weight = WEIGHTS[field] * wanted[term] * rarity(count, len(self))
                    vector[len(_FIELDS) * number + place] = weight
        return vector
