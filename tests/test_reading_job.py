"""Reading as a job: limits, crashes, kills and resumption, with real processes."""

from __future__ import annotations

import inspect
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from operator import attrgetter
from pathlib import Path
from types import ModuleType

import pytest
from documents import PARAGRAPHS, scanned, scanned_pdf, typeset_pdf
from indexing import ROOT, silent

from cli.ingest import ingest
from ingest import pdfium, pictures
from ingest.collection import collect_files
from ingest.readers import read_file
from ingest.reading_cache import FILE_NAME, ReadingCache, content_key, parse_reading, readers_version, write_reading
from ingest.reading_job import FileReading, ReadingJob
from ingest.reading_pool import ReadingLimits
from ingest.reading_process import PageTeller, ReadingProcess
from kb import provenance
from kb.errors import DocumentError, SecrecyError

Command = Callable[..., subprocess.CompletedProcess[str]]
LARGE = "第一条　为了方便老年人就餐，制定本办法。\n" * 30_000
"""Too large to be read in the process itself."""


@pytest.fixture
def large_folder(tmp_path: Path) -> Path:
    """Six texts that go to processes of their own."""
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(6):
        (folder / f"measures-{number:02}.txt").write_text(f"办法之{number}\n{LARGE}", encoding="utf-8")
    return folder


def kept(index_dir: Path) -> int:
    """Count the readings that a run has kept so far."""
    try:
        connection = sqlite3.connect(f"file:{index_dir / 'cache' / FILE_NAME}?mode=ro", uri=True)
        count = connection.execute("SELECT count(*) FROM reading").fetchone()[0]
        connection.close()
    except sqlite3.OperationalError:
        return 0
    return int(count)


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.words: list[tuple[object, ...]] = []

    def begins(self, path: Path) -> None:
        self.words.append(("begins", path))

    def page(self, path: Path, number: int, total: int) -> None:
        self.words.append(("page", path, number, total))

    def ends(self, path: Path) -> None:
        self.words.append(("ends", path))


def refusal(reading: FileReading) -> str:
    assert isinstance(reading.outcome, DocumentError)
    return reading.outcome.message


def test_a_killed_run_goes_on_where_it_was(large_folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    command = [
        sys.executable,
        "-m",
        "cli",
        "ingest",
        str(large_folder),
        "--index",
        str(index_dir),
        "--jobs",
        "1",
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True) as running:
        until = time.monotonic() + 60
        while kept(index_dir) < 2 and running.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
    before = kept(index_dir)
    assert before >= 2
    files = sorted(large_folder.iterdir())
    with ReadingCache(index_dir / "cache") as cache:
        readings = ReadingJob(ReadingLimits(2), cache).read(files, silent)
    assert [reading.path for reading in readings] == files
    assert sum(reading.kept for reading in readings) == before
    assert [reading.outcome for reading in readings] == [read_file(path) for path in files]


def test_the_number_of_processes_never_shows_in_the_index(small_folder: Path, tmp_path: Path) -> None:
    for number in range(3):
        typeset_pdf(small_folder / f"notice-{number}.pdf")
    alone = collect_files([small_folder], {}, silent, ReadingJob(ReadingLimits(1)))
    together = collect_files([small_folder], {}, silent, ReadingJob(ReadingLimits(3)))
    assert len(alone.documents) == 6
    assert list(alone.documents.items()) == list(together.documents.items())


def test_what_did_not_change_is_not_read_again(small_folder: Path, tmp_path: Path) -> None:
    files = sorted(small_folder.iterdir())
    with ReadingCache(tmp_path) as cache:
        first = ReadingJob(cache=cache).read(files, silent)
        files[0].write_text("一、新的内容\n每周放映两场。\n", encoding="utf-8")
        second = ReadingJob(cache=cache).read(files, silent)
    assert [reading.kept for reading in first] == [False, False, False]
    assert [reading.kept for reading in second] == [False, True, True]
    assert second[1].outcome == first[1].outcome
    assert second[0].outcome == read_file(files[0])


def test_a_copy_of_a_read_file_is_known_by_its_content(small_folder: Path) -> None:
    (small_folder / "copy.txt").write_bytes((small_folder / "lift.txt").read_bytes())
    (small_folder / "copy.md").write_bytes((small_folder / "lift.txt").read_bytes())
    assert content_key(small_folder / "copy.txt") == content_key(small_folder / "lift.txt")
    assert content_key(small_folder / "copy.md") != content_key(small_folder / "lift.txt")
    assert content_key(small_folder / "missing.txt") is None


@pytest.mark.parametrize("module", [pdfium, pictures, provenance], ids=attrgetter("__name__"))
def test_readings_are_of_another_version_once_a_module_that_makes_texts_is_changed(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = readers_version()
    (tmp_path / "changed.py").touch()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "changed.py"))
    assert readers_version.__wrapped__() != before


def test_the_name_of_a_file_that_is_known_by_its_content_may_make_it_a_secret(
    small_folder: Path, tmp_path: Path
) -> None:
    with ReadingCache(tmp_path / "cache") as cache:
        ReadingJob(cache=cache).read([small_folder / "lift.txt"], silent)
        renamed = (small_folder / "lift.txt").rename(small_folder / "（机密）加装电梯.txt")
        (reading,) = ReadingJob(cache=cache).read([renamed], silent)
    assert reading.kept and isinstance(reading.outcome, SecrecyError)


