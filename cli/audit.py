"""`kb audit`: whether the record of who did what is whole, and the record itself."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.account import open_storage
from cli.options import IndexOption

app = typer.Typer(no_args_is_help=True, help="The record of who did what.")


@app.command()
def verify(
    anchor: Annotated[
        str, typer.Option(help="NUMBER or NUMBER:CHECKSUM that was printed before: the record must reach there.")
    ] = "",
    index: IndexOption = None,
) -> None:
    """Say whether an entry was changed, removed, inserted or moved, name it, and print the last one as an anchor."""
    from service.storage.audit_chain import Anchor

    with open_storage(index) as storage:
        last, found = storage.audit.verify(Anchor.parse(anchor) if anchor else None)
        for problem in found:
            print(f"kb: {problem.message}", file=sys.stderr)
        if found:
            raise typer.Exit(1)
        print(last)


@app.command()
def export(index: IndexOption = None) -> None:
    """Print the record as CSV."""
    from service.audit_export import csv_lines
    from service.storage.audit import COMMAND

    with open_storage(index) as storage:
        for line in csv_lines(storage.audit, COMMAND):
            sys.stdout.write(line)
