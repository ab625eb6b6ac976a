"""Vectors by content: what was embedded once with an encoder is not embedded again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kb.index.encoder import Encoder

_BATCH = 500  # SQLite's limit on variables is far above
_PATIENCE = 5.0  # seconds that a process waits for another that writes


class VectorCache:
    """One SQLite file per encoder in `folder`, safe to use from several threads; `computed` counts the vectors that had
    to be made.

    Where nothing can be written there, or what is there is damaged, vectors are kept in memory.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._dimensions = encoder.dimensions
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = _open(str(folder / f"vectors-{encoder.checksum[:16]}.sqlite"))
        except (OSError, sqlite3.DatabaseError):
            self._connection = _open(":memory:")
        self.computed = 0

    def encode(self, texts: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
        """Give the vectors of `texts`, shape (len(texts), dimensions); where they cannot be kept, as on a full disk,
        they are made anew: whoever asks a question is to have its answer."""
        try:
            (vectors,) = self.encode_batches([texts], lambda batches: in_turn(batches, encoder))
        except sqlite3.DatabaseError:
            return encoder.encode_passages(texts)
        return vectors

    def encode_batches(
        self,
        batches: Iterable[Sequence[str]],
        encode: Callable[[Iterable[list[str]]], Iterator[NDArray[np.float32]]],
    ) -> Iterator[NDArray[np.float32]]:
        """Give the vectors of batches of texts, in their order; `encode` makes those that are missing, and may take
        batches ahead of what it gives. A text that is being encoded for one batch is not encoded for another."""
        taken: deque[tuple[list[bytes], dict[bytes, bytes], list[int]]] = deque()
        underway: set[bytes] = set()

        def missing_texts() -> Iterator[list[str]]:
            for texts in batches:
                keys = [hashlib.sha256(text.encode()).digest() for text in texts]
                known = self._look_up(keys)
                missing = [n for n, key in enumerate(keys) if key not in known and key not in underway]
                underway.update(keys[n] for n in missing)
                taken.append((keys, known, missing))
                yield [texts[n] for n in missing]

        for made in encode(missing_texts()):
            keys, known, missing = taken.popleft()
            if missing:
                known |= {keys[n]: vector.tobytes() for n, vector in zip(missing, made, strict=True)}
                self._keep({keys[n]: known[keys[n]] for n in missing})
                underway.difference_update(keys[n] for n in missing)
            known |= self._look_up([key for key in keys if key not in known])  # made for a batch before
            vectors = np.zeros((len(keys), self._dimensions), dtype=np.float32)
            for n, key in enumerate(keys):
                vectors[n] = np.frombuffer(known[key], dtype=np.float32)
            yield vectors

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        known: dict[bytes, bytes] = {}
        with self._lock:
            for at in range(0, len(keys), _BATCH):
                batch = keys[at : at + _BATCH]
                query = f"SELECT key, value FROM vector WHERE key IN ({','.join('?' * len(batch))})"
                known.update(self._connection.execute(query, batch))
        return known

    def _keep(self, made: dict[bytes, bytes]) -> None:
        with self._lock:
            self._connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", made.items())
            self._connection.commit()
            self.computed += len(made)

    def close(self) -> None:
        """Close the file; what was put in it stays."""
        self._connection.close()


def in_turn(batches: Iterable[Sequence[str]], encoder: Encoder) -> Iterator[NDArray[np.float32]]:
    """Encode one batch after the other; the encoder is not asked for batches without a text, whose texts are all
    known."""
    for texts in batches:
        yield encoder.encode_passages(texts) if texts else np.zeros((0, encoder.dimensions), np.float32)


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    connection.execute("PRAGMA synchronous = OFF")  # a cache may be lost
    connection.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    connection.execute("DELETE FROM vector WHERE FALSE")  # a table that is there is no sign that it can be written
    connection.commit()
    return connection
