"""Processes that read files of strangers: what takes one over, or makes it run wild, is bounded in memory and files and
has no network.

Where the kernel lends network namespaces (`unshare`, of util-linux) such a process begins in one without an interface
that is up; elsewhere it begins as any other. Its time is bounded by whoever started it.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache

_LARGEST_FILE = 2**30  # bytes: what an archive may unpack to


def without_network(command: Sequence[str]) -> list[str]:
    """Give the command that runs `command`, under the same process id, without a network where that can be had."""
    return [*_namespace(), *command]


def bound_this_process(memory: int) -> None:
    """Take no more than `memory` bytes of address space from now on, write no file of more than 1 GiB, and leave no
    core file."""
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, _LARGEST_FILE), (resource.RLIMIT_CORE, 0))
    for kind, limit in limits:
        resource.setrlimit(kind, (limit, limit))


@cache
def _namespace() -> tuple[str, ...]:
    program = shutil.which("unshare")
    if program is None:
        return ()
    # Root needs no namespace of users, in which it could not read what belongs to others.
    users = () if os.geteuid() == 0 else ("--user", "--map-current-user")
    line = (program, *users, "--net", "--")
    lent = subprocess.run([*line, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return line if lent.returncode == 0 else ()
