"""The file that a document was read from, as long as it is still the very same file."""

from __future__ import annotations

import hashlib
import os
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.readers.archive import archive_of, read_member
from kb.errors import DocumentError, NotFoundError
from kb.types import Document


def source_file(document: Document) -> Path:
    """Give the path of the document's file; raise NotFoundError where it is gone or holds other bytes by now."""
    path = Path(document.source)
    if not document.file_sha256:
        raise NotFoundError.of("original_none", doc_id=document.doc_id)
    try:
        archive = archive_of(path)
        if archive:
            path = _unpacked(archive, path, archive.stat().st_mtime_ns)
        status = path.stat()
        found = _checksum(path, status.st_ino, status.st_size, status.st_mtime_ns)
    except (OSError, DocumentError):
        raise NotFoundError.of("original_gone", path=path) from None
    if found != document.file_sha256:
        raise NotFoundError.of("original_changed", path=path)
    return path


def _unpacked(archive: Path, path: Path, changed: int) -> Path:
    """Write a file of an archive where it can be opened until the service stops, once for all who ask."""
    name = hashlib.sha256(os.fsencode(path) + changed.to_bytes(8, "little", signed=True)).hexdigest()
    target = Path(_folder().name, f"{name}{path.suffix.lower()}")
    if not target.exists():
        with TemporaryDirectory(dir=_folder().name) as coming:  # nobody opens half of it
            whole = Path(coming, target.name)
            whole.write_bytes(read_member(archive, path))
            whole.replace(target)
    return target


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="kb-originals-")


@lru_cache(maxsize=1024)
def _checksum(path: Path, _inode: int, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
