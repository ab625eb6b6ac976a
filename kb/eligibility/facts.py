"""The facts that rules speak of: what they are called, what they may be, and what somebody said of them.

A `Profile` is checked when it is made; a fact that is counted from a date (周岁 from 出生日期) is in it as soon as the
date is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from kb.eligibility.full_units import Unit, full_units, start_for
from kb.eligibility.regions import NATIONWIDE, Regions
from kb.eligibility.values import Absent, Excluded, Range, Value, as_json, bounds, contradicts
from kb.errors import BenefitError, FactError, Location
from kb.text.dates import chinese_day
from kb.text.fold import fold_text
from kb.text.numerals import to_chinese
from kb.text.places import bare

FILE_NAME = "facts.toml"
_SPOKEN_UNITS = frozenset(("孩",))  # 二孩 is a word; nobody writes 2孩
TODAY = "today"  # A fact that nobody is asked for: rules may speak of the day of judging.
Type = Literal["number", "yes_no", "choice", "date", "money", "place"]
# Every type has its reader in `sentence.py` and its control on the page.
_TYPES = ("number", "yes_no", "choice", "date", "money", "place")
# Anything else is misspelt, and would be without effect in silence.
_KEYS = {"name", "question", "type", "unit", "least", "most", "choices", "none", "counted", "step", "unlikely", "group"}
_COUNTED = '{ from = "birth_date", in = "years" }'  # as a file writes it
_UNLIKELY = '{ fact = "age", at_least = 60 }'
EARLIEST = date(1850, 1, 1)
"""Nobody who was born before lives."""


@dataclass(frozen=True, slots=True)
class CountedFrom:
    """Counted in full units from the date that another fact gives."""

    source: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Fact:
    """`choices` are pairs of a stable name and the words for it; `least` and `most` bound numbers and money; `none` is
    how one answers that there is nothing of the kind, empty where that is no answer; `unlikely` names a number and from
    where on one would be surprised to be asked; `step` is what somebody can still do of whom the fact is not so yet."""

    fact_id: str
    name: str
    question: str
    type: Type
    unit: str
    least: int | None
    most: int | None
    choices: tuple[tuple[str, str], ...]
    counted: CountedFrom | None
    group: str
    none: str = ""
    unlikely: tuple[str, int] | None = None
    step: str = ""

    def words(self, value: Value) -> str:
        """Say a value in Chinese."""
        if isinstance(value, Range):
            least, most = value.least, value.most
            if least is None or most is None:
                end = self.words(most if least is None else least)  # type: ignore[arg-type]
                if self.type == "date":
                    return f"{'不晚于' if least is None else '不早于'}{end}"
                return f"不超过{end}" if least is None else f"{end}以上"
            return f"{self.words(least)}至{self.words(most)}"
        if isinstance(value, Absent):
            return self.none or "没有"
        if isinstance(value, Excluded):
            return "不是" + "、".join(map(self.words, value.values))
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, date):
            return chinese_day(value)
        if isinstance(value, str):
            return dict(self.choices).get(value, value)
        return f"{to_chinese(value) if self.unit in _SPOKEN_UNITS and isinstance(value, int) else value}{self.unit}"


class FactBook:
    """All facts by id, in the order of their file, with `today` in front, and the places that facts may be."""

    def __init__(self, facts: Mapping[str, Fact], regions: Regions = NATIONWIDE) -> None:
        self.regions = regions
        today = Fact(TODAY, "日期", "查询哪一天？", "date", "", None, None, (), None, "person")
        self._facts = {TODAY: today, **facts}
        self.counted_from: dict[str, list[Fact]] = {}
        """Per date the facts that are counted from it."""
        for fact in facts.values():
            if fact.counted:
                self.counted_from.setdefault(fact.counted.source, []).append(fact)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def get(self, fact_id: str) -> Fact | None:
        """Give a fact, or nothing where there is none of that id."""
        return self._facts.get(fact_id)

    def asked(self, fact_id: str) -> str:
        """Name the fact that one asks for to learn this one: the date that it is counted from, or itself."""
        counted = self._facts[fact_id].counted
        return counted.source if counted else fact_id

    @classmethod
    def read(cls, path: Path) -> FactBook:
        """Read a file of facts, and the home beside its folder; raise BenefitError or HomeError naming file, fact,
        value and remedy."""
        facts = {fact_id: _read_fact(path, fact_id, fields) for fact_id, fields in read_toml(path).items()}
        for fact in facts.values():
            if fact.counted is None:
                continue
            fact_id, shown = fact.fact_id, fact.counted.source
            source = facts.get(fact.counted.source)
            seen = {fact.fact_id}
            while source is not None and source.counted is not None:
                if source.fact_id in seen:
                    raise BenefitError.of("fact_counted_circular", file=path, fact=fact_id, shown=shown)
                seen.add(source.fact_id)
                source = facts.get(source.counted.source)
            if source is None or facts[fact.counted.source].type != "date":
                raise BenefitError.of("fact_counted_no_date", file=path, fact=fact_id, shown=shown)
        for fact in facts.values():
            known = facts.get(fact.unlikely[0]) if fact.unlikely else None
            if fact.unlikely and (known is None or known.type != "number"):
                raise BenefitError.of(
                    "fact_unlikely_unreadable", file=path, fact=fact.fact_id, shown=fact.unlikely[0], example=_UNLIKELY
                )
        return cls(facts, Regions.beside(path.parent))

    def profile(self, said: Mapping[str, object], as_of: date) -> Profile:
        """Check what somebody said; raises FactError naming the fact, the value and the remedy."""
        values: dict[str, Value] = {}
        for fact_id, raw in said.items():
            fact = self._facts.get(fact_id)
            if fact is None or fact_id == TODAY:
                raise FactError.of("fact_unknown", field=fact_id[:60], name=fact_id[:60])
            values[fact_id] = _check(fact, raw, self.regions)
        for source, counted in self.counted_from.items():
            if source not in values:
                continue
            if _future(values[source], as_of):
                raise _refusal(self._facts[source], said[source], "fact_in_the_future")
            for fact in counted:
                value = _count(fact, values[source], as_of)
                stated = values.get(fact.fact_id, value)
                if contradicts(stated, value) or isinstance(stated, Absent) != isinstance(value, Absent):
                    raise _refusal(
                        fact,
                        said[fact.fact_id],
                        "fact_contradicted",
                        source=source,
                        source_name=self._facts[source].name,
                        counted=fact.words(value),
                    )
                values[fact.fact_id] = value
        return Profile(values, as_of)


@dataclass(frozen=True, slots=True)
class Profile:
    """Checked facts, with those that are counted from a date, and the day that they are judged for."""

    values: Mapping[str, Value]
    as_of: date

    def without(self, fact_ids: Collection[str]) -> Profile:
        """Leave facts out, as if nothing were known of them."""
        return Profile({name: value for name, value in self.values.items() if name not in fact_ids}, self.as_of)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raise BenefitError naming the file and what is wrong."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BenefitError.of("rules_not_read", file=path, cause=error.strerror) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BenefitError.of("rules_not_read", file=path, cause=error) from None


def _read_fact(path: Path, fact_id: str, fields: object) -> Fact:
    if not isinstance(fields, dict):
        raise BenefitError.of("fact_outside_table", file=path, fact=fact_id, example="[age]")
    for key in ("name", "question", "type", "group"):
        if not isinstance(fields.get(key), str) or not fields[key].strip():
            raise BenefitError.of("fact_key_no_text", file=path, fact=fact_id, key=key, shown=fields.get(key))
    if unknown := set(fields) - _KEYS:
        raise BenefitError.of("fact_key_unknown", file=path, fact=fact_id, key=min(unknown), allowed=sorted(_KEYS))
    if fields["type"] not in _TYPES:
        raise BenefitError.of("fact_type_unknown", file=path, fact=fact_id, shown=fields["type"], options=_TYPES)
    numeric = fields["type"] in ("number", "money")
    for key in ("least", "most"):
        if numeric and type(fields.get(key)) is not int:
            raise BenefitError.of("fact_bound_no_number", file=path, fact=fact_id, key=key, shown=fields.get(key))
    if numeric and fields["least"] > fields["most"]:
        raise BenefitError.of(
            "fact_bounds_swapped", file=path, fact=fact_id, least=fields["least"], most=fields["most"]
        )
    if not isinstance(fields.get("none", ""), str):
        raise BenefitError.of("fact_key_no_text", file=path, fact=fact_id, key="none", shown=fields["none"])
    step = fields.get("step", "")
    if not isinstance(step, str) or (step and fields["type"] != "yes_no"):
        raise BenefitError.of("fact_step_misfit", file=path, fact=fact_id, shown=step)
    choices = fields.get("choices", {})
    if (fields["type"] == "choice") != bool(choices) or not all(isinstance(words, str) for words in choices.values()):
        raise BenefitError.of("fact_choices_misfit", file=path, fact=fact_id, shown=choices)
    counted = fields.get("counted")
    if counted is not None and (set(counted) != {"from", "in"} or counted["in"] not in ("years", "months", "days")):
        raise BenefitError.of("fact_counted_unreadable", file=path, fact=fact_id, shown=counted, example=_COUNTED)
    unlikely = fields.get("unlikely")
    if unlikely is not None and not _is_unlikely(unlikely):
        raise BenefitError.of("fact_unlikely_unreadable", file=path, fact=fact_id, shown=unlikely, example=_UNLIKELY)
    return Fact(
        fact_id, fields["name"], fields["question"], fields["type"], fields.get("unit", ""),
        fields.get("least"), fields.get("most"), tuple(choices.items()),
        CountedFrom(counted["from"], counted["in"]) if counted else None, fields["group"],
        fields.get("none", ""), (unlikely["fact"], unlikely["at_least"]) if unlikely else None, step,
    )  # fmt: skip


def _is_unlikely(written: object) -> bool:
    return (
        isinstance(written, dict)
        and set(written) == {"fact", "at_least"}
        and isinstance(written["fact"], str)
        and type(written["at_least"]) is int
    )


def _check(fact: Fact, raw: object, regions: Regions) -> Value:
    """Turn a JSON value into a value of the fact, or refuse it."""
    if isinstance(raw, dict):
        if fact.none and raw == {"none": True}:
            return Absent()
        if fact.type in ("number", "money", "date") and raw and set(raw) <= {"at_least", "at_most"}:
            least, most = (_exact(fact, raw[key], regions) if key in raw else None for key in ("at_least", "at_most"))
            if least is not None and most is not None and least > most:  # type: ignore[operator]
                raise _refusal(fact, raw, "fact_range_empty")
            return Range(least, most)  # type: ignore[arg-type]
        if fact.type in ("choice", "place") and len(raw) == 1 and set(raw) <= {"not", "outside"}:
            listed = next(iter(raw.values()))
            names = listed if isinstance(listed, list) else [listed]
            return Excluded(tuple(str(_exact(fact, name, regions)) for name in names))
    return _exact(fact, raw, regions)


def _exact(fact: Fact, raw: object, regions: Regions) -> int | bool | str | date:
    if fact.type == "yes_no":
        if isinstance(raw, bool):
            return raw
        raise _refusal(fact, raw, "fact_not_yes_or_no")
    if fact.type in ("number", "money"):
        if type(raw) is not int:
            raise _refusal(fact, raw, "fact_not_a_number", unit=fact.unit)
        if not (fact.least or 0) <= raw <= (fact.most or 0):
            raise _refusal(fact, raw, "fact_out_of_range", least=fact.least, most=fact.most)
        return raw
    if fact.type == "date":
        day = raw if isinstance(raw, date) else _day(raw)
        if day is None or day < EARLIEST:
            raise _refusal(fact, raw, "fact_not_a_date")
        return day
    if fact.type == "place":
        place = _place(raw, regions)
        if place is None:
            raise _refusal(fact, raw, "fact_not_a_place")
        return place
    if isinstance(raw, str) and raw in dict(fact.choices):
        return raw
    options = "、".join(name for name, _ in fact.choices)
    raise _refusal(fact, raw, "fact_not_a_choice", options=options)


def _day(raw: object) -> date | None:
    if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw, re.ASCII):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _place(raw: object, regions: Regions) -> str | None:
    if not isinstance(raw, str):
        return None
    name = fold_text(raw.strip())
    if name in regions.chains:
        return name
    short = bare(name)
    return short if short in regions.chains else None


def _future(value: Value, as_of: date) -> bool:
    least, _ = bounds(value)
    return isinstance(least, date) and least > as_of


def _count(fact: Fact, source: Value, as_of: date) -> Value:
    """Count from a date or a range of dates: the later it is, the less."""
    assert fact.counted is not None
    if isinstance(source, Absent):
        return source
    earliest, latest = bounds(source)
    unit = fact.counted.unit
    most = full_units(earliest, as_of, unit) if isinstance(earliest, date) else None
    least = full_units(min(latest, as_of), as_of, unit) if isinstance(latest, date) else 0
    return least if least == most else Range(least, most)


def source_of(fact: Fact, value: Value, as_of: date) -> Value:
    """Give the days that a fact may be counted from when it has this value: who is 60 was born in the twelve months
    before the day sixty years ago. What is counted from nothing is itself."""
    if fact.counted is None or isinstance(value, Absent):
        return value
    least, most = bounds(value)
    unit = fact.counted.unit
    first = start_for(most + 1, as_of, unit) + timedelta(days=1) if isinstance(most, int) else None
    return Range(first, start_for(least, as_of, unit) if isinstance(least, int) else as_of)


def _refusal(fact: Fact, raw: object, sentence: str, **values: object) -> FactError:
    shown = str(as_json(raw) if isinstance(raw, (date, Range, Excluded)) else raw)[:60]  # never more of what was said
    told = {"fact": fact.fact_id, "name": fact.name, "shown": shown} | values
    return FactError(Location(field=fact.fact_id), sentence, told)
