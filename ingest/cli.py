"""The command `kb`. Commands are found through the entry points `kb.commands` and loaded when they are used.

Standard output carries the result alone, standard error progress and errors. Exit status: 0 done, 1 the
input was refused, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from kb.errors import KnowledgeBaseError

_GROUP = "kb.commands"


class _CommandsOfAllPackages(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(entry_points(group=_GROUP).names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = entry_points(group=_GROUP, name=cmd_name)
        if not found:
            return None
        loaded = next(iter(found)).load()
        if isinstance(loaded, typer.Typer):
            return typer.main.get_command(loaded)
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(loaded)
        return typer.main.get_command(single)


app = typer.Typer(cls=_CommandsOfAllPackages, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _describe() -> None:
    """A knowledge base over Chinese policy documents that answers with checked citations."""


def main() -> None:
    """Run the command line; turn the project's errors into one line and exit status 1."""
    try:
        app()
    except KnowledgeBaseError as error:
        print(f"kb: {error.message}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of the output, such as head, has gone; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
