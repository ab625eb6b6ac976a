"""Answers, hits and citations as the JSON values of the public interface; whoever serves pages adds their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kb.provenance import label_of, named, provenance_of, source_fields, title_of, worded
from kb.types import Answer, Citation, Document, Hit, Statement, Table

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


def answer_payload(answer: Answer, knowledge_base: KnowledgeBase) -> dict[str, Any]:
    """Tell an answer as docs/api.md has it; a table only where there is one."""
    return {
        "question": answer.question,
        "status": "refused" if answer.refusal else "answered",
        "text": answer.refusal.message if answer.refusal else answer.text,
        "statements": [statement_payload(statement) for statement in answer.statements],
        "citations": [citation_payload(citation, knowledge_base) for citation in answer.citations],
        "refusal": _refusal_payload(answer, knowledge_base) if answer.refusal else None,
        "timing_ms": {
            "retrieve": round(answer.timing.retrieve, 2),
            "read": round(answer.timing.read, 2),
            "total": round(answer.timing.total, 2),
        },
        "written_by": answer.written_by,
        "resolved_question": answer.resolved,
        "suggestions": list(answer.suggestions),
        "eligibility": answer.eligibility,
        "offers": [{"benefit": one.benefit_id, "title": one.title, "question": one.question} for one in answer.offers],
    } | ({"table": table_payload(answer.table)} if answer.table else {})


def marked_statement(told: Mapping[str, Any]) -> str:
    """Write a statement that was told, with the numbers of its citations behind it.

    >>> marked_statement({"text": "整理出34项支持政策。", "citations": [1, 2]})
    '整理出34项支持政策。[1][2]'
    """
    marks = "".join(f"[{number}]" for number in told["citations"])
    return f"{told['text']}{marks}"


def footnotes(told: Mapping[str, Any]) -> list[str]:
    """Write the citations of an answer that was told as notes, a line each; those of a refusal are the nearest
    material."""
    notes = [f"[{citation['number']}] {citation['note']}" for citation in told["citations"]]
    return ["最接近的材料：", *notes] if told["refusal"] and notes else notes


def answer_lines(told: Mapping[str, Any]) -> list[str]:
    """Write an answer that was told in lines: its statements or why there is none, then the footnotes, then what may
    come next."""
    said = [told["text"]] if told["refusal"] else [*map(marked_statement, told["statements"]), ""]
    after = list(next_lines(told))
    return [*said, *footnotes(told), *([""] if after else []), *after]


def next_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Write what somebody may say next: the answer to the one question that would still decide something, or one of the
    questions whose verdicts are offered."""
    asked = told["eligibility"]["question"] if told["eligibility"] else None
    if asked and asked["suggested"]:
        yield f"还要请您确认：您说“{asked['suggested']['said']}”，{asked['name']}是{asked['suggested']['words']}吗？"
    elif asked:
        yield f"还要请您说明：{asked['question']}"
    for offer in told["offers"]:
        yield f"您是否想了解“{offer['title']}”？可以问：{offer['question']}"


def table_payload(table: Table) -> dict[str, Any]:
    """Tell the rows of an answer, each with the numbers of its citations."""
    rows = [{"cells": list(cells), "citations": list(n)} for cells, n in zip(table.rows, table.citations, strict=True)]
    return {"columns": list(table.columns), "rows": rows}


def _refusal_payload(answer: Answer, knowledge_base: KnowledgeBase) -> dict[str, Any] | None:
    """Tell a refusal, and whom the documents that are shown with it name to be asked about their matter; nobody where
    what is shown may be of another matter."""
    if answer.refusal is None:
        return None
    near = () if answer.refusal.kind in ("no_evidence", "out_of_scope") else answer.citations
    documents = [knowledge_base.describe(doc_id) for doc_id in dict.fromkeys(citation.doc_id for citation in near)]
    return {
        "kind": answer.refusal.kind,
        "message": answer.refusal.message,
        "contacts": [contact for document in documents if (contact := contact_of(document))],
    }


def contact_of(document: Document) -> dict[str, str] | None:
    """Tell whom a document names to be asked, by its header; None where it gives no telephone."""
    phones = "、".join(dict.fromkeys(field.value for field in document.header if field.name == "phone"))
    if not phones:
        return None
    names = "、".join(dict.fromkeys(field.value for field in document.header if field.name == "contact"))
    return {"title": title_of(document), "name": names, "phone": phones}


def statement_payload(statement: Statement) -> dict[str, Any]:
    """Tell a statement; `focus` counts Python characters of its text."""
    focus = list(statement.focus) if statement.focus else None
    told = {"text": statement.text, "citations": list(statement.citations), "focus": focus}
    return told | {"verdict": statement.verdict} if statement.verdict else told


def citation_payload(citation: Citation, knowledge_base: KnowledgeBase) -> dict[str, Any]:
    """Tell a citation; `reference` is how a letter names it, `note` that with its words."""
    document = knowledge_base.document(citation.doc_id, "staff")  # with its text, which tells what OCR read
    return worded(
        {
            "number": citation.number,
            "doc_id": citation.doc_id,
            "clause_id": citation.clause_id,
            "quote": citation.quote,
            "start": citation.start,
            "end": citation.end,
            "page": citation.page,
            "confidence": document.confidence_of(citation.start, citation.end),
            **source_fields(document, citation.source, citation.label),
        }
    )


def hit_payload(hit: Hit, knowledge_base: KnowledgeBase) -> dict[str, Any]:
    """Tell a passage that was found, named as a citation is."""
    passage = hit.passage
    document = knowledge_base.document(passage.doc_id, "staff")
    clause = knowledge_base.clause(passage.clause_id, "staff")
    told = {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "doc_id": passage.doc_id,
        "clause_id": passage.clause_id,
        "text": document.text[passage.start : passage.end],
        "start": passage.start,
        "end": passage.end,
        "page": document.page_of(passage.start),
        "confidence": document.confidence_of(passage.start, passage.end),
        **source_fields(document, provenance_of(document, clause), label_of(document, clause)),
    }
    return named(told)
