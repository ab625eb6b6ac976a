"""An index that comes of another by a change: it holds what one written whole holds, and the one before stays as it
was."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indexing import ROOT, silent

from ingest.base_index import indexed_documents
from ingest.build import Build
from ingest.ingestion import writing
from ingest.text_findings import FILE_NAME, TextFindings
from kb.errors import SnapshotError
from kb.index.encoder import STATIC, open_encoder
from kb.index.records import Records
from kb.index.snapshot import current_name, roll_back, snapshot_folder, snapshot_names, verify
from kb.index.vectors import Selection, VectorIndex, is_fit_for, update_vectors, write_vectors
from kb.knowledge_base import KnowledgeBase
from kb.naming import Names, Register
from kb.types import Disclosure, Document

ENCODER = open_encoder(STATIC)
TITLES = (
    "社区食堂管理办法",
    "加装电梯管理办法",
    "公共租赁住房条例",
    "噪声污染防治条例",
    "育儿补贴实施细则",
    "体育场地开放通知",
)


def document(number: int, edition: int = 0, disclosure: Disclosure = "public", title: int | None = None) -> Document:
    """A document that names two others by their titles and one by its number."""
    name = TITLES[number if title is None else title]
    others = (TITLES[(number + edition + 1) % len(TITLES)], TITLES[(number + 2) % len(TITLES)])
    text = (
        f"{name}\n第一条　依据《{others[0]}》和东政发〔2020〕{(number + 3) % len(TITLES)}号制定。\n"
        f"第二条　每人每月补贴{edition + 1}百元，不适用《{others[1]}》。\n第三条　第{edition}版自公布之日起施行。"
    )
    sums = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        doc_id=f"d{number}", title=name, doc_no=f"东政发〔2020〕{number}号", disclosure=disclosure, source=f"d{number}.txt",
        sha256=sums, text=text,
    )  # fmt: skip


@pytest.fixture
def small_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, value in (("CHANGED_FROM", 0), ("MOST_CHANGED", 1), ("MOST_WASTE", 10)):
        monkeypatch.setattr(f"ingest.index_files.{limit}", value)


def write(index: Path, documents: list[Document]) -> Build:
    with writing(index, ENCODER, silent) as writer:
        return writer.write(documents)


def folder_of(index: Path) -> Path:
    return snapshot_folder(index, current_name(index))


def sums_below(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def everything_of(index: Path) -> object:
    """All that can be read of the records of an index."""
    with closing(Records(folder_of(index) / "records.sqlite", whole=True)) as records:
        ids = [document.doc_id for document in records.catalogue]
        rows = range(len(records.document_of_row))
        return (
            records.catalogue,
            records.document_of_row,
            records.rows_about_documents,
            records.passages(rows),
            [(doc_id, records.clauses(doc_id), records.citations(doc_id)) for doc_id in ids],
        )


def found_in(index: Path) -> list[object]:
    with closing(KnowledgeBase.open(index, ENCODER)) as knowledge_base:
        told: list[object] = []
        for question in ("食堂补贴多少", "电梯", "第0版", "噪声"):
            hits = knowledge_base.search(question, 100)
            told.append({hit.passage.passage_id for hit in hits})
            answer = knowledge_base.ask(question)
            told.append((answer.text, answer.refusal and answer.refusal.kind))
        counts = [knowledge_base.snapshot.store.counts(audience) for audience in ("public", "staff")]
        return [
            *told,
            *((len(one), [one.frequency(term) for term in ("补贴", "0版", "1版", "电梯")]) for one in counts),
        ]


STATES = st.dictionaries(
    st.integers(0, 5),
    st.tuples(st.integers(0, 2), st.sampled_from(["public", "unstated"]), st.integers(0, 5)),
    min_size=1,
)


@pytest.mark.usefixtures("small_is_changed")
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATES, min_size=2, max_size=4))
def test_an_index_that_was_changed_holds_what_one_written_whole_holds(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[int, tuple[int, Disclosure, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    for state in states:
        held = [document(number, *how) for number, how in state.items()]
        write(folder / "changed", held)
    with writing(folder / "whole", ENCODER, silent) as writer:
        writer.write(held, fresh=True)
    verify(folder / "changed")
    assert everything_of(folder / "changed") == everything_of(folder / "whole")
    assert found_in(folder / "changed") == found_in(folder / "whole")


@pytest.mark.usefixtures("small_is_changed")
def test_a_change_embeds_and_writes_what_is_new_and_leaves_the_snapshot_before_as_it_was(tmp_path: Path) -> None:
    index = tmp_path / "index"
    held = [document(number) for number in range(6)]
    write(index, held)
    first, before = current_name(index), sums_below(folder_of(index))
    build = write(index, [*held[:5], document(5, 1)])
    assert (build.changed, build.counts.documents, build.embedded) == (True, 6, 3)
    assert sums_below(snapshot_folder(index, first)) == before
    shared = [path for path in (folder_of(index) / "lexical").iterdir() if path.stat().st_nlink > 1]
    assert {path.suffix for path in shared} >= {".idx", ".term", ".store"}
    assert roll_back(index) == first
    verify(index)
    assert indexed_documents(index) == {one.doc_id: one for one in held}


@pytest.mark.usefixtures("small_is_changed")
def test_the_first_document_that_is_hidden_is_left_out_of_what_the_public_searches(tmp_path: Path) -> None:
    index = tmp_path / "index"
    write(index, [document(number) for number in range(5)])
    before = sums_below(folder_of(index))
    first = folder_of(index)
    write(index, [*(document(number) for number in range(5)), document(5, 0, "unstated")])
    assert (folder_of(index) / "lexical-public").exists()
    assert sums_below(first) == before
    with closing(KnowledgeBase.open(index, ENCODER)) as knowledge_base:
        public, staff = (knowledge_base.snapshot.store.counts(audience) for audience in ("public", "staff"))
        assert (public.frequency("体育"), staff.frequency("体育")) == (2, 6)  # two name it, four are its own


@pytest.mark.usefixtures("small_is_changed")
def test_what_is_hidden_later_leaves_no_trace_in_the_scores_of_the_public(tmp_path: Path) -> None:
    open_ones, secret = [document(number) for number in range(5)], document(5)
    write(tmp_path / "index", [*open_ones, replace(secret, text=secret.text + "噪声" * 300)])
    write(tmp_path / "index", [*open_ones, replace(secret, text=secret.text + "噪声" * 300, disclosure="unstated")])
    write(tmp_path / "without", open_ones)

    def scores(index: Path) -> list[tuple[str, float]]:
        with closing(KnowledgeBase.open(index, ENCODER)) as knowledge_base:
            return [(hit.passage.passage_id, round(hit.score, 9)) for hit in knowledge_base.search("电梯补贴", 20)]

    assert scores(tmp_path / "index") == scores(tmp_path / "without")


def test_an_index_is_written_whole_where_it_is_small_much_changes_or_much_of_it_is_waste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    held = [document(number) for number in range(6)]

    def waste() -> int:
        with closing(Records(folder_of(index) / "records.sqlite")) as records:
            assert records.numbering is not None
            return records.numbering.document - len(records.catalogue)

    write(index, held)
    write(index, [*held[:5], document(5, 1)])
    assert waste() == 0
    monkeypatch.setattr("ingest.index_files.CHANGED_FROM", 0)
    write(index, [*held[:5], document(5, 2)])
    assert waste() == 0  # two of six come and go
    monkeypatch.setattr("ingest.index_files.MOST_CHANGED", 0.5)
    monkeypatch.setattr("ingest.index_files.MOST_WASTE", 0.2)
    write(index, [*held[:5], document(5, 1)])
    assert waste() == 1
    write(index, [*held[:5], document(5, 2)])
    assert waste() == 0


@pytest.mark.usefixtures("small_is_changed")
def test_a_change_that_fails_leaves_the_index_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = tmp_path / "index"
    held = [document(number) for number in range(6)]
    write(index, held)
    first, before = current_name(index), sums_below(folder_of(index))

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("kb.index.local_store.update_lexical", fail)
    with pytest.raises(SnapshotError, match="disk is full"):
        write(index, held[:5])
    assert (current_name(index), snapshot_names(index)) == (first, [first])
    assert sums_below(folder_of(index)) == before


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
import ingest.index_files as files, kb.index.local_store as store, ingest.build as build
from test_index_changes import document, write
files.CHANGED_FROM, files.MOST_CHANGED, files.MOST_WASTE = 0, 1, 10
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr({"update_vectors": store, "update_lexical": store, "rename": build, "point_to": build}[sys.argv[2]], sys.argv[2], killed)
write(Path(sys.argv[1]), [document(number) for number in range(5)])
"""


