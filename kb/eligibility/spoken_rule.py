"""A rule that reads facts from a clause of a sentence: a pattern, and what a match of it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.eligibility.values import Range, Value

BELOW = r"(?P<below>不到|未满|没到|没满|不满|快要?到?|将近|接近|差.{1,5}满)?"  # 不到六十, 快六十了: less than the number that is said.
ABOVE = r"(?P<above>超过|都?过了?|都满|至少)?"  # 过了六十: the number or more.
DENIED = re.compile("(?:没有?|没得|莫得|呒没|不是?|不算|并非|无|未)$")
_UP_TO = re.compile(r"到(?P<n>\d+)")  # 5000到6000


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that a match states; not `certain` where the words only suggest it."""

    fact_id: str
    value: Value
    certain: bool = True


Read = Callable[[re.Match[str], str, date], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, and what a match of it says."""

    pattern: re.Pattern[str]
    read: Read


def bounded(match: re.Match[str], value: int, step: int = 10) -> int | Range:
    """Give the value, or the range that 不到 (`BELOW`), 超过 (`ABOVE`), 多 and a second number make of it."""
    groups = match.groupdict()
    if up_to := _UP_TO.match(match.string, match.end("n")):
        return Range(value, int(up_to["n"]))
    if groups.get("below"):
        return Range(None, value - 1)
    if groups.get("above"):
        return Range(value, None)
    return Range(value, value + step - 1) if groups.get("more") else value
