"""The register of documents: what each is listed under, filters, orders, and how many documents each further choice
would leave.

Offices, topics and levels are one thing under one name here, whatever documents write: the home of the corpus says
which (`kb.home`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from kb.home import Home
from kb.provenance import title_of
from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.types import Document, Level, Status
from kb.visibility import status_on

Order = Literal["newest", "oldest", "title", "issuer"]
_HOLDING: frozenset[Status] = frozenset(("in_force", "trial", "unknown"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the register lists it; `offices` are its issuers by their one name, `branches` stand above its
    `topics`."""

    document: Document
    status: Status
    offices: tuple[str, ...]
    topics: tuple[str, ...]
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the documents shown have in common, names and `q` in either script. An `issuer` that is no office of the
    register may be part of a name; a `topic` is one of the tree, a branch of it, or a word of the document itself."""

    q: str | None = None
    topic: str | None = None
    level: Level | None = None
    status: Status | None = None
    issuer: str | None = None
    year: int | None = None


# What of an entry is counted per facet.
_VALUES: dict[str, Callable[[Entry], Iterable[str]]] = {
    "topic": lambda entry: (*entry.branches, *entry.topics),
    "level": lambda entry: (entry.document.level,) if entry.document.level else (),
    "status": lambda entry: (entry.status,),
    "issuer": lambda entry: entry.offices,
    "year": lambda entry: (str(entry.document.issued.year),) if entry.document.issued else (),
}


class DocumentRegister:
    """The documents that one caller may see, on a day."""

    def __init__(self, documents: Iterable[Document], home: Home, day: date) -> None:
        self._home = home
        self._entries = [_entry(document, home, day) for document in documents]
        self._offices = {fold_text(office) for entry in self._entries for office in entry.offices}

    def find(self, filters: Filters, order: Order = "newest") -> list[Entry]:
        """Give the entries that meet every filter that is given, in an order that is always the same."""
        return sorted(self._kept(filters), key=_KEYS[order])

    def facets(self, filters: Filters) -> dict[str, list[dict[str, Any]]]:
        """Count per field what each value would leave, with the other filters as they are.

        Levels come from the nation down, years newest first, topics as the tree has them with the branch that each
        stands `under`, the others most frequent first.
        """
        told = {}
        for name, values_of in _VALUES.items():
            kept = self._kept(replace(filters, **{name: None}))
            counts = Counter(value for entry in kept for value in values_of(entry))
            told[name] = [{"value": value, "count": counts[value]} for value in self._in_order(name, counts)]
        topics = [choice | {"under": self._home.topics.branch_of(str(choice["value"]))} for choice in told["topic"]]
        return told | {"topic": topics}

    def _kept(self, filters: Filters) -> list[Entry]:
        needles = fold_text(filters.q or "").split()
        issuer = fold_text(self._home.office(filters.issuer or ""))
        whole = issuer in self._offices
        return [
            entry
            for entry in self._entries
            for document in [entry.document]
            if filters.level in (None, document.level)
            and filters.status in (None, entry.status)
            and (filters.year is None or (document.issued is not None and document.issued.year == filters.year))
            and (not filters.topic or self._home.topics.holds(filters.topic, document))
            and (not issuer or _is_issued_by(entry, issuer, whole))
            and (not needles or _mentions(entry, needles))
        ]

    def _in_order(self, name: str, counts: Counter[str]) -> list[str]:
        match name:
            case "topic":
                return self._home.topics.in_order(counts)
            case "level":
                return [level for level in get_args(Level) if level in counts]
            case "year":
                return sorted(counts, reverse=True)
            case _:
                return sorted(counts, key=lambda value: (-counts[value], _spoken(value)))


def _entry(document: Document, home: Home, day: date) -> Entry:
    topics = home.topics.topics_of(document)
    branches = tuple(dict.fromkeys(branch for branch in map(home.topics.branch_of, topics) if branch))
    offices = tuple(dict.fromkeys(map(home.office, document.issuers)))
    return Entry(document, status_on(document, day), offices, topics, branches)


def _is_issued_by(entry: Entry, issuer: str, whole: bool) -> bool:
    names = [fold_text(name) for name in (*entry.offices, *entry.document.issuers)]
    return any(issuer == name if whole else issuer in name for name in names)


def _mentions(entry: Entry, needles: list[str]) -> bool:
    document = entry.document
    names = (
        document.title,
        title_of(document),
        document.short_title,
        document.doc_no,
        document.index_no,
        document.proposal_no,
    )
    words = (*document.aliases, *document.issuers, *entry.offices, *document.topics, *entry.topics, *entry.branches)
    haystack = fold_text("\n".join((*filter(None, names), *words)))
    return all(needle in haystack for needle in needles)


def _spoken(text: str) -> bytes:
    """Give what orders Chinese by its sound: GB 2312, which GB 18030 holds, has the common characters in the order of
    pinyin."""
    return fold_text(text).encode("gb18030")


def _day(entry: Entry) -> int:
    issued = entry.document.issued
    return issued.first_day.toordinal() if issued else 0


def _by_title(entry: Entry) -> tuple[bytes, str]:
    return _spoken(title_of(entry.document)), entry.document.doc_id


# Behind what is asked for stand title and id, so that a page that is turned never shows a document twice.
_KEYS: dict[Order, Callable[[Entry], tuple[Any, ...]]] = {
    "newest": lambda entry: (-_day(entry), _by_title(entry)),
    "oldest": lambda entry: (_day(entry) or date.max.toordinal(), _by_title(entry)),
    "title": _by_title,
    "issuer": lambda entry: (not entry.offices, [*map(_spoken, entry.offices)], -_day(entry), _by_title(entry)),
}


def years(entries: Sequence[Entry]) -> dict[int, int]:
    """Count the documents by the year in which they were issued, years without one in between included."""
    counts = Counter(entry.document.issued.year for entry in entries if entry.document.issued)
    return {year: counts[year] for year in range(min(counts), max(counts) + 1)} if counts else {}


def expiring(entries: Sequence[Entry], day: date, days: int) -> list[tuple[PartialDate, Entry]]:
    """Give the documents that hold on `day` and end within so many days, with their ends, the first to end first."""
    dated = [(entry.document.expires, entry) for entry in entries if entry.document.expires]
    soon = [one for one in dated if 0 <= (one[0].last_day - day).days <= days and one[1].status in _HOLDING]
    return sorted(soon, key=lambda one: (one[0].last_day, _by_title(one[1])))
