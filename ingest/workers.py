"""Where the work of an ingestion is done that can be shared out: files are read, and passages encoded.

There are two homes with one behaviour, processes of this machine and those of a Ray cluster (`ingest.ray_workers`): a
file is read in a process of its own, within its limits, and passages are encoded in the same batches, so that either
makes the same index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.reading_pool import FileRead, ReadingLimits, ReadingPool, Watcher
from kb.index.encoder import Encoder
from kb.index.vector_cache import in_turn
from kb.processors import processors


class IngestionWorkers(Protocol):
    """Does what can be shared out."""

    @property
    def processors(self) -> int:
        """How many files it reads at once where nobody says how many."""

    def read(self, files: Sequence[Path], limits: ReadingLimits, watcher: Watcher | None) -> Iterator[FileRead]:
        """Read files; give each in the order in which they are done."""

    def encode(self, batches: Iterable[Sequence[str]], encoder: Encoder) -> Iterator[NDArray[np.float32]]:
        """Give the vectors of batches of passages, in their order; batches may be taken ahead of what is given."""


class LocalWorkers:
    """Processes of this machine read; the encoder, which uses all its processors by itself, encodes in this one."""

    @property
    def processors(self) -> int:
        """Count those that this process may use."""
        return processors()

    def read(self, files: Sequence[Path], limits: ReadingLimits, watcher: Watcher | None) -> Iterator[FileRead]:
        """Read files in as many processes as `limits` say."""
        threads = max(1, processors() // max(1, min(limits.jobs, len(files))))
        with closing(ReadingPool(limits, threads, watcher)) as pool:
            yield from pool.read(files)

    def encode(self, batches: Iterable[Sequence[str]], encoder: Encoder) -> Iterator[NDArray[np.float32]]:
        """Encode one batch after the other."""
        return in_turn(batches, encoder)


@contextmanager
def workers_of(cluster: str) -> Iterator[IngestionWorkers]:
    """Give the workers of the Ray cluster at an address, or of this machine where there is none; raise ClusterError
    where it cannot be used."""
    if not cluster:
        yield LocalWorkers()
        return
    from ingest.ray_workers import RayWorkers

    with closing(RayWorkers(cluster)) as workers:
        yield workers
