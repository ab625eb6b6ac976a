"""An index too large for a transformer: built with the static encoder, its candidates compared by the other."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.beir import beir_documents
from ingest.build import build_index
from kb.errors import SnapshotMismatchError
from kb.index.encoder import EMBEDDED, STATIC, open_encoder
from kb.index.snapshot import read_manifest
from kb.index.vector_cache import VectorCache
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

CORPUS = "\n".join(
    f'{{"_id": "{name}", "title": "", "text": "{text}"}}'
    for name, text in {
        "noise": "在已竣工交付使用的住宅楼内进行室内装修活动，应当限制作业时间。",
        "meals": "社区食堂为老年人提供助餐服务。",
        "lifts": "既有住宅加装电梯给予补助。",
    }.items()
)
QUESTION = Query("", "楼上天天砸墙，几点以后不许弄", audience="public")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("late")
    (folder / "corpus.jsonl").write_text(CORPUS, "utf-8")
    built = build_index(
        folder / "index", list(beir_documents(folder).values()), open_encoder(), lambda *_: None, late_from=1
    )
    assert built.late
    return folder / "index"


def test_a_large_index_holds_static_vectors_and_names_both_encoders(index: Path) -> None:
    configuration = read_manifest(index, (index / "CURRENT").read_text("utf-8").strip()).configuration
    assert configuration.encoder.name == STATIC
    assert configuration.late and configuration.late.name == EMBEDDED


def test_its_candidates_are_compared_by_the_transformer_whose_vectors_are_kept(index: Path) -> None:
    encoder = open_encoder()
    knowledge_base = KnowledgeBase.open(index, encoder)
    found = knowledge_base.search_documents(QUESTION, 3)
    knowledge_base.close()
    assert found[0][0] == "noise"
    cache = VectorCache(index / "cache", encoder)
    cache.encode(["\n社区食堂为老年人提供助餐服务。"], encoder)
    assert cache.computed == 0
    cache.close()


def test_it_opens_with_the_encoder_that_it_was_built_for(index: Path) -> None:
    with pytest.raises(SnapshotMismatchError, match="embedded"):
        KnowledgeBase.open(index, open_encoder(STATIC))


def test_a_small_index_is_encoded_whole(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(CORPUS, "utf-8")
    built = build_index(tmp_path / "index", list(beir_documents(tmp_path).values()), open_encoder(), lambda *_: None)
    assert not built.late
    assert read_manifest(tmp_path / "index", built.snapshot).configuration.late is None


def test_where_nothing_can_be_written_vectors_are_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    encoder = open_encoder(STATIC)
    cache = VectorCache(tmp_path / "file", encoder)
    cache.encode(["助餐"], encoder)
    cache.encode(["助餐"], encoder)
    assert cache.computed == 1


def test_a_file_of_vectors_that_cannot_be_written_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, connect = open_encoder(STATIC), sqlite3.connect
    VectorCache(tmp_path, encoder).close()

    def connect_to_read(path: str, **options: Any) -> sqlite3.Connection:
        """Connect to a file as to one of a disk that is read-only: the tests may run as root, whom no mode keeps from
        writing."""
        connection = connect(path, **options)
        connection.execute(f"PRAGMA query_only = {path != ':memory:'}")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_read)
    cache = VectorCache(tmp_path, encoder)
    cache.encode(["助餐"], encoder)
    assert cache.computed == 1


def test_a_damaged_file_of_vectors_is_none(tmp_path: Path) -> None:
    encoder = open_encoder(STATIC)
    (tmp_path / f"vectors-{encoder.checksum[:16]}.sqlite").write_bytes(b"no database" * 400)
    cache = VectorCache(tmp_path, encoder)
    assert np.array_equal(cache.encode(["助餐"], encoder), encoder.encode_passages(["助餐"]))
    cache.close()


def test_on_a_full_disk_vectors_are_made_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, connect = open_encoder(STATIC), sqlite3.connect
    VectorCache(tmp_path, encoder).close()

    def connect_to_full_disk(path: str, **options: Any) -> sqlite3.Connection:
        connection = connect(path, **options)
        connection.execute("PRAGMA max_page_count = 1")  # no more than the file has
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_full_disk)
    cache, texts = VectorCache(tmp_path, encoder), [f"第{n}条助餐补贴" for n in range(40)]
    assert np.array_equal(cache.encode(texts, encoder), encoder.encode_passages(texts)) and not cache.computed
    cache.close()
