"""The answer from the headers of documents: the data asked for, what they do not state, whether a document holds."""

from __future__ import annotations

from kb.answering.header_search import HeaderSearch
from kb.answering.inquiry import Inquiry
from kb.evidence.succession import Succession
from kb.metadata import fields_asked
from kb.provenance import name_of
from kb.question.deadline_question import deadline_asked
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.quoting.validity import ending
from kb.types import Answer


class HeaderAnswerer:
    """Answers from the headers of one snapshot."""

    def __init__(self, headers: HeaderSearch, succession: Succession, citer: Citer) -> None:
        self._headers = headers
        self._succession = succession
        self._citer = citer

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Tell data of the document that is named, or of the best one found; of each side of a comparison. Of what has
        ended it is told that it has, and what holds in its place."""
        draft = Draft(self._citer)
        if not inquiry.named.documents and "status" in fields_asked(inquiry.text):
            self._succession.tell_repeal(draft, inquiry.query)
            if draft.statements:
                return inquiry.answered(draft)
        if deadline_asked(inquiry.text, inquiry.day):
            return None  # its day is not one of a header
        found = self._headers.find(inquiry)
        if found is None:
            return None
        for datum in found.data:
            whose = f"{datum.whose}的" if datum.whose else ""
            draft.tell(f"{whose}{datum.label}：", datum.document, datum.field)
        for document, labels, span in found.unstated:
            draft.say(f"{name_of(document)}的文件信息中未载明{'、'.join(labels)}", document, (span,))
        for document in found.documents:
            if found.validity or ending(document, inquiry.day):
                self._succession.tell(draft, document, inquiry.query)
        return inquiry.answered(draft, inquiry.hits)
