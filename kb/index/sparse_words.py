"""BM25 as sparse vectors, for an engine that knows inner products only: the same scores as `kb.index.lexical` gives.

A term has two dimensions, one a field. A passage holds in each how far the term saturates (k1, b and the average length
of its field stand there), a question the term's weight (how rare it is); their product is BM25. So a passage's vector
does not change when the counts of terms do, as long as it is measured by the same average length: vectors that are
added later are measured by that of the first ones. What tantivy rounds is rounded here: lengths above 39 keep three
binary digits behind the first, as in Lucene.

What a question needs of the index, the numbers and counts of its terms, lies in `terms.sqlite` beside the records.
"""

from __future__ import annotations

import math
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
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
Lengths = Mapping[str, float]
"""The average length of each field, by which the vectors of a lexicon are measured."""

_FIELDS = tuple(WEIGHTS)  # A term's dimensions are len(_FIELDS) * number + the position of the field here.
_BATCH = 500  # SQLite's limit on variables is far above
_SCHEMA = """
CREATE TABLE term (term TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE frequency (lexicon TEXT, number INTEGER, body INTEGER NOT NULL, context INTEGER NOT NULL, PRIMARY KEY (lexicon, number))
  WITHOUT ROWID;
CREATE TABLE lexicon (name TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE length (lexicon TEXT, field TEXT, total INTEGER NOT NULL, measure REAL NOT NULL, PRIMARY KEY (lexicon, field)) WITHOUT ROWID;
"""
_COUNT = """INSERT INTO frequency VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (lexicon, number) DO UPDATE SET body = body + ?3, context = context + ?4"""


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """What is counted of the entries of one lexicon, by field: in how many a term stands, and how long all are
    together."""

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

    @property
    def averages(self) -> Lengths:
        """Give the average length of each field."""
        return {field: total / max(self.entries, 1) for field, total in self.lengths.items()}


@dataclass(frozen=True, slots=True)
class StatisticsChange:
    """What is taken from a lexicon and what is added; one that is new begins as a copy of another, `beginning`."""

    removed: WordStatistics
    added: WordStatistics
    beginning: str | None = None


def sparse_vector(entry: Entry, numbers: Mapping[str, int], averages: Lengths) -> SparseVector:
    """Give the vector of an entry by the numbers of terms and the average lengths of fields."""
    vector: SparseVector = {}
    for place, (field, found) in enumerate(_fields(entry).items()):
        average = averages[field]
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
            averages = statistics.averages
            connection.executemany(
                "INSERT INTO length VALUES (?, ?, ?, ?)",
                ((name, field, statistics.lengths[field], averages[field]) for field in _FIELDS),
            )
    connection.close()
    return numbers


def update_terms(
    path: Path, base: Path, changes: Mapping[str, StatisticsChange]
) -> tuple[dict[str, int], dict[str, Lengths]]:
    """Write a copy of the terms of another snapshot with `changes` by lexicon; give the numbers of all terms that were
    added, which those that are known keep, and the average lengths that vectors of each lexicon are measured by."""
    shutil.copyfile(base, path)
    added = {term for change in changes.values() for term in change.added.frequencies["body"]}
    with closing(sqlite3.connect(path)) as connection, connection:
        ((last,),) = connection.execute("SELECT coalesce(max(number), 0) FROM term")
        known = _numbers_of(connection, added | {t for c in changes.values() for t in c.removed.frequencies["body"]})
        numbers = known | {term: number for number, term in enumerate(sorted(added - known.keys()), start=last + 1)}
        connection.executemany("INSERT OR IGNORE INTO term VALUES (?, ?)", numbers.items())
        for name, change in changes.items():
            if change.beginning:
                for table, kept in (("frequency", "number, body, context"), ("length", "field, total, measure")):
                    connection.execute(
                        f"INSERT INTO {table} SELECT ?, {kept} FROM {table} WHERE lexicon = ?", (name, change.beginning)
                    )
                connection.execute(
                    "INSERT INTO lexicon SELECT ?, entries FROM lexicon WHERE name = ?", (name, change.beginning)
                )
            for sign, counted in ((-1, change.removed), (1, change.added)):
                body, context = (counted.frequencies[field] for field in _FIELDS)
                connection.executemany(
                    _COUNT, ((name, numbers[term], sign * n, sign * context[term]) for term, n in body.items())
                )
                connection.execute(
                    "UPDATE lexicon SET entries = entries + ? WHERE name = ?", (sign * counted.entries, name)
                )
                connection.executemany(
                    "UPDATE length SET total = total + ? WHERE lexicon = ? AND field = ?",
                    ((sign * counted.lengths[field], name, field) for field in _FIELDS),
                )
            connection.executemany(
                "DELETE FROM frequency WHERE lexicon = ? AND number = ? AND body <= 0",
                ((name, numbers[term]) for term in change.removed.frequencies["body"]),
            )
        measures: dict[str, Lengths] = {
            name: dict(connection.execute("SELECT field, measure FROM length WHERE lexicon = ?", (name,)))
            for name in changes
        }
    return numbers, measures


def drift(path: Path, changes: Mapping[str, StatisticsChange]) -> float:
    """Give how far the average length of any field will be from that which its vectors are measured by, as a share of
    it; infinite where the file does not tell."""
    largest = 0.0
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        entries = dict(connection.execute("SELECT name, entries FROM lexicon"))
        for name, change in changes.items():
            from_name = change.beginning or name
            count = entries.get(from_name, 0) - change.removed.entries + change.added.entries
            try:
                lengths = connection.execute(
                    "SELECT field, total, measure FROM length WHERE lexicon = ?", (from_name,)
                ).fetchall()
            except sqlite3.OperationalError:  # written before there were any
                return math.inf
            if count <= 0 or not lengths:
                return math.inf
            for field, total, measure in lengths:
                average = (total - change.removed.lengths[field] + change.added.lengths[field]) / count
                largest = max(largest, abs(average - measure) / measure if measure else float(average > 0))
    return largest


def _numbers_of(connection: sqlite3.Connection, wanted: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    listed = sorted(wanted)
    for at in range(0, len(listed), _BATCH):
        batch = listed[at : at + _BATCH]
        found |= dict(
            connection.execute(f"SELECT term, number FROM term WHERE term IN ({','.join('?' * len(batch))})", batch)
        )
    return found


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
        """Give the numbers of terms, and the counts of entries that hold them in each field; unknown terms are left
        out."""
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
