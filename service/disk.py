"""Whether the disk beside the index takes what is to be kept; what is served already needs nothing of it."""

from __future__ import annotations

import os
from pathlib import Path

from kb.errors import DiskFullError, DiskReadOnlyError, ServiceError

NEEDED = 16
"""MiB that have to be free: a snapshot of a small corpus, or a dozen uploads of the usual size."""


def disk_problem(folder: Path) -> ServiceError | None:
    """Say why nothing can be written into a folder, if so.

    >>> disk_problem(Path("no folder of this name")) is None  # that one is missing is told where the index is opened
    True
    """
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    if found.f_flag & os.ST_RDONLY:
        return DiskReadOnlyError.of("disk_read_only")
    room = found.f_bavail * found.f_frsize >> 20
    return DiskFullError.of("disk_full", room=room, needed=NEEDED) if room < NEEDED else None
