"""The file that a document was read from, as long as it is still the very same file."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from kb.errors import NotFoundError
from kb.types import Document


def source_file(document: Document) -> Path:
    """Give the path of the document's file; raise NotFoundError where it is gone or holds other bytes by now."""
    path = Path(document.source)
    if not document.file_sha256:
        raise NotFoundError(f"{document.doc_id}: has no file of its own | 这份文件没有单独的原件。")
    try:
        status = path.stat()
        found = _checksum(path, status.st_ino, status.st_size, status.st_mtime_ns)
    except OSError:
        raise NotFoundError(f"{path}: is gone; ingest it again | 原件已经不在原处，请工作人员重新导入。") from None
    if found != document.file_sha256:
        raise NotFoundError(f"{path}: was changed; ingest it again | 原件在导入之后改动过，请工作人员重新导入。")
    return path


@lru_cache(maxsize=1024)
def _checksum(path: Path, _inode: int, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
