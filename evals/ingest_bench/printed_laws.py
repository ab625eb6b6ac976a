"""Laws printed to PDF by Chromium and LibreOffice, in one column and in two: their characters and their clauses.

What is true is known from the text that was printed; its clauses are those that the outline finds in it.
"""

from __future__ import annotations

import html
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from io import BytesIO
from pathlib import Path

import docx
from docx.oxml.ns import qn
from docx.shared import Pt

from evals.ingest_bench.accuracy import character_accuracy
from evals.ingest_bench.made_files import CHROMIUM, printed_page
from evals.ingest_bench.marks import OFFICIAL
from evals.row import BenchRow
from ingest.formalities import with_formalities
from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.readers import read_file
from ingest.readers.office_program import OfficeProgram
from ingest.readers.pdf import PdfReader

_EVERY = 8  # of the laws is printed: 8 of 60, in four ways
_FONT = "Noto Serif CJK SC"
_PAGE = f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>x</title><style>
@page {{{{ size: A4; margin: 25mm }}}} body {{{{ font-family: "{_FONT}"; font-size: {{size}}pt; line-height: 1.7; columns: {{columns}}; column-gap: 10mm }}}}
h1 {{{{ font-size: 150%; text-align: center }}}} h2 {{{{ font-size: 115%; text-align: center }}}}
p {{{{ text-indent: 2em; margin: 0; text-align: justify }}}}</style></head><body>{{body}}</body></html>"""
_BLANKS = re.compile(" {2,}")  # which web pages show as one
_SIZES = {1: 15, 2: 10.5}  # points, by columns


def rows(every: int = _EVERY) -> list[BenchRow]:
    """Print some laws in every way that this machine can, and read them."""
    if not OFFICIAL.exists():
        return [BenchRow("laws printed to PDF", "", "left out: ../shared/official is not here")]
    office = OfficeProgram()
    laws = list(_laws(every))
    ways: list[tuple[str, Callable[[Sequence[str], int], bytes | None]]] = []
    if CHROMIUM:
        ways.append(("Chromium", _by_chromium))
    if office.program():
        ways.append(("LibreOffice", lambda lines, columns: _by_office(office, lines, columns)))
    measured = []
    try:
        for name, printed in ways:
            for columns in _SIZES:
                measured += _measure(f"{name}, {columns} column{'s' * (columns > 1)}", laws, printed, columns)
    finally:
        office.end()
    missing = [BenchRow(f"laws printed by {name}", "", "left out: it is not installed") for name in ("Chromium", "LibreOffice")
               if name not in {way for way, _ in ways}]  # fmt: skip
    return [*measured, *missing]


def _laws(every: int) -> Iterator[tuple[str, list[str]]]:
    for path in sorted(OFFICIAL.glob("*.md"))[::every]:
        lines = (_BLANKS.sub(" ", line).strip() for line in read_file(path).text.split("\n"))
        yield path.stem, [line for line in lines if line]


def _measure(
    what: str,
    laws: Sequence[tuple[str, list[str]]],
    printed: Callable[[Sequence[str], int], bytes | None],
    columns: int,
) -> list[BenchRow]:
    wrong = characters = right = clauses = 0.0
    for name, lines in laws:
        truth = "\n".join(lines)
        data = printed(lines, columns)
        found = PdfReader().read(Path("law.pdf"), data).text if data else ""
        wrong += (1 - character_accuracy(found, truth)) * len(truth)
        characters += len(truth)
        true, read = _clauses(truth), _clauses(found)
        right += (true & read).total()
        clauses += true.total()
        for line in unified_diff(lines, found.split("\n"), lineterm="", n=0):
            if line[:1] in "+-" and line[:3] not in ("+++", "---"):
                print(f"{what}, {name}: {line[:200]}", file=sys.stderr)
    return [
        BenchRow(f"characters of {len(laws)} laws printed by {what}", "0.9999", f"{1 - wrong / characters:.5f}"),
        BenchRow(
            "clauses of them with label and text", "0.999", f"{right / clauses:.4f} ({right:.0f} of {clauses:.0f})"
        ),
    ]


def _clauses(text: str) -> Counter[tuple[str, str]]:
    header = with_formalities(text, read_header(text))
    return Counter(
        (clause.label, text[clause.start : clause.end].strip()) for clause in parse_outline("law", text, header.blocks)
    )


def _by_chromium(lines: Sequence[str], columns: int) -> bytes:
    body = "".join(f"<{tag}>{html.escape(line)}</{tag}>" for tag, line in _tagged(lines))
    return printed_page(_PAGE.format(size=_SIZES[columns], columns=columns, body=body))


def _by_office(office: OfficeProgram, lines: Sequence[str], columns: int) -> bytes | None:
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(_SIZES[columns])
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    for tag, line in _tagged(lines):
        paragraph = document.add_paragraph()
        run = paragraph.add_run(line)
        paragraph.paragraph_format.space_after = Pt(0)
        if tag == "p":
            paragraph.paragraph_format.first_line_indent = Pt(2 * _SIZES[columns])
            paragraph.alignment = 3  # justified
        else:
            run.font.size = Pt((1.5 if tag == "h1" else 1.15) * _SIZES[columns])
            paragraph.alignment = 1  # centred
    settings = document.sections[0]._sectPr
    for found in settings.findall(qn("w:cols")):
        found.set(qn("w:num"), str(columns))
    target = BytesIO()
    document.save(target)
    return office.convert(target.getvalue(), ".docx", ".pdf", 120)


def _tagged(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        yield "h1" if number == 0 else "h2" if _is_chapter(line) else "p", line


def _is_chapter(line: str) -> bool:
    head = line[1:].lstrip("零一二三四五六七八九十百")
    return line.startswith("第") and head[:1] in ("编", "章", "节")
