"""What a file is, by its bytes: names lie, first bytes rarely do."""

from __future__ import annotations

import re

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
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "Workbook".encode("utf-16-le")
_ZIP_PARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"OFD.xml", "an OFD file", ".ofd"),
    (b"word/", "a DOCX file", ".docx"),
    (b"xl/", "an XLSX file", ".xlsx"),
    (b"ppt/", "a PPTX file", ".pptx"),
)
# Atomic groups: a head of many comments must not be tried in every way that it can be divided.
_HTML = re.compile(
    rb"(?>(?:\s|<\?xml[^>]{0,200}\?>|(?><!--.{0,4000}?-->))*)<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEAD = 8192


def recognise(data: bytes) -> tuple[str, str] | None:
    """Tell what `data` looks like and the suffix for it; None where it may be any text.

    >>> recognise(b"%PDF-1.7 ..."), recognise("第一条".encode())
    (('a PDF', '.pdf'), None)
    """
    head = data[:_HEAD]
    if head.startswith(_MAGIC[0][0]) and _LOCKED in data:
        return "an Office file locked with a password", ""
    if head.startswith(_MAGIC[0][0]) and _WORKBOOK in data:
        return "a legacy spreadsheet (XLS or ET)", ".xls"
    if b"%PDF-" in head[:1024]:
        return "a PDF", ".pdf"
    for magic, name, suffix in _MAGIC:
        if head.startswith(magic):
            return name, suffix
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        tail = data[-65536:]
        found = ((name, suffix) for part, name, suffix in _ZIP_PARTS if part in head or part in tail)
        return next(found, ("a ZIP archive", ".zip"))
    for bom in _BOMS:
        head = head.removeprefix(bom)
    if _HTML.match(head.replace(b"\x00", b"")):
        return "an HTML page", ".html"
    return None
