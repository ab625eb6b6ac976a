"""`kb serve`: the pages and the API."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import IndexOption
from ingest.settings import read_settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve from the one port.")] = 1,
    index: IndexOption = None,
) -> None:
    """Serve the pages and the API until interrupted."""
    from service.start import run

    run(read_settings(index), host, port, workers)
