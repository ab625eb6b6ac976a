"""Writing what must outlast a loss of power: bytes reach the disk before a name points to them, and names before
anybody is told.

A file that is renamed without being synced can be empty after a loss of power, and a name can be gone whose folder was
not synced.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Bring a folder with all that lies in it onto the disk."""
    for path in (*folder.rglob("*"), folder):
        sync(path)


def replace_text(path: Path, text: str) -> None:
    """Make a file hold `text`: after a loss of power at any moment it holds all of it, or all that it held before."""
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with whole.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(path)
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    sync(path.parent)


def rename(path: Path, target: Path) -> None:
    """Give a file or folder, whose content is synced, another name for good."""
    path.rename(target)
    sync(target.parent)
