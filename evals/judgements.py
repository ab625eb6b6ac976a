"""Questions and judgements that grow: adopted feedback, pools to be judged, hard negatives, leaks between splits."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.policy import NEAR_DUPLICATE, PolicyQuestion, check_questions, read_line, read_questions, split_of
from evals.record import Record
from ingest.jsonl import open_jsonl, read_jsonl, string
from kb.errors import DatasetError, Location
from kb.knowledge_base import KnowledgeBase
from kb.text.terms import terms


@dataclass(frozen=True, slots=True)
class Leak:
    """Two questions of different splits that are nearly one; `likeness` is the share of common terms."""

    first: str
    second: str
    likeness: float


def adopt(feedback: Path, folder: Path, knowledge_base: KnowledgeBase) -> list[str]:
    """Add the reviewed questions of a file to a set and give their ids; nothing is added where one is wrong.

    A line holds `question`, `kind`, `answerable`, and where they apply `must_say`, `must_cite`, `refusal`,
    `previous`, `as_of`; other keys (who wrote it, when, about which answer) are left out. Raises DatasetError.
    """
    known = read_questions(folder)
    fresh = [_reviewed(place, line) for place, line in read_jsonl(feedback)]
    taken = {question.query.id for question in known}
    for question in fresh:
        if question.query.id in taken:
            raise DatasetError.of("question_adopted_before", place=question.place, shown=question.query.text)
        taken.add(question.query.id)
    problems = check_questions([*known, *fresh], knowledge_base)
    if problems:
        raise problems[0]
    for name, told in (("queries", _query_line), ("answers", _answer_line)):
        with (folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(told(question), ensure_ascii=False) + "\n" for question in fresh)
    for question in fresh:
        with (folder / "qrels" / f"{split_of(question.query.id)}.tsv").open("a", encoding="utf-8") as file:
            if question.answer.answerable:
                file.writelines(f"{question.query.id}\t{clause}\t1\n" for clause in sorted(question.clauses))
    return [question.query.id for question in fresh]


def pool(records: Sequence[Record], depth: int) -> list[dict[str, str]]:
    """List what any of several runs ranked among the first `depth` and nobody has judged, most often found first."""
    found: Counter[tuple[str, str]] = Counter()
    texts: dict[str, str] = {}
    for record in records:
        for outcome in record.outcomes:
            texts[outcome.query_id] = outcome.text
            found.update((outcome.query_id, t) for t, _ in outcome.ranked[:depth] if t not in outcome.relevant)
    return [{"query_id": q, "question": texts[q], "target": target} for (q, target), _ in found.most_common()]


def hard_negatives(record: Record, count: int) -> Iterator[dict[str, Any]]:
    """Give per question what was ranked above or right behind the relevant and is not relevant itself."""
    for outcome in record.outcomes:
        negatives = [target for target, _ in outcome.ranked if target not in outcome.relevant][:count]
        if outcome.relevant and negatives:
            yield {"query": outcome.text, "positive": list(outcome.relevant), "negative": negatives}


def leaks(folder: Path) -> list[Leak]:
    """Find questions of one split that stand nearly so in another, by shared terms (Jaccard)."""
    splits: dict[str, str] = {}
    for path in sorted((folder / "qrels").glob("*.tsv")):
        for row in path.read_text("utf-8").splitlines()[1:]:
            splits.setdefault(row.split("\t")[0], path.stem)
    bags: dict[str, frozenset[str]] = {}
    holders: dict[str, list[str]] = {}
    for place, line in open_jsonl(folder, "queries"):
        query_id = string(place, line, "_id")
        previous = line.get("previous", [])
        bags[query_id] = frozenset(terms(" ".join((*previous, string(place, line, "text")))))
        for term in bags[query_id]:
            holders.setdefault(term, []).append(query_id)
    found = []
    for query_id, bag in bags.items():
        # Two that are alike share most of their terms, so they meet at one of the rarest.
        rarest = sorted(bag, key=lambda term: len(holders[term]))[: max(1, round(len(bag) * (1 - NEAR_DUPLICATE)) + 1)]
        for other in {one for term in rarest for one in holders[term] if one > query_id}:
            likeness = len(bag & bags[other]) / len(bag | bags[other])
            if likeness >= NEAR_DUPLICATE and splits.get(query_id) != splits.get(other):
                found.append(Leak(query_id, other, round(likeness, 3)))
    return sorted(found, key=lambda leak: (-leak.likeness, leak.first))


def _reviewed(place: Location, line: dict[str, Any]) -> PolicyQuestion:
    text = string(place, line, "question")
    query_id = f"fb-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    query = {"id": query_id, "text": text, "kind": string(place, line, "kind")}
    query |= {key: line[key] for key in ("previous", "as_of") if line.get(key)}
    answer = {"query_id": query_id, "answerable": line.get("answerable")}
    answer |= {key: line[key] for key in ("refusal", "near_miss", "must_say", "must_cite") if line.get(key)}
    return read_line(place, query, answer)


def _query_line(question: PolicyQuestion) -> dict[str, Any]:
    told = question.query.model_dump(mode="json", exclude_defaults=True)
    return {"_id": told.pop("id"), **told}


def _answer_line(question: PolicyQuestion) -> dict[str, Any]:
    return question.answer.model_dump(mode="json", exclude_defaults=True)
