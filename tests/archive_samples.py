"""7z archives as libarchive writes them, and RAR archives, which no free program writes, byte by byte with stored
members."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

Member = tuple[str, bytes]


def write_7z(path: Path, members: Sequence[Member]) -> None:
    import libarchive  # where the system's library is missing this fails, and the tests that come here are skipped

    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, data in members:
            archive.add_file_from_memory(name, len(data), data)


def rar5(members: Sequence[Member], encrypted: bool = False) -> bytes:
    """RAR 5.0 archive format, as its maker describes it: headers of a checksum, a size and numbers of seven bits a
    byte."""
    blocks = [_block5(_vint(4) + _vint(0) + _vint(0) + _vint(0) + bytes([15]) + bytes(16))] if encrypted else []
    blocks.append(_block5(_vint(1) + _vint(0) + _vint(0)))
    for name, data in members:
        stored = name.encode()
        fields = (2, 2, len(data), 4, len(data), 0o100644)
        head = b"".join(map(_vint, fields)) + struct.pack("<I", zlib.crc32(data))
        blocks.append(_block5(head + _vint(0) + _vint(1) + _vint(len(stored)) + stored) + data)
    return b"Rar!\x1a\x07\x01\x00" + b"".join(blocks) + _block5(_vint(5) + _vint(0) + _vint(0))


def rar4(members: Sequence[Member], modes: Sequence[int] = (), volume: bool = False) -> bytes:
    """RAR archives up to version 4, names as Chinese Windows writes them; `modes` are those of Unix, a file's where
    there is none."""
    blocks = [_block4(0x73, int(volume), bytes(6))]
    for number, (name, data) in enumerate(members):
        stored = name.encode("gb18030")
        sizes = struct.pack("<IIBII", len(data), len(data), 3, zlib.crc32(data), 0)
        fields = sizes + struct.pack("<BBHI", 20, 0x30, len(stored), modes[number] if modes else 0o100644)
        blocks.append(_block4(0x74, 0x8000, fields + stored) + data)
    return b"Rar!\x1a\x07\x00" + b"".join(blocks) + _block4(0x7B, 0x4000, b"")


def _vint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(0x80 | number & 0x7F)
        number >>= 7
    return bytes([*found, number])


def _block5(head: bytes) -> bytes:
    sized = _vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized


def _block4(kind: int, flags: int, fields: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head
