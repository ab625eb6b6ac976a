"""`kb ingest`: files and folders become a new snapshot."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import IndexOption
from ingest.bars import bars_on_terminal
from ingest.settings import read_settings
from kb.errors import DocumentError, InputError
from kb.index.encoder import open_encoder
from kb.types import Disclosure


def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders.")] = None,
    beir: Annotated[Path | None, typer.Option(help="A BEIR folder: its ids are kept as document ids.")] = None,
    index: IndexOption = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes that read files; as many as there are processors by default.")
    ] = None,
    seconds_a_file: Annotated[
        float, typer.Option(min=1, help="A file that takes longer is refused; the time of OCR is not counted.")
    ] = 900.0,
    report: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Write what became of every file to a .html or .json file; may be repeated."),
    ] = None,
    restore: Annotated[bool, typer.Option("--restore", help="Take back documents that staff deleted.")] = False,
    disclosure: Annotated[
        str | None,
        typer.Option(metavar="public|staff", help="Who may read documents that do not say so; staff by default."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew: hold what is given here and nothing else.")
    ] = False,
) -> None:
    """Read documents into the index; what is gone from an ingested folder is gone from the answers.

    A run that was interrupted goes on where it was; a file that did not change is not read again.
    """
    # The readers of all formats take a while to import: only this command pays for them.
    from ingest.build import LATE_FROM
    from ingest.ingestion import IngestionSettings
    from ingest.ingestion import ingest as ingest_files
    from ingest.ingestion_report import check_report_path, make_report
    from ingest.notices import notices
    from ingest.readers import SUFFIXES
    from ingest.reading_pool import ReadingLimits
    from ingest.report_page import write_report
    from ingest.workers import workers_of

    if bool(paths) == bool(beir):
        raise typer.BadParameter("give either PATH... or --beir DIR")
    unstated = _unstated(disclosure)
    if beir and disclosure == "staff":
        raise typer.BadParameter("--disclosure staff: a BEIR set is public; leave it out")
    for path in report or ():
        check_report_path(path)
    settings = read_settings(index)
    given = [beir] if beir else paths or []
    encoder = open_encoder(settings.encoder)
    with workers_of(settings.ingest_cluster) as workers, bars_on_terminal() as bars:
        limits = ReadingLimits(jobs or workers.processors, seconds_a_file)
        how = IngestionSettings(encoder, unstated, fresh, restore, beir is not None, limits, settings.milvus(), workers)
        ingested = ingest_files(given, settings.index_dir, how, bars)
    collection, build = ingested.collection, ingested.build
    deleted = [file.path for file in collection.files if file.state == "deleted"]
    if report:
        drawn_up = make_report(ingested)
        for path in report:
            write_report(drawn_up, path)
    if build is None:
        _report_deleted(deleted)
        _report_refused(collection.refused)
        if collection.refused:
            raise InputError.of("nothing_read", paths=given)
        raise InputError.of("nothing_to_read", paths=given, formats=sorted(SUFFIXES))
    counts = build.counts
    state = "new snapshot" if build.changed else "nothing changed, snapshot"
    print(
        f"{state} {build.snapshot}: {counts.documents} documents, {counts.clauses} clauses, {counts.passages} passages;"
        f" {len(collection.added)} added, {len(collection.changed)} changed, {len(collection.removed)} removed,"
        f" {len(collection.unchanged)} unchanged; {build.embedded} passages embedded in {ingested.seconds:.1f} s"
    )
    if build.late:
        print(
            f"kb: from {LATE_FROM:,} characters on documents are compared by the static encoder, and their first candidates by"
            " the transformer at question time; the first questions take some seconds",
            file=sys.stderr,
        )
    for notice in notices(collection):
        print(f"kb: {notice}", file=sys.stderr)
    _report_unread([file.path for file in collection.files if file.unread])
    _report_deleted(deleted)
    _report_refused(collection.refused)
    if collection.refused:
        raise typer.Exit(1)


def _unstated(disclosure: str | None) -> Disclosure:
    if disclosure not in (None, "public", "staff"):
        raise typer.BadParameter(f"--disclosure {disclosure!r}: give public or staff")
    return "public" if disclosure == "public" else "unstated"


def _report_deleted(paths: list[str]) -> None:
    if paths:
        print(f"kb: {len(paths)} left out, because staff deleted the text; --restore takes it back:", file=sys.stderr)
    for path in paths:
        print(f"  {path}", file=sys.stderr)


def _report_unread(paths: list[str]) -> None:
    if paths:
        print(f"kb: {len(paths)} hold more than the text that was read; --report names it:", file=sys.stderr)
    for path in paths:
        print(f"  {path}", file=sys.stderr)


def _report_refused(refused: list[DocumentError]) -> None:
    if refused:
        print(f"kb: {len(refused)} not read:", file=sys.stderr)
    for error in refused:
        print(f"  {error.message}", file=sys.stderr)
