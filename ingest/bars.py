"""Progress bars: on a terminal one bar a step and one line a file that is being read, elsewhere silence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_NAME = 40  # characters of a file's name


class Bars:
    """Moves the bars of `screen`; without a screen it says nothing."""

    def __init__(self, screen: Progress | None = None) -> None:
        self._screen = screen
        self._steps: dict[str, TaskID] = {}
        self._files: dict[Path, TaskID] = {}

    def move(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        if self._screen:
            if step not in self._steps:
                self._steps[step] = self._screen.add_task(step, total=total)
            self._screen.update(self._steps[step], completed=done, total=total)

    def begins(self, path: Path) -> None:
        """Show a file while it is read."""
        if self._screen:
            name = path.name if len(path.name) <= _NAME else f"{path.name[:_NAME]}…"
            self._files[path] = self._screen.add_task(name, total=None)

    def page(self, path: Path, number: int, total: int) -> None:
        """Move the bar of a file to a page."""
        if self._screen:
            self._screen.update(self._files[path], completed=number, total=total)

    def ends(self, path: Path) -> None:
        """Take the bar of a file away."""
        if self._screen:
            self._screen.remove_task(self._files.pop(path))


@contextmanager
def bars_on_terminal() -> Iterator[Bars]:
    """Show bars on standard error while the block runs, where that is a terminal."""
    if not sys.stderr.isatty():
        yield Bars()
        return
    columns = (
        TextColumn("{task.description:>9}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as screen:
        yield Bars(screen)


@contextmanager
def progress_on_terminal() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function of (step, done, total) that moves the bars on standard error."""
    with bars_on_terminal() as bars:
        yield bars.move
