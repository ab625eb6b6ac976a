"""Answers to several questions put together: citations numbered on, and what was refused said of its own question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.types import Answer, Citation, Refusal, Statement, Timing


def together(question: str, asked: Sequence[str], answers: Sequence[Answer], timing: Timing) -> Answer:
    """Join the answers to the questions `asked`; a refusal only where all are refused."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for text, answer in zip(asked, answers, strict=True):
        said, cited = _numbered(answer, len(citations))
        if answer.refusal is None:
            known = {statement.text: statement for statement in statements}
            fresh = [statement for statement in said if statement.text not in known]
            if fresh:
                statements += fresh
                citations += cited
            else:
                numbers = dict.fromkeys(number for one in said for number in known[one.text].citations)
                statements.append(Statement(f"关于“{_asked(text)}”：见上面所引的内容。", tuple(numbers), own=True))
        else:
            statements.append(Statement(f"关于“{_asked(text)}”：{_first_sentence(answer.refusal)}", (), own=True))
    cited_still = {number for statement in statements for number in statement.citations}
    hits = tuple(hit for answer in answers for hit in answer.hits)
    whole = replace(answers[0], question=question, hits=hits, timing=timing, resolved=None, table=None)
    if all(answer.refusal for answer in answers):
        messages = "".join(statement.text for statement in statements)
        near = [citation for answer in answers for citation in answer.citations]
        shown = tuple(replace(citation, number=number) for number, citation in enumerate(near, 1))
        kind = next(answer.refusal.kind for answer in answers if answer.refusal)
        return replace(whole, statements=(), citations=shown, refusal=Refusal(kind, messages))
    return replace(
        whole,
        statements=tuple(statements),
        citations=tuple(citation for citation in citations if citation.number in cited_still),
        refusal=None,
        confidence=min(answer.confidence for answer in answers if answer.refusal is None),
    )


def _asked(text: str) -> str:
    return text.rstrip("？?。 ")


def _numbered(answer: Answer, behind: int) -> tuple[list[Statement], list[Citation]]:
    """Number the citations of an answer on behind others."""
    said = [replace(s, citations=tuple(number + behind for number in s.citations)) for s in answer.statements]
    return said, [replace(citation, number=citation.number + behind) for citation in answer.citations]


def _first_sentence(refusal: Refusal) -> str:
    """Leave out of a refusal what it says of the material shown with it."""
    return refusal.message.split("；下面")[0].rstrip("。") + "。"
