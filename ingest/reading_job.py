"""Reading many files: by workers, each file under a limit of time and memory, resumable.

A few small text files are read in this process, which is quicker than starting another. What comes out is
in the order of the files, so that the number of processes never shows in an index.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.readers import ReadText
from ingest.reading_cache import ReadingCache, content_key, parse_reading, write_reading
from ingest.reading_pool import ReadingLimits, Watcher
from ingest.reading_process import read_guarded
from ingest.secrecy import refuse_state_secret
from ingest.workers import IngestionWorkers, LocalWorkers
from kb.errors import DocumentError

# Read in this very process: a process of its own costs more than the text.
_TEXT_SUFFIXES = frozenset((".txt", ".md", ".markdown", ".html", ".htm", ".xhtml"))
_SMALL, _FEW = 2**19, 2**22  # bytes of one file, and of all, that are read in this process


@dataclass(frozen=True, slots=True)
class FileReading:
    """What became of one file: its text, or why there is none; `kept` where an earlier run had read it."""

    path: Path
    outcome: ReadText | DocumentError
    seconds: float
    kept: bool = False


class ReadingJob:
    """Has `workers` read files within `limits`; `cache` remembers what was read, `watcher` is told of every file."""

    def __init__(
        self,
        limits: ReadingLimits | None = None,
        cache: ReadingCache | None = None,
        watcher: Watcher | None = None,
        workers: IngestionWorkers | None = None,
    ) -> None:
        self._workers = workers or LocalWorkers()
        self._limits = limits or ReadingLimits(self._workers.processors)
        self._cache = cache
        self._watcher = watcher

    def read(self, files: Sequence[Path], progress: Callable[[str, int, int], None]) -> list[FileReading]:
        """Read `files` and give what became of each, in their order."""
        readings: dict[Path, FileReading] = {}
        unread: dict[Path, bytes | None] = {}
        for path in files:
            progress("reading", len(readings), len(files))
            began = time.monotonic()
            key = content_key(path) if self._cache else None
            kept = self._cache.get(key) if self._cache and key else None
            if kept is None:
                unread[path] = key
            else:
                readings[path] = FileReading(path, _guarded(path, kept), time.monotonic() - began, kept=True)
        here = _small_texts(list(unread))
        for path in here:
            readings[path] = self._read_here(path, unread[path])
            progress("reading", len(readings), len(files))
        others = [path for path in unread if path not in here]
        for path, written, seconds in self._workers.read(others, self._limits, self._watcher):
            if isinstance(written, bytes):
                self._keep(path, unread[path], written)
            outcome = parse_reading(written) if isinstance(written, bytes) else written
            readings[path] = FileReading(path, outcome, seconds)
            progress("reading", len(readings), len(files))
        if self._cache:
            self._cache.drop_old()
        progress("reading", len(files), len(files))
        return [readings[path] for path in files]

    def _read_here(self, path: Path, key: bytes | None) -> FileReading:
        began = time.monotonic()
        try:
            read = read_guarded(path)
        except DocumentError as error:
            return FileReading(path, error, time.monotonic() - began)
        if key:
            self._keep(path, key, write_reading(read))
        return FileReading(path, read, time.monotonic() - began)

    def _keep(self, path: Path, key: bytes | None, written: bytes) -> None:
        # A file that was changed while it was read would be kept under what it was before.
        if self._cache and key and content_key(path) == key:
            self._cache.put(key, written)


def _guarded(path: Path, kept: ReadText) -> ReadText | DocumentError:
    """Give what was kept of a file, or the refusal of a state secret: a file is kept by what it holds, and its name may
    bear the mark."""
    try:
        refuse_state_secret(path, kept)
    except DocumentError as error:
        return error
    return kept


def _small_texts(files: Sequence[Path]) -> set[Path]:
    """Give the files that are read in this process: small, of a text format, and few."""
    sizes: dict[Path, int] = {}
    for path in files:
        if path.suffix.lower() in _TEXT_SUFFIXES:
            with contextlib.suppress(OSError, ValueError):  # not there, or inside an archive
                sizes[path] = path.stat().st_size
    small = {path for path, size in sizes.items() if size <= _SMALL}
    return small if sum(sizes[path] for path in small) <= _FEW else set()