@pytest.mark.usefixtures("small_is_changed")
@pytest.mark.parametrize("moment", ["update_lexical", "rename", "point_to"])
def test_whenever_a_change_is_killed_the_index_is_as_it_was(tmp_path: Path, moment: str) -> None:
    index = tmp_path / "index"
    held = [document(number) for number in range(6)]
    write(index, held)
    first, before = current_name(index), sums_below(folder_of(index))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED, index, moment], cwd=ROOT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert current_name(index) == first
    assert sums_below(folder_of(index)) == before
    assert write(index, held[:4]).counts.documents == 4
    assert sums_below(snapshot_folder(index, first)) == before
    assert not list((index / "snapshots").glob(".*"))


def test_vectors_in_lists_are_added_and_taken_out_and_a_filter_finds_all_that_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.index.vectors.EXACT_UP_TO", 100)
    monkeypatch.setattr("kb.index.vectors.LISTED_FROM", 1000)
    generator = np.random.default_rng(7)
    vectors = generator.standard_normal((3100, 16), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    base, path = tmp_path / "base.faiss", tmp_path / "vectors.faiss"
    write_vectors(base, vectors[:3000])
    before = base.read_bytes()
    update_vectors(path, base, np.arange(10, dtype=np.int64), vectors[3000:], 3000)
    assert base.read_bytes() == before
    index = VectorIndex(path)
    assert len(index) == 3090
    assert index.search(vectors[3050], 1)[0][0] == 3050
    assert 5 not in {number for number, _ in index.search(vectors[5], 3090)}
    # The narrower a filter is, the more lists are compared: of what passes, nothing is missed.
    for count in (1, 40, 150):
        allowed = np.sort(generator.choice(np.arange(10, 3100), count, replace=False)).astype(np.int64)
        found = index.search(vectors[7], count, Selection(allowed, 3090))
        assert {number for number, _ in found} == set(allowed.tolist())
    assert index.search(vectors[7], 5, Selection(np.zeros(0, np.int64), 3090)) == []
    assert is_fit_for(path, 3100)
    assert not is_fit_for(path, 500)
    assert not is_fit_for(path, 100_000)


def test_what_is_compared_by_number_alone_is_not_put_into_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.index.vectors.EXACT_UP_TO", 10)
    monkeypatch.setattr("kb.index.vectors.LISTED_FROM", 20)
    vectors = np.eye(64, dtype=np.float32)
    write_vectors(tmp_path / "documents.faiss", vectors, searched=False)
    index = VectorIndex(tmp_path / "documents.faiss")
    assert index.similarities(vectors[3], np.asarray([3, 4])).tolist() == pytest.approx([1, 0], abs=0.01)
    assert is_fit_for(tmp_path / "documents.faiss", 60, searched=False)


def test_what_was_found_in_a_text_is_not_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = document(1)
    ending = replace(one, doc_id="e", sha256="e", text="决定\n第一条　《社区食堂管理办法》同时废止。")
    with TextFindings(tmp_path) as findings:
        known = [list(findings.repeals(each)) for each in (one, ending)]
        words = findings.words_checksum(one)
        assert findings.words_checksum(replace(one, kind="digest")) is None
    assert known[1][0].name == "《社区食堂管理办法》" or known[1][0].name == "<社区食堂管理办法>"

    def again(text: str) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("ingest.text_findings.read_repeals", again)
    monkeypatch.setattr("ingest.text_findings.words_checksum", again)
    with TextFindings(tmp_path) as findings:
        assert [list(findings.repeals(each)) for each in (one, ending)] == known
        assert findings.words_checksum(one) == words
    with TextFindings(tmp_path) as findings:
        findings.repeals(one)  # the other is gone, and so is what was found in it
    with TextFindings(tmp_path) as findings, pytest.raises(AssertionError, match="read again"):
        findings.repeals(ending)
    (tmp_path / FILE_NAME).write_bytes(b"damaged")
    with TextFindings(tmp_path) as findings, pytest.raises(AssertionError, match="read again"):
        findings.repeals(one)


def test_the_names_that_a_document_may_be_meant_by_are_those_that_the_register_looks_it_up_by() -> None:
    documents = [document(number) for number in range(6)]
    register = Register(documents)
    said = [
        "《社区食堂管理办法》",
        "东湖市东政发〔2020〕0号",
        "关于印发《社区食堂管理办法》的通知",
        "《东政办关于印发〈社区食堂管理办法〉的通知》",
        "东政发〔2020〕3号",
    ]
    meant = Names.of(documents[:1]).among(enumerate(said))
    assert meant == [n for n, name in enumerate(said) if register.document_named(name) == "d0"]
