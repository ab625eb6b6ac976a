"""A row of a bench: what is measured, the mark to reach, and what came out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchRow:
    """What was measured, the mark to reach, and the figure."""

    what: str
    mark: str
    measured: str
