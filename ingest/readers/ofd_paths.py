"""The paths of an OFD page as straight pieces, in points: commands S M L Q B A C (GB/T 33190-2016, chapter 9), curves
in short steps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ingest.readers.ofd_package import OfdPage, children, numbers
from ingest.readers.ofd_page import PlacedObject, objects
from ingest.readers.ruled_tables import MOST_RULES, Rule

_CURVE = 12  # pieces that a curve is drawn in


def page_rules(page: OfdPage) -> list[Rule]:
    """Give the straight pieces of all paths of a page, none where it draws more lines than any table has."""
    rules: list[Rule] = []
    for placed in objects(page, "PathObject"):
        rules += strokes(placed)
        if len(rules) > MOST_RULES:
            return []
    return rules


def strokes(placed: PlacedObject) -> Iterator[Rule]:
    """Give the straight pieces of a path; none where it is not drawn."""
    if placed.element.get("Stroke") == "false":
        return
    data = next(children(placed.element, "AbbreviatedData"), None)
    parts = iter(((data.text if data is not None else "") or "").split())
    start = here = (0.0, 0.0)

    def point() -> tuple[float, float]:
        return placed.matrix.place(*(numbers(f"{next(parts, '')} {next(parts, '')}", 2) or (0.0, 0.0)))

    for command in parts:
        ends: list[tuple[float, float]] = []
        if command in "SM":
            start = here = point()
        elif command == "L":
            ends = [point()]
        elif command in "QB":
            ends = _curve(here, *(point() for _ in range(2 if command == "Q" else 3)))
        elif command == "C":
            ends = [start]
        for end in ends:
            yield (*here, *end)
            here = end


def _curve(*controls: tuple[float, float]) -> list[tuple[float, float]]:
    """Give points of a Bézier curve, by de Casteljau's construction."""
    found = []
    for step in range(1, _CURVE + 1):
        share = step / _CURVE
        points = list(controls)
        while len(points) > 1:
            points = [
                (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)
                for one, other in pairwise(points)
            ]
        found.append(points[0])
    return found
