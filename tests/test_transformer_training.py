"""The training of the transformers, on bodies small enough for a test: what is written computes what was trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from evals.training import reader_training
from evals.training.activations import channel_ranges
from evals.training.contrastive_data import (
    VERNACULAR,
    WRITTEN,
    Pair,
    notice_pairs,
    notice_passages,
    read_lines,
    unjudged,
)
from evals.training.contrastive_training import SHARES, Texts, batch_loss, batches, hard_negatives, loss_of
from evals.training.everyday_words import everyday_pairs, read_words
from evals.training.export import BLOCK, in_four_bits, quantised, write_encoder, write_words
from evals.training.pretrained import is_chinese
from evals.training.reader_training import BRIEF, BRIEF_SHARE, READ, STRANGE, WINDOWS, Lessons
from evals.training.reader_training import SHARES as READER_SHARES
from evals.training.reading_data import TALK, VERDICTS, Example, Target, Text, kind_of, rivals, small_talk, targets_of
from evals.training.reading_export import write_reader
from evals.training.reading_network import SEPARATOR, ReadingNetwork, kinds_of
from evals.training.rival_answers import OPENING, Doubts, judged_rivals
from evals.training.run import Run
from evals.training.shipped import mean_of, state_of
from evals.training.transformer_body import PADDING, TransformerBody, mean_vectors
from evals.training.write_model import words_in, write_pieces
from kb.index.encoder import MODELS_DIR
from kb.reading.reader import Reader
from kb.text.fold import fold_text
from kb.transformer.model import GRAPH, write_configuration
from kb.transformer.pieces import TOKENIZER, WORDS
from kb.transformer.session import open_session

LAYERS = 2


@pytest.fixture(scope="module")
def body() -> TransformerBody:
    torch.manual_seed(1)
    body = TransformerBody(300, LAYERS).eval()
    values, scales = in_four_bits(body.word.weight.detach().numpy())
    # as a pretrained table is, which training moves by little
    body.word.weight.data = torch.from_numpy(values * np.repeat(scales.astype(np.float32), BLOCK, axis=1))
    return body


@pytest.fixture(scope="module")
def ids() -> torch.Tensor:
    """Two texts in three parts, the second shorter."""
    made = torch.randint(4, 300, (2, 30), generator=torch.Generator().manual_seed(2))
    made[:, 0], made[:, 8], made[:, 14], made[:, 29] = 0, SEPARATOR, SEPARATOR, SEPARATOR
    made[1, 22], made[1, 23:] = SEPARATOR, PADDING
    return made


def arrays(module: torch.nn.Module) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    return {name: value.numpy() for name, value in module.state_dict().items()}


def shown(body: TransformerBody, ids: torch.Tensor, folder: Path) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """What a graph is given: the tokens, and their vectors from the pieces."""
    write_words(folder / WORDS, body.word.weight.detach().numpy())
    (words,) = open_session(folder / WORDS).run(None, {"ids": ids.numpy()})
    return {"ids": ids.numpy(), "words": words}


def test_the_graph_of_an_encoder_gives_the_vectors_that_were_trained(
    body: TransformerBody, ids: torch.Tensor, tmp_path: Path
) -> None:
    write_encoder(tmp_path / GRAPH, arrays(body), channel_ranges(body, ids.tolist()), LAYERS)
    vectors, states = open_session(tmp_path / GRAPH).run(None, shown(body, ids, tmp_path))
    with torch.inference_mode():
        expected, expected_states = mean_vectors(body, ids).numpy(), body(ids).numpy()
    assert (vectors * expected).sum(axis=1) == pytest.approx([1, 1], abs=2e-3)
    present = ids.numpy() != PADDING
    assert np.allclose(states[present], expected_states[present], atol=0.1)


def test_the_graph_of_a_reader_gives_what_was_trained(body: TransformerBody, ids: torch.Tensor, tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = ReadingNetwork(body).eval()
    torch.nn.init.normal_(network.kind.weight)
    write_reader(tmp_path / GRAPH, arrays(network), channel_ranges(network, ids.tolist()), LAYERS)
    window, tokens = open_session(tmp_path / GRAPH).run(None, shown(body, ids, tmp_path))
    with torch.inference_mode():
        expected_window, expected_tokens = (output.numpy() for output in network(ids))
    assert np.allclose(window, expected_window, atol=0.02)
    present = ids.numpy() != PADDING
    assert np.allclose(tokens[present], expected_tokens[present], atol=0.05)


def write_folder(module: torch.nn.Module, ids: torch.Tensor, folder: Path) -> None:
    """Write a network as a model folder, with its pieces beside it."""
    folder.mkdir()
    is_reader = isinstance(module, ReadingNetwork)
    write = write_reader if is_reader else write_encoder
    write(folder / GRAPH, arrays(module), channel_ranges(module, ids.tolist()), LAYERS)
    write_pieces(folder.parent / "pieces", "{}", words_in(arrays(module)))
    write_configuration(folder, "../pieces", "reader" if is_reader else "encoder", 30, {}, {})


def test_training_goes_on_from_what_was_written(body: TransformerBody, ids: torch.Tensor, tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = ReadingNetwork(body).eval()
    write_folder(network, ids, tmp_path / "reader")
    write_folder(body, ids, tmp_path / "encoder")
    torch.save({"module": network.state_dict()}, tmp_path / "reader.pt")
    for path, module in ((f"reader/{GRAPH}", network), (f"encoder/{GRAPH}", body), ("reader.pt", network)):
        state = state_of(tmp_path / path)
        assert state.keys() == module.state_dict().keys()
        for name, value in module.state_dict().items():
            assert torch.allclose(state[name], value, atol=float(value.abs().max()) / 127), (path, name)


def test_the_words_that_models_share_stay_as_they_are(body: TransformerBody, tmp_path: Path) -> None:
    network = ReadingNetwork(TransformerBody(300, LAYERS))
    network.keep(0)
    kept = [name for name, value in network.named_parameters() if not value.requires_grad]
    assert kept == ["body.word.weight"]
    words = body.word.weight.detach().numpy()
    write_pieces(tmp_path, "{}", words)
    write_pieces(tmp_path, "{}", words)
    with pytest.raises(ValueError, match="other vectors"):
        write_pieces(tmp_path, "{}", words + 0.1)


def test_the_mean_of_what_was_trained_and_what_was_written_lies_between(
    body: TransformerBody, ids: torch.Tensor, tmp_path: Path
) -> None:
    write_folder(body, ids, tmp_path / "encoder")
    trained = {name: value + 1 for name, value in body.state_dict().items()}
    for name, value in mean_of(trained, state_of(tmp_path / "encoder" / GRAPH)).items():
        assert torch.allclose(value, body.state_dict()[name] + 0.5, atol=0.05), name


def test_a_token_is_told_from_the_question_s_own_by_its_part_and_by_what_the_other_side_holds() -> None:
    ids = torch.tensor([[0, 7, 8, SEPARATOR, 9, SEPARATOR, 8, 9, SEPARATOR, PADDING]])
    kinds = kinds_of(ids, (ids == SEPARATOR).cumsum(1))
    assert kinds.tolist() == [[0, 0, 1, 2, 2, 4, 5, 4, 4, 4]]


def test_padding_changes_nothing(body: TransformerBody, ids: torch.Tensor) -> None:
    with torch.inference_mode():
        assert torch.allclose(mean_vectors(body, ids[1:, :23]), mean_vectors(body, ids)[1:], atol=1e-5)


def test_eight_bits_keep_a_matrix_to_half_a_step() -> None:
    matrix = np.random.default_rng(1).normal(size=(6, 20)).astype(np.float32)
    values, scales = quantised(matrix)
    assert np.all(np.abs((values * scales).T - matrix) <= scales[:, None] / 2 + 1e-6)


def test_four_bits_keep_what_has_four_and_most_of_what_has_more() -> None:
    table = np.random.default_rng(1).normal(size=(6, 2 * BLOCK)).astype(np.float32)
    values, scales = in_four_bits(table)
    kept = values * np.repeat(scales.astype(np.float32), BLOCK, axis=1)
    assert np.linalg.norm(kept - table) < 0.11 * np.linalg.norm(table)
    again, steps = in_four_bits(kept)
    assert np.allclose(again * np.repeat(steps.astype(np.float32), BLOCK, axis=1), kept, atol=1e-3)


def test_pieces_of_chinese_are_kept() -> None:
    kept = [is_chinese(piece) for piece in ("▁养老", "2024", "，", "kg", "▁the", "дом", "かな", "123456")]
    assert kept == [True, True, True, True, False, False, False, False]


@pytest.fixture
def one_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that are compared compute alike: which precision is faster is found by timing, and a busy machine may answer
    twice differently."""
    monkeypatch.setattr("evals.training.transformer_body.fastest_precision", lambda: torch.float32)


