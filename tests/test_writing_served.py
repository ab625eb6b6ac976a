"""A real OpenAI-compatible server: `transformers serve` with a model of random weights, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_model import save_tiny_model, transformers_server

from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query
from kb.writing.language_model import ModelLimits, ServedModel

QUESTION = "杭州市梳理了多少项支持政策？"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("model")
    model = save_tiny_model(folder / "tiny")
    with transformers_server(model, folder / "server.log") as url:
        yield url, str(model)


def test_text_is_streamed_from_a_real_server(served: tuple[str, str]) -> None:
    url, name = served
    model = ServedModel(url, name, limits=ModelLimits(tokens=32))
    list(
        model.stream("你是助手。", "请说点什么。")
    )  # the first reply is held back, to see whether the model thinks aloud
    pieces = list(model.stream("你是助手。", "请说点什么。"))
    assert len([piece for piece in pieces if piece]) > 3


def test_nonsense_of_a_real_server_never_reaches_the_answer(
    served: tuple[str, str], corpus: KnowledgeBase, corpus_index: Path
) -> None:
    url, name = served
    model = ServedModel(url, name, limits=ModelLimits(whole=20, tokens=64))
    answer = KnowledgeBase.open(corpus_index, open_encoder(), model).ask(Query("", QUESTION))
    assert answer.statements == corpus.ask(Query("", QUESTION)).statements
