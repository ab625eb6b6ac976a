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
        raise DocumentError(
            path, f"is a broken or truncated {format_name} ({error}); fetch or save it again"
        ) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        size = f"{len(members):,} parts and {unpacked // 2**20:,} MB unpacked"
        raise DocumentError(path, f"has {size}, more than a document should; split it")
    for member in members:
        if member.flag_bits & 1:
            raise DocumentError(path, f"part {member.filename!r} is locked with a password; save a copy without one")
        if member.file_size > _SMALL and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise DocumentError(path, f"part {member.filename!r} unpacks to {member.file_size // 2**20:,} MB out of"
                                      f" {member.compress_size // 2**10:,} kB, as no document does; save it again")  # fmt: skip
    return archive


def check_document_types(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise DocumentError where a part of an office file declares a document type, by which entities come in."""
    try:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    head = part.read(_HEAD).replace(b"\x00", b"")
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    reason = f"part {member.filename!r} declares a document type, which no office program writes"
                    raise DocumentError(path, f"{reason}; save it again from the program that made it")
    except DocumentError:
        raise
    except Exception as error:  # a broken member makes zipfile raise any built-in exception
        raise DocumentError(path, f"is a broken or truncated archive ({error}); fetch or save it again") from error


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
        raise DocumentError(path, f"there is no such file in {archive.name}; check the path")
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        raise DocumentError(path, "is a link, not a file; pack the file itself")
    try:
        return opened.read(member)
    except Exception as error:  # a broken member makes zipfile raise any built-in exception
        raise DocumentError(path, f"is broken inside its archive ({error}); pack it again") from error


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
