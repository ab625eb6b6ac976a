"""`kb mcp`: the knowledge base as tools for a program on this machine, over standard input and output."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import IndexOption, audience_named
from ingest.settings import read_settings


def mcp(
    index: IndexOption = None,
    audience: Annotated[str, typer.Option(metavar="public|staff", help="Who asks.")] = "public",
) -> None:
    """Serve a client of the Model Context Protocol that starts this command: search, ask, get_document, check_eligibility,
    list_documents."""
    from service.library import Library
    from service.mcp_server import run_stdio
    from service.tools import Toolbox

    who = audience_named(audience)
    settings = read_settings(index)
    library = Library.of_index(settings)
    library.refresh()
    if library.problem is not None:
        raise library.problem
    run_stdio(Toolbox(library), who)
