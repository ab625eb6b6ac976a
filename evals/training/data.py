"""Puts the sources of pairs together: which text, how much of it in every batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from evals.training.bm25 import BM25, hard_negatives
from evals.training.corpora import Fold, LabelledSet, LawArticle, read_labelled, read_laws, read_written
from evals.training.lay_wording import LayWording
from evals.training.pairs import Cloze, Labelled, Mixture, PairSource, Rewritten
from evals.training.paraphrases import find_paraphrases
from evals.training.streams import Streams, choose_vocabulary, count_terms, make_streams

# Sets with labelled questions; ncp and cail are measured and never learned from.
LABELLED = ("stard", "cmrc", "drcd")
QUESTIONS = Path(__file__).with_name("questions.tsv")
SHARES = {
    "laws": 224, "stard passages": 224, "paragraphs": 96, "lay laws": 32, "lay stard": 48, "paraphrases": 64,
    "stard": 64, "written": 48, "cmrc": 96, "drcd": 48,
}  # fmt: skip
"""Pairs of each source in every batch."""
DEPTH = 40
"""How many of BM25's mistakes are kept for each question."""
_LEAST = {"laws": 12, "stard": 12, "cmrc": 3, "drcd": 3, "questions": 2}
"""Texts that must hold a term before it enters the vocabulary, by collection."""


@dataclass(frozen=True, slots=True)
class TrainingData:
    """`importance` is the inverse document frequency of each term, from which its weight starts."""

    vocabulary: list[str]
    importance: NDArray[np.float32]
    mixture: Mixture


def read_training_data(
    benchmarks: Path,
    *,
    terms: int,
    generator: Generator,
    shares: dict[str, int] = SHARES,
    left_out: Fold | None = None,
) -> TrainingData:
    """Read the texts, choose the vocabulary and prepare every source; questions of the fold `left_out` are not
    learned."""
    laws = read_laws(benchmarks / "laws")
    sets = {name: read_labelled(benchmarks / name) for name in LABELLED}
    if left_out:
        sets = {name: found.part(left_out, outside=True) for name, found in sets.items()}
    vocabulary, importance = _vocabulary(laws, sets, terms)
    rows = {term: row for row, term in enumerate(vocabulary)}

    law_texts = make_streams((article.text for article in laws), rows)
    law_titles = make_streams((article.law for article in laws), rows)
    passages = {name: make_streams(found.passages, rows) for name, found in sets.items()}
    titles = {name: make_streams(found.titles, rows) for name, found in sets.items()}
    trained = {name: sorted({row for own in sets[name].relevant for row in own}) for name in ("cmrc", "drcd")}
    paragraphs = Streams.join([passages[name].select(kept) for name, kept in trained.items()])
    paragraph_titles = Streams.join([titles[name].select(kept) for name, kept in trained.items()])

    sources: dict[str, PairSource] = {
        "laws": Cloze(law_texts, law_titles),
        "stard passages": Cloze(passages["stard"], titles["stard"]),
        "paragraphs": Cloze(paragraphs, paragraph_titles),
        "paraphrases": _paraphrases(laws, law_texts, law_titles, importance, generator),
        "lay laws": _lay([article.text for article in laws], law_texts, law_titles, rows, generator),
        "lay stard": _lay(sets["stard"].passages * 2, passages["stard"], titles["stard"], rows, generator),
    }
    for name, found in sets.items():
        index = BM25([f"{title}\n{text}" for title, text in zip(found.titles, found.passages, strict=True)])
        asked = [found, _written(found, left_out)] if name == "stard" else [found]
        for questions in asked:
            sources[questions.name] = Labelled(
                make_streams(questions.questions, rows),
                passages[name],
                titles[name],
                questions.relevant,
                hard_negatives(index, questions.questions, questions.relevant, depth=DEPTH),
                drop=0.3 if name == "stard" else 0.2,
            )
    return TrainingData(vocabulary, importance, Mixture([(sources[name], share) for name, share in shares.items()]))


def _written(found: LabelledSet, left_out: Fold | None) -> LabelledSet:
    written = read_written(QUESTIONS, found)
    return written.part(left_out, outside=True) if left_out else written


def _vocabulary(
    laws: Sequence[LawArticle], sets: dict[str, LabelledSet], size: int
) -> tuple[list[str], NDArray[np.float32]]:
    counts: dict[str, Counter[str]] = {"laws": count_terms(article.text for article in laws)}
    texts = {"laws": len(laws)}
    for name, found in sets.items():
        # Of the encyclopedias only the paragraphs with train questions; stard's articles are laws, all public.
        used = range(len(found.passages)) if name == "stard" else sorted({row for own in found.relevant for row in own})
        counts[name] = count_terms(f"{found.titles[row]} {found.passages[row]}" for row in used)
        texts[name] = len(used)
    collections = [(found, _LEAST[name]) for name, found in counts.items()]
    collections += [(count_terms(found.questions), _LEAST["questions"]) for found in sets.values()]
    vocabulary = choose_vocabulary(collections, size)
    # The encyclopedias are small: they count tenfold, so that their words are not all rare.
    factors = {"laws": 1, "stard": 1, "cmrc": 10, "drcd": 10}
    holding = np.array([sum(counts[name][term] * factors[name] for name in counts) for term in vocabulary])
    total = sum(texts[name] * factors[name] for name in counts)
    return vocabulary, np.log((total + 1) / (holding + 1)).astype(np.float32)


def _lay(
    texts: Sequence[str], passages: Streams, titles: Streams, rows: dict[str, int], generator: Generator
) -> Rewritten:
    wording = LayWording.read()
    made = [
        (question, row % len(passages))
        for row, text in enumerate(texts)
        if (question := wording.question(text, generator))
    ]
    return Rewritten(make_streams((question for question, _ in made), rows), [row for _, row in made], passages, titles)


def _paraphrases(
    laws: Sequence[LawArticle], texts: Streams, titles: Streams, importance: NDArray[np.float32], generator: Generator
) -> Rewritten:
    found = find_paraphrases(laws, texts, importance)
    found = np.concatenate((found, found[:, ::-1]))
    spans = [texts.span(int(row), *_some_clauses(texts, int(row), generator)) for row in found[:, 0]]
    return Rewritten(Streams.join(spans), found[:, 1].tolist(), texts, titles)


def _some_clauses(texts: Streams, row: int, generator: Generator) -> tuple[int, int]:
    """Choose one to four clauses of a text, at least 8 and at most 50 symbols where it has them."""
    runs = texts.runs(row)
    first = int(generator.integers(0, len(runs) - 1))
    last = min(first + int(generator.integers(1, 5)), len(runs) - 1)
    start, end = int(runs[first]), int(runs[last])
    if end - start < 8:
        end = min(start + 30, int(runs[-1]))
        start = max(0, end - 30)
    return start, min(end, start + 50)
