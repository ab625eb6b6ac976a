"""`kb corpus`: the corpus as its editors see it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.options import IndexOption, JsonOption, open_knowledge_base, print_json
from kb.errors import InputError
from kb.types import Document

app = typer.Typer(no_args_is_help=True, help="Check the corpus, and see which documents still are digests.")


@app.command()
def check(folder: Annotated[Path, typer.Argument(help="The folder of the corpus.")] = Path("corpus")) -> None:
    """Hold digests against their facts and documents against each other."""
    from ingest.corpus_check import check_corpus

    documents, errors = check_corpus(folder)
    for error in errors:
        typer.echo(error.message, err=True)
    if errors:
        raise InputError.of("corpus_to_correct", file=folder, count=len(errors))
    digests = sum(document.kind == "digest" for document in documents.values())
    print(f"{folder}: {len(documents)} documents, {digests} of them digests, nothing to correct")


@app.command()
def status(
    index: IndexOption = None,
    digests: Annotated[bool, typer.Option("--digests", help="Only those that still are digests.")] = False,
    json: JsonOption = False,
) -> None:
    """List the documents of the index: title, 文号, level, kind, status, last change."""
    knowledge_base = open_knowledge_base(index)
    documents = [d for d in knowledge_base.documents("staff") if d.kind == "digest" or not digests]
    rows = [_row(document) for document in documents]
    if json:
        print_json(rows)
        return
    table = Table("id", "title", "文号", "level", "kind", "status", "last change")
    for row in rows:
        table.add_row(*(str(value or "-") for value in row.values()))
    console = Console(width=200)
    console.print(table)
    print(f"{len(documents)} documents, {sum(d.kind == 'digest' for d in documents)} digests")


def _row(document: Document) -> dict[str, str | None]:
    source = Path(document.source)
    changed = datetime.fromtimestamp(source.stat().st_mtime, UTC).date().isoformat() if source.exists() else None
    return {
        "id": document.doc_id,
        "title": document.short_title or document.title,
        "doc_no": document.doc_no,
        "level": document.level,
        "kind": document.kind,
        "status": document.status,
        "last_change": changed,
    }
