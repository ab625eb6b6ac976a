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
from kb.processors import processors


class Watcher(Protocol):
    """Is told of every file that another process reads."""

    def begins(self, path: Path) -> None:
        """Is told that a process begins to read a file."""

    def page(self, path: Path, number: int, total: int) -> None:
        """Is told that page `number` of so many is read."""

    def ends(self, path: Path) -> None:
        """Is told that a file was read or given up."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How many processes read at once, and what one file may take: seconds, and bytes of memory.

    `memory` is address space, of which a process uses a part.
    """

    jobs: int
    seconds_a_file: float = 900.0
    memory: int = 4 * 2**30


def read_in_processes(
    files: Sequence[Path], limits: ReadingLimits, watcher: Watcher | None = None
) -> Iterator[tuple[Path, bytes | DocumentError, float]]:
    """Read `files`; give each, in the order in which they are done, with its reading as bytes or why there is none,
    and the seconds it took."""
    queue = deque(files)
    jobs = max(1, min(limits.jobs, len(queue)))
    threads = max(1, processors() // jobs)
    busy: list[ReadingProcess] = []
    idle: list[ReadingProcess] = []
    try:
        while queue or busy:
            while queue and len(busy) < jobs:
                process = idle.pop() if idle else ReadingProcess(limits.memory, limits.seconds_a_file, threads)
                busy.append(process)
                if watcher:
                    watcher.begins(queue[0])
                process.read(queue.popleft())
            for process, outcome in _answers(busy, limits.seconds_a_file, watcher):
                busy.remove(process)
                if process.alive:
                    idle.append(process)
                if watcher:
                    watcher.ends(process.path)
                yield process.path, outcome, time.monotonic() - process.began
    finally:
        for process in (*busy, *idle):
            process.end()


def _answers(
    busy: list[ReadingProcess], seconds: float, watcher: Watcher | None
) -> list[tuple[ReadingProcess, bytes | DocumentError]]:
    """Wait until a process has something to say or its time is over; give those that are done with their file."""
    next_end = min(process.ends for process in busy)
    spoke = wait([process.connection for process in busy], max(0.0, next_end - time.monotonic()))
    done: list[tuple[ReadingProcess, bytes | DocumentError]] = []
    for process in busy:
        if process.connection in spoke:
            outcome = process.receive()
            if outcome is not None:
                done.append((process, outcome))
            elif watcher and process.pages:
                watcher.page(process.path, process.page, process.pages)
        elif time.monotonic() >= process.ends:
            process.end()
            done.append((process, DocumentError.of("reading_too_long", file=process.path, seconds=seconds)))
    return done
