"""A collection in Milvus that is added to: a change costs what changes, and every snapshot sees its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from indexing import silent
from test_index_changes import document

from ingest.build import Build
from ingest.ingestion import writing
from kb.errors import SnapshotError, StoreError
from kb.index.encoder import STATIC, open_encoder
from kb.index.milvus_connection import MilvusAddress, MilvusConnection
from kb.index.snapshot import KEPT, collection_of, current_name, roll_back, snapshot_names
from kb.knowledge_base import KnowledgeBase
from kb.types import Document, Query

ENCODER = open_encoder(STATIC)
QUESTIONS = ("食堂补贴多少", "电梯", "第0版", "噪声")


@pytest.fixture(autouse=True)
def small_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, value in (("CHANGED_FROM", 0), ("MOST_CHANGED", 1), ("MOST_WASTE", 10)):
        monkeypatch.setattr(f"ingest.index_files.{limit}", value)
    monkeypatch.setattr("kb.index.milvus_store.MOST_DRIFT", 0.5)


def address(folder: Path) -> MilvusAddress:
    return MilvusAddress(str(folder / "milvus.db"))


def write(folder: Path, held: list[Document]) -> Build:
    with writing(folder / "index", ENCODER, silent, address(folder)) as writer:
        return writer.write(held)


def held() -> list[Document]:
    return [document(number) for number in range(6)]


def found(folder: Path, name: str | None = None) -> dict[str, dict[str, float]]:
    with closing(
        KnowledgeBase.open(folder / "index", ENCODER, milvus=address(folder), snapshot_name=name)
    ) as knowledge_base:
        return {
            question: {
                hit.passage.passage_id: hit.score
                for hit in knowledge_base.retriever.retrieve(Query("", question), 1000)
            }
            for question in QUESTIONS
        }


@pytest.fixture
def inserted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many rows each call inserted."""
    counts: list[int] = []
    call = MilvusConnection.call

    def counting(self: MilvusConnection, method: str, *arguments: object, **named: object) -> object:
        if method == "insert":
            counts.append(len(arguments[1]))  # type: ignore[arg-type]
        return call(self, method, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(MilvusConnection, "call", counting)
    yield counts


def collections(folder: Path) -> set[str]:
    with closing(MilvusConnection(address(folder))) as connection:
        return set(connection.call("list_collections"))


def test_a_document_costs_itself_and_the_snapshot_before_sees_what_it_saw(tmp_path: Path, inserted: list[int]) -> None:
    write(tmp_path, held())
    first, before = current_name(tmp_path / "index"), found(tmp_path)
    whole = sum(inserted)
    inserted.clear()
    write(tmp_path, [*held()[:5], document(5, 1)])
    assert 0 < sum(inserted) <= whole / 6  # the passages of one document of six, and the document
    second = current_name(tmp_path / "index")
    assert collection_of(tmp_path / "index", second) == first
    assert collections(tmp_path) == {address(tmp_path).collection(first)}
    assert found(tmp_path) != before
    assert found(tmp_path, first) == before
    inserted.clear()
    write(tmp_path, held()[:5])
    assert inserted == []
    assert not any(passage.startswith("d5#") for hits in found(tmp_path).values() for passage in hits)
    assert found(tmp_path, first) == before


def test_after_a_rollback_what_was_left_is_not_added_to(tmp_path: Path) -> None:
    write(tmp_path, held())
    first, before = current_name(tmp_path / "index"), found(tmp_path)
    write(tmp_path, [*held()[:5], document(5, 1)])
    left, seen = current_name(tmp_path / "index"), found(tmp_path)
    assert roll_back(tmp_path / "index") == first
    assert found(tmp_path) == before
    write(tmp_path, [*held()[:5], document(5, 2)])
    third = current_name(tmp_path / "index")
    assert collection_of(tmp_path / "index", third) == third
    assert found(tmp_path, left) == seen
    with_other = {passage for hits in found(tmp_path).values() for passage in hits}
    assert any(passage.startswith("d5#") for passage in with_other)


def test_a_change_that_fails_leaves_what_is_served_and_the_next_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, held())
    first, before = current_name(tmp_path / "index"), found(tmp_path)
    with monkeypatch.context() as broken:
        call = MilvusConnection.call

        def failing(self: MilvusConnection, method: str, *arguments: object, **named: object) -> object:
            if method == "flush":  # the rows are there already
                raise StoreError.of("store_absent", uri=self.address.uri, cause="closed channel")
            return call(self, method, *arguments, **named)  # type: ignore[arg-type]

        broken.setattr(MilvusConnection, "call", failing)
        with pytest.raises(StoreError, match="cannot be reached"):
            write(tmp_path, [*held()[:5], document(5, 1)])
    assert snapshot_names(tmp_path / "index") == [first]
    assert found(tmp_path) == before
    write(tmp_path, [*held()[:5], document(5, 2)])
    second = current_name(tmp_path / "index")
    assert collection_of(tmp_path / "index", second) == second
    (tmp_path / "other").mkdir()
    write(tmp_path / "other", [*held()[:5], document(5, 2)])
    assert found(tmp_path) == found(tmp_path / "other")


