"""Questions that cannot be answered as they are put: what they name or point at is not there, or they fit many
documents.

Each is told what it lacks, with what may be meant.
"""

from __future__ import annotations

from dataclasses import replace

from kb.answering import refusals
from kb.answering.inquiry import Inquiry
from kb.answering.nearest import Nearest
from kb.evidence.investigate import Investigator
from kb.question.ambiguity import is_chinese, is_general, points_nowhere
from kb.question.comparing_question import is_with_itself
from kb.quoting.candidate import Candidate
from kb.quoting.citing import Citer
from kb.retrieval import Retriever
from kb.types import Answer
from kb.visibility import in_force

_READINGS = 3  # things that an unclear question may mean, which are shown


class UnclearAnswerer:
    """Asks back, in one snapshot."""

    def __init__(self, retriever: Retriever, investigator: Investigator, nearest: Nearest, citer: Citer) -> None:
        self._retriever = retriever
        self._investigator = investigator
        self._nearest = nearest
        self._citer = citer

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Say what keeps a question from being answered."""
        query, named = inquiry.query, inquiry.named
        if named.unknown:
            # Read without the names, or what is near would tell the number of a withheld document from one that nobody
            # gave.
            rest = replace(query, text=named.rest)
            near = self._nearest.find(rest, named, []) if named.documents and named.rest else []
            return inquiry.refused("no_evidence", refusals.unknown_name(named), self._citer.point_at(near))
        if is_with_itself(query.text, named):
            return inquiry.refused("needs_clarification", refusals.WITH_ITSELF)
        alone = inquiry.turn.earlier is None and not named.documents
        pointer = points_nowhere(query.text) if alone else None
        if pointer:
            return inquiry.refused("needs_clarification", refusals.points_nowhere(pointer))
        if not is_chinese(query.text, self._retriever.term_weights[query.audience].heard):
            # What the reader says of another language is not to be relied on: shown is only what shares words with it.
            near = self._nearest.find(query, named, []) if self._investigator.unheard(query) < 1 else []
            said = refusals.not_chinese(near=bool(near))
            return inquiry.refused("needs_clarification", said, self._citer.point_at(near))
        return self._ask_back(inquiry) if alone and is_general(query.text) else None

    def _ask_back(self, inquiry: Inquiry) -> Answer | None:
        """Show what a question may mean that fits several documents; nothing where it can mean but one."""
        by_document: dict[str, Candidate] = {}
        for candidate in self._investigator.read(inquiry.query, inquiry.hits):
            if in_force(self._investigator.document(candidate.doc_id), inquiry.day):
                by_document.setdefault(candidate.doc_id, candidate)
        if len(by_document) < 2:
            return None
        citations = self._citer.point_at(list(by_document.values())[:_READINGS])
        return inquiry.refused("needs_clarification", refusals.UNCLEAR, citations, inquiry.hits)
