"""Vectors by content: what was embedded once with an encoder is not embedded again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kb.index.encoder import Encoder

_BATCH = 500  # SQLite's limit on variables is far above
_PATIENCE = 5.0  # seconds that a process waits for another that writes


class VectorCache:
    """One SQLite file per encoder in `folder`, safe to use from several threads; `computed` counts the vectors that had to be made.

    Where nothing can be written there, vectors are kept in memory.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._dimensions = encoder.dimensions
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = _open(str(folder / f"vectors-{encoder.checksum[:16]}.sqlite"))
        except (OSError, sqlite3.OperationalError):
            self._connection = _open(":memory:")
        self.computed = 0

    def encode(self, texts: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
        """Give the vectors of `texts`, shape (len(texts), dimensions)."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        known: dict[bytes, bytes] = {}
        with self._lock:
            for at in range(0, len(keys), _BATCH):
                batch = keys[at : at + _BATCH]
                query = f"SELECT key, value FROM vector WHERE key IN ({','.join('?' * len(batch))})"
                known.update(self._connection.execute(query, batch))
        missing = [n for n, key in enumerate(keys) if key not in known]
        for n, key in enumerate(keys):
            if key in known:
                vectors[n] = np.frombuffer(known[key], dtype=np.float32)
        if missing:
            vectors[missing] = encoder.encode_passages([texts[n] for n in missing])
            with self._lock:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?)", ((keys[n], vectors[n].tobytes()) for n in missing)
                )
                self._connection.commit()
                self.computed += len(missing)
        return vectors

    def close(self) -> None:
        """Close the file; what was put in it stays."""
        self._connection.close()


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    connection.execute("PRAGMA synchronous = OFF")  # a cache may be lost
    connection.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    return connection
