"""The properties of office files (docProps/*.xml): title, subject, keywords, category, remarks and those of their
own."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator

from lxml import etree

from ingest.readers.canonical import canonical
from ingest.readers.file_reader import Aside

_FOLDER = "docProps/"
_LONGEST = 200  # characters of a property


def property_asides(archive: zipfile.ZipFile) -> Iterator[Aside]:
    """Give every property that is text; a part that is no XML has none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for name in archive.namelist():
        if not name.startswith(_FOLDER) or not name.endswith(".xml"):
            continue
        with contextlib.suppress(etree.XMLSyntaxError):
            for text in etree.fromstring(archive.read(name), parser).itertext():
                words = canonical(text).strip()
                if 1 < len(words) <= _LONGEST:
                    yield Aside("property", words)
