"""Which documents may answer on a day, and which hold in the place of those that have ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from kb.editions import core_title, is_repeal
from kb.evidence.specifics import held_in, specifics_of
from kb.index.records import Records
from kb.naming import Named
from kb.provenance import name_of
from kb.quoting.draft import Draft
from kb.quoting.header_span import title_span
from kb.quoting.validity import ending, validity
from kb.text.names import TITLE, normal_name, titled
from kb.text.references import find_references
from kb.types import Document, HeaderField, Query, Relation, RelationType
from kb.visibility import day_of, has_begun, in_force

_SHORTEST = 6  # characters of a title that is looked for in questions
# What continues a document comes before what replaced it: it says itself that it goes on.
_AFTER: tuple[RelationType, ...] = ("continued_by", "superseded_by")
_BEFORE: tuple[RelationType, ...] = ("continues", "supersedes")  # The same, seen from the later document.

_NO_REPEAL = "；资料库中没有写明它已经失效或者废止的文件，是否仍然有效，请向发布单位核实"


class Succession:
    """Knows which documents take the place of which, as either side declares; `is_visible` says of a query and the
    ordinal of a document whether it may be seen."""

    def __init__(
        self, records: Records, document: Callable[[str], Document], is_visible: Callable[[Query, int], bool]
    ) -> None:
        self._records = records
        self._document = document
        self._is_visible = is_visible
        self._after: dict[str, list[str]] = {}
        for one in records.catalogue:
            for relation in one.relations:
                if relation.type in _AFTER:
                    self._after.setdefault(one.doc_id, []).append(relation.target)
                elif relation.type in _BEFORE:
                    self._after.setdefault(relation.target, []).append(one.doc_id)

    def of(self, doc_id: str, query: Query) -> list[Document]:
        """Give the documents that took the place of one, over any number of steps, that hold on the day asked about
        and may be seen."""
        found: dict[str, None] = {}
        waiting, known = [doc_id], {doc_id}
        while waiting:
            for after in self._after.get(waiting.pop(), []):
                if after not in known:
                    known.add(after)
                    waiting.append(after)
                    if self._holds(after, query) and not is_repeal(self._document(after).title):
                        found[after] = None
        return [self._document(after) for after in found]

    def may_answer(self, document: Document, named: Named, query: Query) -> bool:
        """Say whether a document may answer: it is in force, or the question is about its time, or names it and nothing
        has taken its place."""
        day = day_of(query)
        if in_force(document, day):
            return True
        if not has_begun(document, day):
            return False
        if held_in(document, specifics_of(named.rest or query.text, told=query.told).years):
            return True
        return self._records.ordinals[document.doc_id] in named.documents and not self.of(document.doc_id, query)

    def tell(self, draft: Draft, document: Document, query: Query) -> None:
        """Say how a document stands on the day asked about, and what holds in its place where it has ended."""
        day = day_of(query)
        told = validity(document, day)
        unsaid = _NO_REPEAL if document.status == "unknown" and in_force(document, day) else ""
        draft.say(f"{titled(document.title)}{told.words}{unsaid}", document, told.spans)
        for decision in self._repealed_by(document, query) if ending(document, day) else ():
            draft.say(f"废止它的是{titled(decision.title)}", decision, (title_span(decision),))
        for after in self.of(document.doc_id, query) if ending(document, day) else ():
            held = validity(after, day)
            draft.say(f"接续它的是{titled(after.title)}，{held.words}", after, held.spans)

    def tell_repeal(self, draft: Draft, query: Query) -> None:
        """Quote what ended a document that a question names and that is not here itself."""
        asked = normal_name(query.text)
        for title, places in self._repealed.items():
            if title in asked:
                for doc_id, field in places:
                    if self._holds(doc_id, query):
                        document = self._document(doc_id)
                        words = f"资料库中没有这份文件；{name_of(document)}写明：{field.value}"
                        draft.say(words, document, [(field.start, field.end)])

    @cached_property
    def _repealed(self) -> dict[str, list[tuple[str, HeaderField]]]:
        """What is written of the end of documents that are not here, by their titles as they are compared."""
        known = {core_title(one.title) for one in self._records.catalogue}
        found: dict[str, list[tuple[str, HeaderField]]] = {}
        for one in self._records.catalogue:
            for field in one.header:
                for title in TITLE.findall(field.value) if field.name == "repeals" else ():
                    if (name := core_title(title)) not in known and len(name) >= _SHORTEST:
                        found.setdefault(name, []).append((one.doc_id, field))
        return found

    def mark(self, draft: Draft, query: Query) -> None:
        """Say behind what is quoted from documents that have ended that they have; background has no validity."""
        for doc_id in dict.fromkeys(citation.doc_id for citation in draft.citations if citation.source != "background"):
            document = self._document(doc_id)
            told = ending(document, day_of(query))
            if told:
                draft.remark(told.words, document, told.spans)
                for decision in self._repealed_by(document, query):
                    draft.remark(f"由{titled(decision.title)}废止", document, [title_span(decision)], decision)
            for relation in document.relations:
                if relation.type == "amended_by" and self._holds(relation.target, query):
                    decision = self._document(relation.target)
                    draft.remark(
                        f"已有{titled(decision.title)}修改这份文件，以修改后的规定为准",
                        document,
                        [title_span(decision)],
                        decision,
                    )
        self._mark_changed(draft, query)

    def _repealed_by(self, document: Document, query: Query) -> list[Document]:
        """Give the decisions that only ended a document, as far as they may be seen."""
        after = (doc_id for doc_id in self._after.get(document.doc_id, []) if self._holds(doc_id, query))
        return [decision for doc_id in dict.fromkeys(after) if is_repeal((decision := self._document(doc_id)).title)]

    def deletion(self, clause_id: str, query: Query) -> tuple[Document, HeaderField] | None:
        """Give the decision, and the item of it, that deleted the article of a clause from the text that holds now."""
        doc_id, _, path = clause_id.partition("#")
        article = re.match(r"a(\d+(?:-\d+)?)(?:\.|$)", path)
        for edition in self.of(doc_id, query) if article else ():
            follows = Relation("supersedes", doc_id) in edition.relations
            if not edition.consolidated_from or not follows or not self._holds(edition.consolidated_from[-1], query):
                continue
            decision = self._document(edition.consolidated_from[-1])
            for field in decision.header:
                numbers = {r.article.article for r in find_references(f"　{field.value}") if r.article}
                if field.name == "deletes" and article and article[1] in numbers:
                    return decision, field
        return None

    def _mark_changed(self, draft: Draft, query: Query) -> None:
        """Say of articles that a decision put into a consolidated text which one it was."""
        for citation in list(draft.citations):
            document = self._document(citation.doc_id)
            changed = any(
                field.name == "changed" and field.start <= citation.start < field.end for field in document.header
            )
            if changed and self._holds(document.consolidated_from[-1], query):
                decision = self._document(document.consolidated_from[-1])
                words = f"根据{titled(decision.title)}修改"
                draft.remark(words, document, [title_span(decision)], decision, citation.number)

    def _holds(self, doc_id: str, query: Query) -> bool:
        ordinal = self._records.ordinals.get(doc_id)
        if ordinal is None or not self._is_visible(query, ordinal):
            return False
        return in_force(self._records.catalogue[ordinal], day_of(query))
