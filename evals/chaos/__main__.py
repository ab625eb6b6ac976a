"""`make chaos`: kill -9 at random moments, a disk that is taken away, and random requests; exit status 1 where anything
was lost or broke."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from evals.chaos.disk_faults import Fault
from evals.chaos.fuzz import fuzzed
from evals.chaos.kills import kills
from evals.row import BenchRow

_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
_DISK_SECONDS = 300


def main() -> None:
    """Try, print and say by the exit status whether all held."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--times", type=int, default=200, help="kills in all; 0 leaves them out")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and requests")
    parser.add_argument(
        "--examples", type=int, default=30, help="random requests of each kind to each route; 0 leaves them out"
    )
    chosen = parser.parse_args()
    table = Table("what", "mark", "measured")
    problems: list[str] = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for row, wrong in _tried(Path(folder), chosen.times, chosen.seed, chosen.examples):
            table.add_row(row.what, row.mark, row.measured)
            problems += wrong
            print(f"{row.what}: {row.measured}", *wrong, sep="\n  ", file=sys.stderr, flush=True)
    Console(width=130).print(table)
    sys.exit(1 if problems else 0)


def _tried(folder: Path, times: int, seed: int, examples: int) -> Iterator[tuple[BenchRow, list[str]]]:
    if times:
        for outcome in kills(folder, times, seed):
            what = f"kill -9: {outcome.what}, {outcome.times} times, {outcome.cut} of them within the work"
            good = outcome.times - len(outcome.problems)
            yield BenchRow(what, "all good starts, nothing lost", f"{good} good"), outcome.problems
    for fault in _faults(folder):
        yield BenchRow(fault.what, "yes", fault.problem or "yes"), [fault.problem] if fault.problem else []
    if examples:
        yield fuzzed(folder / "fuzz", examples, seed)


def _faults(folder: Path) -> Iterator[Fault]:
    """Try the disk in a mount namespace; where the system lends none, say so."""
    if subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode:
        print("the disk is left out: this system lends no mount namespace (`unshare --user --mount`)", file=sys.stderr)
        return
    room = folder / "disk"
    room.mkdir()
    line = [*_NAMESPACE, sys.executable, "-m", "evals.chaos.disk_faults", str(room)]
    ran = subprocess.run(line, capture_output=True, text=True, timeout=_DISK_SECONDS, check=False)
    for found in ran.stdout.splitlines():
        yield Fault(**json.loads(found))
    if ran.returncode:
        yield Fault("all trials of the disk", (ran.stderr.strip().splitlines() or ["ended early"])[-1])


if __name__ == "__main__":
    main()
