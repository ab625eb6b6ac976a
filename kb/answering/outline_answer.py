"""How many articles and chapters a document has: 工伤保险条例一共多少条, 未成年人保护法分几章.

They are counted from its outline, and the last article is cited, whose number shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.answering.inquiry import Inquiry
from kb.article_parts import articles_of_body, clauses_of_article
from kb.index.records import Records
from kb.provenance import name_of
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.text.numerals import to_chinese
from kb.types import Answer, Document

_ASKED = re.compile(
    r"[的里中,]?(?:正文|条文|全文|内容)?(?:1?共|总共|到底)*(?:都?有|是|分[为成]?|包[括含])?(?:多少|几)个?(?:条(?:条文|规定|内容)?|章节?)[吗呢啊呀?]*"
)
_CHAPTER = re.compile(r"第[一二三四五六七八九十百\d]+章")


class OutlineAnswerer:
    """Counts in the outlines of one snapshot."""

    def __init__(self, records: Records, document: Callable[[str], Document], citer: Citer) -> None:
        self._records = records
        self._document = document
        self._citer = citer

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Count the articles of the one document that a question names; nothing where it asks for no count, or the
        document has none."""
        named = inquiry.named
        if len(named.documents) != 1 or not _ASKED.fullmatch(named.rest.replace(" ", "")):
            return None
        document = self._document(self._records.catalogue[named.documents[0]].doc_id)
        clauses = self._records.clauses(document.doc_id)
        articles = articles_of_body(clauses)
        if document.kind == "digest" or not articles:
            return None
        chapters = dict.fromkeys(
            chapter[0] for clause in clauses for heading in clause.headings if (chapter := _CHAPTER.match(heading))
        )
        parts = f"分为{to_chinese(len(chapters))}章" if chapters else "不分章"
        last = clauses_of_article(clauses, articles[-1])[0]
        draft = Draft(self._citer)
        span = (last.start, last.start + len(document.text[last.start : last.end].rstrip()))
        draft.say(f"{name_of(document)}共{to_chinese(len(articles))}条，{parts}", document, (span,))
        return inquiry.answered(draft)
