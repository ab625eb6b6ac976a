"""Options that several commands share."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.settings import Settings, read_settings
from kb.index.encoder import open_encoder
from kb.types import Audience

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

IndexOption = Annotated[
    Path | None, typer.Option("--index", help="The index folder; KB_INDEX_DIR or index by default.")
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day asked about; today by default."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def open_knowledge_base(index: Path | None) -> KnowledgeBase:
    """Open the index that the settings name, with what they say of encoder, reranker and language model."""
    from kb.knowledge_base import KnowledgeBase  # which takes most of a second, and not every command asks

    settings: Settings = read_settings(index)
    return KnowledgeBase.open(
        settings.index_dir,
        open_encoder(settings.encoder),
        settings.language_model(),
        reranker=settings.open_reranker(),
        reader=settings.open_reader(),
        calendar=settings.calendar(),
        milvus=settings.milvus(),
        benefits=settings.benefits_dir,
    )


def audience_named(value: str) -> Audience:
    """Read the option that says who asks."""
    if value == "public":
        return "public"
    if value == "staff":
        return "staff"
    raise typer.BadParameter(f"--audience {value!r}: give public or staff")


def day(as_of: datetime | None) -> date | None:
    """Give the day of an option; None where it is not given."""
    return as_of.date() if as_of else None


def print_json(value: Any) -> None:
    """Print a value as JSON for people to read."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_json_line(value: Any) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