def test_a_damaged_cache_is_begun_anew(small_folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    (index_dir / "cache").mkdir(parents=True)
    (index_dir / "cache" / FILE_NAME).write_bytes(b"no database at all, only bytes" * 100)
    with ReadingCache(index_dir / "cache") as cache:
        ReadingJob(cache=cache).read(sorted(small_folder.iterdir()), silent)
    assert kept(index_dir) == 3


@pytest.mark.parametrize("name", ["hz-2024-embedded-plan.md", "hz-2024-343.txt"])
def test_a_reading_survives_being_written_down(name: str) -> None:
    read = read_file(next((ROOT / "corpus").rglob(name)))
    assert parse_reading(write_reading(read)) == read


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A text of 100 MB, which no reader can be done with at once."""
    path = tmp_path / "huge.txt"
    path.write_bytes(LARGE.encode() * 60)
    return path


def test_a_file_that_takes_too_long_costs_itself_alone(large_folder: Path) -> None:
    """The second file never ends, since its process is stopped; the others have many times what they need."""
    files = sorted(large_folder.iterdir())[:4]
    before = children()

    class Stopper(Told):
        def begins(self, path: Path) -> None:
            if path == files[1]:
                (child,) = children() - before
                os.kill(child, signal.SIGSTOP)

    readings = ReadingJob(ReadingLimits(1, seconds_a_file=8), watcher=Stopper()).read(files, silent)
    assert "measures-01.txt: takes more than 8 seconds" in refusal(readings[1])
    assert "--seconds-a-file" in refusal(readings[1])
    assert [readings[n].outcome for n in (0, 2, 3)] == [read_file(files[n]) for n in (0, 2, 3)]


def test_a_file_that_takes_too_much_memory_costs_itself_alone(huge: Path, large_folder: Path) -> None:
    files = [huge, *sorted(large_folder.iterdir())[:1]]
    readings = ReadingJob(ReadingLimits(1, memory=500 * 2**20)).read(files, silent)
    assert "more memory than a file may take; split it" in refusal(readings[0])
    assert readings[1].outcome == read_file(files[1])


def children() -> set[int]:
    """Give the processes that this process has started, from whichever thread."""
    return {
        int(child) for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()
    }


@pytest.mark.parametrize(
    ("blow", "told"),
    [(signal.SIGSEGV, "broke down (Segmentation fault)"), (signal.SIGKILL, "for want of memory; split the file")],
)
def test_a_reader_that_dies_costs_its_file_alone(large_folder: Path, blow: signal.Signals, told: str) -> None:
    files = sorted(large_folder.iterdir())[:3]
    before = children()

    class Striker(Told):
        def begins(self, path: Path) -> None:
            if path == files[1]:
                (child,) = children() - before
                os.kill(child, blow)

    readings = ReadingJob(ReadingLimits(1), watcher=Striker()).read(files, silent)
    assert told in refusal(readings[1])
    assert [readings[n].outcome for n in (0, 2)] == [read_file(files[n]) for n in (0, 2)]


def test_no_process_is_left_behind(large_folder: Path, huge: Path) -> None:
    process = ReadingProcess(memory=4 * 2**30, seconds_a_file=60, threads=1)
    process.read(huge)
    process.end()
    assert not process.alive


def test_a_few_small_texts_are_read_without_another_process(small_folder: Path) -> None:
    told = Told()
    ReadingJob(watcher=told).read(sorted(small_folder.iterdir()), silent)
    assert told.words == []


def test_progress_is_told_file_by_file_and_page_by_page(tmp_path: Path) -> None:
    many = tmp_path / "many.pdf"
    typeset_pdf(many, paragraphs=PARAGRAPHS * 40)
    told = Told()
    done: list[tuple[str, int, int]] = []
    ReadingJob(ReadingLimits(1), watcher=told).read([many], lambda *step: done.append(step))
    assert told.words[0] == ("begins", many) and told.words[-1] == ("ends", many)
    pages = [word[2] for word in told.words if word[0] == "page"]
    assert pages and pages == sorted(pages)
    assert done[0] == ("reading", 0, 1) and done[-1] == ("reading", 1, 1)


def test_the_time_that_ocr_takes_is_not_counted(tmp_path: Path) -> None:
    """By the process that waits: what OCR took, however long that was, is added to the end of the file's time."""
    limit = 3600.0
    process = ReadingProcess(memory=4 * 2**30, seconds_a_file=limit, threads=1)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(scanned_pdf(scanned(typeset_pdf(tmp_path / "printed.pdf").read_bytes())[:1]))
    process.read(scan)
    try:
        while (outcome := process.receive()) is None:
            pass
        assert isinstance(outcome, bytes), outcome
        assert "社区长者食堂" in parse_reading(outcome).text
        assert process.ends - process.began > limit
        assert (process.page, process.pages) == (1, 1)
    finally:
        process.end()


def test_the_process_that_reads_does_not_count_the_time_of_ocr_either() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        signal.alarm(10_000)
        try:
            PageTeller(Connection(ours.detach()))(1, 1, 5_000.0)
            assert signal.alarm(0) > 14_000
        finally:
            signal.alarm(0)


def test_the_command_reads_in_processes_and_says_what_was_refused(
    kb_command: Command, small_folder: Path, tmp_path: Path
) -> None:
    printed = typeset_pdf(small_folder / "whole.pdf")
    (small_folder / "torn.pdf").write_bytes(printed.read_bytes()[:3000])
    done = kb_command("ingest", small_folder, "--index", tmp_path / "index", "--jobs", 2, "--seconds-a-file", 60)
    assert done.returncode == 1
    assert "4 documents" in done.stdout
    assert "torn.pdf" in done.stderr and "broken or truncated" in done.stderr


def test_command_library_and_document_agree_on_the_time_for_a_file() -> None:
    default = inspect.signature(ingest).parameters["seconds_a_file"].default
    assert default == ReadingLimits(1).seconds_a_file
    assert f"--seconds-a-file {default:g}]" in (ROOT / "docs" / "ingestion.md").read_text("utf-8")
