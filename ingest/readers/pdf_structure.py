"""Whether a PDF is whole, open and of a sane size, checked with pypdf before PDFium draws it.

PDFium mends what is broken and shows what is left, which would lose pages without a word; pypdf says what
is wrong. What a hostile file can cost is bounded here: pypdf's limits on sizes, depths and loops hold for
the page tree and for every stream of drawing operators.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from io import BytesIO
from pathlib import Path

import pypdf
from pypdf import Configuration, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError
from pypdf.generic import DictionaryObject, StreamObject

from ingest.readers.canonical import canonical
from ingest.readers.file_reader import Unread
from ingest.readers.pdf_fields import FilledField, filled_fields, notes_and_attachments
from kb.errors import DocumentError

MAX_PAGES = 10_000  # a bound on what a broken or hostile file can cost
_LIMITS = Configuration(
    zlib_maximum_output_length=2**25,
    lzw_maximum_output_length=2**25,
    run_length_maximum_output_length=2**25,
    stream_parsing_work_maximum_count=500_000,
)
_XML_TEXT = re.compile(r">([^<>]{2,400})<")
_LONGEST_PROPERTY = 200  # characters

# pypdf tells its log about every oddity of a file; what matters comes out as a DocumentError.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)


class DeadlineError(Exception):
    """The time for a page or a file is over."""


class PdfStructure:
    """The page tree and the streams of a PDF; raise DocumentError where a part of it is broken."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        with _quietly(), pdf_errors(path, None):
            self._document = pypdf.PdfReader(BytesIO(data))
            encrypted = self._document.is_encrypted and not self._document.decrypt("")
        if encrypted:
            raise DocumentError.of("pdf_locked", file=path)
        with _quietly(), pdf_errors(path, None):
            self.pages = len(self._document.pages)
        if self.pages == 0:
            raise DocumentError.of("file_without_pages", file=path)
        if self.pages > MAX_PAGES:
            raise DocumentError.of("too_many_pages", file=path, pages=self.pages, most=MAX_PAGES)

    def properties(self) -> list[str]:
        """Give what the file says of itself (title, subject, keywords ...), in its dictionary and in its XML."""
        try:
            with _quietly():
                words = [str(value) for value in (self._document.metadata or {}).values()]
                packet = self._document.root_object.get("/Metadata")
                data = packet.get_object().get_data() if packet is not None else b""
        except Exception:  # it is no part of the document: where it is broken it says nothing
            return []
        words += _XML_TEXT.findall(data.decode("utf-8", "ignore"))
        return [found for word in words if 1 < len(found := canonical(unescape(word)).strip()) <= _LONGEST_PROPERTY]

    def unread(self) -> list[Unread]:
        """Name the files that are attached to the whole document, and a form that only Adobe's programs draw (XFA)."""
        try:
            with _quietly():
                found = [Unread("attachment", name) for name in self._document.attachments]
                form = self._document.root_object.get("/AcroForm")
                if form is not None and "/XFA" in form.get_object():
                    found.append(Unread("part", "XFA"))
        except Exception:  # it is no part of the text; what is broken here is named
            return [Unread("attachment")]
        return found

    def filled(self, number: int) -> tuple[list[FilledField], list[Unread]]:
        """Give what was filled into page `number`, and what is noted on it or attached to it."""
        with _quietly(), pdf_errors(self._path, number):
            page = self._document.pages[number - 1]
            beside = Counter(notes_and_attachments(page))
            unread = [
                Unread("attachment" if kind == "attachment" else "annotation", name, number, count)
                for (kind, name), count in beside.items()
            ]
            return list(filled_fields(page)), unread

    def check(self, number: int) -> None:
        """Unpack whatever draws page `number`, from 1."""
        with _quietly(), pdf_errors(self._path, number):
            page = self._document.pages[number - 1]
            contents = page.get_contents()
            if contents is not None:
                contents.get_data()
            _check_forms(page, set())
            self._document.resolved_objects.clear()  # else it keeps all that it ever read


def _check_forms(holder: DictionaryObject, seen: set[int]) -> None:
    resources = holder.get("/Resources", DictionaryObject()).get_object()
    if not isinstance(resources, DictionaryObject):
        return
    objects = resources.get("/XObject", DictionaryObject()).get_object()
    for entry in objects.values() if isinstance(objects, DictionaryObject) else ():
        form = entry.get_object()
        if isinstance(form, StreamObject) and form.get("/Subtype") == "/Form" and id(form) not in seen:
            seen.add(id(form))
            form.get_data()
            _check_forms(form, seen)


@contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings(), apply_configuration(_LIMITS):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def pdf_errors(path: Path, page: int | None) -> Iterator[None]:
    """Turn whatever reading a PDF raises into a DocumentError that names the page."""
    try:
        yield
    except DocumentError:
        raise
    except FileNotDecryptedError:
        raise DocumentError.of("pdf_locked", file=path) from None
    except DependencyError:
        raise DocumentError.of("pdf_in_aes", file=path) from None
    except (DeadlineError, LimitReachedError, MemoryError) as error:
        raise DocumentError.of("pdf_too_costly", file=path, page=page, cause=_words(error)) from error
    except Exception as error:  # a broken file makes pypdf raise any built-in exception, not only its own
        raise DocumentError.of("pdf_broken", file=path, page=page, cause=_words(error)) from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
