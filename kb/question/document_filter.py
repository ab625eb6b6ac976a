"""Which documents a question is about: a filter over the catalogue, each field a limit that is set or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kb.question.period import AskedPeriod
from kb.question.vocabulary import is_of_kind, places_of
from kb.text.dates import PartialDate
from kb.text.numerals import in_digits
from kb.topics import TopicTree
from kb.types import Disclosure, Document, Level
from kb.visibility import ENDED, begins, in_force, status_on

State = Literal["in_force", "ended", "trial", "draft", "planned", "unknown"]


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What documents have in common: of several values of one field, one; of several fields, all.

    `issuers` holds per office that is named the names that it stands for, `joint` that all of them issued together,
    `lead` that it stands first of those who did. `valid` are times in which documents were in force. `about` and
    `titled` hold wordings of which the data of a document, or its title, hold one; `mentions` those that its text
    holds; `under` names topics of the tree; `lacks` and `states_field` name fields of its header.
    """

    levels: frozenset[Level] = frozenset()
    places: tuple[str, ...] = ()
    issuers: tuple[frozenset[str], ...] = ()
    joint: bool = False
    lead: bool = False
    kinds: tuple[str, ...] = ()
    issued: tuple[AskedPeriod, ...] = ()
    effective: tuple[AskedPeriod, ...] = ()
    expires: tuple[AskedPeriod, ...] = ()
    valid: tuple[AskedPeriod, ...] = ()
    states: frozenset[State] = frozenset()
    not_states: frozenset[State] = frozenset()
    disclosures: frozenset[Disclosure] = frozenset()
    about: tuple[tuple[str, ...], ...] = ()
    under: tuple[str, ...] = ()
    titled: tuple[tuple[str, ...], ...] = ()
    mentions: tuple[tuple[str, ...], ...] = ()
    lacks: frozenset[str] = frozenset()
    has: frozenset[str] = frozenset()

    def keeps(self, document: Document, day: date, topics: TopicTree) -> bool:
        """Say whether a document is one of those, `mentions` apart, which take its text."""
        state = state_of(document, day)
        return (
            self._is_of_government(document)
            and self._is_issued_by(document)
            and (not self.kinds or any(is_of_kind(document, kind) for kind in self.kinds))
            and _within(self.issued, document.issued)
            and _within(self.effective, document.effective)
            and _within(self.expires, document.expires)
            and (not self.valid or any(_held_in(document, period) for period in self.valid))
            and (not self.states or bool(self.states & state))
            and not self.not_states & state
            and (not self.disclosures or document.disclosure in self.disclosures)
            and all(_speaks(topic_words(document), wordings) for wordings in self.about)
            and all(topics.holds(topic, document) for topic in self.under)
            and all(_speaks(in_digits(document.title), wordings) for wordings in self.titled)
            and not any(states_field(document, name) for name in self.lacks)
            and all(states_field(document, name) for name in self.has)
        )

    def _is_of_government(self, document: Document) -> bool:
        """Say whether a document is of one of the levels or places: 国家和杭州 asks for those of either."""
        if not self.levels and not self.places:
            return True
        return document.level in self.levels or places_of(document)[-1:] in {(place,) for place in self.places}

    def _is_issued_by(self, document: Document) -> bool:
        own = frozenset(document.issuers[:1] if self.lead else document.issuers)
        decide = all if self.joint else any
        return not self.issuers or decide(bool(own & names) for names in self.issuers)


def state_of(document: Document, day: date) -> frozenset[State]:
    """Say how a document stands on a day; what is on trial is in force as well."""
    if not in_force(document, day):
        return frozenset(("ended",))
    status = status_on(document, day)
    if status in ENDED:  # it had not ended yet
        return frozenset(("in_force",))
    if status == "trial":
        return frozenset(("trial", "in_force"))
    known: dict[str, State] = {"in_force": "in_force", "draft": "draft", "planned": "planned"}
    return frozenset((known.get(status, "unknown"),))


def states_field(document: Document, name: str) -> bool:
    """Say whether the header of a document gives a field."""
    return any(field.name == name for field in document.header)


def topic_words(document: Document) -> str:
    """Give the names and topics of a document as questions are read: folded, numbers in digits."""
    return in_digits("\n".join((document.title, document.short_title or "", *document.aliases, *document.topics)))


def _held_in(document: Document, period: AskedPeriod) -> bool:
    """Say whether a document was in force on the first day of a period on which it was there."""
    starts = begins(document)
    first = max(day for day in (period.first or date.min, starts.first_day if starts else date.min))
    return (period.last is None or first <= period.last) and "in_force" in state_of(document, first)


def _within(periods: tuple[AskedPeriod, ...], day: PartialDate | None) -> bool:
    return not periods or any(period.holds(day) for period in periods)


def _speaks(text: str, wordings: tuple[str, ...]) -> bool:
    return any(wording in text for wording in wordings)
