"""`kb search`: ranked passages, or a TREC run for many queries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsOfOption, IndexOption, JsonOption, day, open_knowledge_base, print_json
from evals.trec import run_lines
from ingest.bars import progress_on_terminal
from ingest.jsonl import read_jsonl, string
from ingest.settings import read_settings
from kb.errors import DatasetError, QuestionError
from kb.index.snapshot import current_name
from kb.knowledge_base import KnowledgeBase
from kb.presentation import hit_payload
from kb.processors import processors
from kb.types import Query
from service.addresses import addressed

_AT_ONCE = 50  # queries that a process is given
_A_PROCESS = 200  # queries that are worth a process of their own, which opens the index too
Ranking = tuple[str, list[tuple[str, float]] | str]
"""The id of a query, and its documents with their scores or why it was refused."""


def search(
    query: Annotated[str | None, typer.Argument(metavar="QUERY")] = None,
    batch: Annotated[Path | None, typer.Option(help='Queries as lines {"_id", "text"}.')] = None,
    run: Annotated[Path | None, typer.Option(help="Where the TREC run goes, one line a document.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="How many to give.")] = 10,
    index: IndexOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
) -> None:
    """Rank passages for a query, with their clause labels."""
    if (query is None) == (batch is None) or (batch is None) != (run is None):
        raise typer.BadParameter("give either QUERY, or --batch QUERIES.jsonl with --run FILE")
    if batch and run:
        if json:
            raise typer.BadParameter("--json goes with QUERY; --batch writes a TREC run to --run FILE")
        queries = _read_queries(batch)
        _write_run(queries, run, k, index, day(as_of))
        return
    knowledge_base = open_knowledge_base(index)
    hits = knowledge_base.search(Query("", query or "", day(as_of)), k)
    payloads = [hit_payload(hit, knowledge_base) for hit in hits]
    if json:
        print_json({"query": query, "hits": addressed(payloads)})
        return
    for hit in payloads:
        print(f"{hit['rank']:>3}. {hit['score']:.4f} {hit['reference']}\n     {' '.join(hit['text'].split())}")


def _read_queries(path: Path) -> list[tuple[str, str]]:
    queries: dict[str, str] = {}
    for place, line in read_jsonl(path):
        query_id = string(place, line, "_id")
        if query_id in queries:
            raise DatasetError.of("id_twice", place=place, key="_id", shown=query_id, what="query")
        if not query_id or len(query_id.split()) != 1:
            raise DatasetError.of("id_with_blanks", place=place, shown=query_id)
        queries[query_id] = string(place, line, "text")
    return list(queries.items())


def _write_run(queries: list[tuple[str, str]], path: Path, k: int, index: Path | None, asked: date | None) -> None:
    refused = 0
    current_name(
        read_settings(index).index_dir
    )  # else an earlier run would be gone before the lack of an index is told
    try:
        with path.open("w", encoding="utf-8") as file, progress_on_terminal() as progress:
            for n, (query_id, ranked) in enumerate(_rankings(queries, k, index, asked)):
                if n % _AT_ONCE == 0:
                    progress("searching", n, len(queries))
                if isinstance(ranked, str):
                    refused += 1
                    print(f"kb: query {query_id}: {ranked}", file=sys.stderr)
                else:
                    file.writelines(run_lines(query_id, ranked, "kb"))
            progress("searching", len(queries), len(queries))
    except OSError as error:
        raise DatasetError.of("file_not_written", file=path, cause=error.strerror) from error
    print(f"{path}: {len(queries) - refused} queries, the best {k} documents each")


def _rankings(queries: list[tuple[str, str]], k: int, index: Path | None, asked: date | None) -> Iterator[Ranking]:
    """Rank documents for queries, in their order, on every processor where they are many."""
    parts = [queries[at : at + _AT_ONCE] for at in range(0, len(queries), _AT_ONCE)]
    # Milvus Lite is open in one process alone.
    count = 1 if read_settings(index).milvus() else min(processors(), len(queries) // _A_PROCESS)
    if count < 2:
        for part in parts:
            yield from _rank(k, index, asked, part)
        return
    with ProcessPoolExecutor(count, get_context("spawn")) as processes:
        for rankings in processes.map(partial(_rank, k, index, asked), parts):
            yield from rankings


def _rank(k: int, index: Path | None, asked: date | None, queries: list[tuple[str, str]]) -> list[Ranking]:
    knowledge_base = _opened(index)
    ranked: list[Ranking] = []
    for query_id, text in queries:
        try:
            ranked.append((query_id, knowledge_base.search_documents(Query(query_id, text, asked), k)))
        except QuestionError as error:
            ranked.append((query_id, error.message))
    return ranked


@cache
def _opened(index: Path | None) -> KnowledgeBase:
    """Open the index once in a process."""
    return open_knowledge_base(index)