def test_the_first_document_that_is_hidden_changes_no_score_of_the_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.index.milvus_store.MOST_DRIFT", 100)
    write(tmp_path, held()[:5])
    before = found(tmp_path)
    secret = document(5, disclosure="unstated")
    write(tmp_path, [*held()[:5], replace(secret, text=secret.text + "噪声电梯" * 300)])
    assert collection_of(tmp_path / "index", current_name(tmp_path / "index")) != current_name(tmp_path / "index")
    assert found(tmp_path) == before


def test_a_collection_is_written_whole_where_lengths_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.index.milvus_store.MOST_DRIFT", 0.02)
    write(tmp_path, held())
    long = document(5)
    write(tmp_path, [*held()[:5], replace(long, text=long.text + "第九条　噪声污染的防治。" * 50, sha256="1" * 64)])
    name = current_name(tmp_path / "index")
    assert collection_of(tmp_path / "index", name) == name


def test_a_collection_goes_when_no_snapshot_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, held())
    first = address(tmp_path).collection(current_name(tmp_path / "index"))
    for edition in range(1, KEPT + 1):
        write(tmp_path, [*held()[:5], document(5, edition)])
    assert len(snapshot_names(tmp_path / "index")) == KEPT
    assert collections(tmp_path) == {first}  # its own snapshot is gone, those that came of it need it
    monkeypatch.setattr("ingest.index_files.MOST_CHANGED", 0)
    for edition in range(KEPT):
        write(tmp_path, [*held()[:5], document(5, edition)])
    assert first not in collections(tmp_path)
    assert len(collections(tmp_path)) == KEPT


def test_a_collection_that_is_gone_is_written_whole(tmp_path: Path) -> None:
    write(tmp_path, held())
    name = address(tmp_path).collection(current_name(tmp_path / "index"))
    with closing(MilvusConnection(address(tmp_path))) as connection:
        with suppress(StoreError):
            connection.call("drop_alias", address(tmp_path).alias)
        connection.call("drop_collection", name)
    write(tmp_path, [*held()[:5], document(5, 1)])
    assert any(hits for hits in found(tmp_path).values())


@pytest.mark.parametrize("change", [True, False])
def test_a_full_disk_leaves_neither_snapshot_nor_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bool
) -> None:
    write(tmp_path, held())
    first, before = current_name(tmp_path / "index"), found(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as full:
        full.setattr("ingest.build.sync_tree", fail)
        full.setattr("ingest.index_files.MOST_CHANGED", 1 if change else 0)
        with pytest.raises(SnapshotError, match="disk is full"):
            write(tmp_path, [*held()[:5], document(5, 1)])
    assert snapshot_names(tmp_path / "index") == [first]
    assert not list((tmp_path / "index" / "snapshots").glob(".*"))
    assert collections(tmp_path) == {address(tmp_path).collection(first)}
    assert found(tmp_path) == before
