"""Pages: the text of PDF, OFD and scans against the text they were made from, and quotations against their places.

Where a quotation stands is known without the reader: in files of set lines by the lines, in pages printed by
Chromium by printing each quotation in a colour of its own.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.ingest_bench.accuracy import character_accuracy
from evals.ingest_bench.made_files import (
    CHROMIUM,
    corpus_paragraphs,
    pdf_of_lines,
    printed_by_chromium,
    scan_of,
    set_width,
)
from evals.ingest_bench.ofd_sample import Style, ofd_of_lines
from evals.ingest_bench.typesetting import SetLine, set_lines
from evals.row import BenchRow
from ingest.pdfium import open_page, open_pdf, picture_of_page
from ingest.readers.file_reader import ReadText
from ingest.readers.ofd import OfdReader
from ingest.readers.pdf import PdfReader
from kb.layout import Box
from kb.text.widths import ems

_CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"
_CHARACTERS = 60_000  # Some forty pages of the corpus's own text.
_SCANNED = 6  # pages, at some seconds each
_LONG = 2_000  # pages of the long PDF
_DOTS = 144
_QUOTES = 240
_PROGRAM = (
    "import sys; from pathlib import Path; from ingest.readers import read_file;"
    "read = read_file(Path(sys.argv[1])); status = Path('/proc/self/status').read_text();"
    "print(len(read.page_starts), int(status.split('VmHWM:')[1].split()[0]) // 1024)"
)


def rows() -> list[BenchRow]:
    """Make the files, read them and say how right they came out."""
    paragraphs = corpus_paragraphs(_CORPUS, _CHARACTERS)
    truth = "\n".join(paragraphs)
    pages = set_lines(paragraphs)
    typeset = pdf_of_lines(pages)
    read = _read_pdf(typeset)
    found = [_accuracy(f"typeset PDF, {len(pages)} pages", 0.999, read.text, truth)]
    found.append(_places("typeset PDF", read, pages, set_width))
    if CHROMIUM:
        found += _measure_chromium(paragraphs)
    ofd = OfdReader().read(Path("made.ofd"), ofd_of_lines(pages, Style(scale=1.5, pieces=9, template=True)))
    found += [_accuracy("OFD", 0.999, ofd.text, truth), _places("OFD", ofd, pages, ems)]
    few = set_lines(paragraphs, size=15.0, columns=29, rows=24)[:_SCANNED]
    scan = _read_pdf(scan_of(pdf_of_lines(few)))
    seen = "".join(line.text for page in few for line in page[:-1])
    blank_free = ["".join(text.split()) for text in (scan.text, seen)]
    found += [
        _accuracy(f"clean scan, 200 dpi, {_SCANNED} pages", 0.98, *blank_free),
        _places("scan", scan, few, set_width, near=0.6),
    ]
    return [*found, _measure_memory(pages)]


def _read_pdf(data: bytes) -> ReadText:
    return PdfReader().read(Path("made.pdf"), data)


def _accuracy(what: str, mark: float, found: str, truth: str) -> BenchRow:
    return BenchRow(f"characters of a {what}", f"{mark}", f"{character_accuracy(found, truth):.5f}")


def _places(
    what: str, read: ReadText, pages: Sequence[Sequence[SetLine]], width: Callable[[str], float], near: float = 0.3
) -> BenchRow:
    """Hold the marks of quotations, drawn at random from lines, against where the lines were set.

    `width` tells how wide the file's text is, `near` how much an edge of a mark may be off, both in em.
    """
    chance = random.Random(7)
    whole = [(number, line) for number, page in enumerate(pages, 1) for line in page[:-1]]
    right = tried = 0
    for _ in range(4 * _QUOTES):  # some are there twice, some were misread
        number, line = chance.choice(whole)
        length = min(chance.randint(2, 20), len(line.text))
        at = chance.randrange(len(line.text) - length + 1)
        quote = line.text[at : at + length]
        if quote != quote.strip() or read.text.count(quote) != 1:
            continue
        tried += 1
        left, right_edge = (line.x + width(line.text[:n]) * line.size for n in (at, at + length))
        wanted = Box(0, 0, left, line.y - line.size, right_edge, line.y + 0.3 * line.size)
        start = read.text.index(quote)
        found = [
            (page.number, mark)
            for page in read.layout.pages
            for mark in page.marks(read.text, start, start + len(quote))
        ]
        right += bool(found) and all(
            on == number and wanted.y0 <= (mark.y0 + mark.y1) / 2 <= wanted.y1 for on, mark in found
        ) and _meets(wanted, [mark for _, mark in found], near * line.size)  # fmt: skip
    return BenchRow(f"quotations of a {what} marked in their box", "0.99", f"{right / tried:.4f}")


def _meets(wanted: Box, marks: Sequence[Box], near: float) -> bool:
    return (
        abs(min(mark.x0 for mark in marks) - wanted.x0) <= near
        and abs(max(mark.x1 for mark in marks) - wanted.x1) <= near
    )


def _measure_chromium(paragraphs: Sequence[str]) -> list[BenchRow]:
    chance = random.Random(11)
    stretches: dict[int, tuple[int, int, str]] = {}
    colours: dict[int, int] = {}
    for number, text in enumerate(paragraphs):
        start = chance.randrange(max(len(text) - 4, 1))
        end = min(len(text), start + chance.randint(2, 30))
        if len(stretches) < _QUOTES and text[start:end] == text[start:end].strip():
            red, green = 250 - 6 * (len(stretches) % 10), 8 * (len(stretches) // 10)
            colours[number] = (red << 16) + (green << 8) + 5
            stretches[number] = (start, end, f"#{colours[number]:06x}")
    data = printed_by_chromium(paragraphs, stretches)
    read = _read_pdf(data)
    truth = "\n".join(paragraphs)
    whole = _accuracy(f"PDF printed by Chromium, {len(read.page_starts)} pages", 0.999, read.text, truth)
    pictures = [_codes(data, page.number) for page in read.layout.pages]
    right = 0
    for number, (start, end, _) in stretches.items():
        at = f"\n{read.text}\n".find(f"\n{paragraphs[number]}\n")
        if at >= 0:
            right += _is_marked(read, pictures, at + start, at + end, colours[number])
    return [whole, BenchRow("quotations of a printed PDF marked in their box", "0.99", f"{right / len(stretches):.4f}")]


def _is_marked(read: ReadText, pictures: Sequence[NDArray[np.uint32]], start: int, end: int, colour: int) -> bool:
    """Tell whether the marks hold the ink of a colour, but for what hangs over, and no black ink."""
    seen = 0
    for page, picture in zip(read.layout.pages, pictures, strict=True):
        ink = picture == colour
        marks = page.marks(read.text, start, end)
        if not marks and not ink.any():
            continue
        outside = (ink & ~_inside(marks, picture.shape, 1.0)).sum()
        if outside > 0.01 * ink.sum() or ((picture == 0) & _inside(marks, picture.shape, -1.5)).any():
            return False
        seen += int(ink.sum())
    return seen > 0


def _codes(data: bytes, number: int) -> NDArray[np.uint32]:
    with open_pdf(data) as document, open_page(document, number) as page:
        picture = np.asarray(picture_of_page(page, _DOTS)).astype(np.uint32)
    codes: NDArray[np.uint32] = (picture[..., 0] << 16) + (picture[..., 1] << 8) + picture[..., 2]
    return codes


def _inside(boxes: Sequence[Box], shape: tuple[int, ...], margin: float) -> NDArray[np.bool_]:
    found = np.zeros(shape, dtype=bool)
    for box in boxes:
        edges = (box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin)
        left, top, right, bottom = (round(max(edge, 0) * _DOTS / 72) for edge in edges)
        found[top:bottom, left:right] = True
    return found


def _measure_memory(pages: Sequence[Sequence[SetLine]]) -> BenchRow:
    """Read a long PDF in a process of its own."""
    many = [pages[number % len(pages)] for number in range(_LONG)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "long.pdf")
        path.write_bytes(pdf_of_lines(many))
        done = subprocess.run([sys.executable, "-c", _PROGRAM, path], capture_output=True, text=True, check=True)
    count, megabytes = done.stdout.split()
    return BenchRow(f"memory for a PDF of {count} pages", "1024 MB", f"{megabytes} MB")
