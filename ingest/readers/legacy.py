"""Older and other office files (.doc, .wps, .rtf, .xls, .et, .ppt, .dps, .odt, .ods, .odp, .uot, .uos), turned by
LibreOffice into those that have a reader.

LibreOffice runs with a profile of its own (`office_program.py`), for a bounded time a file. Macros are not run and
links are not followed when it converts.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.readers.file_reader import FileReader, ReadText
from ingest.readers.office_program import OfficeProgram, OfficeTimeoutError
from kb.errors import DocumentError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD = (_OLE, b"{\\rtf", b"<?xml", b"\xef\xbb\xbf<?xml")
"""How files of Office up to 2003 begin, in its binary form, as RTF and as XML."""

OPEN_DOCUMENT = (b"PK\x03\x04",)
UNIFORM_OFFICE = (b"<?xml", b"\xef\xbb\xbf<?xml")
_SECTOR = 512  # bytes of a sector of the compound file format, MS-CFB 2.2
_WORD, _WORD_FLAGS, _WORD_LOCKED = b"\xec\xa5", 11, 0x01  # MS-DOC 2.5.2: wIdent, and the byte that holds fEncrypted


class LegacyReader:
    """Reads files that `modern` reads once they are converted, in at most `seconds_a_file`; readers may share one
    `office`.

    `magic` is how the files begin, `xml_suffix` what LibreOffice knows them by where they are XML.
    """

    def __init__(
        self,
        suffixes: tuple[str, ...],
        media_type: str,
        format_name: str,
        modern: FileReader,
        seconds_a_file: float = 90.0,
        magic: tuple[bytes, ...] = OLD,
        xml_suffix: str = ".xml",
        office: OfficeProgram | None = None,
    ) -> None:
        self._office = office or OfficeProgram()
        self._magic = magic
        self._xml_suffix = xml_suffix
        self.suffixes = suffixes
        self.media_type = media_type
        self.format_name = format_name
        self.modern = modern
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        """Turn the file into the format of today with LibreOffice and read that. Raise DocumentError, also where
        LibreOffice is missing or takes too long."""
        if not data.startswith(self._magic):
            raise DocumentError.of("old_office_not", file=path, name=self._name, begins=data[:8].hex(" "))
        if _is_locked(data):
            raise DocumentError.of("file_locked", file=path)
        target = self.modern.suffixes[0]
        if self._office.program() is None:
            raise DocumentError.of("libreoffice_missing", file=path, target=target)
        try:
            converted = self._office.convert(data, self._suffix(path, data), target, self.seconds_a_file)
        except OfficeTimeoutError:
            seconds = self.seconds_a_file
            raise DocumentError.of("old_office_too_long", file=path, seconds=seconds, target=target) from None
        if converted is None:
            raise DocumentError.of("old_office_broken", file=path, name=self._name, target=target)
        return replace(self.modern.read(path, converted), media_type=self.media_type)

    @property
    def _name(self) -> str:
        return self.format_name.partition(" ")[2]

    def _suffix(self, path: Path, data: bytes) -> str:
        """Give the suffix by which LibreOffice knows a file: it goes by it where it can, and would take XML under .doc
        for text."""
        is_xml = data.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml")
        return self._xml_suffix if is_xml else path.suffix.lower()


def _is_locked(data: bytes) -> bool:
    """Tell whether a Word file of the old kind says of itself that it is encrypted."""
    starts = range(_SECTOR, len(data) - _WORD_FLAGS if data.startswith(_OLE) else 0, _SECTOR)
    first = next((at for at in starts if data.startswith(_WORD, at)), None)
    return first is not None and bool(data[first + _WORD_FLAGS] & _WORD_LOCKED)