def small_run(saved: Path, steps: int, threads: int = 1) -> tuple[torch.nn.Linear, Run[torch.nn.Linear]]:
    torch.manual_seed(4)
    module = torch.nn.Linear(4, 1)
    rates = [{"params": list(module.parameters()), "lr": 0.1}]
    return module, Run(module, rates, saved, steps=6, warm_up=2, every=steps, threads=threads)


Part = Callable[[torch.nn.Linear], torch.Tensor]


def output_of(inputs: torch.Tensor) -> Part:
    return lambda module: module(inputs.to(module.weight.dtype)).float()


def part_of(inputs: torch.Tensor) -> Part:
    return lambda module: (output_of(inputs)(module) - 3).pow(2).sum()


def learn(run: Run[torch.nn.Linear], steps: int) -> None:
    for _ in range(steps):
        run.learn_parts([part_of(torch.arange(4.0))])


@pytest.mark.usefixtures("one_precision")
def test_a_run_that_was_stopped_ends_like_one_that_was_not(tmp_path: Path) -> None:
    whole, run = small_run(tmp_path / "whole.pt", 3)
    learn(run, 6)
    _, first = small_run(tmp_path / "parts.pt", 3)
    learn(first, 4)  # the state of step 3 is kept
    resumed, second = small_run(tmp_path / "parts.pt", 3)
    assert second.begin == 3
    learn(second, 3)
    assert torch.allclose(whole.weight, resumed.weight) and torch.allclose(whole.bias, resumed.bias)


