"""Answers to several questions put together: each says which question it answers, what is cited twice has one number,
and what was refused or left out is said of its own question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.question.several import MOST
from kb.quoting.opening import opening
from kb.types import Answer, Citation, Refusal, Statement, Timing

_SHOWN = 40  # characters of a question that is named


def together(
    question: str, asked: Sequence[str], answers: Sequence[Answer], timing: Timing, left_out: Sequence[str] = ()
) -> Answer:
    """Join the answers to the questions `asked`; a refusal only where all are refused."""
    statements: list[Statement] = []
    citations: dict[tuple[str, int, int], Citation] = {}
    told: dict[object, Statement] = {}
    for text, answer in zip(asked, answers, strict=True):
        about = f"关于“{_named(text)}”："
        if answer.refusal is not None:
            statements.append(Statement(f"{about}{_first_sentence(answer.refusal)}", (), own=True))
            continue
        of_number = {citation.number: citation for citation in answer.citations}
        fresh = [one for one in answer.statements if _said(one, of_number) not in told]
        for one in fresh:
            for number in one.citations:
                cited = of_number[number]
                citations.setdefault(_place(cited), replace(cited, number=len(citations) + 1))
            numbers = tuple(citations[_place(of_number[number])].number for number in one.citations)
            told[_said(one, of_number)] = statement = replace(one, citations=numbers)
            statements.append(_headed(about, statement) if one is fresh[0] else statement)
        if not fresh:
            first = answer.statements[0]
            verdict = opening(text, answer.citations[0].quote, first.verdict) if answer.citations else ""
            seen = dict.fromkeys(
                number for one in answer.statements for number in told[_said(one, of_number)].citations
            )
            statements.append(
                Statement(f"{about}{verdict}见上面所引的内容。", tuple(seen), None, first.verdict, own=True)
            )
    if left_out:
        names = "、".join(f"“{_named(text)}”" for text in left_out)
        statements.append(Statement(f"一次最多回答{MOST}个问题，请再问：{names}。", (), own=True))
    hits = tuple(hit for answer in answers for hit in answer.hits)
    judged = next((answer for answer in answers if answer.eligibility), answers[0])
    whole = replace(judged, question=question, hits=hits, timing=timing, resolved=None, table=None)
    if all(answer.refusal for answer in answers):
        messages = "".join(statement.text for statement in statements)
        near = [citation for answer in answers for citation in answer.citations]
        shown = tuple(replace(citation, number=number) for number, citation in enumerate(near, 1))
        kind = next(answer.refusal.kind for answer in answers if answer.refusal)
        return replace(whole, statements=(), citations=shown, refusal=Refusal(kind, messages))
    return replace(
        whole,
        statements=tuple(statements),
        citations=tuple(citations.values()),
        refusal=None,
        confidence=min(answer.confidence for answer in answers if answer.refusal is None),
    )


def adds(answers: Sequence[Answer], whole: Answer) -> bool:
    """Say whether answers to the parts of a question say something of it that the answer to the `whole` does not: a
    quotation, or that there is none."""
    known = set(map(_place, whole.citations))
    return any(one.refusal is not None or not known.issuperset(map(_place, one.citations)) for one in answers)


def _named(text: str) -> str:
    name = text.rstrip("？?。 ")
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"


def _headed(about: str, statement: Statement) -> Statement:
    focus = statement.focus and (statement.focus[0] + len(about), statement.focus[1] + len(about))
    return replace(statement, text=about + statement.text, focus=focus)


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.doc_id, citation.start, citation.end


def _said(statement: Statement, of_number: Mapping[int, Citation]) -> object:
    """Give what makes two statements the same: what they cite, whatever is said before it, or else their words."""
    cited = frozenset(_place(of_number[number]) for number in statement.citations)
    return cited if cited and not statement.own else statement.text


def _first_sentence(refusal: Refusal) -> str:
    """Leave out of a refusal what it says of the material shown with it."""
    return refusal.message.split("；下面")[0].rstrip("。") + "。"
