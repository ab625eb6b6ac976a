"""A file on its way in: its bytes go to the disk as they come, and it has its place when all of them are there.

Every upload lies in a folder of its own, so that none takes the place of another one's file. What never came whole is
removed.
"""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path, PurePath

from kb.durable import rename, sync, sync_tree

_COMING = ".coming-"
_MOST_BYTES = 200  # of a name: file systems take 255, and what converts a file makes names of it
_ABANDONED = 86_400  # seconds after which nobody sends the rest of a file


class Upload:
    """A file that is being received into the folder of uploads."""

    def __init__(self, uploads: Path, name: str) -> None:
        self.name = name
        self._folder = uploads / f"{_COMING}{secrets.token_urlsafe(9)}"
        self._folder.mkdir(parents=True)
        self._path = self._folder / stored_name(name)
        self._file = self._path.open("wb")
        self.size = 0

    def write(self, block: bytes) -> None:
        """Take the next bytes."""
        self._file.write(block)
        self.size += len(block)

    def keep(self) -> Path:
        """Give the file its place, from where power may fail, and say where it is."""
        self._file.close()
        sync_tree(self._folder)
        kept = self._folder.with_name(self._folder.name.removeprefix(_COMING))
        rename(self._folder, kept)
        sync(kept.parent.parent)
        return kept / self._path.name

    def discard(self) -> None:
        """Forget what has come."""
        self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def remove_abandoned(uploads: Path) -> None:
    """Remove what a process that is gone was receiving."""
    for folder in uploads.glob(f"{_COMING}*"):
        with suppress(FileNotFoundError):  # another process of the service removes it as well
            if folder.stat().st_mtime < time.time() - _ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)


def stored_name(name: str) -> str:
    """Shorten a name that a file system would not take, and keep what it ends in.

    >>> len(stored_name("关于" * 60 + ".docx").encode()), stored_name("通知.docx")
    (200, '通知.docx')
    """
    suffix = PurePath(name).suffix
    stem = name.removesuffix(suffix).encode()[: _MOST_BYTES - len(suffix.encode())]
    return stem.decode("utf-8", "ignore") + suffix
