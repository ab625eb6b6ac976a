"""ZIP archives from strangers: looked at before anything is unpacked."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from kb.errors import DocumentError

MAX_MEMBERS = 20_000
MAX_UNPACKED = 2**30
MAX_RATIO = 200
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
