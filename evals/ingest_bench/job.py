"""Ingestion as a job: two processes against one, and a run that goes on after a kill.

The files are notices set in type and printed to PDF here, each with words of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import fpdf

from evals.ingest_bench.typesetting import set_lines
from evals.row import BenchRow
from ingest.reading_cache import ReadingCache
from ingest.reading_job import ReadingJob
from ingest.reading_pool import ReadingLimits

# From Debian's fonts-noto-cjk, which `make chromium` installs.
CJK_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
_SIMPLIFIED_FACE = 2  # of the fonts in that collection
_FILES, _PARAGRAPHS = 12, 400
_TEXT = (
    "第{n}条　年满{age}周岁的老年人在社区长者食堂就餐的，每餐补贴{yuan}元，由市、区两级财政按比例分担，列入年度预算。"
)


def rows() -> list[BenchRow]:
    """Measure in a folder that is removed afterwards."""
    if not Path(CJK_FONT).exists():
        return [BenchRow("ingestion as a job", "", "left out: install the package fonts-noto-cjk")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        printed = [_print_file(folder / "files" / f"measures-{n:02}.pdf", n, _PARAGRAPHS) for n in range(_FILES)]
        files, pages = [path for path, _ in printed], printed[0][1]
        one, two = (_seconds(files, jobs) for jobs in (1, 2))
        before, kept = _killed_and_resumed(folder, files)
        return [
            BenchRow(f"read {_FILES} PDF files of {pages} pages each with 1 process", "", f"{one:.2f} s"),
            BenchRow("the same with 2 processes, times as fast", "1.5 on 2 idle cores", f"{one / two:.2f}"),
            BenchRow("files read before a SIGKILL that are not read again", "all", f"{kept} of {before}"),
        ]


def _print_file(path: Path, number: int, paragraphs: int) -> tuple[Path, int]:
    """Print a notice of so many paragraphs; give its path and how many pages it has."""
    texts = [_TEXT.format(n=n, age=60 + n % 40, yuan=number + n % 9) for n in range(paragraphs)]
    document = fpdf.FPDF(format="A4", unit="pt")
    document.set_auto_page_break(False)
    document.add_font("cjk", fname=CJK_FONT, collection_font_number=_SIMPLIFIED_FACE)
    for lines in set_lines(texts):
        document.add_page()
        for line in lines:
            document.set_font("cjk", size=line.size)
            document.text(line.x, line.y, line.text)
    document.output(str(path))
    return path, document.page_no()


def _seconds(files: Sequence[Path], jobs: int) -> float:
    """Time reading all files, the start of the processes included."""
    began = time.perf_counter()
    ReadingJob(ReadingLimits(jobs, seconds_a_file=600)).read(files, lambda step, done, total: None)
    return time.perf_counter() - began


def _killed_and_resumed(folder: Path, files: Sequence[Path]) -> tuple[int, int]:
    """Kill a run halfway and read again; give how many files were kept at the kill, and how many were not read
    again."""
    index = folder / "index"
    program = (
        "import sys; from pathlib import Path; from ingest.reading_cache import ReadingCache; "
        "from ingest.reading_job import ReadingJob; from ingest.reading_pool import ReadingLimits; "
        "ReadingJob(ReadingLimits(1), ReadingCache(Path(sys.argv[1]))).read([Path(p) for p in sys.argv[2:]], lambda *step: "
        "print(step[1], flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(index), *map(str, files)], stdout=subprocess.PIPE, text=True
    ) as running:
        before = 0
        for line in running.stdout or ():
            before = int(line)
            if before >= len(files) // 2:
                os.kill(running.pid, signal.SIGKILL)
                break
    with ReadingCache(index) as cache:
        readings = ReadingJob(ReadingLimits(2), cache).read(files, lambda step, done, total: None)
    return before, min(before, sum(reading.kept for reading in readings))
