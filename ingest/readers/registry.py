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
from ingest.readers.html import HtmlReader
from ingest.readers.legacy import OPEN_DOCUMENT, UNIFORM_OFFICE, LegacyReader
from ingest.readers.mail import EmlReader, MsgReader
from ingest.readers.markdown import MarkdownReader
from ingest.readers.mht import MhtReader
from ingest.readers.ofd import OfdReader
from ingest.readers.office_program import OfficeProgram
from ingest.readers.pdf import PdfReader
from ingest.readers.picture import PictureReader
from ingest.readers.reading import Reader, ReadText
from ingest.readers.signatures import recognise
from ingest.readers.slides import SlidesReader
from ingest.readers.spreadsheet import CsvReader, SpreadsheetReader
from ingest.readers.text import TextReader
from ingest.readers.xps import XpsReader
from kb.errors import DocumentError

_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_OFFICE = OfficeProgram()
READERS: tuple[Reader, ...] = (
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
            ((".uot", ".uof"), "application/vnd.uof.text", "a UOF text", DocxReader()),
            ((".uos",), "application/vnd.uof.spreadsheet", "a UOF spreadsheet", SpreadsheetReader()),
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
MAX_BYTES = 200 * 2**20
_BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}
SUFFIXES = frozenset(_BY_SUFFIX)
_BY_CONTENT = frozenset((".doc", ".wps", ".xls", ".et", ".ppt", ".dps", ".uof"))
"""Names under which office programs open whatever it is: exports of other programs are named so."""
_WAYS_OUT = {
    ".ceb": "a Founder CEB document, whose format is not public; open it in Founder Apabi Reader and print it to PDF",
    ".cebx": "a Founder CEBX document, whose format is not public; open it in Founder Apabi Reader and print it to PDF",
    ".caj": "a CNKI CAJ document, whose format is not public; open it in CAJViewer and print it to PDF",
    ".nh": "a CNKI NH document, whose format is not public; open it in CAJViewer and print it to PDF",
    ".kdh": "a CNKI KDH document, whose format is not public; open it in CAJViewer and print it to PDF",
    **dict.fromkeys(ARCHIVES, "an archive inside another; unpack it, and give the folder or an archive of its own"),
    ".uop": "a UOF presentation; open it in WPS Office and save it as .pptx",
}
"""What to do with a file of a known format that has no reader, by its suffix."""


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
            raise DocumentError(path, f"cannot be read: it is {way_out}")
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


def _reader_of(path: Path, data: bytes) -> Reader | None:
    """Give the reader for the name of a file, or for its content where its name is one that programs give to anything."""
    suffix = path.suffix.lower()
    found = recognise(data) if suffix in _BY_CONTENT else None
    return _BY_SUFFIX.get(found[1]) or _BY_SUFFIX[suffix] if found else _BY_SUFFIX.get(suffix)


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
