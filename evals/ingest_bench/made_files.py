"""Files made of paragraphs of the corpus, in the ways in which offices make them: printed, typeset, exported,
scanned."""

from __future__ import annotations

import functools
import html
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import fpdf
from PIL import Image, ImageFont

from evals.ingest_bench.typesetting import PAGE, SetLine
from ingest.pdfium import open_page, open_pdf, picture_of_page
from ingest.readers import read_file

CHROMIUM = shutil.which("chromium")  # Prints as the browsers do that officials print web pages with.
_FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
_SIMPLIFIED_FACE = 2  # The collection holds five faces: JP, KR, SC, TC, HK.
_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>x</title><style>
@page {{ size: A4; margin: 25mm }} body {{ font-family: "Noto Serif CJK SC"; font-size: 16pt; line-height: 1.8 }}
p {{ text-indent: 2em; margin: 0; text-align: justify }}</style></head><body>{body}</body></html>"""


def corpus_paragraphs(corpus: Path, characters: int) -> list[str]:
    """Give running paragraphs of the corpus's full texts, about so many characters in all."""
    found: list[str] = []
    for path in sorted((corpus / "policies").glob("*.md")):
        for line in read_file(path).text.split("\n"):
            text = " ".join(line.split())
            if len(text) > 4 and "|" not in text and text not in found:
                found.append(text)
            if sum(map(len, found)) >= characters:
                return found
    return found


def printed_by_chromium(paragraphs: Sequence[str], colours: dict[int, tuple[int, int, str]]) -> bytes:
    """Print paragraphs; `colours` gives some of them a stretch, from and to, in a colour of its own."""
    body = []
    for number, text in enumerate(paragraphs):
        start, end, colour = colours.get(number, (0, 0, ""))
        parts = [html.escape(part) for part in (text[:start], text[start:end], text[end:])]
        marked = f'<span style="color: {colour}">{parts[1]}</span>' if colour else parts[1]
        body.append(f"<p>{parts[0]}{marked}{parts[2]}</p>")
    return printed_page(_PAGE.format(body="".join(body)))


def printed_page(page_text: str) -> bytes:
    """Let Chromium print a page."""
    with tempfile.TemporaryDirectory() as folder:
        page, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(page_text, encoding="utf-8")
        command = [
            CHROMIUM or "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--no-pdf-header-footer", f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", page.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return target.read_bytes()


def pdf_of_lines(pages: Sequence[Sequence[SetLine]]) -> bytes:
    """Give a PDF with these lines on its pages."""
    document = fpdf.FPDF(format=PAGE, unit="pt")
    document.set_auto_page_break(False)
    document.add_font("cjk", fname=_FONT, collection_font_number=_SIMPLIFIED_FACE)
    for lines in pages:
        document.add_page()
        for line in lines:
            document.set_font("cjk", size=line.size)
            document.text(line.x, line.y, line.text)
    return bytes(document.output())


def set_width(text: str) -> float:
    """Give how wide `pdf_of_lines` sets a text, in em, by the widths in the font itself."""
    return _wide_font().getlength(text) / 1000


@functools.cache
def _wide_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, 1000, index=_SIMPLIFIED_FACE, layout_engine=ImageFont.Layout.BASIC)


def scan_of(data: bytes, dots_per_inch: int = 200) -> bytes:
    """Scan a PDF: give another whose pages are pictures in grey."""
    pictures: list[Image.Image] = []
    with open_pdf(data) as document:
        for number in range(1, len(document) + 1):
            with open_page(document, number) as page:
                pictures.append(picture_of_page(page, dots_per_inch).convert("L"))
    target = BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=dots_per_inch)
    return target.getvalue()
