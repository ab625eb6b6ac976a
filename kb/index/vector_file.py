"""Vectors on the way into an index: more of them than memory should hold, on the disk in the order in which they were
made."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

_ROWS = 20_000  # that are read at once where single ones are picked: 15 MB


class VectorRows(Protocol):
    """Vectors that are read in parts, shape (vectors, dimensions): an array, or a file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many there are, and how long each is."""

    def __len__(self) -> int: ...

    def __getitem__(self, wanted: slice | NDArray[np.int64], /) -> NDArray[np.float32]:
        """Give a stretch of them, or those at some places, in ascending order."""


class VectorFile:
    """Vectors in single precision in a file without a name in `folder`, which is gone when it is closed or the process
    ends."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `__exit__`
        self._row_bytes = dimensions * np.dtype(np.float32).itemsize
        self.shape: tuple[int, ...] = (0, dimensions)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self.shape[0]

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add vectors, shape (any number, dimensions); raise OSError where the disk is full."""
        self._file.write(np.ascontiguousarray(vectors, np.float32).data)
        self.shape = (len(self) + len(vectors), self.shape[1])

    def __getitem__(self, wanted: slice | NDArray[np.int64], /) -> NDArray[np.float32]:
        self._file.flush()
        if isinstance(wanted, slice):
            return self._read(*wanted.indices(len(self))[:2])
        picked = np.empty((len(wanted), self.shape[1]), np.float32)
        for at in range(0, len(self), _ROWS):
            first, last = np.searchsorted(wanted, (at, at + _ROWS))
            if first < last:
                picked[first:last] = self._read(at, min(at + _ROWS, len(self)))[wanted[first:last] - at]
        return picked

    def _read(self, start: int, end: int) -> NDArray[np.float32]:
        read = os.pread(self._file.fileno(), (end - start) * self._row_bytes, start * self._row_bytes)
        return np.frombuffer(read, np.float32).reshape(-1, self.shape[1])
