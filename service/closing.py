"""What becomes of an answer that was given before: its documents may have been deleted, withdrawn or replaced since.

An answer that cites what was withdrawn is closed to the public; one whose document was deleted or replaced is told with
what has happened to it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from kb.knowledge_base import KnowledgeBase
from kb.types import Audience, Document
from kb.visibility import ENDED, status_on
from service.addresses import document_url
from service.storage.decision_log import DecisionLog

CLOSED = "这条回答引用的文件已经撤回，内容不再显示。"  # Says what happened and nothing of what was there.

Change = Literal["deleted", "withdrawn", "replaced", "ended"]


def texts_of(answer: dict[str, Any], knowledge_base: KnowledgeBase) -> dict[str, str]:
    """Give the checksums of the texts that an answer cites, by document, to be kept beside it."""
    cited = {citation["doc_id"] for citation in answer["citations"]}
    return {
        doc_id: knowledge_base.describe(doc_id).sha256
        for doc_id in sorted(cited)
        if knowledge_base.shows(doc_id, "staff")
    }


def hides(answer: dict[str, Any], knowledge_base: KnowledgeBase, decisions: DecisionLog, audience: Audience) -> bool:
    """Say whether an answer cites what this audience may not see, or what was withdrawn before it was deleted."""
    cited = {citation["doc_id"] for citation in answer["citations"]}
    unseen = {doc_id for doc_id in cited if not knowledge_base.shows(doc_id, audience)}
    # What is gone altogether may be told as deleted; what staff still see was taken away from this caller.
    there = any(knowledge_base.shows(doc_id, "staff") for doc_id in unseen)
    return there or (audience == "public" and not unseen.isdisjoint(decisions.withdrawn()))


def changes(
    answer: dict[str, Any],
    texts: dict[str, str],
    knowledge_base: KnowledgeBase,
    decisions: DecisionLog,
    read: Callable[[str], Document],
) -> list[dict[str, Any]]:
    """Tell what happened since to each document that an answer cites: `texts` are their checksums of then, as far as
    they were kept, and `read` gives a document whole."""
    told: dict[str, dict[str, Any]] = {}
    withdrawn = decisions.withdrawn()
    for citation in answer["citations"]:
        doc_id = citation["doc_id"]
        change = _change(citation, texts.get(doc_id), doc_id in withdrawn, knowledge_base, read)
        if change is not None and doc_id not in told:
            url = document_url(doc_id) if change in ("replaced", "ended") else None
            told[doc_id] = {"change": change, "title": citation["title"], "url": url}
    return list(told.values())


def _change(
    citation: dict[str, Any],
    text: str | None,
    withdrawn: bool,
    knowledge_base: KnowledgeBase,
    read: Callable[[str], Document],
) -> Change | None:
    doc_id = citation["doc_id"]
    if withdrawn:
        return "withdrawn"
    if not knowledge_base.shows(doc_id, "staff"):
        return "deleted"
    document = read(doc_id)
    # Of answers from before checksums were kept, the quotation alone can tell.
    if citation["quote"] not in document.text or text not in (None, document.sha256):
        return "replaced"
    if citation["source"] == "background":
        return None  # it has no validity: that of the document that it was collected in says nothing of it
    return "ended" if status_on(document, date.today()) in ENDED and citation["status"] not in ENDED else None


def closed(answer: dict[str, Any]) -> dict[str, Any]:
    """Give the answer of a conversation without what it said."""
    kept = {name: answer[name] for name in ("question", "answer_id", "conversation_id", "timing_ms") if name in answer}
    refusal = {"kind": "not_permitted", "message": CLOSED, "contacts": []}
    empty: dict[str, Any] = {"statements": [], "citations": [], "suggestions": []}
    return kept | empty | {"status": "refused", "text": CLOSED, "refusal": refusal, "resolved_question": None}
