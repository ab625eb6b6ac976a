"""Rivals of a question that answer it after all, which must not be taught as ones that do not.

What looks most like a question among texts of other laws and papers is wanted as what must be told apart from its
answer, and often is an answer: another town's rule on the same thing, the same article under another title. Taught as
"does not answer", it teaches that what answers a question which names no place is to be doubted. So a trained reader
says which rivals it takes for an answer (Qu et al., RocketQA, NAACL 2021: denoised negatives); those that were judged
one by one, from question and passage alone (`written/judged_rivals.jsonl`), are learned from as what they are, and the
others are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from evals.training.contrastive_data import WRITTEN, read_lines
from evals.training.reading_data import Example, Target, Text, lead_of, shown, spans_in
from kb.reading.reader import ClauseText, Reader
from kb.reading.windows import cut_windows

DOUBTED = -1.0
"""Log-odds from which on a rival that was not judged is left out. Of the answers that questions were written for the
reader puts a third of those to brief ones below 0."""

OPENING = 24
"""Characters by which a text is known among those of the same title and heading."""


def judged_rivals(found: Sequence[Example], texts: Iterable[Text], written: Path = WRITTEN) -> dict[int, list[Target]]:
    """Give, by the number of the example, the windows of other texts that were judged to answer it or not to; those
    that were left open are not given."""
    place = {(text.context, text.text[:OPENING]): text for text in texts}
    asked: Mapping[str, list[int]] = defaultdict(list)
    for n, example in enumerate(found):
        asked[example.question].append(n)
    judged: dict[int, list[Target]] = defaultdict(list)
    for row in read_lines(written / "judged_rivals.jsonl"):
        if row["answers"] is None:
            continue
        text = place[row["context"], row["opening"]]
        *_, window = (window for window in cut_windows(text.text) if window.start <= row["start"])
        words = shown(text.text, window)
        target = Target(lead_of(text, window), words, row["answers"], spans_in(words, row["pieces"]))
        for n in asked[row["question"]]:
            judged[n].append(target)
    return judged


class Doubts:
    """What a trained reader takes for an answer."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def beyond(self, question: str, windows: Sequence[Target]) -> list[Target]:
        """Give the windows that are beyond doubt: such that the reader does not take them for an answer."""
        return [window for score, window in self._scored(question, windows) if score < DOUBTED]

    def hardest(self, question: str, windows: Sequence[Target]) -> list[Target]:
        """Give the windows, those first that the reader takes most for an answer."""
        return [window for _, window in sorted(self._scored(question, windows), key=lambda one: -one[0])]

    def _scored(self, question: str, windows: Sequence[Target]) -> list[tuple[float, Target]]:
        readings = self._reader.read(question, [ClauseText(window.context, window.text) for window in windows])
        return [(reading.score, window) for reading, window in zip(readings, windows, strict=True)]
