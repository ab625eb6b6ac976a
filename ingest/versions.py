"""Versions: a newer text takes the place of an older one where it says so, else it is only told.

A newer document says so where its title bears a mark of revision (（2024年修订）, 2024年版) that the older
one's does not bear, or where its text ends the older one by name or 文号 (《……办法》同时废止). Then the older
one is `superseded`, ends the day before the newer one begins, and both name each other. Two documents of
one name and issuer with different dates that say nothing of the kind are told as possible versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.header import read_header
from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.text.references import find_references
from kb.types import Document, Relation, Status
from kb.visibility import may_see

_MARK = re.compile(
    r"\((?:\d{4}年?)?(?:第[一二三四五六七八九十\d]+次)?(?:修订|修正|修改|新修订)(?:版|本|稿)?\)|\(?\d{4}年?(?:版|修订版|修订|修正)\)?|(?:修订|修正)(?:版|本)?$"
)
# What may stand between the name of a document and the words that end it: other names, brackets, a day.
_ENDED = re.compile(
    r"(?>(?><[^\n]{2,80}?>)|\([^()\n]{0,60}\)|[一-龥]{1,12}\[\d{4}\]\d+号|[\s、,和及与]|等?\d*[件个项]?文件|自[^,<]{1,20}?起)*+"
    r"(?:同时|予以|即行|一并|相应|自行)*+(?:废止|停止执行|失效)"
)
_SENTENCE = re.compile(r"[^。;\n]+")
_CURRENT: tuple[Status, ...] = ("unknown", "in_force", "trial")


@dataclass(frozen=True, slots=True)
class Version:
    """`newer` and `older` are versions of one document; `says` are the words that make it so, None where none do."""

    newer: str
    older: str
    says: str | None


def find_versions(documents: Iterable[Document]) -> list[Version]:
    """Find the documents of which one is a newer version of the other, in the order of their ids."""
    dated = sorted((d for d in documents if d.issued and d.kind != "digest"), key=lambda d: d.doc_id)
    by_name: dict[str, list[Document]] = {}
    by_number: dict[str, list[Document]] = {}
    for document in dated:
        by_name.setdefault(_core(document.title), []).append(document)
        if document.doc_no:
            by_number.setdefault(normal_name(document.doc_no), []).append(document)
    found: dict[tuple[str, str], Version] = {}
    for document in dated:
        for name, sentence in _ended(document):
            for older in (*by_name.get(_core(name), ()), *by_number.get(normal_name(name), ())):
                if _is_later(document, older):
                    found[document.doc_id, older.doc_id] = Version(document.doc_id, older.doc_id, sentence)
    for group in by_name.values():
        for newer in group:
            for older in group:
                pair = newer.doc_id, older.doc_id
                if pair not in found and _is_later(newer, older) and _same_issuer(newer, older):
                    found[pair] = Version(*pair, _new_mark(newer, older))
    return [found[pair] for pair in sorted(found)]


def apply_versions(documents: dict[str, Document], versions: Iterable[Version]) -> dict[str, Document]:
    """Give `documents` with the older versions superseded; what stood superseded by a document that is gone, or that not
    everybody may see any more who sees the older one, is again what its own text says."""
    settled = {doc_id: _restore(document, documents) for doc_id, document in documents.items()}
    for version in versions:
        older, newer = settled[version.older], settled[version.newer]
        if version.says is None or older.status not in (*_CURRENT, "superseded") or _conceals(newer, older):
            continue
        begins = newer.effective or newer.issued
        ends = _day_before(begins) if begins and begins.day else None
        settled[older.doc_id] = replace(
            older,
            status="superseded",
            expires=older.expires or ends,
            relations=_with(older, Relation("superseded_by", newer.doc_id)),
        )
        settled[newer.doc_id] = replace(newer, relations=_with(newer, Relation("supersedes", older.doc_id)))
    return settled


def _core(title: str) -> str:
    """Give a title without its mark of revision, ready to be compared."""
    return normal_name(_MARK.sub("", fold_text(title)))


def _marks(title: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _MARK.finditer(fold_text(title)))


def _new_mark(newer: Document, older: Document) -> str | None:
    marks = _marks(newer.title)
    return newer.title if marks and marks != _marks(older.title) else None


def _ended(document: Document) -> Iterable[tuple[str, str]]:
    """Give the names and numbers of the documents that a text ends, each with the sentence that does so."""
    if not any(word in document.text for word in ("废止", "廢止", "停止执行", "停止執行", "失效")):
        return
    for match in _SENTENCE.finditer(fold_text(document.text)):
        sentence = match.group().strip()
        references = find_references(sentence)
        for reference in references:
            in_part = any(other.article and other.name == reference.name for other in references)
            if reference.name and not in_part and _ENDED.match(sentence, reference.end):
                yield reference.name, sentence


def _is_later(newer: Document, older: Document) -> bool:
    if newer.doc_id == older.doc_id or newer.issued is None or older.issued is None:
        return False
    return newer.issued.first_day > older.issued.last_day


def _same_issuer(one: Document, other: Document) -> bool:
    known = [{normal_name(issuer) for issuer in document.issuers} for document in (one, other)]
    return not known[0] or not known[1] or bool(known[0] & known[1])


def _conceals(newer: Document, older: Document) -> bool:
    """Say whether the newer text is not for everybody who sees the older one: then it changes nothing yet, or the state of
    the older one would tell of it."""
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
    if document.status != "superseded" or any(relation.type == "superseded_by" for relation in kept):
        return replace(document, relations=kept)
    header = read_header(document.text)
    return replace(document, relations=kept, status=header.status or "unknown", expires=header.date("expires"))


def _with(document: Document, relation: Relation) -> tuple[Relation, ...]:
    return document.relations if relation in document.relations else (*document.relations, relation)


def _day_before(begins: PartialDate) -> PartialDate:
    day: date = begins.first_day - timedelta(days=1)
    return PartialDate(day.year, day.month, day.day)
