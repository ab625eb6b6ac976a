"""Which documents may answer a question: who asks decides what is seen, the day what was in force."""

from __future__ import annotations

from datetime import date

from kb.text.dates import PartialDate
from kb.types import Audience, Document, Query, Status

ENDED = ("expired", "repealed", "superseded")
"""The states of a document that holds no more."""


def may_see(audience: Audience, document: Document) -> bool:
    """Say whether 公开方式 lets an audience see a document: the public sees 主动公开 only."""
    return audience == "staff" or document.disclosure == "public"


def day_of(query: Query) -> date:
    """Give the day that a question is about: today, where it names none."""
    return query.as_of or date.today()


def begins(document: Document) -> PartialDate | None:
    """Give the first day of a text: that of its effect, else of its issue; that of its last change where this is
    later."""
    starts = document.effective or document.issued
    if document.amended and (starts is None or document.amended.first_day > starts.first_day):
        return document.amended
    return starts


def in_force(document: Document, day: date) -> bool:
    """Say whether a document can answer a question about `day`.

    A document ends on its last day, or has ended where its status says so and no day is known; it
    begins on its first day. What is known only to the month or year is read in the document's favour.
    A draft, a plan or a document of unknown validity may answer: it is named as what it is.
    """
    if not has_begun(document, day):
        return False
    if document.expires is not None:
        return document.expires.last_day >= day
    return document.status not in ENDED


def status_on(document: Document, day: date) -> Status:
    """Give the status of a document, which is over where its last day lies before `day`."""
    return told_status(document.status, document.expires, day)


def told_status(status: Status, expires: PartialDate | None, day: date) -> Status:
    """Give the status on `day` of what is told with a status and a last day; what has ended otherwise stays what it is
    told as."""
    return "expired" if status not in ENDED and expires is not None and expires.last_day < day else status


def has_begun(document: Document, day: date) -> bool:
    """Say whether a document was there on `day`: what begins later cannot have ended."""
    starts = begins(document)
    return starts is None or starts.first_day <= day
