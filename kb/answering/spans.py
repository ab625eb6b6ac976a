"""Which words of a sentence are the answer itself: the part that a page shows in bold.

A small network reads the sentence character by character: a character is seen as its own term and the two pairs
it forms, its kind, what of it stands in the question, and what of the question it is most like; gated
convolutions, steered by what the question asks for, look ever further around it. Every pair of a first and a last
character gets a score. Trained by `evals.training.reader`, run here with numpy alone. (After QANet: Yu et al.,
2018; gated convolutions: Dauphin et al., 2017; conditioning: Perez et al., 2018.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from kb.text.fold import fold, fold_text

Array = NDArray[np.float32]

LONGEST_QUESTION, LONGEST_SENTENCE, LONGEST_SPAN = 40, 128, 64
DILATIONS = (1, 2, 4, 8, 1)
_SHARPNESS = 8.0
_WITHOUT_NUMERAL, _WITHOUT_UNIT = np.float32(2.0), np.float32(8.0)
_AROUND = 8
_IMPOSSIBLE = np.float32(-1e4)
_NUMERALS, _MEASURES, _PAUSES = "零一二三四五六七八九十百千万亿两几半", "年月日时分秒个人名元米次", ",、;:"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, with the probability that it is the answer."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Coded:
    """A text as the network sees it: rows of the terms at each character, and its kind."""

    rows: NDArray[np.int64]
    kinds: NDArray[np.int64]


def code(text: str, terms: Mapping[str, int]) -> Coded:
    """Code a folded text: per character the rows of itself, of it with the one before, and with the one after;
    row 0 is for what is not known."""

    def row(term: str) -> int:
        return terms.get(term, 0)

    rows = [
        (row(char), row(text[at - 1 : at + 1]) if at else 0, row(text[at : at + 2])) for at, char in enumerate(text)
    ]
    return Coded(np.array(rows, np.int64).reshape(-1, 3), np.array([_kind(char) for char in text], np.int64))


def signs(question: str, sentence: str) -> Array:
    """Give per character of a folded sentence whether it, its pairs and its triple stand in the question, and
    where it stands."""
    known = {question[at : at + length] for length in (1, 2, 3) for at in range(len(question) - length + 1)}
    last = len(sentence) - 1
    return np.array(
        [
            (
                char in known,
                at < last and sentence[at : at + 2] in known,
                at > 0 and sentence[at - 1 : at + 1] in known,
                at + 1 < last and sentence[at : at + 3] in known,
                at / 100,
                len(sentence) / 100,
            )
            for at, char in enumerate(sentence)
        ],
        np.float32,
    ).reshape(-1, 6)


def _kind(char: str) -> int:
    if char.isdigit():
        return 1
    if char in _NUMERALS:
        return 2
    if char in _MEASURES:
        return 3
    if char.isascii() and char.isalpha():
        return 4
    if char in _PAUSES:
        return 5
    return 7 if char.isalnum() else 6


class SpanReader:
    """Finds the answer in a sentence; `weights` are the arrays of the trained network, `terms` the rows of the
    terms it knows."""

    def __init__(self, terms: Mapping[str, int], weights: Mapping[str, Array]) -> None:
        self._terms = terms
        self._threads = ThreadpoolController()
        self._vectors = weights["vectors"]
        self._scale = np.float32(weights["scale"])
        self._weights = {name: array.astype(np.float32) for name, array in weights.items() if name != "vectors"}

    def find(self, question: str, sentence: str, *, numeral: bool = False, unit: str = "") -> Span | None:
        """Give the likeliest span of `sentence`, with its offsets there; `None` where there is nothing to read.

        With `numeral` a number or a date is asked for, and a span without a numeral counts for less; with `unit` (项 in
        多少项) so does one that is not about a numeral in that unit, where the sentence has some.
        """
        folded = fold(sentence)
        asked, told = fold_text(question)[-LONGEST_QUESTION:], folded.text[:LONGEST_SENTENCE]
        if not asked.strip() or not told.strip():
            return None
        # The matrices are small: a second thread costs more than it gives, and much more on a busy machine.
        with self._threads.limit(limits=1, user_api="blas"):
            scores = self.scores(asked, told)
        if numeral:
            scores -= _WITHOUT_NUMERAL * _lacks_numeral(told)
        if unit:
            scores -= _WITHOUT_UNIT * _lacks_unit(told, unit)
        best = int(scores.argmax())
        first, last = divmod(best, len(told))
        probability = float(1 / np.exp(scores - scores.flat[best]).sum())
        start, end = folded.span(first, last + 1)
        return Span(start, end, probability)

    def scores(self, question: str, sentence: str) -> Array:
        """Score every span of a folded sentence, shape (first characters, last characters)."""
        w = self._weights
        asked, told = code(question, self._terms), code(sentence, self._terms)
        q, x = self._embed(asked.rows), self._embed(told.rows)

        around = np.concatenate([q, w["cls.weight"][asked.kinds]], axis=1)
        heard = np.tanh(_convolve(around, w["qconv.weight"], w["qconv.bias"], 1))
        attention = _softmax((heard @ w["qatt.weight"].T)[:, 0] + w["qatt.bias"])
        wanted = attention @ heard

        alike = _unit(x) @ _unit(q).T
        aligned = _softmax(alike * np.float32(_SHARPNESS)) @ q
        near = alike.max(axis=1, keepdims=True)
        h = np.concatenate([x, aligned, w["cls.weight"][told.kinds], signs(question, sentence), near], axis=1)
        h = h @ w["inp.weight"].T + w["inp.bias"]
        for layer, dilation in enumerate(DILATIONS):
            normal = _normalize(h, w[f"norm.{layer}.weight"], w[f"norm.{layer}.bias"])
            z = _convolve(normal, w[f"convs.{layer}.weight"], w[f"convs.{layer}.bias"], dilation)
            z = z + w[f"film.{layer}.weight"] @ wanted + w[f"film.{layer}.bias"]
            content, gate = np.split(z, 2, axis=1)
            h = h + content / (1 + np.exp(-gate))
        starts = h @ w["out.weight"].T + w["out.bias"]
        ends = h @ w["oute.weight"].T + w["oute.bias"]
        left = h @ w["pair.weight"].T + w["pair.bias"]
        right = h @ w["paire.weight"].T + w["paire.bias"]
        scores = starts + ends.T + left @ right.T / np.float32(np.sqrt(left.shape[1]))
        length = np.arange(len(h))[None, :] - np.arange(len(h))[:, None]
        scores = scores + w["lenb.weight"][np.clip(length, 0, LONGEST_SPAN - 1), 0]
        scored: Array = np.where((length < 0) | (length >= LONGEST_SPAN), _IMPOSSIBLE, scores)
        return scored

    def _embed(self, rows: NDArray[np.int64]) -> Array:
        vectors = self._vectors[rows].astype(np.float32).reshape(len(rows), -1)
        vectors *= self._scale
        embedded: Array = vectors @ self._weights["proj.weight"].T + self._weights["proj.bias"]
        return embedded


def _lacks_numeral(sentence: str) -> NDArray[np.bool_]:
    """Say of every span whether no numeral stands in it."""
    before = np.concatenate(([0], np.cumsum([_kind(char) in (1, 2) for char in sentence])))
    lacks: NDArray[np.bool_] = before[1:][None, :] - before[:-1][:, None] == 0
    return lacks


def _lacks_unit(sentence: str, unit: str) -> NDArray[np.bool_]:
    """Say of every span whether it is not a numeral in `unit` with a few characters around it; of none where the sentence
    has no such numeral."""
    found = [
        match.span() for match in re.finditer(rf"[\d{_NUMERALS}]+[多余]?{re.escape(unit)}(?:方米|方公里)?", sentence)
    ]
    lacks = np.full((len(sentence), len(sentence)), bool(found))
    for start, end in found:
        lacks[max(start - _AROUND, 0) : start + 1, end - 1 : end + _AROUND] = False
    return lacks


def _convolve(rows: Array, weight: Array, bias: Array, dilation: int) -> Array:
    """Convolve along the first axis, with zeros outside; `weight` has the shape (out, in, width) of PyTorch."""
    width = weight.shape[2]
    reach = dilation * (width // 2)
    padded = np.pad(rows, ((reach, reach), (0, 0)))
    total: Array = np.tile(bias, (len(rows), 1))
    for tap in range(width):
        total += padded[tap * dilation : tap * dilation + len(rows)] @ weight[:, :, tap].T
    return total


def _normalize(rows: Array, weight: Array, bias: Array) -> Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(1e-5))
    normal: Array = centred / spread * weight + bias
    return normal


def _unit(rows: Array) -> Array:
    unit: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return unit


def _softmax(rows: Array) -> Array:
    raised = np.exp(rows - rows.max(axis=-1, keepdims=True))
    share: Array = raised / raised.sum(axis=-1, keepdims=True)
    return share
