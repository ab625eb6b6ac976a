"""One reading of each fact where a text states it more than once, or the day that it is counted from as well.

Of two that cannot both hold what is told as a correction (说错了, 不对) or with 现在 counts, and of several children the
youngest; else neither is certain, and both are asked back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kb.eligibility.facts import FactBook, source_of
from kb.eligibility.readings import FactReading, HeardFact
from kb.eligibility.spoken_rules import CHILD
from kb.eligibility.values import Absent, Excluded, Range, Value, bounds, contradicts

_NOW = re.compile(r"现在|眼下|目前|如今|这会儿")
CORRECTION = re.compile(r"不对(?!外)|[说讲记打写弄搞填输]错|口误|笔误|更正|纠正一下")
"""Behind these what was told before is put right."""
# Of several children the rules mean the youngest: whether a greater value of the fact is the younger one's.
_OF_THE_YOUNGEST = {"child_age_months": False, "child_days": False, "child_birth_date": True, "birth_order": True}
_CHILD = re.compile(CHILD)


def settled(said: Iterable[HeardFact], text: str, book: FactBook, as_of: date) -> list[FactReading]:
    """Keep one reading of each fact, in the order of the text: the first, but what it is wins over what it is not, of
    children the youngest counts, and what is said with 现在 or as a correction over what was before. Of two that cannot
    both hold neither is certain."""
    kept: dict[str, HeardFact] = {}
    for one in said:
        known = kept.get(one.reading.fact_id)
        if (
            known is None
            or _narrows(one, known)
            or _corrects(one.reading, known.reading, text)
            or _is_younger(one.reading, known.reading)
        ):
            kept[one.reading.fact_id] = one
        elif _contradict(one.reading, known.reading, book):
            now = _NOW.search(text, known.reading.end, one.reading.end) is not None
            kept[one.reading.fact_id] = (
                one if now else replace(known, reading=_doubted(known.reading, one.reading, text))
            )
    readings = {fact_id: one.reading for fact_id, one in kept.items()}
    for source, counted in book.counted_from.items():
        _settle_counted(readings, [source, *(fact.fact_id for fact in counted)], text, book, as_of)
    return sorted(readings.values(), key=lambda one: (one.start, one.fact_id))


def _settle_counted(
    readings: dict[str, FactReading], fact_ids: list[str], text: str, book: FactBook, as_of: date
) -> None:
    """Leave of a date and what is counted from it only what can hold together."""
    told = sorted(
        (readings[name] for name in fact_ids if name in readings and readings[name].certain), key=lambda one: one.start
    )
    if not told:
        return
    known, *rest = told
    for one in rest:
        day, known_day = (source_of(book[each.fact_id], each.value, as_of) for each in (one, known))
        if not (contradicts(day, known_day) or isinstance(day, Absent) != isinstance(known_day, Absent)):
            continue
        between = text[known.end : one.end]
        if _corrects(one, known, text) or _NOW.search(between):
            wins = one
        elif one.fact_id in _OF_THE_YOUNGEST and _CHILD.search(between):
            wins = max((known, one), key=lambda each: _earliest(source_of(book[each.fact_id], each.value, as_of)))
        else:
            wins = _older_by_custom(known, one, book, as_of) or _doubted(known, one, text)
        del readings[known.fact_id], readings[one.fact_id]
        readings[wins.fact_id] = known = wins


def _earliest(day: Value) -> date:
    least, _ = bounds(day)
    return least if isinstance(least, date) else date.min


def _older_by_custom(one: FactReading, other: FactReading, book: FactBook, as_of: date) -> FactReading | None:
    """Give the one that tells the birth, where the other tells of the same person 虚岁: one year or two more."""
    for birth, age in ((one, other), (other, one)):
        counted, value = book[age.fact_id].counted, age.value
        if counted and counted.unit == "years" and counted.source == birth.fact_id and type(value) is int:
            by_custom = source_of(book[age.fact_id], Range(value - 2, value - 1), as_of)
            return None if contradicts(by_custom, birth.value) else birth
    return None


def _doubted(known: FactReading, other: FactReading, text: str) -> FactReading:
    return replace(known, said=text[known.start : other.end], end=other.end, certain=False)


def _corrects(reading: FactReading, known: FactReading, text: str) -> bool:
    return reading.start >= known.end and CORRECTION.search(text, known.end, reading.end) is not None


def _is_younger(reading: FactReading, known: FactReading) -> bool:
    """Say whether both tell an age or a number of children, and this one that of a younger child."""
    later = _OF_THE_YOUNGEST.get(reading.fact_id)
    if later is None or not (reading.certain and known.certain and contradicts(reading.value, known.value)):
        return False
    (least, _), (known_least, _) = bounds(reading.value), bounds(known.value)
    return least is not None and known_least is not None and (least > known_least) is later  # type: ignore[operator]


def _contradict(reading: FactReading, known: FactReading, book: FactBook) -> bool:
    """Say whether two statements of one fact, one behind the other, cannot both hold; a place may lie in another."""
    if not (reading.certain and known.certain) or reading.start < known.end or reading.fact_id in _OF_THE_YOUNGEST:
        return False
    kind = book[reading.fact_id].type
    if kind == "yes_no" or (kind == "choice" and isinstance(reading.value, str) and isinstance(known.value, str)):
        return reading.value != known.value
    return kind in ("number", "money", "date") and contradicts(reading.value, known.value)


def _narrows(one: HeardFact, before: HeardFact) -> bool:
    """Say whether a reading tells more than one before it: what it is, or that of a family one has what another has
    not."""
    reading, known = one.reading, before.reading
    if isinstance(known.value, Excluded):
        return isinstance(reading.value, str) and reading.value not in known.value.values
    names = {person.name if person and person.kind != "self" else "" for person in (one.person, before.person)}
    return (
        reading.fact_id in ("soldier", "owns_home")
        and (known.value, reading.value) == (False, True)
        and reading.start >= known.end
        and len(names) > 1
    )
