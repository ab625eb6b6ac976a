"""Snapshots: what is written is what is read, and anything else is refused by name."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from indexing import index_folder
from numpy.typing import NDArray

from ingest.base_index import indexed_documents
from kb.errors import SnapshotDamagedError, SnapshotError, SnapshotMismatchError, SnapshotMissingError
from kb.index.encoder import open_encoder
from kb.index.selftest import check_arms
from kb.index.snapshot import current_name, open_snapshot, point_to, roll_back, snapshot_folder, snapshot_names, verify
from kb.index.vectors import EXACT_UP_TO, Selection, VectorIndex, write_vectors
from kb.knowledge_base import KnowledgeBase
from kb.types import Query
from service.ingestion_process import change

Command = Callable[..., subprocess.CompletedProcess[str]]


class OtherEncoder:
    """An encoder that is not the one the index was built with; `vector` is all it ever says."""

    name = "other"
    dimensions = 8
    checksum = "f" * 64

    def encode_queries(self, texts: list[str]) -> NDArray[np.float32]:
        return np.full((len(texts), 8), 8**-0.5, dtype=np.float32)

    encode_passages = encode_queries


@pytest.fixture
def index_dir(small_folder: Path, tmp_path: Path) -> Path:
    index_folder(small_folder, tmp_path / "index")
    return tmp_path / "index"


def test_no_index_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMissingError, match=r"no index here; build one with `kb ingest PATH`"):
        open_snapshot(tmp_path, open_encoder())


@pytest.mark.parametrize("name", ["records.sqlite", "vectors.faiss", "lexical/meta.json"])
@pytest.mark.parametrize("damage", ["changed", "truncated", "missing"])
def test_a_damaged_file_is_named(index_dir: Path, name: str, damage: str) -> None:
    path = snapshot_folder(index_dir, current_name(index_dir)) / name
    data = path.read_bytes()
    if damage == "changed":
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif damage == "truncated":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.unlink()
    with pytest.raises(SnapshotDamagedError, match=str(path)):
        open_snapshot(index_dir, open_encoder())


def test_a_half_written_snapshot_is_refused(index_dir: Path) -> None:
    (snapshot_folder(index_dir, current_name(index_dir)) / "manifest.json").unlink()
    with pytest.raises(SnapshotDamagedError, match="half-written"):
        open_snapshot(index_dir, open_encoder())


@pytest.mark.parametrize("content", ["", "../elsewhere", "a/b"])
def test_a_pointer_to_nowhere_is_refused(index_dir: Path, content: str) -> None:
    (index_dir / "CURRENT").write_text(content)
    with pytest.raises(SnapshotDamagedError, match="names no snapshot"):
        open_snapshot(index_dir, open_encoder())


def test_another_encoder_is_refused_with_both_names(index_dir: Path) -> None:
    with pytest.raises(SnapshotMismatchError, match=r"built with encoder embedded .* other .* is configured"):
        open_snapshot(index_dir, OtherEncoder())


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("schema_version", 999, "has schema 999"), ("analyzer", "words/1", "analyzer words/1")],
)
def test_another_version_is_refused(index_dir: Path, key: str, value: object, words: str) -> None:
    path = snapshot_folder(index_dir, current_name(index_dir)) / "manifest.json"
    manifest = json.loads(path.read_text())
    (manifest if key in manifest else manifest["configuration"])[key] = value
    path.write_text(json.dumps(manifest))
    with pytest.raises(SnapshotMismatchError, match=words):
        open_snapshot(index_dir, open_encoder())


def test_rolling_back_answers_from_the_snapshot_before(index_dir: Path, small_folder: Path) -> None:
    first = current_name(index_dir)
    (small_folder / "lift.txt").unlink()
    index_folder(small_folder, index_dir)
    assert current_name(index_dir) != first
    assert roll_back(index_dir) == first
    answer = KnowledgeBase.open(index_dir, open_encoder()).ask(Query("", "每台电梯补助多少万元？"))
    assert "二十万元" in answer.text
    with pytest.raises(SnapshotError, match="oldest snapshot"):
        roll_back(index_dir)


def test_an_open_snapshot_outlives_a_rebuild(index_dir: Path, small_folder: Path) -> None:
    knowledge_base = KnowledgeBase.open(index_dir, open_encoder())
    (small_folder / "lift.txt").unlink()
    index_folder(small_folder, index_dir)
    assert "二十万元" in knowledge_base.ask(Query("", "每台电梯补助多少万元？")).text


def test_an_index_can_be_moved_and_copied(index_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(index_dir, tmp_path / "copy")
    assert verify(tmp_path / "copy") == verify(index_dir)


def test_the_pointer_is_replaced_whole(index_dir: Path) -> None:
    name = current_name(index_dir)
    point_to(index_dir, name)
    assert (index_dir / "CURRENT").read_text() == name + "\n"
    assert not list(index_dir.glob(".CURRENT*"))


def test_an_encoder_without_chinese_fails_the_self_test() -> None:
    check_arms(open_encoder())
    with pytest.raises(Exception, match="does not find a planted Chinese phrase"):
        check_arms(OtherEncoder())


@pytest.mark.parametrize("count", [500, EXACT_UP_TO + 1])
def test_vector_search_agrees_with_numpy(tmp_path: Path, count: int) -> None:
    generator = np.random.default_rng(7)
    vectors = generator.standard_normal((count, 16), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    write_vectors(tmp_path / "vectors.faiss", vectors)
    index = VectorIndex(tmp_path / "vectors.faiss")
    allowed = np.arange(0, count, 3, dtype=np.int64)
    found = index.search(vectors[5], 20, Selection(allowed, count))
    exact = allowed[np.argsort(-(vectors[allowed] @ vectors[5]), kind="stable")][:20]
    assert len({row for row, _ in found} & set(exact.tolist())) >= 18
    assert all(row % 3 == 0 for row, _ in found)


def test_an_index_on_a_read_only_medium_is_searched_and_left_untouched(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = snapshot_folder(index_dir, current_name(index_dir))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    # Root may write anywhere, so the medium's refusal is put in place of the real one.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    knowledge_base = KnowledgeBase.open(index_dir, open_encoder())
    assert "二十万元" in knowledge_base.ask(Query("", "每台电梯补助多少万元？")).text
    knowledge_base.close()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def damage(index_dir: Path, how: str) -> None:
    if how == "no pointer":
        (index_dir / "CURRENT").unlink()
    elif how == "pointer to nothing":
        (index_dir / "CURRENT").write_text("20310101T000000.000000-00000000\n")
    elif how == "empty pointer":
        (index_dir / "CURRENT").write_text("")
    elif how == "no manifest":
        (snapshot_folder(index_dir, current_name(index_dir)) / "manifest.json").unlink()
    else:
        records = snapshot_folder(index_dir, current_name(index_dir)) / "records.sqlite"
        records.write_bytes(records.read_bytes()[:-100])


@pytest.mark.parametrize("how", ["no pointer", "pointer to nothing", "empty pointer", "no manifest", "damaged records"])
def test_a_damaged_index_is_never_taken_for_an_empty_one(index_dir: Path, small_folder: Path, how: str) -> None:
    first = current_name(index_dir)
    (small_folder / "added.txt").write_text("一、新增事项\n社区影院每周放映两场。\n", encoding="utf-8")
    index_folder(small_folder, index_dir)
    damage(index_dir, how)
    before = snapshot_names(index_dir)
    with pytest.raises(SnapshotDamagedError, match=r"`kb rollback`.*--fresh.*the last good snapshot is 2") as raised:
        index_folder(small_folder, index_dir)
    with pytest.raises(SnapshotDamagedError):
        change(index_dir, "embedded", {"action": "add", "path": str(small_folder / "lift.txt")})
    assert snapshot_names(index_dir) == before
    restored = roll_back(index_dir)
    assert restored in raised.value.message
    assert restored == (first if how in ("no manifest", "damaged records") else before[-1])
    assert set(indexed_documents(index_dir)) >= {"measures", "lift", "internal"}


def test_rolling_back_passes_over_damaged_snapshots(index_dir: Path, small_folder: Path) -> None:
    first = current_name(index_dir)
    for number in range(2):
        (small_folder / "added.txt").write_text(f"一、新增事项\n社区影院每周放映{number}场。\n", encoding="utf-8")
        index_folder(small_folder, index_dir)
    damage_of_second = snapshot_folder(index_dir, snapshot_names(index_dir)[1]) / "vectors.faiss"
    damage_of_second.unlink()
    damage(index_dir, "damaged records")
    assert roll_back(index_dir) == first


def test_only_fresh_begins_anew(kb_command: Command, index_dir: Path, small_folder: Path) -> None:
    damage(index_dir, "damaged records")
    done = kb_command("ingest", small_folder / "lift.txt", "--index", index_dir)
    assert done.returncode == 1 and "no snapshot is whole" in done.stderr and "--fresh" in done.stderr
    done = kb_command("rollback", "--index", index_dir)
    assert done.returncode == 1
    done = kb_command("ingest", small_folder / "lift.txt", "--index", index_dir, "--fresh", "--disclosure", "public")
    assert done.returncode == 0 and ": 1 documents" in done.stdout


def test_documents_survive_other_terms(index_dir: Path, small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.build.ANALYZER", "words/2")
    monkeypatch.setattr("kb.index.snapshot.ANALYZER", "words/2")
    with pytest.raises(SnapshotMismatchError, match="rebuild it with `kb ingest PATH`"):
        open_snapshot(index_dir, open_encoder())
    index_folder(small_folder / "lift.txt", index_dir)
    assert set(indexed_documents(index_dir)) == {"measures", "lift", "internal"}
