"""A verdict among several questions: each is answered by itself, and what the verdict has told is not asked again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kb.answering.several_answers import together
from kb.personal.offers import OFFERED_FOR, Personal
from kb.question.several import MOST, asked_behind, questions_in
from kb.text.fold import fold_text
from kb.text.people import people_in
from kb.types import Answer, Query, Statement

ASKS_HOW = re.compile(
    "怎么?样?(?:申请|办|领|弄)|如何|材料|手续|流程|咨询|[去在到找向问]谁|[哪那]里|哪儿|哪个部门|什么地方"
)
"""Asks how a benefit is had, or whom to ask."""
ASKS_HOW_MUCH = re.compile("多少(?:钱|天|元|补)?|几[天日个]|多长")

_EACH_ITS_OWN = Statement("各项政策的办理方式不同，请写明其中一项再问。", (), own=True)

Judge = Callable[[Query, Answer, str], Personal]
"""Judges for a question, to which the documents gave an answer, the benefit that it asks for; the third is what is
asked beside it."""


def questions_apart(text: str) -> list[str]:
    """Give the questions that a text consists of, with what is asked behind a verdict.

    >>> questions_apart("我妈75，坐公交免费吗，要带什么证件？蓝领公寓租金多少？")
    ['我妈75，坐公交免费吗', '要带什么证件？', '蓝领公寓租金多少？']
    """
    if OFFERED_FOR.search(text):
        return [text]  # what was told and asked before it is told of whom the verdict is on
    return [part for question in questions_in(text) for part in asked_behind(question)]


def answered_apart(query: Query, respond: Callable[[Query], Answer], judge: Judge) -> Answer | None:
    """Answer each of several questions, with its verdict where it asks for one; None where there is but one, or none
    asks for a verdict. What is asked behind a pause is a question of its own behind the verdict on one benefit alone."""
    parts = questions_apart(query.text)
    if len(parts) == 1:
        return None
    is_judged, is_one = False, len(questions_in(query.text)) == 1
    asked: list[str] = []
    answers: list[Answer] = []
    benefit: Mapping[str, Any] | None = None
    for n, part in enumerate(parts[:MOST]):
        one = replace(query, text=part, previous=(*query.previous, *parts[:n]))
        quoted = respond(one)
        judged = judge(one, quoted, "，".join(parts[n + 1 :]))
        if judged.answer is None and is_judged and ASKS_HOW.search(part) and benefit is None:
            told = (_EACH_ITS_OWN,)
            quoted = replace(quoted, statements=told, citations=(), refusal=None, table=None, confidence=1.0)
        elif judged.answer is None and quoted.refusal is not None and benefit is not None and _has_told(benefit, part):
            continue
        asked.append(part)
        answers.append(judged.answer or quoted)
        is_judged = is_judged or judged.answer is not None
        benefit = judged.benefit or benefit
    if not is_judged or (is_one and benefit is None):
        return None
    if len(answers) == 1:
        return replace(answers[0], question=query.text)
    return together(query.text, asked, answers, answers[0].timing, parts[MOST:])


def _has_told(benefit: Mapping[str, Any], part: str) -> bool:
    """Say whether the verdict on a benefit told what is asked: how it is had, and how much it is
    (`VerdictDraft.inform`)."""
    if benefit["verdict"] == "not_eligible" or people_in(fold_text(part)):
        return False
    is_open = benefit["verdict"] == "undetermined"
    amounts = any(is_open or amount["certain"] for amount in benefit["amounts"])
    return ASKS_HOW.search(part) is not None or (amounts and ASKS_HOW_MUCH.search(part) is not None)
