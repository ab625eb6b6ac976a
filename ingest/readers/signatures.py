"""What a file is, by its bytes: names lie, first bytes rarely do."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import olefile

from ingest.readers.mime import is_message, is_web_archive

# First bytes, what people call the format, the suffix that it should have.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a legacy Office file (DOC, PPT or WPS)", ".doc"),
    (b"{\\rtf", "an RTF file", ".rtf"),
    (b"\x89PNG\r\n", "a PNG picture", ".png"),
    (b"\xff\xd8\xff", "a JPEG picture", ".jpg"),
    (b"GIF8", "a GIF picture", ".gif"),
    (b"II*\x00", "a TIFF picture", ".tif"),
    (b"MM\x00*", "a TIFF picture", ".tif"),
    (b"\x1f\x8b", "a gzip archive", ".gz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", ".7z"),
    (b"Rar!\x1a", "a RAR archive", ".rar"),
    (b"SQLite format 3\x00", "an SQLite database", ".sqlite"),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90", "a program", ".exe"),
)
_OLE, _OLE_NAME = _MAGIC[0][0], _MAGIC[0][1:]
# A file that a password locks is an OLE file with this stream, whatever its name.
_LOCKED_STREAM = "EncryptedPackage"
LOCKED = "locked"
"""What stands for the suffix of an Office file that is locked with a password: what it is cannot be told."""
UNIFORM_PACKAGE = "uof2"
"""What stands for the suffix of a UOF 2 file, a ZIP archive under the names of UOF 1, which is XML."""

# The streams at the root of a compound file; what lies deeper belongs to objects that are embedded in it.
_STREAMS: tuple[tuple[str, str, str], ...] = (
    (_LOCKED_STREAM, "an Office file locked with a password", LOCKED),
    ("__properties_version1.0", "an Outlook mail (MSG)", ".msg"),
    ("WordDocument", *_OLE_NAME),
    ("Workbook", "a legacy spreadsheet (XLS or ET)", ".xls"),
    ("Book", "a legacy spreadsheet (XLS or ET)", ".xls"),
    ("PowerPoint Document", "legacy slides (PPT or DPS)", ".ppt"),
)
_ZIP_PARTS: tuple[tuple[str, str, str], ...] = (
    ("OFD.xml", "an OFD file", ".ofd"),
    ("word/", "a DOCX file", ".docx"),
    ("xl/", "an XLSX file", ".xlsx"),
    ("ppt/", "a PPTX file", ".pptx"),
    ("META-INF/container.xml", "an EPUB book", ".epub"),
    ("uof.xml", "a UOF 2 file", UNIFORM_PACKAGE),
    ("FixedDocSeq.fdseq", "an XPS file", ".xps"),
    ("FixedDocumentSequence.fdseq", "an XPS file", ".xps"),
)
_MIMETYPE = re.compile(rb"mimetypeapplication/(?:vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)|epub\+zip)")
_OPEN_DOCUMENTS = {b"text": ".odt", b"spreadsheet": ".ods", b"presentation": ".odp"}
_OFFICE_XML = re.compile(
    rb"""\s*<\?xml[^>]{0,200}\?>\s*(?:<\?mso-application\s+progid=["'](Word|Excel)|<(?:\w+:)?(wordDocument|Workbook)\b)"""
)
_UNIFORM = re.compile(rb"""<(?:\w{1,20}:)?UOF\b[^>]{0,4000}?mimetype=["']vnd\.uof\.(text|spreadsheet|presentation)""")
_UNIFORM_KINDS = {
    b"text": ("a UOF text", ".uot"),
    b"spreadsheet": ("a UOF spreadsheet", ".uos"),
    b"presentation": ("a UOF presentation", ".uop"),
}
# Atomic groups: a head of many comments must not be tried in every way that it can be divided.
_HTML = re.compile(
    rb"(?>(?:\s|<\?xml[^>]{0,200}\?>|(?><!--.{0,4000}?-->))*)<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_LOCAL_NAME = re.compile(rb"PK\x03\x04.{26}([\w./\[\]-]{1,100})", re.DOTALL)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEAD = 8192  # bytes that tell what a file is; a web page may begin with comments


def recognise(data: bytes) -> tuple[str, str] | None:
    """Tell what `data` looks like and the suffix for it; None where it may be any text.

    >>> recognise(b"%PDF-1.7 ..."), recognise("第一条".encode())
    (('a PDF', '.pdf'), None)
    """
    head = data[:_HEAD]
    if head.startswith(_OLE):
        return _compound(data)
    if b"%PDF-" in head[:1024]:
        return "a PDF", ".pdf"
    for magic, name, suffix in _MAGIC:
        if head.startswith(magic):
            return name, suffix
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(data)
    for bom in _BOMS:
        head = head.removeprefix(bom)
    if _HTML.match(head.replace(b"\x00", b"")):
        return "an HTML page", ".html"
    if uniform := _UNIFORM.search(head):
        return _UNIFORM_KINDS[uniform[1]]
    if office := _OFFICE_XML.match(head):
        word = b"Word" in (office[1], office[2][:4].title() if office[2] else b"")
        return ("a Word 2003 XML document", ".doc") if word else ("an Excel 2003 XML spreadsheet", ".xls")
    if is_message(data):
        return ("a web archive (MHT)", ".mht") if is_web_archive(data) else ("a saved mail (EML)", ".eml")
    return None


def _compound(data: bytes) -> tuple[str, str]:
    """Tell what a compound file (OLE) is by the streams at its root."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as compound:
            names = {entry[0] for entry in compound.listdir()}
    except Exception:  # a broken file makes olefile raise what it will; a locked one still says so
        names = {_LOCKED_STREAM} if _LOCKED_STREAM.encode("utf-16-le") in data else set()
    return next(((name, suffix) for stream, name, suffix in _STREAMS if stream in names), _OLE_NAME)


def _archive(data: bytes) -> tuple[str, str]:
    """Tell what a ZIP archive is by its parts; of a broken one by the names at its beginning."""
    if kind := _MIMETYPE.search(data[:256]):
        return ("an OpenDocument file", _OPEN_DOCUMENTS[kind[1]]) if kind[1] else ("an EPUB book", ".epub")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except Exception:  # a broken archive makes zipfile raise any built-in exception
        names = [name.decode("utf-8", "replace") for name in _LOCAL_NAME.findall(data[:_HEAD])]
    found = ((kind, suffix) for part, kind, suffix in _ZIP_PARTS if any(name.startswith(part) for name in names))
    return next(found, ("a ZIP archive", ".zip"))
