"""Evaluation sets: BEIR folders, checked while they are read.

corpus.jsonl[.gz]    _id, title, text
queries.jsonl[.gz]   _id, text, and where the set tells it kind
qrels/<split>.tsv    query-id, corpus-id, score, with or without a header line; four columns as TREC has them are read too
answers.jsonl[.gz]   query_id, and where the set tells them answers, answerable, must_say, must_cite, verdict
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.trec import read_judgements
from ingest.jsonl import open_jsonl, string
from kb.errors import DatasetError, Location
from kb.types import Qrel

SEARCHED = (Path("evals/data"), Path("../shared/benchmarks"))
"""Where a set is looked for by name, in this order."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The judged queries of one split of a set; `kinds` has those whose kind is told."""

    name: str
    split: str
    folder: Path
    queries: dict[str, str]
    qrels: tuple[Qrel, ...]
    kinds: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """What answers.jsonl says of a query: whole answers, or the pieces that must be said (each in one of its spellings)
    and the documents that must be cited, and the verdict on a question for yes or no."""

    answerable: bool
    texts: tuple[str, ...] = ()
    pieces: tuple[tuple[str, ...], ...] = ()
    documents: tuple[str, ...] = ()
    verdict: str | None = None


def find_dataset(name: str) -> Path:
    """Give the folder of a set by path or by name; raise DatasetError where there is none."""
    for folder in (Path(name), *(root / name for root in SEARCHED)):
        if (folder / "qrels").is_dir():
            return folder
    if Path(name).is_dir():
        raise DatasetError.of("set_without_judgements", file=name)
    places = list(SEARCHED)
    raise DatasetError.of("set_unknown", name=name, places=places)


def has_corpus(folder: Path) -> bool:
    """Say whether a set brings its documents; the policy questions are about the project's own corpus."""
    return any((folder / name).exists() for name in ("corpus.jsonl", "corpus.jsonl.gz"))


def read_answers(folder: Path) -> dict[str, WrittenAnswer]:
    """Read answers.jsonl[.gz] where a set has it."""
    if not any((folder / name).exists() for name in ("answers.jsonl", "answers.jsonl.gz")):
        return {}
    found: dict[str, WrittenAnswer] = {}
    for place, line in open_jsonl(folder, "answers"):
        query_id = string(place, line, "query_id")
        if query_id in found:
            raise DatasetError.of("query_answered_twice", place=place, query=query_id)
        pieces = line.get("must_say", [])
        if not isinstance(pieces, list):
            raise DatasetError.of("line_no_lists", place=place, key="must_say", shown=repr(pieces))
        found[query_id] = WrittenAnswer(
            line.get("answerable", True) is True,
            _strings(place, "answers", line.get("answers", [])),
            tuple(_strings(place, "must_say", piece) for piece in pieces),
            _strings(place, "must_cite", line.get("must_cite", [])),
            line.get("verdict"),
        )
    return found


def _strings(place: Location, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DatasetError.of("line_no_strings", place=place, key=key, shown=repr(value))
    return tuple(dict.fromkeys(value))


def check_targets(dataset: Dataset, known: Collection[str]) -> None:
    """Raise DatasetError where a judgement names a document that the corpus of the set does not hold."""
    for line in read_judgements(dataset.folder / "qrels" / f"{dataset.split}.tsv"):
        if line.target_id not in known:
            raise DatasetError.of("target_unknown", place=line.place, target=line.target_id)


def read_dataset(folder: Path, split: str) -> Dataset:
    """Read one split; raise DatasetError naming file and line for what is inconsistent.

    Queries that say `"split"` themselves belong to it without a judgement too: they hold what cannot be answered.
    """
    path = folder / "qrels" / f"{split}.tsv"
    if not path.exists():
        splits = sorted(p.stem for p in (folder / "qrels").glob("*.tsv")) or "none"
        raise DatasetError.of("split_unknown", file=path, splits=splits)
    texts: dict[str, str] = {}
    kinds: dict[str, str] = {}
    of_split: dict[str, str] = {}
    for place, line in open_jsonl(folder, "queries"):
        query_id = string(place, line, "_id")
        if query_id in texts:
            raise DatasetError.of("query_twice", place=place, query=query_id)
        texts[query_id] = string(place, line, "text")
        if "kind" in line:
            kinds[query_id] = string(place, line, "kind")
        if line.get("split") == split:
            of_split[query_id] = texts[query_id]
    qrels = _read_qrels(path, texts)
    judged = {qrel.query_id: texts[qrel.query_id] for qrel in qrels}
    if not judged and not of_split:
        raise DatasetError.of("split_empty", file=path)
    return Dataset(folder.resolve().name, split, folder, judged | of_split, tuple(qrels), kinds)


def _read_qrels(path: Path, texts: dict[str, str]) -> list[Qrel]:
    qrels = []
    for line in read_judgements(path):
        if line.query_id not in texts:
            raise DatasetError.of("query_unknown", place=line.place, query=line.query_id)
        qrels.append(Qrel(line.query_id, line.target_id, line.relevance))
    return qrels
