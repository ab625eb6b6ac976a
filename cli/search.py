"""`kb search`: ranked passages, or a TREC run for many queries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsOfOption, IndexOption, JsonOption, day, open_knowledge_base, print_json
from evals.trec import run_lines
from ingest.bars import progress_on_terminal
from ingest.jsonl import read_jsonl, string
from kb.errors import DatasetError, QuestionError
from kb.presentation import hit_payload
from kb.types import Query
from service.addresses import addressed


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
        queries = _read_queries(batch)
        _write_run(queries, run, k, index)
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


def _write_run(queries: list[tuple[str, str]], path: Path, k: int, index: Path | None) -> None:
    knowledge_base = open_knowledge_base(index)
    refused = 0
    try:
        with path.open("w", encoding="utf-8") as file, progress_on_terminal() as progress:
            for n, (query_id, text) in enumerate(queries):
                if n % 50 == 0:
                    progress("searching", n, len(queries))
                try:
                    ranked = knowledge_base.search_documents(Query(query_id, text), k)
                except QuestionError as error:
                    refused += 1
                    print(f"kb: query {query_id}: {error.message}", file=sys.stderr)
                    continue
                file.writelines(run_lines(query_id, ranked, "kb"))
            progress("searching", len(queries), len(queries))
    except OSError as error:
        raise DatasetError.of("file_not_written", file=path, cause=error.strerror) from error
    print(f"{path}: {len(queries) - refused} queries, the best {k} documents each")
