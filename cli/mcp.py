"""`kb mcp`: the knowledge base as tools for a program on this machine, over standard input and output."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.account import open_storage
from cli.options import IndexOption, audience_named
from ingest.settings import read_settings


def mcp(
    index: IndexOption = None,
    audience: Annotated[str, typer.Option(metavar="public|staff", help="Who asks.")] = "public",
) -> None:
    """Serve a client of the Model Context Protocol that starts this command: search, ask, get_document,
    check_eligibility, list_documents."""
    from service.mcp_server import run_stdio
    from service.start import open_library
    from service.tools import Toolbox

    who = audience_named(audience)
    # First, so that no database is made beside an index that is not there.
    library = open_library(read_settings(index))
    with open_storage(index, make=True) as storage:
        library.withdrawn, library.deleted = storage.decisions.withdrawn, storage.decisions.deleted
        run_stdio(Toolbox(library), who)
