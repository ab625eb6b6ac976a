"""`kb backup` and `kb restore`: index, originals and database together, in one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import IndexOption
from ingest.settings import read_settings


def backup(file: Annotated[Path, typer.Argument(help="The TAR file to write.")], index: IndexOption = None) -> None:
    """Save the index in use, the documents and the database that KB_DATABASE_URL names."""
    from service.backup import back_up

    report = back_up(read_settings(index), file)
    print(f"{file}: snapshot {report.snapshot}, {report.files} files, {report.rows} rows, audit anchor {report.anchor}")


def restore(file: Annotated[Path, typer.Argument(help="A file of kb backup.")], index: IndexOption = None) -> None:
    """Put a backup in the place of an index and a database that are not there yet."""
    from service.backup import restore as put_back

    report = put_back(read_settings(index), file)
    for path in report.left:
        print(f"kb: {path}: another file lies there or it cannot be written; it was left as it is", file=sys.stderr)
    print(f"{report.snapshot}: {report.files} files, {report.rows} rows")
