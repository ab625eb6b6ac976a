"""Whether a RAR archive is whole: its blocks, one behind the other, end with the block that says so.

libarchive takes a file that was cut between two members for one that ends there, and says nothing of what is missing.
Source: the RAR 5.0 archive format and the technical note of version 4, by their maker.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from kb.errors import PartError

# Of version 5, and of the versions 1.5 to 4.
SIGNATURE_5, SIGNATURE_4 = b"Rar!\x1a\x07\x01\x00", b"Rar!\x1a\x07\x00"
_HEAD = 64  # bytes that hold the numbers at the start of a block
_END_5, _MAIN_5, _END_4, _MAIN_4 = 5, 1, 0x7B, 0x73
_HAS_EXTRA, _HAS_DATA_5, _HAS_DATA_4 = 0x01, 0x02, 0x8000


def check_blocks(path: Path) -> None:
    """Raise PartError where the blocks of an archive do not end as they should, or where it is one of several
    volumes."""
    with path.open("rb") as file:
        size = path.stat().st_size
        is_5 = file.read(len(SIGNATURE_5)) == SIGNATURE_5
        at = len(SIGNATURE_5 if is_5 else SIGNATURE_4)
        while at < size:
            kind, flags, length = (_block_5 if is_5 else _block_4)(file, at)
            if kind == (_MAIN_5 if is_5 else _MAIN_4) and flags & 1:
                raise PartError.of("archive_volume")
            if kind == (_END_5 if is_5 else _END_4):
                return
            at += length
        if is_5 or at > size:  # version 4 may end without a word
            raise PartError.of("archive_cut_off")


def _block_5(file: BinaryIO, at: int) -> tuple[int, int, int]:
    """Give kind, flags of an archive (0 of other blocks) and length of the block at `at`."""
    file.seek(at)
    head = file.read(_HEAD)
    size, here = _number(head, 4)
    length = here + size
    kind, here = _number(head, here)
    flags, here = _number(head, here)
    if flags & _HAS_EXTRA:
        _, here = _number(head, here)
    if flags & _HAS_DATA_5:
        data, here = _number(head, here)
        length += data
    archive_flags = _number(head, here)[0] if kind == _MAIN_5 else 0
    return kind, archive_flags, length


def _block_4(file: BinaryIO, at: int) -> tuple[int, int, int]:
    file.seek(at)
    head = file.read(11)
    if len(head) < 7:
        raise PartError.of("archive_cut_off")
    kind, flags, length = struct.unpack("<BHH", head[2:7])
    if length < 7:
        raise PartError.of("archive_cut_off")
    if kind != _MAIN_4 and flags & _HAS_DATA_4:
        if len(head) < 11:
            raise PartError.of("archive_cut_off")
        length += struct.unpack("<I", head[7:11])[0]
    return kind, flags, length


def _number(head: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; give it and where the next begins."""
    value = shift = 0
    for place in range(at, min(at + 10, len(head))):
        value |= (head[place] & 0x7F) << shift
        shift += 7
        if not head[place] & 0x80:
            return value, place + 1
    raise PartError.of("archive_cut_off")
