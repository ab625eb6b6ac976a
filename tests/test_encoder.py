"""Encoders: the static one, its twin in sentence-transformers, and any other model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.errors import EncoderError
from kb.index.encoder import EMBEDDED, MODELS_DIR, STATIC, Encoder, open_encoder
from kb.index.static_encoder import FILES, StaticEncoder, read_term_table, write_static_model
from kb.text.terms import terms

TEXTS = [
    "老年人助餐服务的补贴标准是多少？",
    "用人单位自用工之日起超过一个月不满一年未与劳动者订立书面劳动合同的，应当向劳动者每月支付二倍的工资。",
    "既有住宅加装电梯，每台补助20万元；2027年12月31日前完工。",
    "PDF 与 OFD、3.5% 和 2020年",
    "。！？",
    "",
    "a b, 12 34",
]


@pytest.fixture(scope="module")
def static() -> Encoder:
    return open_encoder(STATIC)


@pytest.fixture()
def small_model(tmp_path: Path) -> Path:
    """A tiny model in the static format."""
    vocabulary = sorted(set(terms("老年人助餐服务补贴标准，申请条件")))
    vectors = np.random.default_rng(1).normal(size=(len(vocabulary), 8)).astype(np.float32)
    write_static_model(tmp_path / "small", vocabulary, vectors, {})
    return tmp_path / "small"


def test_what_is_written_in_four_bits_is_read_back_number_for_number(tmp_path: Path) -> None:
    whole = np.random.default_rng(2).integers(-7, 8, size=(40, 6)).astype(np.float32)
    whole[:, 2] = 7  # the largest of every row, so that a row's scale is 1 and nothing is lost
    write_static_model(tmp_path / "whole", [f"字{n}" for n in range(40)], whole, {})
    table = read_term_table(tmp_path / "whole")
    assert np.array_equal(table.vectors * table.weights[:, None], whole)


def test_one_large_number_costs_the_others_of_its_row_little(tmp_path: Path) -> None:
    row = np.full((1, 64), 0.9, np.float32)
    row[0, 5] = 9.5  # at a scale of a seventh of it the others would become 1.36, at a smaller one 0.81 to 1.1
    write_static_model(tmp_path / "row", ["字"], row, {})
    table = read_term_table(tmp_path / "row")
    assert abs(float(table.vectors[0, 0] * table.weights[0]) - 0.9) < 0.2


def test_rows_have_length_one_or_are_zero(static: Encoder) -> None:
    encoded = static.encode_passages(TEXTS)
    assert encoded.shape == (len(TEXTS), static.dimensions)
    assert encoded.dtype == np.float32
    lengths = np.linalg.norm(encoded, axis=1)
    assert np.allclose(lengths[:4], 1, atol=1e-5)
    assert not encoded[4:6].any()
    assert static.encode_queries([]).shape == (0, static.dimensions)


def test_a_text_has_the_same_vector_alone_and_in_any_company(static: Encoder) -> None:
    together = static.encode_passages(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert np.allclose(static.encode_queries([text])[0], row, atol=1e-6)


def test_texts_of_several_batches_keep_their_order(static: Encoder) -> None:
    texts = [f"{text}{number}" for number in range(150) for text in TEXTS]  # a thousand, in four batches
    together = static.encode_passages([*texts, "年" * 10_000])
    for position in range(0, len(texts), 97):
        assert np.allclose(static.encode_queries([texts[position]])[0], together[position], atol=1e-6)
    assert np.allclose(static.encode_queries(["年" * 10_000])[0], together[-1], atol=1e-6)


def test_sentence_transformers_gives_the_same_vectors(static: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MODELS_DIR / STATIC), trust_remote_code=True, device="cpu")
    assert model.get_embedding_dimension() == static.dimensions
    assert np.allclose(model.encode(TEXTS), static.encode_passages(TEXTS), atol=1e-5)
    assert np.allclose(model.encode_query(TEXTS), static.encode_queries(TEXTS), atol=1e-5)
    assert np.allclose(model.encode_document(TEXTS), static.encode_passages(TEXTS), atol=1e-5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("老年人養老服務補貼", "老年人养老服务补贴"),
        ("年滿六十周歲的戶籍老年人", "年满60周岁的户籍老年人"),
        ("二〇二七年完成百分之七十", "２０２７年完成７０％"),
        ("補助一萬五千元", "补助1.5万元"),
        ("製定方麵的誌願服務", "制定方面的志愿服务"),
    ],
)
def test_script_width_and_numerals_make_no_difference(static: Encoder, one: str, other: str) -> None:
    vectors = static.encode_queries([one, other])
    assert vectors[0].any()
    assert np.array_equal(vectors[0], vectors[1])


def test_a_lay_question_is_nearer_to_its_article_than_to_others(static: Encoder) -> None:
    articles = [
        "饲养的动物造成他人损害的，动物饲养人或者管理人应当承担侵权责任。",
        "借款人应当按照约定的期限返还借款。",
        "经营者提供商品或者服务有欺诈行为的，应当按照消费者的要求增加赔偿其受到的损失。",
    ]
    questions = ["邻居家的狗把我咬了，谁来赔？", "朋友借钱一直不还怎么办？", "买到假货商家要怎么赔？"]
    scores = static.encode_queries(questions) @ static.encode_passages(articles).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_the_checksum_is_that_of_the_weights(small_model: Path, tmp_path: Path) -> None:
    first = StaticEncoder.open(small_model)
    copied = shutil.copytree(small_model, tmp_path / "copy")
    assert open_encoder(str(copied)).checksum == first.checksum
    vectors = np.random.default_rng(2).normal(size=(3, 8)).astype(np.float32)
    write_static_model(tmp_path / "else", ["a", "b", "c"], vectors, {})
    assert StaticEncoder.open(tmp_path / "else").checksum != first.checksum


def test_a_folder_of_the_static_format_is_opened_by_path_and_by_name(small_model: Path) -> None:
    by_path = open_encoder(str(small_model))
    by_name = open_encoder("small", models_dir=small_model.parent)
    assert isinstance(by_path, StaticEncoder)
    assert (by_name.name, by_name.dimensions) == ("small", 8)
    assert by_path.checksum == by_name.checksum


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", ["truncated", "changed", "removed"])
def test_damaged_weights_are_refused_by_name(small_model: Path, file: str, damage: str) -> None:
    path = small_model / file
    content = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if damage == "truncated" else content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(EncoderError, match=rf"{file}.*(install the package again|train it)"):
        open_encoder(str(small_model))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "kb-static-encoder/9"}, "format is 'kb-static-encoder/9'"),
        ({"analyzer": "words/1"}, "trained for the analyzer 'words/1'"),
        ({"dimensions": 7}, "shape"),
        ({"files": None}, "files and dimensions"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(small_model: Path, change: dict[str, Any], words: str) -> None:
    path = small_model / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(EncoderError, match=words):
        open_encoder(str(small_model))


def test_a_config_that_is_no_json_is_refused(small_model: Path) -> None:
    (small_model / "config.json").write_text("{", "utf-8")
    with pytest.raises(EncoderError, match=r"config\.json: not JSON"):
        open_encoder(str(small_model))


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(EncoderError, match="name is empty"):
        open_encoder(name)


@pytest.mark.parametrize("name", [EMBEDDED, STATIC])
def test_a_missing_encoder_of_ours_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(EncoderError, match=f"the {name} encoder is missing; install the package again"):
        open_encoder(name, models_dir=tmp_path)


def test_opening_and_encoding_import_no_torch() -> None:
    program = (
        "import sys; from kb.index.encoder import open_encoder; open_encoder().encode_queries(['养老']);"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers', 'llama_index') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real, very small transformer with prompts, built from a configuration."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("transformer")
    characters = sorted({c for text in TEXTS for c in text if not c.isspace()} | set("查询文档:"))
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
    set_seed(1)
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    module = Transformer(str(folder / "bert"))
    model = SentenceTransformer(
        modules=[module, Pooling(32)], prompts={"query": "查询:", "document": "文档:"}, device="cpu"
    )
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


def test_a_transformer_in_a_folder_encodes_with_its_prompts(transformer: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = open_encoder(str(transformer))
    questions, passages = encoder.encode_queries(TEXTS[:3]), encoder.encode_passages(TEXTS[:3])
    assert questions.shape == passages.shape == (3, encoder.dimensions) == (3, 32)
    assert questions.dtype == np.float32
    assert np.allclose(np.linalg.norm(questions, axis=1), 1, atol=1e-5)
    assert not np.allclose(questions, passages, atol=1e-4)
    plain = SentenceTransformer(str(transformer), device="cpu")
    with_prompt = plain.encode([f"查询:{text}" for text in TEXTS[:3]], prompt="", normalize_embeddings=True)
    assert np.allclose(questions, with_prompt, atol=1e-5)
    assert encoder.encode_passages([]).shape == (0, 32)


def test_a_transformer_has_a_stable_checksum(transformer: Path) -> None:
    assert open_encoder(str(transformer)).checksum == open_encoder(str(transformer)).checksum


@pytest.fixture()
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr("socket.create_connection", refuse)
    yield


@pytest.mark.usefixtures("no_network")
def test_an_unknown_model_without_a_network_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        open_encoder("nobody/no-such-model", models_dir=tmp_path)
    message = caught.value.message
    assert "'nobody/no-such-model'" in message
    assert str(tmp_path / "nobody/no-such-model") in message
    assert "'embedded'" in message
    assert "\n" not in message


@pytest.mark.usefixtures("no_network")
def test_a_folder_that_holds_no_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="'embedded'"):
        open_encoder(str(tmp_path))
