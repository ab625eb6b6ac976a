"""`unpacking.py ARCHIVE FORMAT FILE`: libarchive in a process of its own, for what hostile archives do to a library in
C.

The members are written one behind the other into the open file whose descriptor is FILE; where each lies is told on
standard output, as JSON. No member is ever written under a name of its own, so names can do nothing. FORMAT is
libarchive's name of the format. The limits are the ones of ZIP archives. This file is run as it stands and imports
nothing of the project, so that it starts at once.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

MEMORY = 2 * 2**30  # bytes that libarchive may take, for dictionaries of 1 GiB too
SECONDS = 120  # of a processor for one archive
_BLOCK = 2**16  # bytes that are written at once


class TooLargeError(Exception):
    """The archive unpacks to more than a document has; `limit` names what it goes beyond, and by how much at most."""

    def __init__(self, limit: dict[str, int]) -> None:
        super().__init__(str(limit))
        self.limit = limit


def unpack(path: str, format_name: str, target: int, most_members: int, most_bytes: int) -> list[list[Any]]:
    """Give name, start, length and problem of every file in an archive; a file with a problem has no length."""
    import libarchive

    members: list[list[Any]] = []
    at = 0
    with libarchive.file_reader(path, format_name, "none") as archive:
        for entry in archive:
            if entry.isdir:
                continue
            if len(members) >= most_members:
                raise TooLargeError({"most_files": most_members})
            start, problem = at, "" if entry.isreg and not entry.islnk else "link"
            try:
                for block in () if problem else entry.get_blocks(_BLOCK):
                    at += len(block)
                    if at > most_bytes:
                        raise TooLargeError({"most_bytes": most_bytes})
                    os.write(target, block)
            except libarchive.ArchiveError as error:
                problem = error.msg or "broken"
            members.append([_stored_name(entry), start, 0 if problem else at - start, problem])
    return members


def _stored_name(entry: Any) -> str:
    """Give the bytes of a name as Python writes file names; libarchive itself takes any bytes for UTF-8 that can be
    it."""
    from libarchive import ffi

    name = ffi.entry_pathname(entry._entry_p) or entry.pathname
    return os.fsdecode(name) if name else ""


def main() -> None:
    """Unpack within limits of memory and processor time that the parent cannot lift, and print what was found or what
    was too large as JSON."""
    path, format_name, target, most_members, most_bytes = sys.argv[1:]
    for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    try:
        told: dict[str, Any] = {"members": unpack(path, format_name, int(target), int(most_members), int(most_bytes))}
    except TooLargeError as error:
        told = dict(error.limit)
    except (
        OSError,
        AttributeError,
        ImportError,
        TypeError,
    ) as error:  # what libarchive-c raises where it finds no library
        told = {"library": str(error)} if "libarchive.ffi" not in sys.modules else {"broken": str(error)}
    except Exception as error:  # whatever else a broken archive makes the library say
        told = {"broken": getattr(error, "msg", None) or str(error) or type(error).__name__}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
