"""What is indexed of a records file: read from it each time, a document at a time, so that no more of it is in
memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.index.lexical import Entry


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Entries of a finished records file from the number `first` up to `end`, which is none of them."""

    path: Path
    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first


class RecordedPassages(_Recorded):
    """The passages of a records file."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Entry]:
        with closing(_open(self.path)) as connection:
            passages = connection.execute(
                'SELECT row, document, context, start, "end" FROM passage WHERE row >= ? AND row < ? ORDER BY row',
                (self.first, self.end),
            )
            owner, text = -1, ""
            for number, document, context, start, end in passages:
                if document != owner:
                    ((text,),) = connection.execute("SELECT text FROM document WHERE ordinal = ?", (document,))
                    owner = document
                yield number, document, context, text[start:end]


class RecordedDocuments(_Recorded):
    """The whole documents of a records file, with their titles as context."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Entry]:
        with closing(_open(self.path)) as connection:
            documents = connection.execute(
                "SELECT ordinal, json_extract(fields, '$.title'), text FROM document"
                " WHERE ordinal >= ? AND ordinal < ? ORDER BY ordinal",
                (self.first, self.end),
            )
            for number, title, text in documents:
                yield number, number, title, text


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
