"""The reader: which sentences of the passages that were found answer the question.

A sentence is scored by how much of the question's weight it covers itself, how much together with its
headings and title, how near it is in meaning, whether it holds the kind of thing that is asked for (a
number with the right unit, a date, an office), and how high its passage ranked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.answering.question import AnswerKind, Question
from kb.index.encoder import Encoder
from kb.index.term_weights import TermWeights
from kb.text.fold import fold_text
from kb.text.markers import read_marker
from kb.text.numerals import normalize_numbers
from kb.text.sentences import sentence_spans
from kb.text.terms import terms
from kb.types import Document, Hit, Passage

_SIGNS: dict[AnswerKind, re.Pattern[str]] = {
    "quantity": re.compile(r"\d|半数|全部|全覆盖"),
    "time": re.compile(r"\d+年|\d+月|\d+日|\d{4}-\d|期限|每年|每月|个月|工作日|之日|年底"),
    "person": re.compile(r"部门|单位|政府|委员会|局|委|厅|办公室|街道|社区|企业|机构|主席|市长|业主|负责|牵头"),
    "place": re.compile(r"区|市|县|街道|镇|社区|小区|场地|省"),
    "definition": re.compile(r"是指|指的是|所称|即|是.{2,}的"),
    "list": re.compile(r"、|包括|以下|下列|;|\d类|\d项|\d个"),
    "manner": re.compile(r"通过|应当|可以|按|由|向|申请|程序|方式|办法|采取|先"),
    "reason": re.compile(r"因为|由于|为了|为|原因|目的|所以"),
}
_MEANINGLESS = re.compile(r"^[\W\d]*$")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign of an answer counts."""

    own: float = 0.5
    context: float = 0.35
    meaning: float = 0.35
    kind: float = 0.12
    unit: float = 0.25
    rank: float = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: text[start:end] of its document.

    `strength` says how far it is evidence at all: what it covers of the question with its headings and title,
    how near it is in meaning, less what of the question the whole corpus never mentions.
    """

    hit: Hit
    start: int
    end: int
    score: float
    strength: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, ready to be compared: its terms, its folded form with numbers in digits, its vector."""

    start: int
    end: int
    terms: frozenset[str]
    plain: str
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The sentences of a passage, and the terms of its headings and title."""

    sentences: tuple[Sentence, ...]
    context: frozenset[str]


def prepare(passage: Passage, document: Document, encoder: Encoder) -> Prepared:
    """Cut a passage into sentences without their outline markers; what has no word in it is left out."""
    text = document.text
    spans = []
    for line_start, end in sentence_spans(text, passage.start, passage.end):
        begins_line = line_start == 0 or text[line_start - 1] == "\n"
        marker = read_marker(text, line_start, end) if begins_line else None
        start = marker.end if marker else line_start
        if not _MEANINGLESS.match(text[start:end]):
            spans.append((start, end))
    vectors = encoder.encode_passages([text[start:end] for start, end in spans])
    sentences = tuple(
        Sentence(start, end, frozenset(terms(text[start:end])), normalize_numbers(fold_text(text[start:end])), vector)
        for (start, end), vector in zip(spans, vectors, strict=True)
    )
    return Prepared(sentences, frozenset(terms(passage.context)))


def read(
    question: Question,
    hits: Sequence[Hit],
    prepared_of: Callable[[Passage], Prepared],
    term_weights: TermWeights,
    encoder: Encoder,
    weights: Weights = Weights(),
) -> list[Candidate]:
    """Score every sentence of the passages found, best first."""
    wanted = question.content
    unheard = term_weights.unheard(wanted)
    target = encoder.encode_queries([question.text])[0]
    candidates = []
    for hit in hits:
        prepared = prepared_of(hit.passage)
        for sentence in prepared.sentences:
            own = term_weights.coverage(wanted, sentence.terms)
            coverage = term_weights.coverage(wanted, sentence.terms | prepared.context)
            meaning = float(sentence.vector @ target)
            kind, unit = _signs(question, sentence.plain)
            score = (
                weights.own * own
                + weights.context * coverage
                + weights.meaning * meaning
                + weights.kind * kind
                + weights.unit * unit
                + weights.rank / (hit.rank + 2)
            )
            strength = coverage + 2 * meaning - unheard
            candidates.append(Candidate(hit, sentence.start, sentence.end, score, strength))
    return sorted(candidates, key=lambda c: (-c.score, c.hit.passage.doc_id, c.start))


def _signs(question: Question, sentence: str) -> tuple[float, float]:
    """Say whether a sentence holds the kind of thing asked for, and a number with the unit asked for."""
    sign = _SIGNS.get(question.kind)
    kind = float(bool(sign and sign.search(sentence)))
    unit = 0.0
    if question.unit:
        unit = float(bool(re.search(rf"\d+(?:\.\d+)?[多余]?{re.escape(question.unit)}", sentence)))
    return kind, unit
