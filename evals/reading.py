"""Questions with known answers, and whether a sentence or a span is right.

A sentence holds an answer that it contains, or that it is a part of (answers of several sentences). Comparison
is on folded text without blanks. F1 counts common characters; ROUGE-L is the F-measure of the longest common
subsequence of characters (Lin, 2004).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.jsonl import open_jsonl, string
from kb.text.fold import Folded, fold, fold_text
from kb.types import Document

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question of a reading set: its answers, and the ids of the documents that hold one."""

    query_id: str
    text: str
    answers: tuple[str, ...]
    documents: tuple[str, ...]


def read_answered(folder: Path, split: str) -> list[AnsweredQuestion]:
    """Read one split of a reading set."""
    answers = {string(place, line, "query_id"): line["answers"] for place, line in open_jsonl(folder, "answers")}
    documents: dict[str, list[str]] = {}
    for line in (folder / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        query_id, doc_id, relevance = line.split("\t")
        if int(relevance) > 0:
            documents.setdefault(query_id, []).append(doc_id)
    return [
        AnsweredQuestion(
            query_id := string(place, line, "_id"),
            string(place, line, "text"),
            tuple(dict.fromkeys(answer for answer in answers.get(query_id, ()) if answer.strip())),
            tuple(documents.get(query_id, ())),
        )
        for place, line in open_jsonl(folder, "queries")
        if line["split"] == split
    ]


def squeezed(text: str) -> str:
    """Fold a text and drop its blanks."""
    return "".join(fold_text(text).split())


def holds(sentence: str, answers: tuple[str, ...]) -> bool:
    """Say whether a sentence holds one of the answers."""
    told = squeezed(sentence)
    return any((answer := squeezed(given)) in told or told.rstrip("。;") in answer for given in answers)


@lru_cache(maxsize=512)
def _folded(text: str) -> tuple[Folded, tuple[int, ...], str]:
    folded = fold(text)
    places = tuple(place for place, char in enumerate(folded.text) if not char.isspace())
    return folded, places, "".join(folded.text[place] for place in places)


def answer_spans(document: Document, answers: tuple[str, ...]) -> list[Span]:
    """Find every place of the answers in the text of a document."""
    folded, places, plain = _folded(document.text)
    return [
        folded.span(places[at], places[at + length - 1] + 1)
        for answer in dict.fromkeys(map(squeezed, answers))
        if (length := len(answer))
        for at in _occurrences(plain, answer)
    ]


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def exact_match(span: str, answers: tuple[str, ...]) -> bool:
    """Say whether a span is one of the answers, punctuation aside."""
    return _bare(span) in {_bare(answer) for answer in answers}


def f1(span: str, answers: tuple[str, ...]) -> float:
    """Give the best F1 over characters."""
    return max((_f1(_bare(span), _bare(answer)) for answer in answers), default=0.0)


def _f1(found: str, wanted: str) -> float:
    common = sum((Counter(found) & Counter(wanted)).values())
    return 2 * common / (len(found) + len(wanted)) if common else 0.0


def _bare(text: str) -> str:
    return "".join(char for char in fold_text(text) if char.isalnum())


def rouge_l(said: str, answers: tuple[str, ...]) -> float:
    """Give the best ROUGE-L F-measure over characters."""
    return max((_rouge_l(squeezed(said), squeezed(answer)) for answer in answers), default=0.0)


def _rouge_l(said: str, wanted: str) -> float:
    row = [0] * (len(wanted) + 1)
    for char in said:
        diagonal = 0
        for position, other in enumerate(wanted, start=1):
            above = row[position]
            row[position] = diagonal + 1 if char == other else max(above, row[position - 1])
            diagonal = above
    common = row[-1]
    return 2 * common / (len(said) + len(wanted)) if common else 0.0
