"""The processors that this process may use: how many, and whether they can add up products of bytes without
overflow."""

from __future__ import annotations

import os
from pathlib import Path


def processors() -> int:
    """Count the processors that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def adds_bytes_exactly(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether the processor has VNNI, which adds up products of signed and unsigned bytes in 32 bits; older ones
    do so in 16.

    Where the system does not tell, it is taken not to have it: that costs time, the other mistake would cost what is
    computed.
    """
    try:
        told = cpuinfo.read_text("utf-8")
    except OSError:
        return False
    flags = next((line for line in told.split("\n") if line.startswith("flags")), "").split()
    return not {"avx512_vnni", "avx_vnni"}.isdisjoint(flags)
