"""A benefit: what one gets, for whom, in which period, and the conditions, read from a TOML file of its own.

Every leaf of the conditions, every amount, the period and what is given name a clause and a quote that stands in it;
`BenefitReader` refuses a file where one does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kb.eligibility.conditions import Condition, Count, Leaf, Not, Operator, Test, every
from kb.eligibility.facts import TODAY, Fact, FactBook, read_toml
from kb.errors import BenefitError, NotFoundError, UnfoundedError
from kb.types import Clause, Document

# A benefit without these could not be told to anybody: what, for whom, where, by which text, how one gets it and what
# is asked first.
_UNIT = re.compile(
    r"(?P<unit>[^每（）]+)(?P<per>每[^（）]+)?(?:（(?P<how>[^（）]+)）)?"
)  # 元每人每月, 元每年（不低于）
_REQUIRED = ("title", "gives", "for", "topic", "region", "source", "how", "ask_at", "when")
# Anything else is misspelt, and would be without effect in silence.
_KEYS = {*_REQUIRED, "called", "given_by", "period", "amount"}
# For whom a benefit is; a building has no age, and a person no storeys.
_FOR = ("person", "household", "building", "organisation")
# What makes sense for a type: of yes and no one cannot be more.
_OPERATORS: dict[str, tuple[Operator, ...]] = {
    "number": ("at_least", "at_most", "more_than", "less_than"), "money": ("at_least", "at_most", "more_than", "less_than"),
    "date": ("at_least", "at_most", "more_than", "less_than"), "yes_no": ("is",), "choice": ("is", "one_of"),
    "place": ("within", "outside"),
}  # fmt: skip


_LISTED = ("one_of", "within", "outside")
"""Those that a list of values may stand behind."""


class CitableTexts(Protocol):
    """Where clauses and documents are looked up; `kb.knowledge_base.KnowledgeBase` is one."""

    def clause(self, clause_id: str) -> Clause:
        """Give a clause; raise NotFoundError where there is none of that id."""

    def document(self, doc_id: str) -> Document:
        """Give a document; raise NotFoundError where there is none of that id."""


@dataclass(frozen=True, slots=True)
class CitedClause:
    """A clause and its document, without the text, of which OCR was so sure (`Document.confidence_of`)."""

    clause: Clause
    document: Document
    confidence: float | None


class QuotedWords(NamedTuple):
    """Words of a clause."""

    clause_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` in `unit`, under `when`, and never more than the fact `no_more_than`."""

    value: int
    unit: str
    when: Condition | None
    no_more_than: str | None
    clause_id: str
    quote: str

    def words(self, value: int) -> str:
        """Say an amount as an office writes it.

        >>> [Amount(value, unit, None, None, "", "").words(value) for value, unit in ((100, "元每年（不低于）"), (3000, "元（一次性）"), (2, "周"))]
        ['每年不低于100元', '一次性3,000元', '2周']
        """
        parts = _UNIT.fullmatch(self.unit)
        if parts is None:
            return f"{value:,}{self.unit}"
        return f"{parts['per'] or ''}{parts['how'] or ''}{value:,}{parts['unit']}"


