"""The chain of the audit record, and what is wrong with one: each entry bears the checksum of the one before it and its
own.

An entry that was changed no longer bears its own checksum; one that was removed, inserted, replaced or moved breaks the
link to the next. What was cut off at the end is missed by the head, which is kept apart, and by an anchor: number and
checksum of an entry that somebody wrote down where the database does not reach. The idea is that of hash-linked
timestamps (Haber and Stornetta 1991).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from kb.errors import AuditError, InputError

GENESIS = "0" * 64
"""What the first entry of all follows."""

DROPPED = "dropped"
"""The action of the entry that stands for those before it which are kept no longer; its subject is the anchor of the
last of them."""


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """An entry as it is chained; `at` in seconds to the millisecond, `documents` a JSON list, `previous` the checksum
    of the one before."""

    number: int
    at: float
    actor: str
    action: str
    outcome: str
    subject: str
    documents: str
    previous: str
    checksum: str = ""

    def sum(self) -> str:
        """Give the checksum that the entry must bear."""
        number, at, *words, _ = astuple(self)
        told = json.dumps([number, f"{at:.3f}", *words], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """An entry by number and checksum, or by number alone: that there were so many."""

    number: int
    checksum: str = ""

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Read NUMBER or NUMBER:CHECKSUM; raise InputError where it is neither.

        >>> Anchor.parse("12"), str(Anchor(12, "ab" * 32)) == "12:" + "ab" * 32
        (Anchor(number=12, checksum=''), True)
        """
        number, _, checksum = text.strip().partition(":")
        # Of the first entry of all at the least; `isdecimal` alone lets through digits of other scripts, which int()
        # reads as well.
        if not (number.isascii() and number.isdecimal()) or len(number) > 18 or len(checksum) not in (0, 64):
            raise InputError.of("audit_anchor_unreadable", shown=text[:100])
        return cls(int(number), checksum)

    def __str__(self) -> str:
        return f"{self.number}:{self.checksum}" if self.checksum else str(self.number)


def problems(entries: Iterable[ChainEntry], head: Anchor | None, anchor: Anchor | None = None) -> Iterator[AuditError]:
    """Go through all entries in order of their numbers and give what is wrong, each named; raise InputError where
    `anchor` is of an entry that is kept no longer, so that nothing can be said."""
    first: ChainEntry | None = None
    last, last_whole = Anchor(0, GENESIS), True
    begins_after = Anchor(0, GENESIS)
    found = anchor is None
    for entry in entries:
        whole = entry.sum() == entry.checksum
        if first is None:
            first = entry
        elif entry.number > last.number + 1:
            yield AuditError.of("audit_entries_missing", first=last.number + 1, last=entry.number - 1)
        elif entry.previous != last.checksum and whole and last_whole:
            yield AuditError.of("audit_entry_unlinked", number=entry.number, before=last.number)
        if not whole:
            yield AuditError.of("audit_entry_changed", number=entry.number)
        elif entry.action == DROPPED:
            begins_after = Anchor.parse(entry.subject)
        last, last_whole = Anchor(entry.number, entry.checksum), whole
        if anchor is not None and entry.number == anchor.number:
            found = True
            if anchor.checksum not in ("", entry.checksum):
                yield AuditError.of("audit_entry_replaced", number=entry.number)
    if first is not None:
        yield from _beginning(first, begins_after)
    yield from _end(last, head or Anchor(0), last_whole)
    if anchor is not None and not found:
        if anchor.number > last.number:
            yield AuditError.of("audit_entries_missing", first=last.number + 1, last=anchor.number)
        elif anchor.number <= begins_after.number and anchor != begins_after:
            raise InputError.of("audit_anchor_dropped", number=anchor.number, last=begins_after.number)


def _beginning(first: ChainEntry, begins_after: Anchor) -> Iterator[AuditError]:
    """Say whether the first entry that is kept follows the last one that was dropped by rule."""
    if first.number > begins_after.number + 1:
        yield AuditError.of("audit_entries_missing", first=begins_after.number + 1, last=first.number - 1)
    elif (first.number - 1, first.previous) != (begins_after.number, begins_after.checksum):
        yield AuditError.of("audit_entry_unlinked", number=first.number, before=begins_after.number)


def _end(last: Anchor, head: Anchor, last_whole: bool) -> Iterator[AuditError]:
    """Say whether the last entry is the one that was written last."""
    if head.number > last.number:
        yield AuditError.of("audit_entries_missing", first=last.number + 1, last=head.number)
    elif head.number < last.number:
        yield AuditError.of("audit_entries_foreign", first=head.number + 1, last=last.number)
    elif last.number and last_whole and head.checksum != last.checksum:
        yield AuditError.of("audit_entry_replaced", number=last.number)
