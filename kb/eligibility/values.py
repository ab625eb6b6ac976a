"""What can be known of a fact: its value, a range that it lies in, or what it is not.

A number or a date may be known as a `Range` (不到六十, 六十多岁), a choice or a place as `Excluded` (不是杭州户口). What
is not there at all (没有孩子) is `Absent`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Exact = int | bool | str | date


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds that belong to the range; `None` where it is open."""

    least: int | date | None
    most: int | date | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """None of these choices, or in none of these places."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """There is nothing of the kind, so no test of it holds: who has no child has none below three either."""


Value = Exact | Range | Excluded | Absent


def bounds(value: Value) -> tuple[int | date | None, int | date | None]:
    """Give the least and the greatest that a number or a date may be."""
    if isinstance(value, Range):
        return value.least, value.most
    if isinstance(value, (str, Excluded, Absent)):
        return None, None
    return value, value


def contradicts(one: Value, other: Value) -> bool:
    """Say whether two numbers or dates, exact or ranges, cannot both hold.

    >>> contradicts(60, Range(None, 59)), contradicts(60, Range(60, None))
    (True, False)
    """
    (least, most), (other_least, other_most) = bounds(one), bounds(other)
    return _above(least, other_most) or _above(other_least, most)


def _above(one: int | date | None, other: int | date | None) -> bool:
    return one is not None and other is not None and one > other  # type: ignore[operator]


def as_json(value: Value) -> object:
    """Give a value as the API takes and gives it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Range):
        named = {"at_least": value.least, "at_most": value.most}
        return {name: as_json(bound) for name, bound in named.items() if bound is not None}
    if isinstance(value, Excluded):
        return {"not": list(value.values)}
    if isinstance(value, Absent):
        return {"none": True}
    return value
