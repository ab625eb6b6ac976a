"""The parts of an office file written anew before a library reads them, where it would read them wrongly or not at
all."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

_TYPES, _BOOK = "[Content_Types].xml", "xl/workbook.xml"
# The type of a main part given to a whole Word file inside another; python-docx would parse it as XML.
_MAIN = re.compile(rb"""(PartName\s*=\s*["'][^"']+\.doc[xm]["'][^>]*?wordprocessingml\.document)\.main\+xml""")
# xlsxwriter and others ask Excel to reckon all anew when it opens the file, and write 0 behind every formula.
_RECKONED = re.compile(rb"""<(?:\w+:)?calcPr\b[^>]*\bfullCalcOnLoad\s*=\s*["'](?:1|true)["']""")
_NOUGHT = re.compile(rb"(</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*<(?:\w+:)?v>0</(?:\w+:)?v>")


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Give an office file whose parts are what `change` makes of them, by name."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in archive.namelist():
            written.writestr(name, change(name, archive.read(name)))
    return target.getvalue()


def with_files_as_parts(data: bytes) -> bytes:
    """Give a Word file in which an imported Word file is called a file: Open XML SDK calls it by the type of a part
    that is XML."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if not _MAIN.search(archive.read(_TYPES)):
            return data
    return rewritten(data, lambda name, part: _MAIN.sub(rb"\1", part) if name == _TYPES else part)


def without_placeholders(data: bytes) -> bytes:
    """Give a workbook whose formulas have no value where the program that wrote it left all reckoning to Excel and put
    0 for each."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _BOOK not in archive.namelist() or not _RECKONED.search(archive.read(_BOOK)):
            return data
    return rewritten(data, lambda name, part: _NOUGHT.sub(rb"\1", part) if "/worksheets/" in name else part)
