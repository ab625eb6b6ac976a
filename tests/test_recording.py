"""What is made of documents on the way to a snapshot is written down some at a time, and read again as it is
indexed."""

from __future__ import annotations

import gc
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from indexing import silent

from ingest.ingestion import writing
from kb.index.encoder import STATIC, open_encoder
from kb.index.record_writing import RecordedPart, RecordWriter
from kb.index.recorded_entries import RecordedDocuments, RecordedPassages
from kb.index.records import Records
from kb.index.snapshot import current_name, snapshot_folder
from kb.index.vector_file import VectorFile
from kb.index.vectors import VectorIndex
from kb.types import Document, Passage


def documents(count: int) -> list[Document]:
    """Documents of three articles each."""
    texts = [f"办法{n:03}\n第一条　甲{n}。\n第二条　乙{n}。\n第三条　丙{n}。" for n in range(count)]
    return [
        Document(
            doc_id=f"d{n:03}", title=f"办法{n:03}", disclosure="public", source=f"{n}.txt", sha256=str(n), text=text
        )
        for n, text in enumerate(texts)
    ]


def passages_in_memory() -> int:
    """Count them by their type alone: other packages keep proxies that warn whoever asks what they are an instance
    of."""
    return sum(type(one) is Passage for one in gc.get_objects())


def test_no_more_than_the_passages_of_two_batches_are_in_memory_while_an_index_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.build._BATCH", 5)
    alive: list[int] = []
    add = RecordWriter.add

    def counting(writer: RecordWriter, part: RecordedPart) -> None:
        add(writer, part)
        alive.append(passages_in_memory())

    monkeypatch.setattr(RecordWriter, "add", counting)
    before = passages_in_memory()
    with writing(tmp_path, open_encoder(STATIC), silent) as writer:
        built = writer.write(documents(60))
    a_batch = 5 * built.counts.passages // 60
    assert len(alive) == 12
    assert max(alive) - before <= 2 * a_batch < built.counts.passages


def test_an_index_that_was_built_in_batches_is_that_of_one_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: dict[int, list[object]] = {}
    for batch in (1, 7, 500):
        monkeypatch.setattr("ingest.build._BATCH", batch)
        index = tmp_path / str(batch)
        with writing(index, open_encoder(STATIC), silent) as writer:
            writer.write(documents(20))
        folder = snapshot_folder(index, current_name(index))
        with closing(Records(folder / "records.sqlite", whole=True)) as records:
            rows = range(len(records.document_of_row))
            vectors = VectorIndex(folder / "vectors.faiss")
            found = [n for n, _ in vectors.search(open_encoder(STATIC).encode_queries(["甲7"])[0], 10)]
            clauses = [records.clauses(document.doc_id) for document in records.catalogue]
            built[batch] = [records.catalogue, records.passages(rows), clauses, found]
        assert not [path for path in folder.iterdir() if path.name.startswith("tmp")]  # nothing of the way is left
    assert built[1] == built[7] == built[500]


def test_what_is_indexed_is_read_from_the_records_as_often_as_it_is_asked_for(tmp_path: Path) -> None:
    with writing(tmp_path, open_encoder(STATIC), silent) as writer:
        writer.write(documents(4))
    path = snapshot_folder(tmp_path, current_name(tmp_path)) / "records.sqlite"
    with closing(Records(path)) as records:
        count = len(records.document_of_row)
        passages = RecordedPassages(path, 2, count)
        assert len(passages) == count - 2
        expected = [
            (
                row,
                int(passage.doc_id[1:]),
                passage.context,
                documents(4)[int(passage.doc_id[1:])].text[passage.start : passage.end],
            )
            for row, passage in enumerate(records.passages(range(2, count)), start=2)
        ]
    assert list(passages) == list(passages) == expected
    whole = RecordedDocuments(path, 1, 3)
    assert list(whole) == [(n, n, d.title, d.text) for n, d in enumerate(documents(4))][1:3]
    assert len(whole) == 2


def test_a_file_of_vectors_gives_what_an_array_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.index.vector_file._ROWS", 7)
    vectors = np.random.default_rng(3).standard_normal((50, 6), dtype=np.float32)
    with VectorFile(tmp_path, 6) as file:
        assert (len(file), file.shape, file[:5].shape) == (0, (0, 6), (0, 6))
        for at in (0, 20, 21):
            file.add(vectors[at : at + (20 if at == 0 else 1 if at == 20 else 29)])
        assert file.shape == vectors.shape
        for wanted in (slice(3, 9), slice(None), slice(48, 90), np.array([0, 6, 7, 8, 30, 49]), np.array([], np.int64)):
            assert np.array_equal(file[wanted], vectors[wanted])
    assert list(tmp_path.iterdir()) == []