@pytest.mark.usefixtures("one_precision")
def test_a_step_in_parts_is_a_step(tmp_path: Path) -> None:
    first, second = (torch.arange(4.0) + n for n in (0, 1))
    whole, run = small_run(tmp_path / "whole.pt", 6)
    parted, runs = small_run(tmp_path / "parts.pt", 6, threads=2)
    joined, together = small_run(tmp_path / "joined.pt", 6, threads=2)
    for _ in range(3):
        run.learn_parts([lambda module: part_of(first)(module) + part_of(second)(module)])
        runs.learn_parts([part_of(first), part_of(second)])
        together.learn_together(
            [output_of(first), output_of(second)], lambda outputs: (torch.cat(list(outputs)) - 3).pow(2).sum()
        )
    assert torch.allclose(whole.weight, parted.weight, atol=1e-2)
    assert torch.allclose(whole.weight, joined.weight, atol=1e-2)


def test_layers_that_are_kept_do_not_learn(body: TransformerBody, ids: torch.Tensor) -> None:
    network = ReadingNetwork(body)
    network.keep(1)
    scores, _ = network(ids)
    scores.sum().backward()
    assert network.body.layers[0].q.weight.grad is None and network.body.word.weight.grad is None
    assert network.window.weight.grad is not None


def test_a_passage_of_equal_words_does_not_count_against_a_question() -> None:
    vectors = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.9, 0.1]]), dim=-1)
    apart = loss_of(vectors, vectors, ["甲", "乙"])
    same = loss_of(vectors, vectors, ["甲", "甲"])
    assert same < 1e-6 < apart


