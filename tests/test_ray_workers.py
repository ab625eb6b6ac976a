"""The workers of a Ray cluster, one of two processors on this machine: they make the index that this machine makes by
itself."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import PARAGRAPHS, typeset_pdf
from indexing import ROOT, silent

from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest
from ingest.ray_workers import RayWorkers
from ingest.reading_job import FileReading, ReadingJob
from ingest.reading_pool import ReadingLimits
from ingest.settings import read_settings
from ingest.workers import IngestionWorkers, LocalWorkers, workers_of
from kb.errors import ClusterError, DocumentError, SettingError
from kb.index.encoder import EMBEDDED, open_encoder
from kb.index.manifest import FileChecksum
from kb.index.snapshot import current_name, read_manifest

LIMITS = ReadingLimits(2)
LINE = "第一条　为了方便老年人就餐，制定本办法。\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of this machine alone."""
    with pytest.MonkeyPatch.context() as changed, tempfile.TemporaryDirectory(prefix="ray", dir="/tmp") as folder:
        # Nothing is told to Ray's makers, no token is left in the home of whoever tests, and workers do not stand back
        # behind other programs.
        for name, value in (("USAGE_STATS_ENABLED", "0"), ("AUTH_MODE", "disabled"), ("worker_niceness", "0")):
            changed.setenv(f"RAY_{name}", value)
        import ray

        for last in (False, False, True):  # on a busy machine its own patience, half a minute, may not be enough
            try:
                ray.init(
                    num_cpus=2,
                    include_dashboard=False,
                    log_to_driver=False,
                    object_store_memory=100 * 2**20,
                    _temp_dir=folder,
                )
                break
            except Exception as error:
                ray.shutdown()
                if last or "timed out during startup" not in str(error):
                    raise
        yield ray.get_runtime_context().gcs_address
        ray.shutdown()


@pytest.fixture(scope="module")
def workers(cluster: str) -> RayWorkers:
    return RayWorkers(cluster)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that no process reads for another without being asked: printed ones, and one that is torn."""
    made = tmp_path_factory.mktemp("printed")
    for number in range(3):
        typeset_pdf(made / f"notice-{number}.pdf", paragraphs=[f"第{number}号通知。", *PARAGRAPHS])
    (made / "torn.pdf").write_bytes((made / "notice-0.pdf").read_bytes()[:3000])
    return made


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes a second to read."""
    path = tmp_path_factory.mktemp("long") / "long.txt"
    path.write_text(LINE * 60_000, encoding="utf-8")
    return path


def written(folder: Path, index: Path, workers: IngestionWorkers) -> tuple[dict[str, FileChecksum], list[str]]:
    """Ingest a folder; give the checksums of the files of the index, but for those that tantivy names by chance, and
    what was refused."""
    how = IngestionSettings(open_encoder(EMBEDDED), unstated="public", limits=LIMITS, workers=workers)
    ingested = ingest([folder], index, how, Bars())
    files = read_manifest(index, current_name(index)).files
    kept = {name: sums for name, sums in files.items() if "/" not in name}
    return kept, [error.message for error in ingested.collection.refused]


def test_the_cluster_makes_the_index_that_this_machine_makes(folder: Path, tmp_path: Path, workers: RayWorkers) -> None:
    here, refused = written(folder, tmp_path / "here", LocalWorkers())
    there, refused_there = written(folder, tmp_path / "there", workers)
    assert {"records.sqlite", "vectors.faiss"} <= here.keys()
    assert there == here
    assert refused_there == refused
    assert len(refused) == 1


def refusal(reading: FileReading) -> str:
    assert isinstance(reading.outcome, DocumentError)
    return reading.outcome.message


def test_the_limits_of_a_file_hold_in_the_cluster(folder: Path, long: Path, workers: RayWorkers) -> None:
    whole = folder / "notice-0.pdf"
    alone = ReadingJob(LIMITS).read([whole], silent)[0].outcome
    huge = long.with_name("huge.txt")
    huge.write_bytes(LINE.encode() * 1_800_000)
    readings = ReadingJob(ReadingLimits(1, memory=500 * 2**20), workers=workers).read([huge, whole], silent)
    assert "more memory than a file may take" in refusal(readings[0])
    assert readings[1].outcome == alone
    (late,) = ReadingJob(ReadingLimits(1, 0.01), workers=workers).read([long], silent)
    assert "takes more than 0.01 seconds" in refusal(late)


