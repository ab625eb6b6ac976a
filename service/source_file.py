"""The file that a document was read from, as long as it is still the very same file."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from ingest.readers.archive import archive_of, read_member
from kb.errors import DocumentError, NotFoundError
from kb.types import Document


def source_file(document: Document) -> Path:
    """Give the path of the document's file; raise NotFoundError where it is gone or holds other bytes by now."""
    path = Path(document.source)
    if not document.file_sha256:
        raise NotFoundError(f"{document.doc_id}: has no file of its own | 这份文件没有单独的原件。")
    try:
        archive = archive_of(path)
        if archive:
            path = _unpacked(archive, path, archive.stat().st_mtime_ns)
        status = path.stat()
        found = _checksum(path, status.st_ino, status.st_size, status.st_mtime_ns)
    except (OSError, DocumentError):
        raise NotFoundError(f"{path}: is gone; ingest it again | 原件已经不在原处，请工作人员重新导入。") from None
    if found != document.file_sha256:
        raise NotFoundError(f"{path}: was changed; ingest it again | 原件在导入之后改动过，请工作人员重新导入。")
    return path


@lru_cache(maxsize=64)
def _unpacked(archive: Path, path: Path, _changed: int) -> Path:
    """Write a file of an archive where it can be opened, until the service stops."""
    folder = Path(mkdtemp(dir=_folder().name))
    target = folder / f"original{path.suffix.lower()}"
    target.write_bytes(read_member(archive, path))
    return target


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="kb-originals-")


@lru_cache(maxsize=1024)
def _checksum(path: Path, _inode: int, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
