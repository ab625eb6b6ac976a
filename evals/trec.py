"""TREC files: runs (`query Q0 target rank score tag`) and judgements (`query 0 target relevance`), in and out.

A run is read in the order of its scores. Equal scores keep the order of the file; they are named, since other
programs order them otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from evals.measures import Ranking
from kb.errors import DatasetError


@dataclass(frozen=True, slots=True)
class TrecRun:
    """Per query its ranking; `ties` are the places of scores that equal the one above."""

    rankings: dict[str, tuple[tuple[str, float], ...]]
    ties: tuple[str, ...]


def read_run(path: Path, queries: Collection[str] | None = None) -> TrecRun:
    """Read a run; raise DatasetError naming file and line for what cannot be used.

    With `queries` each of them must be in the run, and no other.
    """
    found: dict[str, list[tuple[str, float, str]]] = {}
    for place, (query_id, _, target, _, score, _) in _lines(path, 6):
        if queries is not None and query_id not in queries:
            raise DatasetError(f"{place}: query {query_id!r} is not a query of the set")
        value = _number(score)
        if value is None:
            raise DatasetError(f"{place}: score {score!r} is no finite number")
        if any(target == known for known, _, _ in found.get(query_id, [])):
            raise DatasetError(f"{place}: {target!r} is ranked twice for query {query_id!r}")
        found.setdefault(query_id, []).append((target, value, place))
    missing = sorted(set(queries or ()) - found.keys())
    if missing:
        raise DatasetError(
            f"{path}: {len(missing)} queries of the set are missing from the run, such as {missing[0]!r}"
        )
    rankings, ties = {}, []
    for query_id, lines in found.items():
        ordered = sorted(lines, key=lambda line: -line[1])
        ties += [lower[2] for upper, lower in pairwise(ordered) if upper[1] == lower[1]]
        rankings[query_id] = tuple((target, value) for target, value, _ in ordered)
    return TrecRun(rankings, tuple(ties))


def write_run(path: Path, rankings: Mapping[str, Ranking], tag: str) -> None:
    """Write a run."""
    with path.open("w", encoding="utf-8") as file:
        for query_id, ranking in rankings.items():
            for rank, (target, score) in enumerate(ranking, 1):
                file.write(f"{query_id} Q0 {target} {rank} {score:.6f} {tag}\n")


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read judgements; raise DatasetError naming file and line."""
    found: dict[str, dict[str, int]] = {}
    for place, (query_id, _, target, relevance) in _lines(path, 4):
        if not relevance.lstrip("-").isdigit():
            raise DatasetError(f"{place}: relevance {relevance!r} is not a whole number")
        if target in found.get(query_id, {}):
            raise DatasetError(f"{place}: {query_id!r} and {target!r} are judged twice")
        found.setdefault(query_id, {})[target] = int(relevance)
    return found


def write_qrels(path: Path, judgements: Mapping[str, Mapping[str, int]]) -> None:
    """Write judgements."""
    with path.open("w", encoding="utf-8") as file:
        for query_id, targets in judgements.items():
            for target, relevance in targets.items():
                file.write(f"{query_id} 0 {target} {relevance}\n")


def _lines(path: Path, columns: int) -> Iterator[tuple[str, list[str]]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from error
    for number, line in enumerate(lines, 1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != columns:
            raise DatasetError(f"{path}:{number}: {columns} columns are wanted, this line has {len(cells)}")
        yield f"{path}:{number}", cells


def _number(written: str) -> float | None:
    try:
        value = float(written)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
