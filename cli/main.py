"""The command `kb`. A command is imported when it is used, because some take a second to import.

Standard output carries the result alone, standard error progress and errors. Exit status: 0 done, 1 the
input was refused, 2 wrong usage. What nobody foresaw is status 1 and a line too; with Python's development mode
(PYTHONDEVMODE=1) it is shown with its trace.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from kb.errors import KnowledgeBaseError

_COMMANDS = {
    "account": "cli.account:app",
    "ask": "cli.ask:ask",
    "audit": "cli.audit:app",
    "backup": "cli.backup:backup",
    "corpus": "cli.corpus:app",
    "eligibility": "cli.eligibility:eligibility",
    "eval": "cli.eval:app",
    "ingest": "cli.ingest:ingest",
    "mcp": "cli.mcp:mcp",
    "restore": "cli.backup:restore",
    "rollback": "cli.snapshots:rollback",
    "search": "cli.search:search",
    "serve": "cli.serve:serve",
    "status": "cli.snapshots:status",
    "verify": "cli.snapshots:verify",
}
"""Where each command stands: a function, or a typer application of several."""


class _ImportedWhenUsed(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        loaded = _imported(_COMMANDS[cmd_name])
        if isinstance(loaded, typer.Typer):
            return typer.main.get_command(loaded)
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(loaded)
        return typer.main.get_command(single)


def _imported(place: str) -> Any:
    """Import what stands at `module:name`. To look for garbage meanwhile finds none and takes a sixth of the time; what
    is frozen is not gone through once more when the process ends."""
    module, _, name = place.partition(":")
    gc.disable()
    try:
        return getattr(import_module(module), name)
    finally:
        gc.freeze()
        gc.enable()


app = typer.Typer(cls=_ImportedWhenUsed, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _describe() -> None:
    """A knowledge base over Chinese policy documents that answers with checked citations."""


def main() -> None:
    """Run the command line; turn errors into one line and exit status 1."""
    try:
        app(prog_name="kb")
    except KnowledgeBaseError as error:
        print(f"kb: {error.message}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of the output, such as head, has gone; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
        print(f"kb: a fault of this program: {said}; PYTHONDEVMODE=1 shows the trace", file=sys.stderr)
        sys.exit(1)
