"""Rerankers: a real, tiny CrossEncoder built from a configuration, and the order that a reranker decides."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from kb.errors import RerankerError
from kb.fusion import Fusion
from kb.index.reranker import open_reranker
from kb.knowledge_base import KnowledgeBase
from kb.reading.reader_reranker import reranker_named
from kb.types import Query

QUESTION = "老旧小区加装电梯由谁申请？"


class ByLength:
    """Prefers long passages; remembers what it was asked."""

    name = "by length"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        self.asked.append((question, len(passages)))
        return [float(len(passage)) for passage in passages]


def test_a_reranker_orders_the_first_and_leaves_the_rest_behind_them(corpus: KnowledgeBase) -> None:
    reranker = ByLength()
    fusion = Fusion(reranked=10)
    reranked = KnowledgeBase(corpus.snapshot, corpus.retriever.encoder, fusion, reranker=reranker)
    plain = [hit.passage for hit in corpus.search(Query("", QUESTION), 30)]
    hits = reranked.search(Query("", QUESTION), 30)
    assert reranker.asked == [(QUESTION, 10)]
    assert {hit.passage for hit in hits[:10]} == set(plain[:10])
    lengths = [len(h.passage.context) + 1 + h.passage.end - h.passage.start for h in hits[:10]]
    assert lengths == sorted(lengths, reverse=True)
    assert [hit.passage for hit in hits[10:]] == plain[10:]
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_the_reader_can_be_asked_to_order_what_is_found(corpus: KnowledgeBase) -> None:
    reranker = reranker_named("reader")
    assert reranker is not None and reranker_named("") is None
    answering, other, empty = reranker.score(
        "老年人午餐补贴多少",
        ["助餐办法\n七十周岁以上的老年人，午餐每餐补贴二元。", "助餐办法\n食堂每年检查一次。", "助餐办法\n"],
    )
    assert answering > other > empty
    reordered = KnowledgeBase(corpus.snapshot, corpus.retriever.encoder, Fusion(reranked=5), reranker=reranker)
    scores = [hit.score for hit in reordered.search(Query("", QUESTION), 5)]
    assert scores == sorted(scores, reverse=True)


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real, very small CrossEncoder, built from a configuration."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("cross") / "model"
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set("老旧小区加装电梯由谁申请业主补助食堂"))]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
    set_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def test_a_cross_encoder_in_a_folder_scores_pairs(cross_encoder: Path) -> None:
    from sentence_transformers import CrossEncoder

    passages = ["业主申请加装电梯", "食堂补助", ""]
    reranker = open_reranker(str(cross_encoder))
    theirs = CrossEncoder(str(cross_encoder), num_labels=1).predict([(QUESTION, p) for p in passages])
    assert reranker.score(QUESTION, passages) == pytest.approx([float(score) for score in theirs], abs=1e-5)
    assert reranker.score(QUESTION, []) == []


def test_a_configured_reranker_is_used_by_the_command_line(
    kb_command: Callable[..., CompletedProcess[str]], corpus_index: Path, cross_encoder: Path
) -> None:
    environment = {**os.environ, "KB_RERANKER": str(cross_encoder), "KB_INDEX_DIR": str(corpus_index)}
    plain = kb_command("search", QUESTION, "-k", "20", "--json", env=os.environ | {"KB_INDEX_DIR": str(corpus_index)})
    done = kb_command("search", QUESTION, "-k", "20", "--json", env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout != plain.stdout


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr("socket.create_connection", refuse)
    yield


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["nobody/no-such-reranker", "."])
def test_a_reranker_that_cannot_be_had_says_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(RerankerError) as refused:
        open_reranker(name, models_dir=tmp_path)
    for words in (repr(name), str(tmp_path / name), "leave KB_RERANKER empty"):
        assert words in refused.value.message
    assert "\n" not in refused.value.message
