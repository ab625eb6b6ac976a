"""Versions: a newer text takes the place of an older one where it says so, else it is only told.

A newer document says so where its title bears a mark of revision (（2024年修订）, 2024年版) that the older one's does
not bear, where its text ends the older one by name or 文号 (《……办法》同时废止), or where the note under its title
tells of a change (……修正) of the very law that the older one is an edition of. Then the older one is `superseded`, by a
decision that only ends it (关于废止部分文件的决定) `repealed`, ends the day before the newer one begins, and both name
each other. Two documents of one name and issuer with different dates that say nothing of the kind are told as possible
versions.

Editions of one law are put in order by their last change; the day in the name of a file counts where it is later
than all that the text tells, for some collections cut the note short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from ingest.header import header_of
from ingest.lifetime import named_day, read_lifetime
from ingest.repeals import Repeal, read_repeals
from kb.editions import core_title, is_repeal, revision_marks
from kb.text.dates import PartialDate
from kb.text.names import normal_name
from kb.text.periods import partial
from kb.types import Document, Relation, Status
from kb.visibility import begins, may_see

_CURRENT: tuple[Status, ...] = ("unknown", "in_force", "trial")  # What a newer text may end.


@dataclass(frozen=True, slots=True)
class Version:
    """`newer` and `older` are versions of one document; `says` are the words that make it so, None where none do."""

    newer: str
    older: str
    says: str | None


def find_versions(
    documents: Iterable[Document],
    repeals_of: Callable[[Document], Iterable[Repeal]] = lambda document: read_repeals(document.text),
) -> list[Version]:
    """Find the documents of which one is a newer version of the other, in the order of their ids."""
    dated = sorted((d for d in documents if edition_day(d) and d.kind != "digest"), key=lambda d: d.doc_id)
    by_name: dict[str, list[Document]] = {}
    by_number: dict[str, list[Document]] = {}
    for document in dated:
        by_name.setdefault(core_title(document.title), []).append(document)
        if document.doc_no:
            by_number.setdefault(normal_name(document.doc_no), []).append(document)
    found: dict[tuple[str, str], Version] = {}
    for document in dated:
        for repeal in repeals_of(document):
            for older in (*by_name.get(core_title(repeal.name), ()), *by_number.get(normal_name(repeal.name), ())):
                if _is_later(document, older):
                    found[document.doc_id, older.doc_id] = Version(document.doc_id, older.doc_id, repeal.says)
    for group in by_name.values():
        for older in group:
            later = [d for d in group if _is_later(d, older) and _same_issuer(d, older)]
            newer = min(later, key=_order, default=None)
            if newer and (newer.doc_id, older.doc_id) not in found:
                says = _new_mark(newer, older) or _change_since(newer, older)
                found[newer.doc_id, older.doc_id] = Version(newer.doc_id, older.doc_id, says)
    return [found[pair] for pair in sorted(found)]


def edition_day(document: Document) -> PartialDate | None:
    """Give the day of the text as it is: of its last change, else of its issue or effect; of its file's name where that
    is later."""
    made = document.issued or document.effective
    known = [day for day in (made, document.amended, named_day(Path(document.source))) if day]
    return max(known, key=lambda day: day.last_day, default=None)


def apply_versions(documents: dict[str, Document], versions: Iterable[Version]) -> dict[str, Document]:
    """Give `documents` with the older versions superseded; what stood superseded by a document that is gone, or that
    not everybody may see any more who sees the older one, is again what its own text says."""
    settled = {doc_id: _restore(document, documents) for doc_id, document in documents.items()}
    versions = sorted(versions, key=lambda version: _order(settled[version.newer]))
    for version in versions:
        older, newer = settled[version.older], settled[version.newer]
        by_newer = Relation("superseded_by", newer.doc_id) in older.relations  # settled so before
        if version.says is None or _conceals(newer, older):
            continue
        if older.status not in (*_CURRENT, "superseded") and not by_newer:
            continue
        if core_title(newer.title) == core_title(older.title):
            newer = replace(newer, amended=_last_change(newer))
        settled[older.doc_id] = replace(
            older,
            status="repealed" if is_repeal(newer.title) else "superseded",
            expires=_earlier(older.expires, _day_before(begins(newer))),
            relations=_with(older, Relation("superseded_by", newer.doc_id)),
        )
        settled[newer.doc_id] = replace(newer, relations=_with(newer, Relation("supersedes", older.doc_id)))
    return settled


def _order(document: Document) -> tuple[str, str]:
    day = edition_day(document)
    return (day.iso if day else "", document.doc_id)


def _new_mark(newer: Document, older: Document) -> str | None:
    marks = revision_marks(newer.title)
    return newer.title if marks and marks != revision_marks(older.title) else None


def _change_since(newer: Document, older: Document) -> str | None:
    """Give the words of the note of a newer edition that tell its last change, where both are editions of one law: made
    on the same day, or the older one is from before the change."""
    changes = [field.value for field in newer.header if field.name == "amended"]
    same = newer.issued == older.issued or (older.amended is None and older.issued != newer.issued)
    return changes[-1] if changes and same else None


def _last_change(newer: Document) -> PartialDate | None:
    """Give the day of the last change of an edition that follows another one: that in the name of its file, too."""
    day = edition_day(newer)
    made = newer.amended or newer.issued
    return day if made is None or (day and day.first_day > made.last_day) else newer.amended


def _is_later(newer: Document, older: Document) -> bool:
    one, other = edition_day(newer), edition_day(older)
    if newer.doc_id == older.doc_id or one is None or other is None:
        return False
    return one.first_day > other.last_day


def _same_issuer(one: Document, other: Document) -> bool:
    known = [{normal_name(issuer) for issuer in document.issuers} for document in (one, other)]
    return not known[0] or not known[1] or bool(known[0] & known[1])


def _conceals(newer: Document, older: Document) -> bool:
    """Say whether the newer text is not for everybody who sees the older one: then it changes nothing yet, or the state
    of the older one would tell of it."""
    return may_see("public", older) and not may_see("public", newer)


def _restore(document: Document, documents: dict[str, Document]) -> Document:
    """Take back what a document that is gone did to this one."""
    gone = [
        relation
        for relation in document.relations
        if (relation.type in ("superseded_by", "supersedes") and relation.target not in documents)
        or (relation.type == "superseded_by" and _conceals(documents[relation.target], document))
    ]
    if not gone:
        return document
    kept = tuple(relation for relation in document.relations if relation not in gone)
    if document.status not in ("superseded", "repealed") or any(relation.type == "superseded_by" for relation in kept):
        return replace(document, relations=kept)
    header = header_of(document)
    told = read_lifetime(document.text, header, Path(document.source))
    return replace(
        document,
        relations=kept,
        status=header.status or "unknown",
        expires=told.expires,
        amended=told.amended,
    )


def _with(document: Document, relation: Relation) -> tuple[Relation, ...]:
    return document.relations if relation in document.relations else (*document.relations, relation)


def _earlier(one: PartialDate | None, other: PartialDate | None) -> PartialDate | None:
    return min((day for day in (one, other) if day), key=lambda day: day.last_day, default=None)


def _day_before(day: PartialDate | None) -> PartialDate | None:
    return partial(day.first_day - timedelta(days=1)) if day and day.day else None
