"""Archives from strangers: the files in them, by the path that stands for each (文件.zip/通知.docx).

ZIP archives are looked at before anything is unpacked; 7z and RAR archives are unpacked within the same limits
(`unpacked.py`).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from lxml import etree

from ingest.readers.archive_limits import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED, SMALL
from ingest.readers.member_names import decode_name
from ingest.readers.unpacked import SUFFIXES as UNPACKED
from ingest.readers.unpacked import UnpackedArchive, UnpackedMember
from kb.errors import DocumentError

SUFFIXES = (".zip", *UNPACKED)
_BLOCK = 4096  # bytes of a part that are looked at together
_UNICODE_PATH = 0x7075  # Info-ZIP Unicode Path Extra Field, APPNOTE.TXT 4.6.9
_Member = TypeVar("_Member")


def check_archive(path: Path, data: bytes, format_name: str) -> zipfile.ZipFile:
    """Open an archive of a format (`a DOCX file`); raise DocumentError where it is broken, locked, or would unpack to
    more than a document has."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
    except Exception as error:  # a broken archive makes zipfile raise any built-in exception
        name = format_name.partition(" ")[2]  # without its article
        raise DocumentError.of("archive_broken", file=path, name=name, cause=str(error)) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise DocumentError.of("archive_too_large", file=path, parts=len(members), size=unpacked // 2**20)
    for member in members:
        if member.flag_bits & 1:
            raise DocumentError.of("archive_locked", file=path, part=member.filename)
        if member.file_size > SMALL and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            size, packed = member.file_size // 2**20, member.compress_size // 2**10
            raise DocumentError.of("archive_bomb", file=path, part=member.filename, size=size, packed=packed)
    return archive


def check_document_types(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise DocumentError where a part of an office file declares a document type, by which entities come in."""
    try:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")) and _declares_type(archive, member):
                raise DocumentError.of("archive_document_type", file=path, part=member.filename)
    except DocumentError:
        raise
    except Exception as error:  # a broken member makes zipfile raise any built-in exception
        raise DocumentError.of("archive_broken", file=path, name="archive", cause=str(error)) from error


def _declares_type(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Read a part up to its first element, in whatever encoding and however far that is, by the parser that its reader
    has."""
    parser = etree.XMLPullParser(("start",), resolve_entities=False, no_network=True, load_dtd=False)
    with archive.open(member) as part:
        while block := part.read(_BLOCK):
            try:
                parser.feed(block)
            except etree.XMLSyntaxError:
                return False  # no reader opens it either
            for _, root in parser.read_events():
                return bool(root.getroottree().docinfo.doctype)
    return False


def archive_of(path: Path) -> Path | None:
    """Give the archive that a path reaches into (文件.zip/通知.docx), None where it is a plain path."""
    return next((part for part in path.parents if part.suffix.lower() in SUFFIXES and part.is_file()), None)


def members_of(path: Path) -> list[Path]:
    """Give the paths that stand for the files in an archive; raise DocumentError where it cannot be unpacked.

    Nothing is written under a name of its own: a member is read out of its archive, whatever its name says of folders.
    """
    status = path.stat()
    if path.suffix.lower() in UNPACKED:
        return list(_unpacked(path, status.st_mtime_ns, status.st_size)[1])
    return list(_opened(path, status.st_mtime_ns, status.st_size)[1])


def read_member(archive: Path, path: Path) -> bytes:
    """Read one file out of an archive; raise DocumentError where it is not there or broken."""
    status = archive.stat()
    if archive.suffix.lower() in UNPACKED:
        unpacked, found = _unpacked(archive, status.st_mtime_ns, status.st_size)
        return unpacked.read(path, _member(found, archive, path))
    opened, members = _opened(archive, status.st_mtime_ns, status.st_size)
    member = _member(members, archive, path)
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        raise DocumentError.of("archive_member_link", file=path)
    try:
        return opened.read(member)
    except Exception as error:  # a broken member makes zipfile raise any built-in exception
        raise DocumentError.of("archive_member_broken", file=path, cause=str(error)) from error


@lru_cache(maxsize=2)
def _opened(path: Path, modified: int, size: int) -> tuple[zipfile.ZipFile, dict[Path, zipfile.ZipInfo]]:
    """Open an archive once for all its members; `modified` and `size` tell when it is another one."""
    check_archive(path, path.read_bytes(), "a ZIP archive").close()
    archive = zipfile.ZipFile(path)
    return archive, _by_path(path, ((_name(one), one) for one in archive.infolist() if not one.is_dir()))


@lru_cache(maxsize=2)
def _unpacked(path: Path, modified: int, size: int) -> tuple[UnpackedArchive, dict[Path, UnpackedMember]]:
    archive = UnpackedArchive(path)
    return archive, _by_path(path, ((one.name, one) for one in archive.members))


def _by_path(archive: Path, named: Iterable[tuple[str, _Member]]) -> dict[Path, _Member]:
    """Give members by their paths; where two come to one path the later is told apart by a number, none hides
    another."""
    found: dict[Path, _Member] = {}
    for name, member in named:
        path = first = archive.joinpath(*(_parts(name) or ["_"]))
        number = 2
        while path in found:
            path, number = first.with_name(f"{first.stem} ({number}){first.suffix}"), number + 1
        found[path] = member
    return found


def _member(members: dict[Path, _Member], archive: Path, path: Path) -> _Member:
    member = members.get(path)
    if member is None:
        raise DocumentError.of("archive_member_missing", file=path, archive=archive.name)
    return member


def _name(member: zipfile.ZipInfo) -> str:
    """Give the name of a member; those that do not say how they are written are made on macOS or on Chinese Windows."""
    if member.flag_bits & 0x800:
        return member.filename
    return decode_name(_unicode_path(member.extra) or member.filename.encode("cp437", "replace"))


def _unicode_path(extra: bytes) -> bytes:
    """Give the name that an extra field states (Info-ZIP Unicode Path, 0x7075); empty where there is none."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == _UNICODE_PATH:
            return extra[4 + 5 : 4 + length]  # behind a version and a checksum
        extra = extra[4 + length :]
    return b""


def _parts(name: str) -> list[str]:
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..") and ":" not in part]
