"""Comparisons: each side is answered by itself, from its own best sentence; of documents named without a subject, their
headers.

What is not found on one side of documents that are named is said of it; so is of whatever else is compared what the
answer to the whole question does not speak of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.answering.inquiry import Inquiry
from kb.evidence.investigate import Investigator, joined
from kb.evidence.specifics import normalized
from kb.home import Home
from kb.index.records import Records
from kb.metadata import FIELDS
from kb.provenance import UNSTATED, name_of
from kb.question.ambiguity import is_general
from kb.question.comparing_question import asked_of_each, asks_twice, compared, compares, sides_of
from kb.question.document_filter import topic_words
from kb.question.level import agreement, levels_asked
from kb.quoting.candidate import Candidate
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.quoting.header_span import header_span
from kb.text.terms import bigrams
from kb.types import Answer, Citation, Document, Hit, Level, Table
from kb.visibility import in_force

_WEAKER = 0.6
"""How weak, as a share of what answers alone, a side may be that is asked with the word that compares (国家分别要求多大): the
reader misses the other side."""
# What a question that compares whole documents is made of beside their names; anything else in it is a thing to compare
# them by.
_COMPARING = re.compile(r"比较|对比|相比|区别|差别|差异|不同|异同|主要|之间|一样|哪里|有何|这?两[个份部]|文件")
# The fields told of each side where nothing says what to compare: those that tell two editions or two offices apart.
_COMPARED = ("issuer", "issued", "effective", "expires", "status", "region", "topic")
_LABELS = {name: label for name, (label, _) in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class Side:
    """The best sentence of one side, and how likely it answers; none where a `document` that is named has none."""

    document: Document
    best: Candidate | None
    likely: float


class Comparison:
    """Answers the sides of a question that compares."""

    def __init__(self, investigator: Investigator, records: Records, citer: Citer, home: Home) -> None:
        self._investigator = investigator
        self._records = records
        self._citer = citer
        self._home = home

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Compare documents by their headers where the question says nothing of what to compare them in; nothing where
        no header tells anything."""
        named = inquiry.named
        if len(named.documents) < 2 or not compares(inquiry.text) or not is_general(_COMPARING.sub("", named.rest)):
            return None
        documents = [self._records.catalogue[ordinal] for ordinal in named.documents]
        held = [{field.name: field.value for field in document.header} for document in documents]
        shown = [name for name in _COMPARED if any(name in fields for fields in held)]
        if not shown:
            return None
        draft = Draft(self._citer)
        for document, fields in zip(documents, held, strict=True):
            told = "；".join(f"{_LABELS[name]}：{fields.get(name, UNSTATED)}" for name in shown)
            spans = [(field.start, field.end) for field in document.header if field.name in shown]
            spans = spans or [header_span(document, self._records)]
            draft.say(f"{name_of(document)}：{told}", self._investigator.document(document.doc_id), spans)
        cited = tuple(number for statement in draft.statements for number in statement.citations)
        rows = tuple((_LABELS[name], *(fields.get(name, UNSTATED) for fields in held)) for name in shown)
        columns = ("项目", *map(name_of, documents))
        table = Table(columns, rows, tuple(cited if n == 0 else () for n in range(len(rows))))
        return inquiry.answered(draft, table=table)

    def sides(self, inquiry: Inquiry, hits: Sequence[Hit]) -> list[Side]:
        """Give the sides of a comparison; nothing where none says anything, where one that is no document that is named
        says nothing, or both the same. The documents that are named are the sides themselves; `hits` were found for the
        whole question."""
        named = inquiry.named
        scopes: list[tuple[tuple[str, ...], int | None]] = [
            (wordings, None) for wordings in sides_of(inquiry.text, self._home.places)
        ]
        if len(named.documents) > 1 and compares(inquiry.text):
            scopes = [((asked_of_each(named.rest or inquiry.text),), ordinal) for ordinal in named.documents]
        levels = [levels_asked(wordings[0], self._home) for wordings, _ in scopes]
        apart = len(set(levels)) > 1  # 国家和杭州: what one level says is not said by the other
        found: list[Side] = []
        for (wordings, ordinal), level in zip(scopes, levels, strict=True):
            only = None if ordinal is None else frozenset((ordinal,))
            read = [self._read(inquiry, text, only, hits, level if apart else frozenset()) for text in wordings]
            if found and asks_twice(inquiry.text):
                same = frozenset((self._records.ordinals[found[0].document.doc_id],))
                beside = [self._read(inquiry, text, same, (), frozenset()) for text in wordings]
                # What is asked beside something is asked of the same law, as far as that says it.
                read = [one for one in beside if one[0] >= self._investigator.enough] or read
            likely, current = max(read, key=lambda one: one[0])
            weaker = _WEAKER if ordinal is None and compares(wordings[0]) else 1
            answers = likely >= self._investigator.enough * weaker
            if answers:
                found.append(Side(self._investigator.document(current[0].doc_id), current[0], likely))
            elif ordinal is None:
                return []
            else:
                found.append(Side(self._investigator.document(self._records.catalogue[ordinal].doc_id), None, 1.0))
        best = [side.best for side in found if side.best]
        said = [(one.doc_id, span) for one in best for span in one.spans]
        return found if best and len(set(said)) == len(said) and not self._is_stretched(inquiry, found) else []

    def _read(
        self,
        inquiry: Inquiry,
        text: str,
        only: frozenset[int] | None,
        hits: Sequence[Hit],
        levels: frozenset[Level],
    ) -> tuple[float, list[Candidate]]:
        """Read for one side, whose evidence is `only` some documents', or that of some levels of government."""
        side = replace(inquiry.query, text=text)
        side_hits = joined(self._investigator.search(side, only=only), [] if only else hits)
        current = [
            candidate
            for candidate in self._investigator.read(side, side_hits, inquiry.thread)
            if only
            or (
                in_force(document := self._investigator.document(candidate.doc_id), inquiry.day)
                and agreement(levels, document) >= 0
            )
        ]
        return self._investigator.probability(current), current

    def _is_stretched(self, inquiry: Inquiry, sides: Sequence[Side]) -> bool:
        """Say whether two things that are asked of one matter are answered by two documents, and not both surely: the
        second names the matter no more than the first."""
        documents = {side.document.doc_id for side in sides}
        unsure = min(side.likely for side in sides) < self._investigator.enough
        return asks_twice(inquiry.text) and len(documents) > 1 and unsure

    def unmentioned(self, inquiry: Inquiry, cited: Sequence[Citation]) -> list[str]:
        """Give what the question compares and nothing that is cited for the whole of it speaks of: by its words, those
        that the lexicon knows for them, or its level or place."""
        sides = compared(inquiry.text, self._home.places) if not inquiry.named.documents else ()
        documents = [self._investigator.document(citation.doc_id) for citation in cited]
        said = normalized("\n".join([*(one.quote for one in cited), *map(topic_words, documents)]))
        places = self._home.places.places_in(f"{said}\n{' '.join(document.region or '' for document in documents)}")
        levels = {document.level for document in documents}

        def speaks_of(side: str) -> bool:
            others = {pair for other in sides if other != side for pair in bigrams(normalized(other))}
            own = [pair for pair in bigrams(normalized(side)) if pair not in others]
            words = [*self._investigator.official(side), *own]
            return bool(
                levels & levels_asked(side, self._home)
                or places & self._home.places.places_in(side)
                or any(word in said for word in words)
            )

        return [side for side in sides if not speaks_of(side)]

    def tell_missing(self, draft: Draft, sides: Sequence[Side]) -> Table:
        """Say of every side without an answer that it has none; give all sides as a table."""
        for side in sides:
            if side.best is None:
                span = header_span(side.document, self._records)
                draft.say(f"在{name_of(side.document)}中没有找到这方面的内容", side.document, (span,))
        of_document = {citation.number: citation.doc_id for citation in draft.citations}
        rows, cited = [], []
        for side in sides:
            own = [s for s in draft.statements if of_document[s.citations[0]] == side.document.doc_id]
            rows.append((name_of(side.document), "".join(statement.text for statement in own)))
            cited.append(tuple(number for statement in own for number in statement.citations))
        return Table(("文件", "内容"), tuple(rows), tuple(cited))
