"""The models that ship with the library: their format, what is refused, and the encoder that is one of them."""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.errors import EncoderError, ModelError
from kb.index.embedded_encoder import EmbeddedEncoder
from kb.index.encoder import EMBEDDED, MODELS_DIR, STATIC, open_encoder
from kb.index.static_encoder import StaticEncoder
from kb.processors import adds_bytes_exactly
from kb.transformer import session
from kb.transformer.model import BATCH_TOKENS, GRAPH, Model, batches_of
from kb.transformer.pieces import TOKENIZER, WORDS


@pytest.fixture(scope="module")
def encoder() -> EmbeddedEncoder:
    return EmbeddedEncoder.open(MODELS_DIR / EMBEDDED)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The encoder's folder, with the pieces beside it."""
    shutil.copytree(MODELS_DIR / "pieces", tmp_path / "pieces")
    return shutil.copytree(MODELS_DIR / EMBEDDED, tmp_path / "copy")


def put_tokenizer(copied: Path, text: str) -> None:
    """Put another tokenizer beside the copy, with its checksum in the configuration."""
    (copied.parent / "pieces" / TOKENIZER).write_text(text, "utf-8")
    path = copied / "config.json"
    config = json.loads(path.read_text("utf-8"))
    config["files"][TOKENIZER] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(config), "utf-8")


def test_each_name_opens_its_depth() -> None:
    assert isinstance(open_encoder(EMBEDDED), EmbeddedEncoder)
    assert isinstance(open_encoder(STATIC), StaticEncoder)


@pytest.mark.parametrize("file", [GRAPH, f"../pieces/{TOKENIZER}", f"../pieces/{WORDS}"])
@pytest.mark.parametrize("damage", ["truncated", "changed", "removed"])
def test_damaged_weights_are_refused_by_name(copied: Path, file: str, damage: str) -> None:
    path = copied / file
    content = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if damage == "truncated" else content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(EncoderError, match=rf"{Path(file).name}.*install the package again"):
        open_encoder(str(copied))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "kb-transformer/9"}, "format is 'kb-transformer/9'"),
        ({"kind": "reader"}, "of the kind 'reader', wanted is 'encoder'"),
        ({"tokens": None}, "pieces and tokens"),
        ({"pieces": None}, "pieces and tokens"),
        ({"files": {}}, "the keys files"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(copied: Path, change: dict[str, Any], words: str) -> None:
    path = copied / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(ModelError, match=words):
        Model.open(copied, "encoder")


def test_a_model_without_its_pieces_says_where_they_belong(copied: Path) -> None:
    (copied.parent / "pieces").rename(copied.parent / "elsewhere")
    with pytest.raises(ModelError, match=rf"its pieces are not in {copied.parent}/pieces; copy kb/models/pieces"):
        Model.open(copied, "encoder")
    path = copied / "config.json"
    config = json.loads(path.read_text("utf-8")) | {"pieces": str(copied.parent / "elsewhere")}
    path.write_text(json.dumps(config), "utf-8")
    assert Model.open(copied, "encoder").tokens(["街道"])


def test_models_that_cut_text_alike_share_their_pieces(copied: Path) -> None:
    of_encoder, of_reader = Model.open(MODELS_DIR / EMBEDDED, "encoder"), Model.open(MODELS_DIR / "reader", "reader")
    assert of_encoder.pieces is of_reader.pieces
    tokenizer = json.loads((MODELS_DIR / "pieces" / TOKENIZER).read_text("utf-8"))
    put_tokenizer(copied, json.dumps(tokenizer | {"normalizer": None}))
    assert Model.open(copied, "encoder").pieces is not of_encoder.pieces


def test_a_tokenizer_that_is_none_is_refused(copied: Path) -> None:
    put_tokenizer(copied, "{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Model.open(copied, "encoder")


@pytest.mark.parametrize(
    "text", ["字" * 10_000, "字", "Wi-Fi and English words only", "20240501", "12.5%", "ᠮᠣᠩᠭᠣᠯ", "<script>1</script>"]
)
def test_any_text_has_a_vector_of_length_one(encoder: EmbeddedEncoder, text: str) -> None:
    for vectors in (encoder.encode_passages([text]), encoder.encode_queries([text])):
        assert vectors.shape == (1, encoder.dimensions)
        assert np.isclose(np.linalg.norm(vectors[0]), 1, atol=1e-4)


def test_a_question_finds_its_passage_in_other_words(encoder: EmbeddedEncoder) -> None:
    passages = [
        "在住宅区内，每日二十二时至次日六时，禁止从事产生噪声的装修活动。",
        "老年人凭有效证件免费乘坐市内公共交通工具。",
        "申请公共租赁住房的，应当提交收入证明。",
    ]
    questions = ["楼上半夜还在砸墙，能管吗", "我妈七十了，坐公交还要不要钱", "想租政府的便宜房子要交啥材料"]
    scores = encoder.encode_queries(questions) @ encoder.encode_passages(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_threads_get_the_same_vectors(encoder: EmbeddedEncoder) -> None:
    texts = [f"第{n}条　街道应当公布服务清单。" * (n % 5 + 1) for n in range(40)]
    alone = encoder.encode_passages(texts)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode_passages(texts), range(4)):
            assert np.allclose(vectors, alone, atol=1e-5)


def test_batches_hold_every_text_once() -> None:
    lengths = [int(n) for n in np.random.default_rng(1).integers(1, 513, 200)]
    batches = batches_of(lengths)
    assert sorted(n for batch in batches for n in batch) == list(range(200))
    assert batches_of([]) == []


def test_few_texts_are_computed_one_by_one_and_many_short_ones_together() -> None:
    assert batches_of([150] * 6, workers=2) == [[0], [1], [2], [3], [4], [5]]
    assert batches_of([400, 20, 100, 20], workers=2) == [[0], [2], [1, 3]]
    assert {len(batch) for batch in batches_of([20] * 120, workers=2)} == {12}
    assert all(len(batch) * 20 <= BATCH_TOKENS for batch in batches_of([20] * 120, workers=2))


@pytest.mark.parametrize(
    ("told", "exactly"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni\n", True),
        ("flags\t\t: fpu avx2 avx_vnni\n", True),
        ("flags\t\t: fpu avx2 fma\n", False),
        ("Features\t: fp asimd\n", False),
        (None, False),
    ],
)
def test_a_processor_adds_bytes_exactly_only_where_it_says_so(told: str | None, exactly: bool, tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    if told is not None:
        path.write_text(told, "utf-8")
    assert adds_bytes_exactly(path) is exactly


def test_the_exact_product_gives_what_the_fast_one_gives(
    encoder: EmbeddedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "adds_bytes_exactly", lambda: False)
    exact = open_encoder()
    text = ["年满七十周岁的老年人每餐补贴三元。"]
    assert float(exact.encode_passages(text)[0] @ encoder.encode_passages(text)[0]) > 0.999
