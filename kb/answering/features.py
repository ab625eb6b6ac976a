"""What speaks for a sentence as the answer to a question, as numbers: one row a sentence, one column a feature.

Nothing here is a score of the search, so that the model that weighs the features does not depend on how
passages are found: shares of the question's weight that are covered (by the sentence, with its neighbours, its
passage, its headings), nearness in meaning, the longest common wording, the kind of thing asked for, and how all
this compares with the other sentences found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb.answering.question import KINDS, Question
from kb.answering.sentences import SIGNS, Prepared, Sentence
from kb.index.term_weights import TermWeights

_SAYS_WHAT = re.compile(r"([^。;:]{2,20}?)(?:\([^)]*\))?,?(?:是指|是|指|即|界定为|定义为|,又称|,简称)")

Matrix = NDArray[np.float32]

_RELATIVE = ("own", "near", "pairs", "window", "passage", "meaning", "wording", "precision", "before")
_PLAIN = (
    *_RELATIVE, "context", "headings", "passage meaning", "neighbour meaning", "unheard", "position", "first",
    "sentences", "length", "question length", "content", "unit", "new numbers", "asked numbers", "year", "month",
    "day", "headlike", "uncovered", "items", "items asked", "defined", "subject",
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    *_PLAIN,
    *(f"kind {kind}" for kind in KINDS),
    *SIGNS,
    *(f"{name} to best" for name in _RELATIVE),
    *(f"{name} place" for name in _RELATIVE),
)
"""The columns, in order."""


def features(
    question: Question,
    passages: Sequence[Prepared],
    term_weights: TermWeights,
    target: NDArray[np.float32],
) -> Matrix:
    """Give the features of every sentence of the passages, in their order, shape (sentences, features).

    `target` is the question's vector.
    """
    sentences = [sentence for prepared in passages for sentence in prepared.sentences]
    if not sentences:
        return np.zeros((0, len(FEATURES)), np.float32)
    wanted = question.content
    weights = np.array([term_weights.weight(term) for term in wanted], np.float32)
    near = weights * np.array([term in question.near for term in wanted], np.float32)
    pairs = weights * np.array([len(term) > 1 for term in wanted], np.float32)
    held = np.array([[term in sentence.terms for term in wanted] for sentence in sentences], np.float32)
    translated = _translated(question)
    for columns_meant, wordings in translated:
        for row, sentence in enumerate(sentences):
            if any(wording <= sentence.terms for wording in wordings):
                held[row, columns_meant] = 1
    vectors = np.stack([sentence.vector for sentence in sentences])
    meaning = vectors @ target

    counts = [len(prepared.sentences) for prepared in passages]
    before, window, whole, headings = (np.zeros_like(held) for _ in range(4))
    passage_meaning, neighbour = np.zeros(len(sentences), np.float32), np.zeros(len(sentences), np.float32)
    positions, sizes = (np.zeros(len(sentences), np.float32) for _ in range(2))
    at = 0
    for prepared, count in zip(passages, counts, strict=True):
        if not count:
            continue
        part = slice(at, at + count)
        own = held[part]
        before[at + 1 : at + count] = own[:-1]
        window[part] = own
        window[at + 1 : at + count] = np.maximum(window[at + 1 : at + count], own[:-1])
        window[at : at + count - 1] = np.maximum(window[at : at + count - 1], own[1:])
        whole[part] = own.max(axis=0)
        headings[part] = [term in prepared.context for term in wanted]
        for columns_meant, wordings in translated:
            if any(wording <= prepared.context for wording in wordings):
                headings[part, columns_meant] = 1
        total = vectors[part].sum(axis=0)
        passage_meaning[part] = total @ target / max(float(np.linalg.norm(total)), 1e-9)
        neighbour[at + 1 : at + count] = meaning[at : at + count - 1]
        neighbour[at : at + count - 1] = np.maximum(neighbour[at : at + count - 1], meaning[at + 1 : at + count])
        positions[part] = np.arange(count)
        sizes[part] = count
        at += count

    def share(found: Matrix, of: Matrix) -> Matrix:
        return found @ of / max(float(of.sum()), 1e-9)

    lengths = np.array([len(sentence.plain) for sentence in sentences], np.float32)
    columns = {
        "own": share(held, weights),
        "near": share(held, near),
        "pairs": share(held, pairs),
        "window": share(window, weights),
        "passage": share(np.maximum(whole, headings), weights),
        "meaning": meaning,
        "wording": np.array([_common(question.runs, sentence.plain) for sentence in sentences], np.float32),
        "precision": (held @ pairs) / np.maximum(lengths, 8),
        "before": share(before, weights),
        "context": share(np.maximum(held, headings), weights),
        "headings": share(headings, weights),
        "passage meaning": passage_meaning,
        "neighbour meaning": neighbour,
        "unheard": np.full(len(sentences), _unheard(question, term_weights), np.float32),
        "position": positions,
        "first": positions == 0,
        "sentences": sizes,
        "length": np.log(lengths + 1),
        "question length": np.full(len(sentences), len(question.plain), np.float32),
        "content": np.full(len(sentences), len(wanted), np.float32),
        "unit": np.array([_unit(question, sentence) for sentence in sentences], np.float32),
        "new numbers": np.array([len(s.numbers - question.numbers) for s in sentences], np.float32),
        "asked numbers": np.array([_shared_numbers(question, s) for s in sentences], np.float32),
        "year": np.array([_asks("年", question, s) for s in sentences], np.float32),
        "month": np.array([_asks("月", question, s) for s in sentences], np.float32),
        "day": np.array([_asks("日", question, s) for s in sentences], np.float32),
        "headlike": np.array([s.plain[-1] not in "。.;!?" and len(s.plain) < 30 for s in sentences], np.float32),
        "items": np.array([min(s.items, 8) for s in sentences], np.float32),
        "items asked": np.array([_items(question, s) for s in sentences], np.float32),
        "defined": np.array([_defines(question, s) for s in sentences], np.float32),
        "subject": np.array([_opening(question, s) for s in sentences], np.float32),
        "uncovered": share(1 - np.maximum(whole, headings), weights * (weights > np.median(weights))),
    }
    kind = np.zeros((len(sentences), len(KINDS)), np.float32)
    kind[:, KINDS.index(question.kind)] = 1
    signs = np.array([sentence.signs for sentence in sentences], np.float32)
    plain = np.column_stack([columns[name] for name in _PLAIN])
    relative = plain[:, : len(_RELATIVE)]
    best = relative.max(axis=0)
    places = (relative[None, :, :] > relative[:, None, :] + 1e-6).sum(axis=1)
    return np.hstack([plain, kind, signs, best - relative, np.minimum(places, 20)]).astype(np.float32)


def _unheard(question: Question, term_weights: TermWeights) -> float:
    known = frozenset(term for said, _ in question.meant for term in said)
    return term_weights.unheard([term for term in question.content if term not in known])


def _translated(question: Question) -> list[tuple[list[int], tuple[frozenset[str], ...]]]:
    """Give for each translation the columns of the content that it stands for, and its wordings."""
    return [
        ([column for column, term in enumerate(question.content) if term in said], wordings)
        for said, wordings in question.meant
    ]


def _common(runs: Sequence[str], text: str) -> float:
    """Give the length of the longest wording that a question and a text have in common, as a share of the question."""
    best, total = 1, 0
    for run in runs:
        total += len(run)
        for start in range(len(run)):
            while start + best < len(run) and run[start : start + best + 1] in text:
                best += 1
    return best / max(total, 1)


def _unit(question: Question, sentence: Sentence) -> float:
    return float(question.unit in sentence.measures) if question.unit else -1.0


def _shared_numbers(question: Question, sentence: Sentence) -> float:
    return len(question.numbers & sentence.numbers) / len(question.numbers) if question.numbers else -1.0


def _asks(unit: str, question: Question, sentence: Sentence) -> float:
    return float(unit in sentence.measures) if unit in question.asked_units else -1.0


def _items(question: Question, sentence: Sentence) -> float:
    """Say whether a sentence lists as many things as the question says there are, or names that number."""
    if question.items is None:
        return -1.0
    return (sentence.items == question.items) + 0.5 * (str(question.items) in sentence.numbers)


def _defines(question: Question, sentence: Sentence) -> float:
    """Say whether a sentence says of the thing in question what it is."""
    match = _SAYS_WHAT.match(sentence.plain)
    if match is None:
        return 0.0
    subject = match[1].strip('",<>')
    least = min(len(subject), 4)
    return float(any(subject[-length:] in question.plain for length in range(least, len(subject) + 1)) and least > 1)


def _opening(question: Question, sentence: Sentence) -> float:
    """Give how many of the sentence's first characters stand in the question in one piece, at most eight."""
    length = 0
    while length < min(8, len(sentence.plain)) and sentence.plain[: length + 1] in question.plain:
        length += 1
    return float(length)
