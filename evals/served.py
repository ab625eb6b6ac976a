"""The service as a process of its own, for benches."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of loopback, which no proxy of the environment reaches."""
UNBOUND = {"KB_REQUESTS_A_MINUTE": "0"}
"""Settings of a service all of whose clients come from one address."""


@contextmanager
def served(
    index_dir: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `kb serve` on a free port of loopback, with more options and variables where they are given; give the process
    and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port), "--index", str(index_dir), *options]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | dict(environment or {})
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, url)
        yield process, url
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(1500):
        if process.poll() is not None:
            break
        try:
            DIRECT.open(f"{url}/readyz").read()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the service did not become ready within 30 s; start it by hand with `kb serve` and see why")


def resident_mb(pid: int, generations: int | None = None) -> float:
    """Give the resident memory of a process and of all that it started, in MB; with `generations` of so many only: 1
    are the workers of a service, without the job that one of them may have at the moment."""
    own, children = 0.0, ""
    with suppress(FileNotFoundError, ProcessLookupError):  # it ended since it was listed
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        own = next((int(line.split()[1]) for line in status if line.startswith("VmRSS")), 0) / 1024
        if generations != 0:
            children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    younger = None if generations is None else generations - 1
    return own + sum(resident_mb(int(child), younger) for child in children.split())
