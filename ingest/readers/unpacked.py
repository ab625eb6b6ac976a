"""7z and RAR archives from strangers, unpacked once by libarchive into a file without a name.

ZIP archives can be read member by member; in these a member may need all that stand before it. So all are unpacked at
once, within the limits of ZIP archives, by another process (`unpacking.py`), into a temporary file that has no name: it
is gone with the process that reads it, however that ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ingest.readers.archive_limits import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED, SMALL
from ingest.readers.member_names import decode_name
from ingest.readers.rar_blocks import SIGNATURE_4, SIGNATURE_5, check_blocks
from kb.errors import DocumentError, PartError

SUFFIXES = (".7z", ".rar")
_FORMATS = (
    (b"7z\xbc\xaf\x27\x1c", "7zip", ".7z", "7z"),
    (SIGNATURE_5, "rar5", ".rar", "RAR"),
    (SIGNATURE_4, "rar", ".rar", "RAR"),
)
"""How archives begin, what libarchive calls them, their suffix and what people call them."""

# Run by its path, so that it imports nothing of the project: what unpacks foreign bytes holds as little as can be.
_PROGRAM = Path(__file__).with_name("unpacking.py")
_SECONDS = 240  # for a whole archive, the process and all that it writes


@dataclass(frozen=True, slots=True)
class UnpackedMember:
    """A file of an archive: where it lies in what was unpacked, or why it could not be."""

    name: str
    start: int
    length: int
    problem: str


class UnpackedArchive:
    """An archive and all its members; raise DocumentError where it is broken, locked, or unpacks to more than a
    document has."""

    def __init__(self, path: Path) -> None:
        file = TemporaryFile(prefix="kb-archive-")  # noqa: SIM115  closed when nobody holds the archive any more
        weakref.finalize(self, file.close)
        self._file = file
        self.members = [
            UnpackedMember(decode_name(os.fsencode(name)), *place) for name, *place in _unpack(path, file.fileno())
        ]

    def read(self, path: Path, member: UnpackedMember) -> bytes:
        """Read one file; raise DocumentError where it could not be unpacked. `path` is for messages."""
        if member.problem == "link":
            raise DocumentError.of("archive_member_link", file=path)
        if _is_about_a_password(member.problem):
            raise DocumentError.of("file_locked", file=path)
        if member.problem:
            raise DocumentError.of("archive_member_broken", file=path, cause=member.problem)
        return os.pread(self._file.fileno(), member.length, member.start)


def _unpack(path: Path, target: int) -> list[list[Any]]:
    """Let another process unpack an archive into the open file `target`; give what lies where."""
    with path.open("rb") as file:
        head = file.read(8)
    found = next((one for one in _FORMATS if head.startswith(one[0])), None)
    if found is None or found[2] != path.suffix.lower():
        name = next(one[3] for one in _FORMATS if one[2] == path.suffix.lower())
        begins = head.hex(" ")
        if found is None:
            raise DocumentError.of("archive_not", file=path, name=name, begins=begins)
        right = path.with_suffix(found[2]).name
        raise DocumentError.of("archive_misnamed", file=path, name=name, begins=begins, right=right)
    if found[3] == "RAR":
        _check_rar(path)
    most = min(MAX_UNPACKED, max(SMALL, MAX_RATIO * path.stat().st_size))
    command = [sys.executable, str(_PROGRAM), str(path), found[1], str(target), str(MAX_MEMBERS), str(most)]
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, pass_fds=[target], stdin=subprocess.DEVNULL, capture_output=True, env=environment,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise DocumentError.of("archive_too_long", file=path, seconds=_SECONDS) from None
    told: dict[str, Any] = (
        json.loads(done.stdout) if done.returncode == 0 and done.stdout else {"broken": _death(done.returncode)}
    )
    if "members" in told:
        return list(told["members"])
    raise _refusal(path, told, found[3])


def _check_rar(path: Path) -> None:
    try:
        check_blocks(path)
    except PartError as error:
        raise error.of_file(path) from error


def _refusal(path: Path, told: dict[str, Any], format_name: str) -> DocumentError:
    if "most_files" in told:
        return DocumentError.of("archive_too_many_files", file=path, most=told["most_files"])
    if "most_bytes" in told:
        return DocumentError.of("archive_unpacks_too_large", file=path, most=told["most_bytes"] // 2**20)
    if "library" in told:
        return DocumentError.of("libarchive_missing", file=path)
    if _is_about_a_password(told["broken"]):
        return DocumentError.of("file_locked", file=path)
    return DocumentError.of("archive_broken", file=path, name=f"{format_name} archive", cause=told["broken"])


def _is_about_a_password(problem: str) -> bool:
    return any(word in problem.lower() for word in ("encrypt", "passphrase", "password"))


def _death(status: int) -> str:
    return f"unpacking it ended with {signal.strsignal(-status) if status < 0 else f'status {status}'}"
