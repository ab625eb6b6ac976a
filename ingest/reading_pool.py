"""Processes that read files side by side; one that dies or takes too long is replaced and costs one file."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Protocol

from ingest.reading_process import ReadingProcess
from kb.errors import DocumentError


class Watcher(Protocol):
    """Is told of every file that another process reads."""

    def begins(self, path: Path) -> None:
        """Is told that a process begins to read a file."""

    def page(self, path: Path, number: int, total: int) -> None:
        """Is told that page `number` of so many is read."""

    def ends(self, path: Path) -> None:
        """Is told that a file was read or given up."""


FileRead = tuple[Path, bytes | DocumentError, float]
"""A file, its reading as bytes or why there is none, and the seconds that it took."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How many processes read at once, and what one file may take: seconds, and bytes of memory.

    `memory` is address space, of which a process uses a part.
    """

    jobs: int
    seconds_a_file: float = 900.0
    memory: int = 4 * 2**30


class ReadingPool:
    """Processes that read files, kept from one call of `read` to the next; each computes with so many `threads`."""

    def __init__(self, limits: ReadingLimits, threads: int, watcher: Watcher | None = None) -> None:
        self._limits, self._threads, self._watcher = limits, threads, watcher
        self._busy: list[ReadingProcess] = []
        self._idle: list[ReadingProcess] = []

    def read(self, files: Sequence[Path]) -> Iterator[FileRead]:
        """Read `files`; give each in the order in which they are done."""
        queue = deque(files)
        while queue or self._busy:
            while queue and len(self._busy) < self._limits.jobs:
                process = self._idle.pop() if self._idle else self._start()
                self._busy.append(process)
                if self._watcher:
                    self._watcher.begins(queue[0])
                process.read(queue.popleft())
            for process, outcome in self._answers():
                self._busy.remove(process)
                if process.alive:
                    self._idle.append(process)
                if self._watcher:
                    self._watcher.ends(process.path)
                yield process.path, outcome, time.monotonic() - process.began

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for process in (*self._busy, *self._idle):
            process.end()

    def _start(self) -> ReadingProcess:
        return ReadingProcess(self._limits.memory, self._limits.seconds_a_file, self._threads)

    def _answers(self) -> list[tuple[ReadingProcess, bytes | DocumentError]]:
        """Wait until a process has something to say or its time is over; give those that are done with their file."""
        seconds = self._limits.seconds_a_file
        next_end = min(process.ends for process in self._busy)
        spoke = wait([process.connection for process in self._busy], max(0.0, next_end - time.monotonic()))
        done: list[tuple[ReadingProcess, bytes | DocumentError]] = []
        for process in self._busy:
            if process.connection in spoke:
                outcome = process.receive()
                if outcome is not None:
                    done.append((process, outcome))
                elif self._watcher and process.pages:
                    self._watcher.page(process.path, process.page, process.pages)
            elif time.monotonic() >= process.ends:
                process.end()
                done.append((process, DocumentError.of("reading_too_long", file=process.path, seconds=seconds)))
        return done