def test_hard_negatives_are_of_the_same_document_and_of_the_wanted_pairs_alone() -> None:
    """Fewer pairs than there are ranks to draw from, as where a run that was stopped wants few more."""
    pairs = [Pair(f"问{n}", f"第{n}条　答", "甲" if n < 3 else "乙", "civic") for n in range(5)]
    tokenizer = Tokenizer.from_file(str(MODELS_DIR / "pieces" / TOKENIZER))
    body = TransformerBody(tokenizer.get_vocab_size(), 1).eval()
    found = hard_negatives(body, Texts(tokenizer), pairs, [0, 1, 4], 1)
    assert found == {0: [pairs[1].passage], 1: [pairs[0].passage], 4: []}


def test_a_batch_that_was_encoded_in_parts_has_the_loss_of_the_whole() -> None:
    made = torch.nn.functional.normalize(torch.randn(6, 4, generator=torch.Generator().manual_seed(5)), dim=-1)
    names = ["甲", "乙", "丙", "丁"]  # two questions, their passages and two others
    parts, places = [made[::2], made[1::2]], torch.tensor([0, 2, 4, 1, 3, 5]).argsort()
    assert torch.equal(batch_loss(parts, places, names, 2), loss_of(made[:2], made[2:], names))


def test_a_question_is_paired_with_every_part_of_a_paper_that_answers_it(tmp_path: Path) -> None:
    paper = {"甲": {"title": "办法", "text": "一、标准\n（一）每餐补8元。\n（二）每餐补5元。\n（三）早餐不补。"}}
    row = {"notice": "甲", "question": "补多少", "answerable": True, "pieces": ["每餐补8元", "每餐补5元"]}
    asked = [row, row | {"answerable": False, "pieces": []}]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in asked)
    (tmp_path / "questions.jsonl").write_text(lines, "utf-8")
    found = [pair.passage for pair in notice_pairs(paper, tmp_path / "questions.jsonl")]
    assert found == ["办法\n一、标准\n（一）每餐补8元。", "办法\n一、标准\n（二）每餐补5元。"]


def test_what_is_said_is_paired_with_its_official_words_and_the_article_that_holds_most_of_them() -> None:
    law = {("甲办法", "第一条"): "房屋租赁押金应当退还。", ("甲办法", "第二条"): "住房应当安全。" * 20 + "租赁押金"}
    found = [pair for pair in everyday_pairs(law, 1) if "房东不退押金" in pair[0]]
    assert {source for *_, source in found} == {"words", "worded"}
    assert any("租赁押金" in passage and law == "" for _, passage, law, source in found if source == "words")
    assert all(passage.startswith("甲办法\n第") for _, passage, _, source in found if source == "worded")


def test_the_dictionary_is_folded_and_pairs_official_words_with_others() -> None:
    words = read_words()
    assert len({official for official, _ in words}) == len(words)
    for official, said in words:
        assert official and said and len(set(said)) == len(said)
        assert all(word == fold_text(word) and len(word) >= 2 for word in (*official, *said))
        assert not any(phrase in word for phrase in said for word in official)


def test_what_is_of_a_law_that_civic_judges_on_is_left_out_under_either_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "civic").mkdir()
    (tmp_path / "civic" / "corpus.jsonl").write_text('{"_id": "1", "title": "民法典", "text": ""}\n', "utf-8")
    laws = ["民法典", "中华人民共和国民法典", "民法典实施办法"]
    assert unjudged(laws, str, tmp_path) == ["民法典实施办法"]


def test_every_source_has_its_share_of_a_batch_and_none_comes_twice_before_all() -> None:
    pairs = [Pair(f"问{n}", f"答{n}", "", source) for source in SHARES for n in range(60)]
    first, second = batches(pairs, 2, 1)
    assert {pairs[n].source for n in first} == set(SHARES)
    assert not set(first) & set(second)