def workers_at_work() -> set[int]:
    """Give the processes of workers that have started one for their files."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            if path.read_bytes().startswith(b"ray::_ClusterWorker") and any(
                task.joinpath("children").read_text().strip() for task in path.with_name("task").iterdir()
            ):
                found.add(int(path.parent.name))
    return found


class Striker:
    """Kills the worker that reads a file, as often as it is told to for the file."""

    def __init__(self, times: dict[Path, int]) -> None:
        self._times = times
        self._threads: list[threading.Thread] = []
        self.struck: list[int] = []

    def _strike(self, times: int) -> None:
        until = time.monotonic() + 300
        wanted = len(self.struck) + times
        while len(self.struck) < wanted and time.monotonic() < until:
            for pid in workers_at_work() - set(self.struck):
                os.kill(pid, signal.SIGKILL)
                self.struck.append(pid)
            time.sleep(0.1)

    def begins(self, path: Path) -> None:
        self._threads.append(threading.Thread(target=self._strike, args=[self._times[path]]))
        self._threads[-1].start()

    def page(self, path: Path, number: int, total: int) -> None:
        """Nothing: it waits for processes."""

    def ends(self, path: Path) -> None:
        self._threads[-1].join()


def test_a_worker_that_dies_is_started_again_and_a_file_that_it_dies_of_twice_is_given_up(
    long: Path, workers: RayWorkers
) -> None:
    workers.close()  # those of the tests before, which have processes for files
    deadly, other = long, long.with_name("other.txt")
    other.write_bytes(deadly.read_bytes())
    striker = Striker({deadly: 2, other: 1})
    readings = ReadingJob(ReadingLimits(1), watcher=striker, workers=workers).read([deadly, other], silent)
    assert len(striker.struck) == 3
    assert "was lost twice with its machine" in refusal(readings[0])
    assert not isinstance(readings[1].outcome, DocumentError)


def test_what_a_machine_does_not_see_is_named(folder: Path, tmp_path: Path, workers: RayWorkers) -> None:
    ((path, outcome, _),) = workers.read([tmp_path / "elsewhere.pdf"], LIMITS, None)
    assert isinstance(outcome, DocumentError)
    assert outcome.place.file == str(path)
    assert f"the machine {socket.gethostname()} of the cluster does not see it" in outcome.message


def test_other_weights_of_the_encoder_are_named(workers: RayWorkers) -> None:
    class Other:
        """The encoder of this machine, of which the cluster has another version."""

        name, dimensions, checksum = EMBEDDED, 384, "0" * 64

    with pytest.raises(ClusterError, match="has other weights of the encoder embedded"):
        list(workers.encode([["食堂"]], Other()))  # type: ignore[arg-type]


def test_the_command_ingests_on_the_cluster_of_its_settings(
    folder: Path, tmp_path: Path, cluster: str, workers: RayWorkers
) -> None:
    workers.close()  # which makes room for those of the command
    settings = os.environ | {"KB_INGEST_CLUSTER": cluster, "KB_ENCODER": "static"}
    command = [sys.executable, "-m", "cli", "ingest", folder, "--index", tmp_path / "index"]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert "3 documents" in done.stdout, done.stderr
    assert "torn.pdf" in done.stderr


def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr("ray.is_initialized", lambda: False)
        with (
            pytest.raises(ClusterError, match=r"cannot be reached .*; start it, correct KB_INGEST_CLUSTER"),
            workers_of(f"127.0.0.1:{nobody.getsockname()[1]}"),
        ):
            pass


def test_settings_name_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    with workers_of(read_settings().ingest_cluster) as workers:
        assert isinstance(workers, LocalWorkers)
    monkeypatch.setenv("KB_INGEST_CLUSTER", "somewhere")
    with pytest.raises(SettingError, match="KB_INGEST_CLUSTER"):
        read_settings()
