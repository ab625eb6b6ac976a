"""A process that reads files of strangers reaches no network and writes no endless file."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ingest import isolation
from ingest.isolation import without_network

REACHES = """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
    line.connect(("192.0.2.1", 80))
"""
WRITES = """
import sys, tempfile
from ingest.isolation import bound_this_process
bound_this_process(2**31)
with tempfile.TemporaryFile(buffering=0) as file:
    file.seek(2**30 - 1)
    file.write(b"a")
    try:
        file.write(b"b")
    except OSError as error:
        sys.exit(f"refused: {error.strerror}")
"""


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


# A kernel, or the container that CI runs in, may keep namespaces to itself, and nothing that is installed changes that.
@pytest.mark.skipif(
    not isolation._namespace(), reason="this kernel lends no network namespace to its users (`unshare --net`)"
)
def test_a_process_that_reads_files_reaches_no_network() -> None:
    done = run(without_network([sys.executable, "-c", REACHES]))
    assert done.returncode == 1
    assert "Network is unreachable" in done.stderr


def test_it_begins_as_any_other_where_no_namespace_is_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    isolation._namespace.cache_clear()
    monkeypatch.setenv("PATH", "")
    try:
        assert without_network(["reader"]) == ["reader"]
    finally:
        isolation._namespace.cache_clear()


def test_it_writes_no_file_beyond_what_an_archive_may_hold() -> None:
    assert "refused: File too large" in run([sys.executable, "-c", WRITES]).stderr
