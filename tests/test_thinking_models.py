"""Language models that think aloud, and models of this machine behind the proxy of its network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_server import ModelServer, scripted_server

from kb.errors import LanguageModelError
from kb.writing.language_model import ModelLimits, ServedModel
from kb.writing.thoughts import ThoughtFilter

WRITTEN = "到2027年累计开展试点项目100个以上[1]。"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with scripted_server() as running:
        yield running


@pytest.fixture
def model(server: ModelServer) -> ServedModel:
    return ServedModel(server.url, "scripted", limits=ModelLimits(silence=5, whole=20))


def outside(pieces: list[str], *, held: bool) -> str:
    thoughts = ThoughtFilter(held=held)
    return "".join([*map(thoughts.feed, pieces), thoughts.end()])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>\n材料[1]写了。\n</think>\n\n甲。", "\n\n甲。"),
        ("材料[1]写了。</think>甲。", "甲。"),
        ("<think></think>甲。", "甲。"),
        ("<Thinking>想</Thinking>甲。<think>再想</think>乙。", "甲。乙。"),
        ("<think>想到一半", ""),
        ("人数<100的<b>社区</b>。", "人数<100的<b>社区</b>。"),
    ],
)
def test_what_is_thought_is_left_out(text: str, left: str) -> None:
    assert outside([text], held=True) == left
    assert outside(list(text), held=True) == left


@given(st.lists(st.sampled_from(["甲", "。", "<think>", "</think>", "<thi", "nk>", "<", "</"]), max_size=12))
def test_a_text_is_cut_alike_in_whatever_pieces_it_comes(pieces: list[str]) -> None:
    def result(parts: list[str]) -> str:
        try:
            return outside(parts, held=True)
        except ValueError:
            return "refused"

    assert result(pieces) == result(["".join(pieces)]) == result(list("".join(pieces)))


def test_a_model_whose_thoughts_only_close_is_never_shown_thinking(server: ModelServer, model: ServedModel) -> None:
    server.replies = ["".join(("材料[1]写了。", "</think>", WRITTEN))]
    for _ in range(2):
        assert "".join(model.stream("", "")) == WRITTEN


def test_text_comes_in_pieces_once_a_model_is_known_not_to_think_unannounced(
    server: ModelServer, model: ServedModel
) -> None:
    server.replies = [WRITTEN]
    assert len(list(model.stream("", ""))) == 1
    assert len(list(model.stream("", ""))) > 1
    server.replies = ["".join(("材料[1]写了。", "</think>", WRITTEN))]
    with pytest.raises(LanguageModelError, match="a thought ends"):
        list(model.stream("", ""))
    assert "".join(model.stream("", "")) == WRITTEN, "from now on its text is held back again"


def test_a_model_of_this_machine_is_reached_without_the_proxy(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    server.replies = [WRITTEN]
    assert "".join(ServedModel(server.url, "scripted", limits=ModelLimits(silence=5)).stream("", "")) == WRITTEN
