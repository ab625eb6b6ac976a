"""The service as a process of its own, for benches."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of loopback, which no proxy of the environment reaches."""


@contextmanager
def served(index_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `kb serve` on a free port of loopback; give the process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port), "--index", str(index_dir)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, url)
        yield process, url
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            DIRECT.open(f"{url}/readyz").read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service did not become ready within 30 s; start it by hand with `kb serve` and see why")
