"""The editions that amending decisions make: a text of its own for every decision whose base text is there.

A decision that is understood and fits makes a document that holds from the day on which the decision takes effect; the
note under its title says by which decision, as official consolidated texts do, and the articles that were changed are
fields of its header. Where an office ingests a consolidated text itself, none is made. Where the decision does not fit
its base, the base stays and names the decision. A decision that changes itself, or several decisions of one day on one
article, make nothing either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.amending.consolidation import Consolidation, consolidate
from ingest.amending.operations import Operation, read_operations
from ingest.document import make_document
from ingest.enactment import note_span
from ingest.outline import parse_outline
from ingest.readers import ReadText
from kb.editions import core_title
from kb.text.fold import fold_text
from kb.types import Document, HeaderField, Relation
from kb.visibility import begins, may_see

_TITLE = "<[^<>]*(?:<[^<>]*>[^<>]*)*>"  # A title may hold another one.
# 关于修改《甲法》的决定, or 甲法修正案.
_DECISION = re.compile(
    rf"关于修改(?P<named>{_TITLE})(?:的|、|和|等|第|个别|部分)?.*决定|(?P<law>[一-龥]{{2,20}}法)修正案"
)
# A decision on several laws says before each part which one it is about.
_CHANGES = re.compile(rf"对(?P<named>{_TITLE})")


@dataclass(frozen=True, slots=True)
class Amendment:
    """What became of a decision on one text: `edition` is the document that it made, else `reasons` say why there is
    none, each with the words of the decision. `base` is None where the text is not here."""

    decision: str
    base: str | None
    edition: str | None
    reasons: tuple[str, ...] = ()


def amend(documents: dict[str, Document]) -> tuple[dict[str, Document], list[Amendment]]:
    """Give the documents with the editions that their decisions make, those of an earlier run left out."""
    kept = {doc_id: _plain(d) for doc_id, d in documents.items() if not d.consolidated_from}
    by_title: dict[str, list[str]] = {}
    for doc_id, document in kept.items():
        by_title.setdefault(core_title(document.title), []).append(doc_id)
    amendments: list[Amendment] = []
    decisions = [d for d in kept.values() if d.kind != "digest" and _DECISION.search(fold_text(d.title))]
    laws_of = {decision.doc_id: (core_title(decision.title), _laws(decision)) for decision in decisions}
    for decision in sorted(decisions, key=_order):
        laws = laws_of[decision.doc_id][1]
        for name, operations in laws.items():
            editions = [kept[doc_id] for doc_id in by_title.get(name, ()) if doc_id != decision.doc_id]
            editions = [document for document in editions if document.kind != "digest"]
            if not operations or _is_needless(decision, editions):
                continue
            base = _base(decision, editions)
            if base is None:
                amendments.append(Amendment(decision.doc_id, None, None, (_why_none(name, decision, laws_of),)))
                continue
            rival = _of_one_day(base, decision, kept.values())
            made, reasons = (None, (_unordered(rival, kept),)) if rival else _edition(base, decision, operations)
            if made is None:
                unchanged = rival or base
                marked = (*unchanged.relations, Relation("amended_by", decision.doc_id))
                kept[unchanged.doc_id] = replace(unchanged, relations=marked)
            else:
                by_title.setdefault(core_title(made.title), []).append(made.doc_id)
                kept[made.doc_id] = made
                kept[decision.doc_id] = decision = _with_deletions(decision, operations)
            amendments.append(Amendment(decision.doc_id, base.doc_id, made.doc_id if made else None, reasons))
    return kept, amendments


def _plain(document: Document) -> Document:
    """Take back what decisions of an earlier run left on a document."""
    kept = tuple(relation for relation in document.relations if relation.type != "amended_by")
    return document if kept == document.relations else replace(document, relations=kept)


def _with_deletions(decision: Document, operations: Sequence[Operation]) -> Document:
    """Give a decision with the items that delete whole articles as fields, so that an answer can cite them."""
    whole = [o for o in operations if o.action == "delete" and o.place and o.place.paragraph is o.place.item is None]
    fields = [HeaderField("deletes", decision.text[o.start : o.end], o.start, o.end) for o in whole]
    return replace(decision, header=(*decision.header, *(f for f in dict.fromkeys(fields) if f not in decision.header)))


def _order(decision: Document) -> tuple[str, str]:
    day = begins(decision)
    return (day.iso if day else "", decision.doc_id)


def _laws(decision: Document) -> dict[str, list[Operation]]:
    """Give the operations of a decision by the compared title of the text that they change."""
    match = _DECISION.search(fold_text(decision.title))
    titled = (match["named"] or match["law"] or "") if match else ""
    body = _CHANGES.search(fold_text(decision.text))
    own = core_title(body["named"] if body else titled)
    found: dict[str, list[Operation]] = {}
    for operation in read_operations(decision.text):
        found.setdefault(core_title(operation.law) if operation.law else own, []).append(operation)
    return found


def _base(decision: Document, editions: Sequence[Document]) -> Document | None:
    """Give the edition that a decision changes: the last that held before it."""
    day = begins(decision)
    if day is None or day.day is None:
        return None
    before = [d for d in editions if (first := begins(d)) is not None and first.last_day < day.first_day]
    return max(before, key=lambda d: (begins(d) or day).iso, default=None)


def _is_needless(decision: Document, editions: Sequence[Document]) -> bool:
    """Say whether a text is there that includes a decision and that nobody of us made."""
    days = {one.iso for one in (begins(decision), decision.issued) if one}
    return any(d.amended and d.amended.iso in days and not d.consolidated_from for d in editions)


def _of_one_day(base: Document, decision: Document, documents: Iterable[Document]) -> Document | None:
    """Give the edition that another decision of the same day made of the same text."""
    day, root = begins(decision), _root(base)
    return next(
        (
            d
            for d in documents
            if d.consolidated_from
            and d.consolidated_from[0] == root
            and d.amended == day
            and decision.doc_id not in d.consolidated_from
        ),
        None,
    )


def _unordered(rival: Document, documents: dict[str, Document]) -> str:
    other = documents[rival.consolidated_from[-1]].title
    return f"《{other}》同一天修改同一份文件，先后不明，没有合并"


def _why_none(name: str, decision: Document, laws_of: dict[str, tuple[str, dict[str, list[Operation]]]]) -> str:
    """Say why the text that a decision changes cannot be told: it is the decision itself, changes the decision in turn,
    or is not here."""
    own = core_title(decision.title)
    if name == own:
        return "决定所修改的是它自己"
    if any(title == name and own in laws for title, laws in laws_of.values()):
        return f"它与“{name}”互相修改，先后不明"
    return f"没有找到它所修改的“{name}”在它之前施行的文本"


def _root(base: Document) -> str:
    return base.consolidated_from[0] if base.consolidated_from else base.doc_id


def _edition(
    base: Document, decision: Document, operations: Sequence[Operation]
) -> tuple[Document | None, tuple[str, ...]]:
    """Make the edition, or say why there is none."""
    done = consolidate(base.text, parse_outline(base.doc_id, base.text, base.header_blocks), operations)
    if done.unfit:
        return None, tuple(f"{one.operation.words}：{one.reason}" for one in done.unfit)
    day = begins(decision)
    text, fields = _noted(base, decision, done)
    root = _root(base)
    iso = day.iso if day else ""
    path = Path(f"{base.source}.{iso}")
    made = make_document(path, ReadText(text, (), None, "text/plain"))
    public = may_see("public", base) and may_see("public", decision)
    edition = replace(
        made,
        doc_id=f"{root}.{iso}",
        title=base.title,
        short_title=base.short_title,
        aliases=base.aliases,
        issuers=base.issuers,
        doc_no=base.doc_no,
        issued=base.issued,
        effective=base.effective,
        amended=day,
        level=base.level,
        region=base.region,
        topics=base.topics,
        disclosure="public" if public else "unstated",
        header=(*made.header, *fields),
        certainty=min((one.certainty for one in (base, decision) if one.certainty is not None), default=None),
        recognised=base.recognised,
        consolidated_from=(root, decision.doc_id),
    )
    return edition, ()


def _noted(base: Document, decision: Document, done: Consolidation) -> tuple[str, tuple[HeaderField, ...]]:
    """Put the decision into the note under the title, and give the changed articles as fields."""
    note = note_span(done.text)
    title = done.text.find(base.title)
    line_end = done.text.find("\n", max(title, 0))
    at = note[1] if note else line_end if line_end >= 0 else len(done.text)
    issued = decision.issued or begins(decision)
    words = f"\n（根据{issued.chinese if issued else ''}《{decision.title}》修正）"
    text = done.text[:at] + words + done.text[at:]
    fields = []
    for start, end in done.changed:
        shift = len(words) if start >= at else 0
        span = (start + shift, end + shift)
        fields.append(HeaderField("changed", text[slice(*span)], *span))
    return text, tuple(fields)
