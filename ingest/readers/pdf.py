"""PDF with a text layer (.pdf), by pypdf; every character keeps its page.

The text of the pages is set back into paragraphs by `paragraphs`. What a broken or hostile file can
make pypdf do is bounded: its own limits on sizes, depths and loops, a deadline that is looked at
with every drawing operator, and one place where whatever it raises becomes a `DocumentError`.
"""

from __future__ import annotations

import logging
import math
import time
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from pypdf import Configuration, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from ingest.readers.canonical import canonical
from ingest.readers.paragraphs import Line, set_paragraphs
from ingest.readers.reading import ReadText
from ingest.readers.signatures import recognise
from kb.errors import DocumentError
from kb.text.radicals import with_door, without_radicals

MAX_PAGES = 10_000
_LIMITS = Configuration(
    zlib_maximum_output_length=2**25,
    lzw_maximum_output_length=2**25,
    run_length_maximum_output_length=2**25,
    stream_parsing_work_maximum_count=500_000,
)
_LOCKED = "is encrypted and needs a password; save a copy without one"
_MOST_RUBBISH = 0.1
_RUBBISH = ("Co", "Cn", "Cc", "Cs")

# pypdf tells its log about every oddity of a file; what matters comes out as a DocumentError.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)


class _DeadlineError(Exception):
    """The time for a page or a file is over."""


class PdfReader:
    """Reads PDFs that hold text; scans are refused until they have gone through OCR.

    A page may take `seconds_a_page`, the whole file `seconds_a_file`.
    """

    suffixes: tuple[str, ...] = (".pdf",)
    media_type = "application/pdf"
    format_name = "a PDF"

    def __init__(self, seconds_a_page: float = 10.0, seconds_a_file: float = 600.0) -> None:
        self.seconds_a_page = seconds_a_page
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        if b"%PDF-" not in data[:1024]:
            raise DocumentError(path, _no_pdf(path, data))
        with warnings.catch_warnings(), apply_configuration(_LIMITS):
            warnings.simplefilter("ignore")
            pages = self._pages(path, data)
        if not any(line.text.strip() for page in pages for line in page):
            remedy = "make it searchable with OCR first (it looks like a scan)"
            raise DocumentError(path, f"its {len(pages)} pages hold no text, only pictures or nothing; {remedy}")
        text, page_starts = set_paragraphs(pages)
        return ReadText(with_door(text), page_starts, None, self.media_type)

    def _pages(self, path: Path, data: bytes) -> list[list[Line]]:
        end = time.monotonic() + self.seconds_a_file
        with _pypdf_errors(path, None):
            document = pypdf.PdfReader(BytesIO(data))
            encrypted = document.is_encrypted and not document.decrypt("")
        if encrypted:
            raise DocumentError(path, _LOCKED)
        with _pypdf_errors(path, None):
            count = len(document.pages)
        if count == 0:
            raise DocumentError(path, "has no pages; print or export it again")
        if count > MAX_PAGES:
            raise DocumentError(path, f"has {count} pages, more than the {MAX_PAGES} that are read; split it")
        pages = []
        for number in range(1, count + 1):
            with _pypdf_errors(path, number):
                page = document.pages[number - 1]
                _name_encodings(page)
                lines, rubbish = _read_lines(page, min(end, time.monotonic() + self.seconds_a_page))
            if rubbish > _MOST_RUBBISH:
                reason = f"page {number}: {rubbish:.0%} of the characters are unreadable, its fonts do not name them"
                raise DocumentError(path, f"{reason}; print it to a new PDF with OCR")
            pages.append(lines)
        return pages


@contextmanager
def _pypdf_errors(path: Path, page: int | None) -> Iterator[None]:
    """Turn whatever pypdf raises into a DocumentError that names the page."""
    where = f"page {page}: " if page else ""
    try:
        yield
    except FileNotDecryptedError:
        raise DocumentError(path, _LOCKED) from None
    except DependencyError:
        raise DocumentError(path, "is encrypted with AES; install the package cryptography to read it") from None
    except (_DeadlineError, LimitReachedError, MemoryError) as error:
        what = f"takes more time or memory than a document should ({_words(error)})"
        raise DocumentError(path, f"{where}{what}; print it to a new PDF") from error
    except Exception as error:  # a broken file makes pypdf raise any built-in exception, not only its own
        what = f"is a broken or truncated PDF ({_words(error)})"
        raise DocumentError(path, f"{where}{what}; fetch or export it again") from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__


def _no_pdf(path: Path, data: bytes) -> str:
    found = recognise(data)
    if found:
        return f"looks like {found[0]}, not a PDF as its name says; rename it to {path.with_suffix(found[1]).name}"
    return f"is no PDF (it begins with bytes {data[:8].hex(' ')}); name it after its real format, such as .txt"


def _name_encodings(page: pypdf.PageObject) -> None:
    """Name the encoding of fonts that embed it: pypdf reads them byte by byte, though their codes have two.

    What the codes mean is in the font's Unicode map in either case.
    """
    resources = page.get("/Resources", DictionaryObject()).get_object()
    fonts = resources.get("/Font", DictionaryObject()).get_object()
    for entry in fonts.values():
        font = entry.get_object()
        if font.get("/Subtype") == "/Type0" and "/Encoding" in font and isinstance(font["/Encoding"], StreamObject):
            font[NameObject("/Encoding")] = NameObject("/Identity-H")


def _is_rubbish(char: str) -> bool:
    return char == "\ufffd" or (unicodedata.category(char) in _RUBBISH and char not in "\t\r\n")


def _read_lines(page: pypdf.PageObject, deadline: float) -> tuple[list[Line], float]:
    """Give the lines of a page, each with the place and size of its first character, and the share of rubbish."""
    lines: list[Line] = []
    pieces: list[str] = []
    place: list[float] = []
    rubbish = characters = 0

    def watch(operator: Any, operands: Any, cm: Any, tm: Any) -> None:
        if time.monotonic() > deadline:
            raise _DeadlineError("the time is over")

    def end_line() -> None:
        text = canonical(without_radicals("".join(pieces))).replace("\n", " ")
        if text.strip() and place:
            x, y, size = place
            indent = len(text) - len(text.lstrip("\u3000"))
            lines.append(Line(text.strip(), x + indent * size, y, size))
        pieces.clear()
        place.clear()

    def collect(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        nonlocal rubbish, characters
        characters += len(text)
        rubbish += sum(map(_is_rubbish, text))
        for number, piece in enumerate(text.split("\n")):
            if number:
                end_line()
            if piece and not place:
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                up = (tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3])
                place.extend((x, y, abs(size) * math.hypot(*up)))
            pieces.append(piece)

    page.extract_text(visitor_operand_before=watch, visitor_text=collect)
    end_line()
    return lines, rubbish / characters if characters else 0.0
