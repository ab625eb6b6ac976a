"""ZIP archives from strangers: looked at before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from kb.errors import DocumentError

SUFFIX = ".zip"
MAX_MEMBERS = 20_000
MAX_UNPACKED = 2**30
MAX_RATIO = 200
_HEAD = 2048
_UNICODE_PATH = 0x7075
_SMALL = 2**20  # what unpacks to less is harmless, however well it is packed


def check_archive(path: Path, data: bytes, format_name: str) -> zipfile.ZipFile:
    """Open an archive; raise DocumentError where it is broken, locked, or would unpack to more than a document has."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
    except Exception as error:  # a broken archive makes zipfile raise any built-in exception
        raise DocumentError.of("archive_broken", file=path, name=format_name, cause=str(error)) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise DocumentError.of("archive_too_large", file=path, parts=len(members), size=unpacked // 2**20)
    for member in members:
        if member.flag_bits & 1:
            raise DocumentError.of("archive_locked", file=path, part=member.filename)
        if member.file_size > _SMALL and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            size, packed = member.file_size // 2**20, member.compress_size // 2**10
            raise DocumentError.of("archive_bomb", file=path, part=member.filename, size=size, packed=packed)
    return archive


def check_document_types(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise DocumentError where a part of an office file declares a document type, by which entities come in."""
    try:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    head = part.read(_HEAD).replace(b"\x00", b"")
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise DocumentError.of("archive_document_type", file=path, part=member.filename)
    except DocumentError:
        raise
    except Exception as error:  # a broken member makes zipfile raise any built-in exception
        raise DocumentError.of("archive_broken", file=path, name="archive", cause=str(error)) from error


def archive_of(path: Path) -> Path | None:
    """Give the ZIP archive that a path reaches into (文件.zip/通知.docx), None where it is a plain path."""
    return next((part for part in path.parents if part.suffix.lower() == SUFFIX and part.is_file()), None)


def members_of(path: Path) -> dict[Path, zipfile.ZipInfo]:
    """Give the files in an archive by the path that stands for each; raise DocumentError where it cannot be unpacked.

    Nothing is written anywhere: a member is read out of its archive, whatever its name says of folders.
    """
    status = path.stat()
    return _opened(path, status.st_mtime_ns, status.st_size)[1]


@lru_cache(maxsize=2)
def _opened(path: Path, modified: int, size: int) -> tuple[zipfile.ZipFile, dict[Path, zipfile.ZipInfo]]:
    """Open an archive once for all its members; `modified` and `size` tell when it is another one."""
    check_archive(path, path.read_bytes(), "ZIP archive").close()
    archive = zipfile.ZipFile(path)
    return archive, {
        path.joinpath(*_parts(name)): member
        for member in archive.infolist()
        if not member.is_dir() and _parts(name := _name(member))
    }


def read_member(archive: Path, path: Path) -> bytes:
    """Read one file out of an archive; raise DocumentError where it is not there or broken."""
    status = archive.stat()
    opened, members = _opened(archive, status.st_mtime_ns, status.st_size)
    member = members.get(path)
    if member is None:
        raise DocumentError.of("archive_member_missing", file=path, archive=archive.name)
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        raise DocumentError.of("archive_member_link", file=path)
    try:
        return opened.read(member)
    except Exception as error:  # a broken member makes zipfile raise any built-in exception
        raise DocumentError.of("archive_member_broken", file=path, cause=str(error)) from error


def _name(member: zipfile.ZipInfo) -> str:
    """Give the name of a member. Archives made on macOS have it in UTF-8, those made on Chinese Windows in GBK, and neither
    says so; bytes that are UTF-8 are hardly ever meant as GBK."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = _unicode_path(member.extra) or member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return raw.decode(encoding)
    return member.filename


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
