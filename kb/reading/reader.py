"""The reader: it sees a question and a clause together and says whether the clause answers, with which words, and yes
or no.

One trained cross-encoder (`evals.training.reader_training`) in place of rules: for every clause the log-odds that it
answers, the sentences that belong to the answer, the minimal words of it (a number, a name, a time) and, where a yes or
no is asked for, which it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.index.encoder import MODELS_DIR
from kb.reading.confidence import Confidence
from kb.reading.input import Row, as_read, row_of
from kb.reading.windows import Window, cut_windows
from kb.text.fold import fold
from kb.transformer.model import Model
from kb.types import Verdict

KIND = "reader"
_VERDICTS: tuple[Verdict | None, ...] = (None, "yes", "no", "depends")  # None: no yes or no is asked for
_LONGEST = 30  # tokens of a minimal answer
Array = NDArray[np.float32]


class Read(NamedTuple):
    """A sentence of a clause, as a span of it, and the probability that it belongs to the answer."""

    start: int
    end: int
    belongs: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one clause.

    `score` is the log-odds that it answers. `sentences` are those of the window that answers best; `short` is the span
    of the minimal answer in it with its probability; `verdict` what the clause says to a question for yes or no, with
    its probability.
    """

    score: float
    sentences: tuple[Read, ...]
    short: tuple[int, int, float] | None
    verdict: tuple[Verdict | None, float]

    def answer(self, enough: float = 0.5) -> list[tuple[int, int]]:
        """Give the spans of the sentences that belong to the answer, at least the likeliest."""
        if not self.sentences:
            return []
        bar = min(enough, max(sentence.belongs for sentence in self.sentences))
        return [(sentence.start, sentence.end) for sentence in self.sentences if sentence.belongs >= bar]


class ClauseText(NamedTuple):
    """What is read: the words of a clause, and before them its document's title and the headings above it."""

    context: str
    text: str


class Reader:
    """Reads with a model folder; safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.confidence = Confidence.model_validate(model.configuration.settings)

    @classmethod
    def open(cls, folder: Path | str = "") -> Reader:
        """Open the model in `folder`, the embedded one where that is empty; raise ModelError where it is not a sound
        one."""
        return cls(Model.open(Path(folder or MODELS_DIR / "reader"), KIND))

    def read(self, question: str, clauses: Sequence[ClauseText | str]) -> list[Reading]:
        """Read each clause for what is asked, in their order; a plain string is one without title and headings.

        >>> texts = ["食堂应当留样四十八小时。", "年满七十周岁的老年人每餐补贴三元。"]
        >>> refused, answered = Reader.open().read("老年人每餐补贴多少元？", texts)
        >>> answered.score > 0 > refused.score
        True
        >>> [texts[1][start:end] for start, end in answered.answer()]
        ['年满七十周岁的老年人每餐补贴三元。']
        """
        return self.read_each([(question, clause) for clause in clauses])

    def read_each(self, pairs: Sequence[tuple[str, ClauseText | str]]) -> list[Reading]:
        """Read each clause for a question of its own, in their order."""
        given = [ClauseText("", clause) if isinstance(clause, str) else clause for _, clause in pairs]
        views = [fold(clause.text) for clause in given]
        windows = [(n, window) for n, view in enumerate(views) for window in cut_windows(view.text)]
        contexts = [fold(clause.context).text for clause in given]
        texts = []
        for n, window in windows:
            lead = f"\n{views[n].text[window.lead[0] : window.lead[1]]}" if window.lead else ""
            texts += [as_read(pairs[n][0]), contexts[n] + lead, views[n].text[window.start : window.end]]
        tokens = self._model.tokens(texts, special=False)
        rows = [row_of(*parts) for parts in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True)]
        outputs = self._model.run([row.ids for row in rows])
        best: dict[int, int] = {}
        for place, ((n, _), (window_scores, _)) in enumerate(zip(windows, outputs, strict=True)):
            if n not in best or window_scores[0] > outputs[best[n]][0][0]:
                best[n] = place
        readings = []
        for n, view in enumerate(views):
            if n not in best:
                readings.append(Reading(-math.inf, (), None, (None, 0.0)))
                continue
            place = best[n]
            reading = _reading(windows[place][1], rows[place], *outputs[place])
            readings.append(_placed(reading, view.span))
        return readings


def _reading(window: Window, row: Row, scores: Array, tokens: Array) -> Reading:
    marks = tokens[row.at : row.at + len(row.offsets)]
    starts = np.asarray([window.start + start for start, _ in row.offsets])
    belongs = 1 / (1 + np.exp(-marks[:, 0]))
    sentences = []
    for start, end in window.sentences:
        inside = (starts >= start) & (starts < end)
        sentences.append(Read(start, end, float(belongs[inside].mean()) if inside.any() else 0.0))
    verdict = np.exp(scores[1:] - scores[1:].max())
    verdict /= verdict.sum()
    short = _minimal(marks, np.searchsorted([end for _, end in window.sentences], starts, side="right"))
    placed = (
        (window.start + row.offsets[short[0]][0], window.start + row.offsets[short[1]][1], short[2]) if short else None
    )
    likeliest = int(verdict.argmax())
    return Reading(float(scores[0]), tuple(sentences), placed, (_VERDICTS[likeliest], float(verdict[likeliest])))


def _minimal(marks: Array, sentences: NDArray[np.intp]) -> tuple[int, int, float] | None:
    """Give the likeliest span of tokens for the minimal answer, its last token included, with its probability;
    `sentences` numbers the sentence of each token, beyond which no minimal answer goes."""
    if not len(marks):
        return None
    begins, ends = (
        np.exp(column - column.max()) / np.exp(column - column.max()).sum() for column in (marks[:, 1], marks[:, 2])
    )
    likely = np.triu(np.outer(begins, ends))
    likely -= np.triu(likely, _LONGEST)
    likely *= sentences[:, None] == sentences
    first, last = np.unravel_index(int(likely.argmax()), likely.shape)
    return int(first), int(last), float(likely[first, last])


def _placed(reading: Reading, span: Callable[[int, int], tuple[int, int]]) -> Reading:
    """Lead the spans of a folded text back to the clause's own."""
    sentences = tuple(Read(*span(s.start, s.end), s.belongs) for s in reading.sentences)
    short = (*span(reading.short[0], reading.short[1]), reading.short[2]) if reading.short else None
    return Reading(reading.score, sentences, short, reading.verdict)
