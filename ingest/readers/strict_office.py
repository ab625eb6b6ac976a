"""Office files in the strict form of ISO/IEC 29500: the same parts as the usual ones, under namespaces of their own.

Word and Excel write it where one chooses "Strict Open XML". The libraries below the readers know the usual form alone,
so the names are written anew and everything else stays.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from ingest.readers.office_parts import rewritten

# ISO/IEC 29500 Strict has addresses of its own, which python-docx, python-pptx and openpyxl do not know.
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
# The two whose transitional name is written otherwise.
_HYPHENS = ((b"extendedProperties", b"extended-properties"), (b"customProperties", b"custom-properties"))


def as_transitional(data: bytes) -> bytes:
    """Give an office file in the usual form; one that has it already comes back as it is."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if not any(_STRICT in archive.read(name) for name in archive.namelist() if name.endswith("_rels/.rels")):
            return data
    return rewritten(data, lambda name, part: _renamed(part) if name.endswith((".xml", ".rels", ".vml")) else part)


def _renamed(part: bytes) -> bytes:
    part = _NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006/", part)
    for strict, usual in _HYPHENS:
        part = part.replace(b"/2006/" + strict, b"/2006/" + usual).replace(
            b"/relationships/" + strict, b"/relationships/" + usual
        )
    return part