@pytest.mark.parametrize("sorts", [False, True], ids=["by length", "by what is asked"])
def test_neither_length_nor_what_is_asked_tells_the_reader_whether_a_question_is_answered(sorts: bool) -> None:
    """The near misses are written shorter than the rest here, or ask for amounts, and one source has no near misses."""
    text = Text("甲", "每餐补贴三元。", "甲", "甲")
    found = [
        Example(
            ("几" if odd and sorts else "问") * (BRIEF + (at % 2 if sorts else not odd)),
            text,
            ("每餐补贴三元。",) * answered,
            "",
            "",
            source,
            ("amount" if odd and sorts else "what", "lay"),
        )
        for source in READER_SHARES
        for odd, answered, count in ((True, True, 20), (True, False, 60), (False, True, 60), (False, False, 20))
        for at in range(count)
        if answered or source != "cmrc"
    ]
    lessons = Lessons(found, [([], [])] * len(found), [text], 1, {}, Doubts(Reader.open()))
    drawn = [group for step in range(400) for group in lessons.batch(step)]
    answered: dict[bool, list[bool]] = {True: [], False: []}
    for question, windows in drawn:
        odd = question[0] == "几" if sorts else len(question) == BRIEF
        answered[odd].append(any(window.answers for window in windows))
    of_odd, of_others = (sum(found) / len(found) for found in answered.values())
    assert of_odd == pytest.approx(of_others, abs=0.05)
    assert sum(len(question) == BRIEF for question, _ in drawn) / len(drawn) == pytest.approx(BRIEF_SHARE, abs=0.05)


def test_a_rival_that_answers_is_not_taught_as_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule of another town; a judged rival is taught as what it was judged to be, before any other."""
    doubted = {source: share for source, share in READER_SHARES.items() if source != VERNACULAR}
    monkeypatch.setattr(reader_training, "SHARES", doubted)
    own = Text("甲市助餐办法", "年满七十周岁的老年人每餐补贴三元。", "甲", "甲")
    same = Text("乙市助餐办法", "年满七十周岁的老年人每餐补贴五元。", "乙", "乙")
    other = Text("丙市养犬规定", "犬只应当在每年五月接种疫苗。", "丙", "丙")
    found = [Example("老年人每餐补贴多少元？", own, (own.text,), "", "", source) for source in doubted]
    near: list[tuple[list[int], list[int]]] = [([], [1, 2])] * len(found)

    def taught(judged: dict[int, list[Target]]) -> set[tuple[str, bool]]:
        lessons = Lessons(found, near, [own, same, other], 1, judged, Doubts(Reader.open()))
        return {(w.text, w.answers) for step in range(20) for _, windows in lessons.batch(step) for w in windows}

    assert taught({}) == {(own.text, True), (other.text, False)}
    judged = Target(same.context, same.text, True, ((0, len(same.text)),))
    assert taught({0: [judged]}) == {(own.text, True), (same.text, True), (other.text, False)}


def test_the_rivals_of_a_question_in_the_vernacular_are_taught_the_hardest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reader would take the first rival for an answer; of questions that use no word of a text it errs in that."""
    monkeypatch.setattr(reader_training, "SHARES", {VERNACULAR: 1.0})
    monkeypatch.setattr(reader_training, "FAR", 0.0)
    own = Text("甲市助餐办法", "年满七十周岁的老年人每餐补贴三元。", "甲", "甲")
    taken = Text("乙市助餐办法", "年满七十周岁的老年人每餐补贴五元。", "乙", "乙")
    easy = [Text(f"{n}市养犬规定", f"犬只应当在每年{n}月接种疫苗。", str(n), "丙") for n in range(READ - 1)]
    asked = Example("老年人每餐补贴多少元？", own, (own.text,), "", "", VERNACULAR)
    lessons = Lessons([asked], [([], list(range(1, READ + 1)))], [own, taken, *easy], 1, {}, Doubts(Reader.open()))
    drawn = [windows for step in range(20) for _, windows in lessons.batch(step) if windows[0].answers]
    assert drawn and all(
        [(w.text, w.answers) for w in windows[:2]] == [(own.text, True), (taken.text, False)] for windows in drawn
    )


def test_texts_on_other_things_are_taught_as_no_answers_be_they_doubted_or_not() -> None:
    """The reader would take the far text for an answer; it is on another thing, so that it is none."""
    own = Text("甲市助餐办法", "年满七十周岁的老年人每餐补贴三元。", "甲", "甲")
    far = Text("丁市助餐办法", "年满六十周岁的老年人每餐补贴九元。", "丁", "丁")
    found = [Example("老年人每餐补贴多少元？", own, (own.text,), "", "", source) for source in READER_SHARES]
    lessons = Lessons(found, [([], [])] * len(found), [own, far], 1, {}, Doubts(Reader.open()))
    drawn = [tuple((w.text, w.answers) for w in windows) for step in range(60) for _, windows in lessons.batch(step)]
    strange = [one for one in drawn if one == ((far.text, False),) * WINDOWS]
    assert len(strange) / len(drawn) == pytest.approx(STRANGE, abs=0.03)
    assert {one for windows in drawn for one in windows} == {(own.text, True), (far.text, False)}


