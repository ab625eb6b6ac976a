"""The workers of a Ray cluster: readers and encoders on all its machines, the index written where `kb ingest` runs.

A worker keeps a process of its own for its files, as this machine does, so that limits of time and memory and the
reports of crashes are the same. One that dies, with its machine or without, is started again and does once more what it
was doing; a file that it dies of twice is given up. Every machine has this program in the same version and sees the
documents at the same paths; one that does not is named.
"""

from __future__ import annotations

import logging
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.readers.archive import archive_of
from ingest.reading_cache import readers_version
from ingest.reading_pool import FileRead, ReadingLimits, ReadingPool, Watcher
from kb.errors import ClusterError, DocumentError
from kb.index.encoder import Encoder, open_encoder

_REACHED = 10.0  # seconds within which a cluster has to take a connection
_STARTED = 600.0  # seconds within which it has to find room for one worker: it may have to start a machine
_PAUSE = 0.5  # seconds between two looks at the pages that are read
_AHEAD = 2  # batches for every worker that are encoded or wait for it


class RayWorkers:
    """Connects to a cluster: `auto` for the one that this machine belongs to, HOST:PORT of its head, or ray://HOST:PORT
    of its client server.

    Workers are started when they are first needed and kept until `close`, each on a processor of its own; work goes to
    those that are there.
    """

    def __init__(self, address: str) -> None:
        try:
            import ray
        except ImportError as error:
            raise ClusterError.of("cluster_client_missing", cause=error) from error
        self._ray: Any = ray
        self._address = address
        self._joined = not ray.is_initialized()
        if self._joined:
            self._connect()
        self._worker = ray.remote(_ClusterWorker).options(
            num_cpus=1, max_concurrency=2, max_restarts=-1, max_task_retries=1
        )
        self._starting: dict[Any, Any] = {}
        self._started: list[Any] = []

    def _connect(self) -> None:
        host, _, port = self._address.removeprefix("ray://").rpartition(":")
        try:
            if host:  # Ray itself tries for minutes
                socket.create_connection((host, int(port)), _REACHED).close()
            self._ray.init(address=self._address, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError) as error:
            raise ClusterError.of("cluster_absent", address=self._address, cause=_first_line(error)) from error

    @property
    def processors(self) -> int:
        """Count the processors of the cluster."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 0)))

    def read(self, files: Sequence[Path], limits: ReadingLimits, watcher: Watcher | None) -> Iterator[FileRead]:
        """Read files in as many processes of the cluster as `limits` say."""
        queue = deque(files)
        most = min(limits.jobs, len(files), self.processors)
        busy: dict[Any, tuple[Any, Path, float]] = {}
        while queue or busy:
            at_work = [worker for worker, _, _ in busy.values()]
            idle = [worker for worker in self._there(most) if worker not in at_work]
            while queue and idle:
                worker, path = idle.pop(), queue.popleft()
                if watcher:
                    watcher.begins(path)
                busy[worker.read.remote(path.absolute(), limits)] = worker, path, time.monotonic()
            done, others = self._ray.wait(list(busy), timeout=_PAUSE)
            for reference in others if watcher and not done else ():
                self._tell(watcher, *busy[reference][:2])
            for reference in done:
                _, path, began = busy.pop(reference)
                outcome = self._outcome(reference, path)
                if watcher:
                    watcher.ends(path)
                yield path, outcome, time.monotonic() - began

    def encode(self, batches: Iterable[Sequence[str]], encoder: Encoder) -> Iterator[NDArray[np.float32]]:
        """Encode batches side by side, some of them ahead of what is given."""
        waiting: deque[Any] = deque()
        ahead = 0
        for number, texts in enumerate(batches):
            if texts:
                there = self._there(self.processors)
                ahead = _AHEAD * len(there)
                worker = there[number % len(there)]
                waiting.append(worker.encode.remote(encoder.name, encoder.checksum, list(texts)))
            else:
                waiting.append(None)
            while len(waiting) > ahead:
                yield self._vectors(waiting.popleft(), encoder)
        while waiting:
            yield self._vectors(waiting.popleft(), encoder)

    def close(self) -> None:
        """End the workers, and leave the cluster."""
        for worker in (*self._started, *self._starting.values()):
            self._ray.kill(worker)
        self._starting, self._started = {}, []
        if self._joined:
            self._ray.shutdown()

    def _there(self, most: int) -> list[Any]:
        """Give up to `most` workers that are there, having asked for as many and waited for the first."""
        while len(self._starting) + len(self._started) < most:
            worker = self._worker.remote()
            self._starting[worker.identify.remote()] = worker
        if self._starting:
            there, _ = self._ray.wait(
                list(self._starting), num_returns=len(self._starting), timeout=0 if self._started else _PAUSE
            )
            if not there and not self._started:
                there, _ = self._ray.wait(list(self._starting), timeout=_STARTED)
            for reference in there:
                self._check(reference)
                self._started.append(self._starting.pop(reference))
        if not self._started:
            raise ClusterError.of("cluster_no_room", address=self._address, seconds=_STARTED)
        return self._started[:most]

    def _check(self, reference: Any) -> None:
        """See that a worker reads as this machine does."""
        try:
            machine, version = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise ClusterError.of("cluster_failed", address=self._address, cause=_first_line(error)) from error
        if version != readers_version():
            raise ClusterError.of("cluster_other_version", machine=machine)

    def _tell(self, watcher: Watcher | None, worker: Any, path: Path) -> None:
        try:
            number, total = self._ray.get(worker.page.remote(), timeout=_PAUSE)
        except self._ray.exceptions.RayError:
            return  # it is busy or gone; what becomes of its file is told by the file
        if watcher and total:
            watcher.page(path, number, total)

    def _outcome(self, reference: Any, path: Path) -> bytes | DocumentError:
        try:
            outcome: bytes | DocumentError = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            return DocumentError.of("cluster_reader_lost", file=path, cause=_first_line(error))
        if isinstance(outcome, DocumentError) and outcome.place.file == str(path.absolute()):
            return type(outcome)(replace(outcome.place, file=str(path)), outcome.sentence, outcome.values)
        return outcome

    def _vectors(self, reference: Any, encoder: Encoder) -> NDArray[np.float32]:
        if reference is None:
            return np.zeros((0, encoder.dimensions), np.float32)
        try:
            vectors: NDArray[np.float32] = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, ClusterError):
                raise error.cause from error
            raise ClusterError.of("cluster_failed", address=self._address, cause=_first_line(error.cause)) from error
        except self._ray.exceptions.RayError as error:
            raise ClusterError.of("cluster_failed", address=self._address, cause=_first_line(error)) from error
        return vectors


class _ClusterWorker:
    """Works for another machine: reads files, one at a time, in a process of its own, and encodes; says in another
    thread which page it is at."""

    def __init__(self) -> None:
        self._progress = _LastPage()
        self._pools: dict[ReadingLimits, ReadingPool] = {}

    def identify(self) -> tuple[str, str]:
        """Give the name of the machine and the version of its readers."""
        return socket.gethostname(), readers_version()

    def read(self, path: Path, limits: ReadingLimits) -> bytes | DocumentError:
        """Read a file; give its reading as bytes, or why there is none."""
        if not (archive_of(path) or path).exists():
            return DocumentError.of("cluster_file_unseen", file=path, machine=socket.gethostname())
        if limits not in self._pools:
            # One process with one thread: a machine has as many workers as processors.
            self._pools[limits] = ReadingPool(replace(limits, jobs=1), 1, self._progress)
        ((_, outcome, _),) = self._pools[limits].read([path])
        return outcome

    def encode(self, name: str, checksum: str, texts: list[str]) -> NDArray[np.float32]:
        """Encode passages with the encoder of a name, whose weights have a checksum."""
        encoder = _encoder(name)
        if encoder.checksum != checksum:
            raise ClusterError.of("cluster_other_encoder", machine=socket.gethostname(), name=name)
        return encoder.encode_passages(texts)

    def page(self) -> tuple[int, int]:
        """Give the page that was read last, and how many there are."""
        return self._progress.last


class _LastPage:
    """Remembers how far the file is that is read."""

    def __init__(self) -> None:
        self.last = (0, 0)

    def begins(self, path: Path) -> None:
        """Forget the file before."""
        self.last = (0, 0)

    def page(self, path: Path, number: int, total: int) -> None:
        """Remember a page."""
        self.last = number, total

    def ends(self, path: Path) -> None:
        """Keep what is remembered: it is asked for no more."""


_encoder = lru_cache(1)(open_encoder)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0][:200]
