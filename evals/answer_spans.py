"""Questions with known answers, and which sentences hold them.

A sentence holds an answer that it contains, or that it is a part of (answers of several sentences). Comparison
is on folded text without blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from evals.normalisation import squeezed
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
        for answer in dict.fromkeys("".join(fold_text(answer).split()) for answer in answers)
        if (length := len(answer))
        for at in _occurrences(plain, answer)
    ]


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