def test_small_talk_is_shown_with_the_nearest_texts_which_are_taught_as_no_answers(tmp_path: Path) -> None:
    """The reader would take the near text for an answer; what is asked about no text has none."""
    (tmp_path / "talk.txt").write_text("老年人每餐补贴多少元？\n", "utf-8")
    (talk,) = small_talk(tmp_path / "talk.txt")
    near = Text("甲市助餐办法", "年满七十周岁的老年人每餐补贴三元。", "甲", "甲")
    own = Text("丙市养犬规定", "犬只应当在每年五月接种疫苗。", "丙", "丙")
    others = [Example("犬只几月接种", own, (own.text,), "", "", source) for source in READER_SHARES if source != TALK]
    lessons = Lessons(
        [talk, *others], [([], [0]), *[([], [])] * len(others)], [near, own], 1, {}, Doubts(Reader.open())
    )
    drawn = [windows for step in range(60) for question, windows in lessons.batch(step) if question == talk.question]
    shown = {(w.text, w.answers) for windows in drawn for w in windows}
    assert (near.text, False) in shown and shown <= {(near.text, False), (own.text, False)}
    assert rivals([talk])[0] == []


def test_a_judged_rival_is_found_by_the_opening_of_its_text_and_one_left_open_is_not_taught(tmp_path: Path) -> None:
    text = Text("甲办法", "早餐不予补贴。午餐每餐补贴三元。", "甲", "甲")
    example = Example("午饭补多少", text, (), "", "", "notices")
    row = {"question": "午饭补多少", "context": "甲办法", "opening": text.text[:OPENING], "start": 0, "answers": True}
    rows = [row | {"pieces": ["午餐每餐补贴三元。"]}, row | {"pieces": [], "answers": None}]
    (tmp_path / "judged_rivals.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    (target,) = judged_rivals([example], [text], tmp_path)[0]
    assert target.answers and [target.text[start:end] for start, end in target.pieces] == ["午餐每餐补贴三元。"]


def test_judged_rivals_have_the_words_that_answer_where_they_do_and_else_none() -> None:
    rows = list(read_lines(WRITTEN / "judged_rivals.jsonl"))
    assert {row["answers"] for row in rows} == {True, False, None}
    assert all(bool(row["pieces"]) == (row["answers"] is True) and len(row["opening"]) <= OPENING for row in rows)
    assert len({(row["question"], row["context"], row["opening"], row["start"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("title", ["土地管理法", "中华人民共和国土地管理法"])
def test_laws_of_two_names_and_of_other_places_are_of_one_kind(title: str) -> None:
    assert kind_of(title) == "土地管理法"
    assert kind_of("浙江省土地管理条例") == "土地管理条例"


def test_a_heading_is_the_context_of_the_lines_below_it() -> None:
    assert notice_passages("甲办法", "前言。\n一、补贴\n每餐三元。") == [
        ("甲办法", "前言。"),
        ("甲办法\n一、补贴", "每餐三元。"),
    ]


def test_the_windows_of_a_text_answer_where_its_pieces_stand() -> None:
    text = "第一款不相干的话。" * 30 + "早餐不予补贴。"
    example = Example("早餐补吗", Text("甲", text, "甲", "甲"), ("早餐不予补贴。",), "不予补贴", "no", "civic")
    yes, no = targets_of(example)
    assert len(yes) == 1 and no and not any(target.answers for target in no)
    (target,) = yes
    assert [target.text[start:end] for start, end in target.pieces] == ["早餐不予补贴。"]
    assert target.short and target.text[slice(*target.short)] == "不予补贴"
    assert target.verdict is not None and VERDICTS[target.verdict] == "no"
