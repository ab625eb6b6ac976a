"""Reading a file: the reader is picked by the name and the bytes have to agree with it."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from pathlib import Path

from ingest.readers.archive import archive_of, read_member
from ingest.readers.docx import DocxReader
from ingest.readers.html import HtmlReader
from ingest.readers.legacy import LegacyReader
from ingest.readers.markdown import MarkdownReader
from ingest.readers.ofd import OfdReader
from ingest.readers.pdf import PdfReader
from ingest.readers.picture import PictureReader
from ingest.readers.reading import Reader, ReadText
from ingest.readers.signatures import recognise
from ingest.readers.spreadsheet import CsvReader, SpreadsheetReader
from ingest.readers.text import TextReader
from kb.errors import DocumentError

READERS: tuple[Reader, ...] = (
    TextReader(),
    MarkdownReader(),
    HtmlReader(),
    PdfReader(),
    DocxReader(),
    SpreadsheetReader(),
    CsvReader(),
    LegacyReader((".doc", ".wps", ".rtf"), "application/msword", "a DOC, WPS or RTF file", DocxReader()),
    LegacyReader((".xls", ".et"), "application/vnd.ms-excel", "an XLS or ET file", SpreadsheetReader()),
    OfdReader(),
    PictureReader("image/png", (".png",), "a PNG picture"),
    PictureReader("image/jpeg", (".jpg", ".jpeg"), "a JPEG picture"),
    PictureReader("image/tiff", (".tif", ".tiff"), "a TIFF picture"),
)
MAX_BYTES = 200 * 2**20
_BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}
SUFFIXES = frozenset(_BY_SUFFIX)


def readable(path: Path) -> bool:
    """Tell whether the name of `path` is that of a format with a reader."""
    return path.suffix.lower() in SUFFIXES


def read_file(path: Path) -> ReadText:
    """Read one file into its canonical text.

    Raises DocumentError, and nothing else, for whatever cannot be read: its line names the file, the
    reason and the remedy.
    """
    data = _bytes_of(path)
    reader = _BY_SUFFIX.get(path.suffix.lower())
    if reader is None:
        named = f"files named {path.suffix}" if path.suffix else "files without a suffix"
        raise DocumentError(path, f"{named} cannot be read; convert it to one of {', '.join(sorted(SUFFIXES))}")
    if not data.strip(b" \t\r\n\x00"):
        raise DocumentError(path, "is empty; put the document's text in it or remove it")
    _check_type(path, data, reader)
    read = reader.read(path, data)
    if not read.text.strip():
        raise DocumentError(path, "holds no text, only blanks and marks; put the document's text in it or remove it")
    return replace(read, file_sha256=hashlib.sha256(data).hexdigest())


def _bytes_of(path: Path) -> bytes:
    archive = archive_of(path)
    if archive:
        return read_member(archive, path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DocumentError(path, "is a folder, not a file; give the files in it")
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError(path, "is not a regular file; copy its content into a file")
        if status.st_size > MAX_BYTES:
            size, limit = status.st_size // 2**20, MAX_BYTES // 2**20
            raise DocumentError(path, f"has {size} MB, more than the {limit} MB that are read; split it")
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(path, "there is no such file; check the path") from None
    except PermissionError:
        raise DocumentError(path, "may not be read; give yourself permission (chmod u+r)") from None
    except (OSError, ValueError) as error:
        raise DocumentError(path, f"cannot be opened ({error}); check the path and the disk") from None


def _check_type(path: Path, data: bytes, reader: Reader) -> None:
    found = recognise(data)
    if found is None:
        return
    looks_like, suffix = found
    if suffix in reader.suffixes:
        return
    if "locked" in looks_like:
        raise DocumentError(path, f"is {looks_like}; save a copy without the password")
    if suffix in SUFFIXES:
        remedy = f"rename it to {path.with_suffix(suffix).name}"
    else:
        remedy = f"convert it to one of {', '.join(sorted(SUFFIXES))}"
        if suffix:
            remedy = f"name it {path.with_suffix(suffix).name} and {remedy}"
    raise DocumentError(path, f"looks like {looks_like}, not {reader.format_name} as its name says; {remedy}")
