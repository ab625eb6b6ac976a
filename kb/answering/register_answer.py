"""Answers to questions for documents themselves: which there are, how many, the newest."""

from __future__ import annotations

from functools import cache

from kb.answering.inquiry import Inquiry
from kb.answering.register_description import none_found
from kb.answering.register_list import RegisterList
from kb.index.records import Records
from kb.question.register_question import RegisterReader
from kb.question.vocabulary import Vocabulary
from kb.retrieval import Retriever
from kb.types import Answer, Audience, Document
from kb.visibility import has_begun, may_see

_MOST = 5_000  # documents up to which all are looked through


class RegisterAnswerer:
    """Answers from the register of one snapshot."""

    def __init__(self, retriever: Retriever, records: Records, register_list: RegisterList) -> None:
        self._retriever = retriever
        self._records = records
        self._list = register_list
        self._visible = cache(self._visible_to)
        self._reader = cache(self._open_reader)

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """List the documents that are asked for, of those that may be seen and had begun."""
        query, day = inquiry.query, inquiry.day
        documents = self._visible(query.audience)
        if len(documents) > _MOST:
            return None
        reader = self._reader(query.audience)
        asked = reader.read(query.text, inquiry.find, day)
        if asked is None:
            return None
        there = [document for document in documents if query.reaches(document) and has_begun(document, day)]
        # What 省政府 issued is not what its 办公厅 did; nothing is denied before that is looked through.
        wider = asked.with_offices(reader.vocabulary)
        listed = self._list.of(asked, there, day) or (self._list.of(wider, there, day) if wider != asked else None)
        inquiry.clock.mark()
        if listed is None:
            related_to = [self._records.catalogue[n] for n in asked.related_to]
            return inquiry.refused("no_evidence", none_found(asked, related_to))
        draft, table = listed
        return inquiry.answered(draft, table=table)

    def _visible_to(self, audience: Audience) -> list[Document]:
        return [document for document in self._records.catalogue if may_see(audience, document)]

    def _open_reader(self, audience: Audience) -> RegisterReader:
        """Learn the words of the documents that an audience may see: what is hidden must leave no trace."""
        documents = self._visible(audience)
        return RegisterReader(Vocabulary(documents, self._retriever.home), documents, self._retriever.translate)
