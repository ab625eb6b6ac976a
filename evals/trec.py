"""TREC files: runs (`query Q0 target rank score tag`) in and out, judgements (`query 0 target relevance`, or BEIR's
three columns) in.

trec_eval orders a run by its scores alone, holds them as 32-bit floats and breaks ties by id. A run that is written
here therefore has scores that fall from line to line also as such floats, and ranks the same there. A run of others is
read in the order of its scores; equal ones keep the order of the file and are named, since trec_eval orders them
otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kb.errors import DatasetError, Location

if TYPE_CHECKING:  # brings ir_measures, which takes a second to import; writing a run needs none of it
    from evals.measures import Ranking


@dataclass(frozen=True, slots=True)
class TrecRun:
    """Per query its ranking; `ties` are the places of scores that equal the one above; `extra` are queries of the run
    that are not asked for, `missing` those that are and are not in it."""

    rankings: dict[str, tuple[tuple[str, float], ...]]
    ties: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgementLine:
    """One line of a file of judgements; `place` is file and line."""

    place: Location
    query_id: str
    target_id: str
    relevance: int


def read_run(path: Path, queries: Collection[str] | None = None) -> TrecRun:
    """Read a run; raise DatasetError naming file and line for what cannot be used.

    With `queries` the rankings are those of these alone: a run over all queries can be scored on one split.
    """
    found: dict[str, list[tuple[str, float, Location]]] = {}
    for place, (query_id, _, target, _, score, _) in _lines(path, (6,)):
        value = _number(score)
        if value is None:
            raise DatasetError.of("run_score_no_number", place=place, shown=score)
        found.setdefault(query_id, []).append((target, value, place))
    rankings, ties = {}, []
    for query_id, lines in found.items():
        _check_distinct(query_id, lines)
        ordered = sorted(lines, key=lambda line: -line[1])
        rankings[query_id] = tuple((target, value) for target, value, _ in ordered)
        if queries is None or query_id in queries:
            ties += [str(lower[2]) for upper, lower in pairwise(ordered) if upper[1] == lower[1]]
    if queries is None:
        return TrecRun(rankings, tuple(ties))
    wanted = {query_id: ranking for query_id, ranking in rankings.items() if query_id in queries}
    extra = tuple(query_id for query_id in rankings if query_id not in wanted)
    return TrecRun(wanted, tuple(ties), extra, tuple(query_id for query_id in queries if query_id not in wanted))


def run_lines(query_id: str, ranking: Ranking, tag: str) -> Iterator[str]:
    """Write the ranking of one query as lines of a run.

    >>> for line in run_lines("q1", [("d1", 2.0), ("d5", 2.0), ("d6", 0.5)], "kb"):
    ...     print(line, end="")
    q1 Q0 d1 1 2.0 kb
    q1 Q0 d5 2 1.9999999 kb
    q1 Q0 d6 3 0.5 kb
    """
    below = np.float32(np.inf)
    for rank, (target, score) in enumerate(ranking, start=1):
        below = min(np.float32(score), np.nextafter(below, np.float32(-np.inf)))
        yield f"{query_id} Q0 {target} {rank} {below!s} {tag}\n"


def write_run(path: Path, rankings: Mapping[str, Ranking], tag: str) -> None:
    """Write a run."""
    with path.open("w", encoding="utf-8") as file:
        for query_id, ranking in rankings.items():
            file.writelines(run_lines(query_id, ranking, tag))


def read_judgements(path: Path) -> Iterator[JudgementLine]:
    """Read judgements of three or four columns, with or without a header line; raise DatasetError naming file and
    line."""
    judged: set[tuple[str, str]] = set()
    for number, (place, cells) in enumerate(_lines(path, (3, 4))):
        query_id, target_id, relevance = cells[0], cells[-2], cells[-1]
        if not relevance.lstrip("-").isdigit():
            if number == 0:
                continue  # the names of the columns, which not everybody writes
            raise DatasetError.of("judged_no_number", place=place, shown=relevance)
        if (query_id, target_id) in judged:
            raise DatasetError.of("judged_twice", place=place, query=query_id, target=target_id)
        judged.add((query_id, target_id))
        yield JudgementLine(place, query_id, target_id, int(relevance))


def _check_distinct(query_id: str, lines: list[tuple[str, float, Location]]) -> None:
    seen: set[str] = set()
    for target, _, place in lines:
        if target in seen:
            raise DatasetError.of("run_ranked_twice", place=place, target=target, query=query_id)
        seen.add(target)


def _lines(path: Path, columns: tuple[int, ...]) -> Iterator[tuple[Location, list[str]]]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        raise DatasetError.of("file_missing", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError.of("table_unreadable", file=path, cause=error) from error
    for number, line in enumerate(lines, 1):
        # A file with tabs is separated by them alone: a BEIR id may hold blanks.
        cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
        if not any(cells):
            continue
        place = Location(str(path), line=number)
        if len(cells) not in columns:
            wanted = " or ".join(map(str, columns))
            raise DatasetError.of("columns_wrong", place=place, wanted=wanted, found=len(cells))
        yield place, cells


def _number(written: str) -> float | None:
    try:
        value = float(written)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