@dataclass(frozen=True, slots=True)
class Benefit:
    """`root` holds the conditions and, first, the period as tests of the fact `today`; what it `gives` says the words
    of `given_by`, and people know it as `called` too."""

    benefit_id: str
    title: str
    gives: str
    applicant: str
    topic: str
    region: str
    source: str
    how: str
    ask_at: str
    since: date | None
    until: date | None
    conditions: Condition
    root: Condition
    amounts: tuple[Amount, ...]
    called: tuple[str, ...] = ()
    given_by: tuple[QuotedWords, ...] = ()

    def lasts(self, day: date) -> bool:
        """Say whether a day lies within its period."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def clauses(self) -> frozenset[str]:
        """Name the clauses that it quotes."""
        conditions = [self.root, *(one.when for one in self.amounts if one.when is not None)]
        leaves = [leaf for condition in conditions for leaf in condition.leaves()]
        quoted: tuple[Leaf | Amount | QuotedWords, ...] = (*leaves, *self.amounts, *self.given_by)
        return frozenset(one.clause_id for one in quoted)


class BenefitReader:
    """Reads benefit files; numbers equal tests alike and keeps what each cited clause is called."""

    def __init__(self, book: FactBook, texts: CitableTexts) -> None:
        self._book = book
        self._texts = texts
        self.tests: dict[Test, int] = {}
        self.sources: dict[str, CitedClause] = {}
        self._clauses: dict[str, str] = {}

    def read(self, path: Path) -> Benefit:
        """Read one file; raise BenefitError naming file, field, value and remedy."""
        fields = read_toml(path)
        for key in _REQUIRED:
            if key not in fields or (key != "when" and not (isinstance(fields[key], str) and fields[key].strip())):
                raise _wrong(path, key, "rule_no_text", fields.get(key))
        if unknown := set(fields) - _KEYS:
            raise _wrong(path, min(unknown), "rule_key_unknown", fields[min(unknown)], allowed=sorted(_KEYS))
        if fields["for"] not in _FOR:
            raise _wrong(path, "for", "rule_not_a_choice", fields["for"], options=_FOR)
        try:
            self._texts.document(fields["source"])
        except NotFoundError:
            raise _unfounded(path, "source", "rule_source_missing", fields["source"]) from None
        conditions = self._condition(path, "when", fields["when"])
        dates, amounts = fields.get("period", {}), fields.get("amount", [])
        period = self._period(path, dates)
        if not isinstance(amounts, list):
            raise _wrong(path, "amount", "rule_amounts_no_list", amounts)
        return Benefit(
            path.stem, fields["title"], fields["gives"], fields["for"], fields["topic"], fields["region"],
            fields["source"], fields["how"], fields["ask_at"], dates.get("from"), dates.get("until"),
            conditions, every(*period, conditions),
            tuple(self._amount(path, n, one) for n, one in enumerate(amounts, start=1)),
            _names(path, fields.get("called", [])), self._given_by(path, fields.get("given_by", [])),
        )  # fmt: skip

    def _given_by(self, path: Path, listed: Any) -> tuple[QuotedWords, ...]:
        if not isinstance(listed, list):
            raise _wrong(path, "given_by", "rule_uncited", listed)
        for n, fields in enumerate(listed, start=1):
            if not isinstance(fields, dict) or set(fields) != {"clause", "quote"}:
                raise _wrong(path, f"given_by[{n}]", "rule_uncited", fields)
            self._cite(path, f"given_by[{n}]", fields)
        return tuple(QuotedWords(one["clause"], one["quote"]) for one in listed)

    def _period(self, path: Path, fields: Any) -> list[Leaf]:
        if fields == {}:
            return []
        if not isinstance(fields, dict) or not set(fields) <= {"from", "until", "clause", "quote"}:
            raise _wrong(path, "period", "rule_period_unreadable", fields)
        since, until = fields.get("from"), fields.get("until")
        for name, day in (("from", since), ("until", until)):
            if day is not None and type(day) is not date:
                raise _wrong(path, f"period.{name}", "rule_no_date", day)
        if since and until and until < since:
            raise _wrong(path, "period.until", "rule_period_swapped", until, since=since)
        self._cite(path, "period", fields)
        ends: list[tuple[Operator, date]] = []
        if since:
            ends.append(("at_least", since))
        if until:
            ends.append(("at_most", until))
        return [self._leaf(Test(TODAY, operator, day), fields) for operator, day in ends]

    def _amount(self, path: Path, number: int, fields: Any) -> Amount:
        place = f"amount {number}"
        if not isinstance(fields, dict):
            raise _wrong(path, place, "rule_amounts_no_list", fields)
        if not set(fields) <= {"value", "unit", "when", "no_more_than", "clause", "quote"}:
            raise _wrong(path, place, "rule_amount_key_unknown", sorted(fields))
        if type(fields.get("value")) is not int or not isinstance(fields.get("unit"), str):
            raise _wrong(path, place, "rule_amount_unreadable", fields.get("value"))
        cap = fields.get("no_more_than")
        fact = self._book.get(cap) if isinstance(cap, str) else None
        if cap is not None and (fact is None or fact.type != "money"):
            raise _wrong(path, f"{place}.no_more_than", "rule_cap_no_money", cap)
        self._cite(path, place, fields)
        when = self._condition(path, f"{place}.when", fields["when"]) if "when" in fields else None
        return Amount(fields["value"], fields["unit"], when, cap, fields["clause"], fields["quote"])

    def _condition(self, path: Path, place: str, fields: Any) -> Condition:
        if not isinstance(fields, dict):
            raise _wrong(path, place, "rule_no_condition", fields)
        if "fact" in fields:
            return self._leaf(self._test(path, place, fields), fields)
        if set(fields) == {"not"}:
            return Not(self._condition(path, f"{place}.not", fields["not"]))
        key = next((key for key in ("all", "any", "of") if key in fields), None)
        if key is None or set(fields) != ({"at_least", "of"} if key == "of" else {key}):
            raise _wrong(path, place, "rule_condition_unreadable", sorted(fields))
        parts = fields[key]
        if not isinstance(parts, list) or not parts:
            raise _wrong(path, f"{place}.{key}", "rule_parts_missing", parts)
        needed = {"all": len(parts), "any": 1}.get(key, fields.get("at_least"))
        if type(needed) is not int or not 1 <= needed <= len(parts):
            raise _wrong(path, f"{place}.at_least", "rule_count_outside", needed, most=len(parts))
        return Count(
            needed, tuple(self._condition(path, f"{place}.{key}[{n}]", p) for n, p in enumerate(parts, start=1))
        )

    def _test(self, path: Path, place: str, fields: Mapping[str, Any]) -> Test:
        fact = self._book.get(fields["fact"]) if isinstance(fields["fact"], str) else None
        if fact is None:
            raise _wrong(path, f"{place}.fact", "rule_no_fact", fields["fact"])
        operators = _OPERATORS[fact.type]
        keys = set(fields) - {"fact", "clause", "quote"}
        operator = next((one for one in operators if keys == {one}), None)
        if operator is None:
            raise _wrong(
                path, place, "rule_operator_misfit", sorted(keys), fact=fact.fact_id, type=fact.type, options=operators
            )
        raw = fields[operator]
        self._cite(path, place, fields)
        if raw == [] or (isinstance(raw, list) and operator not in _LISTED):
            raise _wrong(path, f"{place}.{operator}", "rule_value_misfit", raw, fact=fact.fact_id, type=fact.type)
        listed = tuple(raw) if isinstance(raw, list) else raw
        for one in listed if isinstance(listed, tuple) else (listed,):
            if not self._fits(fact, one):
                raise _wrong(path, f"{place}.{operator}", "rule_value_misfit", one, fact=fact.fact_id, type=fact.type)
        return Test(fact.fact_id, operator, listed, self._book.regions)

    def _fits(self, fact: Fact, value: object) -> bool:
        if fact.type in ("number", "money"):
            return type(value) is int and (fact.least or 0) <= value <= (fact.most or 0)
        if fact.type == "yes_no":
            return isinstance(value, bool)
        if fact.type == "date":
            return type(value) is date
        if fact.type == "place":
            return value in self._book.regions.chains
        return value in dict(fact.choices)

    def _leaf(self, test: Test, fields: Mapping[str, Any]) -> Leaf:
        return Leaf(test, self.tests.setdefault(test, len(self.tests)), fields["clause"], fields["quote"])

    def _cite(self, path: Path, place: str, fields: Mapping[str, Any]) -> None:
        clause_id, quote = fields.get("clause"), fields.get("quote")
        if not isinstance(clause_id, str) or not isinstance(quote, str) or not quote.strip():
            raise _wrong(path, place, "rule_uncited", clause_id)
        if clause_id not in self._clauses:
            try:
                clause = self._texts.clause(clause_id)
            except NotFoundError:
                raise _unfounded(path, f"{place}.clause", "rule_clause_missing", clause_id) from None
            document = self._texts.document(clause.doc_id)
            self._clauses[clause_id] = document.text[clause.start : clause.end]
            confidence = document.confidence_of(clause.start, clause.end)
            self.sources[clause_id] = CitedClause(clause, replace(document, text=""), confidence)
        if quote not in self._clauses[clause_id]:
            raise _unfounded(path, f"{place}.quote", "rule_quote_missing", quote, clause_id=clause_id)


def _names(path: Path, written: object) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(name, str) and name.strip() for name in written):
        raise _wrong(path, "called", "rule_names_unreadable", written)
    return tuple(written)


def _wrong(path: Path, at: str, sentence: str, value: object, **values: Any) -> BenefitError:
    return BenefitError.of(sentence, file=path, field=at, at=at, shown=_shown(value), **values)


def _unfounded(path: Path, at: str, sentence: str, value: object, **values: Any) -> UnfoundedError:
    return UnfoundedError.of(sentence, file=path, field=at, at=at, shown=_shown(value), missing=str(value), **values)


def _shown(value: object) -> str:
    return re.sub(r"\s+", " ", str(value))[:80]
