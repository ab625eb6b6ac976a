"""Reading a file: the reader is picked by the name and the bytes have to agree with it."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from pathlib import Path

from ingest.readers.archive import SUFFIXES as ARCHIVES
from ingest.readers.archive import archive_of, read_member
from ingest.readers.docx import DocxReader
from ingest.readers.epub import EpubReader
from ingest.readers.file_reader import FileReader, ReadText
from ingest.readers.html import HtmlReader
from ingest.readers.legacy import OPEN_DOCUMENT, UNIFORM_OFFICE, LegacyReader
from ingest.readers.mail import EmlReader, MsgReader
from ingest.readers.markdown import MarkdownReader
from ingest.readers.mht import MhtReader
from ingest.readers.ofd import OfdReader
from ingest.readers.office_program import OfficeProgram
from ingest.readers.pdf import PdfReader
from ingest.readers.picture import PictureReader
from ingest.readers.plain_text import TextReader
from ingest.readers.signatures import LOCKED, UNIFORM_PACKAGE, recognise
from ingest.readers.slides import SlidesReader
from ingest.readers.spreadsheet import CsvReader, SpreadsheetReader
from ingest.readers.xps import XpsReader
from kb.errors import DocumentError

_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_OFFICE = OfficeProgram()
# The first that has a suffix reads it.
READERS: tuple[FileReader, ...] = (
    TextReader(),
    MarkdownReader(),
    HtmlReader(),
    PdfReader(),
    DocxReader(),
    SpreadsheetReader(),
    CsvReader(),
    *(
        LegacyReader(suffixes, media_type, name, modern, office=_OFFICE)
        for suffixes, media_type, name, modern in (
            ((".doc", ".wps", ".rtf"), "application/msword", "a DOC, WPS or RTF file", DocxReader()),
            ((".xls", ".et"), "application/vnd.ms-excel", "an XLS or ET file", SpreadsheetReader()),
            ((".ppt", ".dps"), "application/vnd.ms-powerpoint", "a PPT or DPS file", SlidesReader()),
        )
    ),
    *(
        LegacyReader((f".{suffix}",), f"{_OPEN_DOCUMENT}.{kind}", name, modern, magic=OPEN_DOCUMENT, office=_OFFICE)
        for suffix, kind, name, modern in (
            ("odt", "text", "an ODT file", DocxReader()),
            ("ods", "spreadsheet", "an ODS file", SpreadsheetReader()),
            ("odp", "presentation", "an ODP file", SlidesReader()),
        )
    ),
    *(
        LegacyReader(suffixes, media_type, name, modern, magic=UNIFORM_OFFICE, xml_suffix=suffixes[0], office=_OFFICE)
        for suffixes, media_type, name, modern in (
            ((".uot", ".uof"), "application/vnd.uof.text", "a UOF text file", DocxReader()),
            ((".uos",), "application/vnd.uof.spreadsheet", "a UOF spreadsheet file", SpreadsheetReader()),
        )
    ),
    SlidesReader(),
    MhtReader(),
    EmlReader(),
    MsgReader(),
    EpubReader(),
    OfdReader(),
    XpsReader(),
    PictureReader("image/png", (".png",), "a PNG picture"),
    PictureReader("image/jpeg", (".jpg", ".jpeg"), "a JPEG picture"),
    PictureReader("image/tiff", (".tif", ".tiff"), "a TIFF picture"),
)
MAX_BYTES = 200 * 2**20  # of a file, which its reader holds in memory
_BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}
SUFFIXES = frozenset(_BY_SUFFIX)
_BY_CONTENT = frozenset((".doc", ".wps", ".xls", ".et", ".ppt", ".dps", ".uof"))
"""Names under which office programs open whatever it is: exports of other programs are named so."""
_WAYS_OUT = {
    ".ceb": ("format_apabi", "CEB"), ".cebx": ("format_apabi", "CEBX"),
    ".caj": ("format_cnki", "CAJ"), ".nh": ("format_cnki", "NH"), ".kdh": ("format_cnki", "KDH"),
    **dict.fromkeys(ARCHIVES, ("archive_in_archive", "")), ".uop": ("format_uop", "UOF"),
}  # fmt: skip
"""The sentence that says what to do with a file of a known format without a reader, and its name, by suffix."""


def readable(path: Path) -> bool:
    """Tell whether the name of `path` is that of a format with a reader."""
    return path.suffix.lower() in SUFFIXES


def read_file(path: Path) -> ReadText:
    """Read one file into its canonical text.

    Raises DocumentError, and nothing else, for whatever cannot be read: its line names the file, the
    reason and the remedy.
    """
    data = _bytes_of(path)
    reader = _reader_of(path, data)
    if reader is None:
        if way_out := _WAYS_OUT.get(path.suffix.lower()):
            sentence, name = way_out
            raise DocumentError.of(sentence, file=path, name=name)
        key = "format_unknown" if path.suffix else "format_unnamed"
        raise DocumentError.of(key, file=path, suffix=path.suffix, formats=sorted(SUFFIXES))
    if not data.strip(b" \t\r\n\x00"):
        raise DocumentError.of("file_empty", file=path)
    _check_type(path, data, reader)
    read = reader.read(path, data)
    if not read.text.strip():
        raise DocumentError.of("file_blank", file=path)
    return replace(read, file_sha256=hashlib.sha256(data).hexdigest())


def _bytes_of(path: Path) -> bytes:
    archive = archive_of(path)
    if archive:
        return read_member(archive, path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DocumentError.of("file_is_folder", file=path)
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError.of("file_not_regular", file=path)
        if status.st_size > MAX_BYTES:
            size, most = status.st_size // 2**20, MAX_BYTES // 2**20
            raise DocumentError.of("file_too_large", file=path, size=size, most=most)
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError.of("file_missing", file=path) from None
    except PermissionError:
        raise DocumentError.of("file_not_permitted", file=path) from None
    except (OSError, ValueError) as error:
        raise DocumentError.of("file_not_opened", file=path, cause=str(error)) from None


def _reader_of(path: Path, data: bytes) -> FileReader | None:
    """Give the reader for the name of a file, or for its content where its name is one that programs give to
    anything."""
    suffix = path.suffix.lower()
    found = recognise(data) if suffix in _BY_CONTENT else None
    return _BY_SUFFIX.get(found[1]) or _BY_SUFFIX[suffix] if found else _BY_SUFFIX.get(suffix)


def _check_type(path: Path, data: bytes, reader: FileReader) -> None:
    found = recognise(data)
    if found is None:
        return
    looks_like, suffix = found
    if suffix in reader.suffixes:
        return
    if suffix == LOCKED:
        raise DocumentError.of("file_locked", file=path)
    if suffix == UNIFORM_PACKAGE:
        raise DocumentError.of("format_uof2", file=path)
    expected = reader.format_name
    if suffix in SUFFIXES:
        name = path.with_suffix(suffix).name
        raise DocumentError.of("file_misnamed", file=path, found=looks_like, expected=expected, name=name)
    formats = sorted(SUFFIXES)
    raise DocumentError.of("file_misnamed_unread", file=path, found=looks_like, expected=expected, formats=formats)
