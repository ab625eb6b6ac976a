"""Older and other office files (.doc, .wps, .rtf, .xls, .et, .ppt, .dps, .odt, .ods, .odp), turned by LibreOffice into those that have a reader.

LibreOffice runs with a profile of its own in a folder that is removed, for a bounded time, and everything that it
started is ended with it. Macros are not run and links are not followed when it converts.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.readers.reading import Reader, ReadText
from kb.errors import DocumentError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD = (_OLE, b"{\\rtf", b"<?xml", b"\xef\xbb\xbf<?xml")
"""How files of Office up to 2003 begin, in its binary form, as RTF and as XML."""

OPEN_DOCUMENT = (b"PK\x03\x04",)
_SECTOR = 512
_WORD, _WORD_FLAGS, _WORD_LOCKED = b"\xec\xa5", 11, 0x01  # MS-DOC 2.5.2: wIdent, and the byte that holds fEncrypted
_PROGRAMS = ("soffice", "libreoffice")


class LegacyReader:
    """Reads files that `modern` reads once they are converted, in at most `seconds_a_file`."""

    def __init__(
        self,
        suffixes: tuple[str, ...],
        media_type: str,
        format_name: str,
        modern: Reader,
        seconds_a_file: float = 90.0,
        magic: tuple[bytes, ...] = OLD,
    ) -> None:
        self._magic = magic
        self.suffixes = suffixes
        self.media_type = media_type
        self.format_name = format_name
        self.modern = modern
        self.seconds_a_file = seconds_a_file

    def read(self, path: Path, data: bytes) -> ReadText:
        if not data.startswith(self._magic):
            raise DocumentError.of("old_office_not", file=path, name=self._name, begins=data[:8].hex(" "))
        if _is_locked(data):
            raise DocumentError.of("file_locked", file=path)
        program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        target = self.modern.suffixes[0]
        if program is None:
            raise DocumentError.of("libreoffice_missing", file=path, target=target)
        with TemporaryDirectory(prefix="kb-office-") as folder:
            # LibreOffice goes by the suffix where it knows it, and would take XML under .doc for text.
            suffix = ".xml" if data.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else path.suffix.lower()
            source = Path(folder) / f"document{suffix}"
            source.write_bytes(data)
            converted = source.with_suffix(target)
            self._convert(path, program, source, target)
            if not converted.is_file():
                raise DocumentError.of("old_office_broken", file=path, name=self._name, target=target)
            return replace(self.modern.read(path, converted.read_bytes()), media_type=self.media_type)

    @property
    def _name(self) -> str:
        return self.format_name.partition(" ")[2]

    def _convert(self, path: Path, program: str, source: Path, target: str) -> None:
        profile = (source.parent / "profile").as_uri()
        command = [
            program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", target[1:], "--outdir", str(source.parent), str(source),
        ]  # fmt: skip
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(source.parent), "LANG": "C.UTF-8"}
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
        )
        try:
            process.wait(self.seconds_a_file)
        except subprocess.TimeoutExpired:
            seconds = self.seconds_a_file
            raise DocumentError.of("old_office_too_long", file=path, seconds=seconds, target=target) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _is_locked(data: bytes) -> bool:
    """Tell whether a Word file of the old kind says of itself that it is encrypted."""
    starts = range(_SECTOR, len(data) - _WORD_FLAGS if data.startswith(_OLE) else 0, _SECTOR)
    first = next((at for at in starts if data.startswith(_WORD, at)), None)
    return first is not None and bool(data[first + _WORD_FLAGS] & _WORD_LOCKED)
