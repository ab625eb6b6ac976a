"""What must outlast a loss of power, a full disk and a clock that was set back."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from indexing import index_folder

from kb.durable import replace_text
from kb.index.snapshot import current_name, new_name, point_to, snapshot_folder, snapshot_names

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file and folder that was brought onto the disk, by the name that it had then, and `CURRENT` when it was
    replaced."""
    seen: list[Path] = []
    fsync = os.fsync

    def remember(descriptor: int) -> None:
        seen.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", remember)
    return seen


def test_a_snapshot_is_on_the_disk_before_anything_points_to_it(
    small_folder: Path, tmp_path: Path, synced: list[Path]
) -> None:
    index = tmp_path / "index"
    index_folder(small_folder, index)
    folder = snapshot_folder(index, current_name(index))
    written = folder.with_name(f".{folder.name}")  # the name that it has until it is whole
    for path in (folder, *folder.rglob("*")):
        if not path.name.startswith("."):
            assert written / path.relative_to(folder) in synced, path
    pointer = next(n for n, path in enumerate(synced) if path.name.startswith(".CURRENT"))
    assert synced.index(folder.parent) < pointer < len(synced) - 1 - synced[::-1].index(index)


def test_what_replaces_a_file_is_whole_or_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decided.json"
    replace_text(path, "before")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace_text(path, "after")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["decided.json"]


def test_snapshots_are_in_the_order_of_their_making_however_the_clock_was_set(
    small_folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    index_folder(small_folder, index)
    first = current_name(index)
    for days in (-400, 400, -400, 0):
        name = new_name(index, datetime.now(UTC) + timedelta(days=days), "0123456789abcdef")
        assert name > snapshot_names(index)[-1]
        snapshot_folder(index, first).rename(snapshot_folder(index, name))
        point_to(index, name)
        first = name


def test_a_disk_that_is_full_costs_nothing_and_is_told_in_one_line(
    small_folder: Path, tmp_path: Path, kb_command: Command
) -> None:
    index = tmp_path / "index"
    index_folder(small_folder, index)
    before = current_name(index)
    (small_folder / "more.txt").write_text("补充办法\n第一条　补充的内容。\n", "utf-8")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    refused = kb_command("ingest", small_folder, "--index", index, preexec_fn=little_room)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "make room on the disk" in refused.stderr.splitlines()[-1]
    assert current_name(index) == before
    assert snapshot_names(index) == [before]
    assert kb_command("verify", "--index", index).returncode == 0
