"""What is said before the first quotation: yes or no where that is asked, and that the document says otherwise where
the question took another figure for granted.

为什么梳理了43项支持政策？ is answered by the sentence that says 34项, and the answer says first that it does. Only a figure
of the same unit for the same thing contradicts another; ages, dates and bounds (60岁以上, 2025年, 不超过3个) name whom or when
a question is about and are no premises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers
from kb.types import Verdict

_PERMISSION = re.compile(r"能|可以|可否|可不|准不|允许|许可|让不让|得不得|行不行|行吗|成不")
"""Words that ask whether something may be done; every other question for yes or no asks whether something is so."""
_MAY: dict[Verdict, str] = {"yes": "可以。", "no": "不可以。", "depends": "看情况："}  # To 可以吗, 能不能.
_IS: dict[Verdict, str] = {"yes": "是。", "no": "否。", "depends": "看情况："}  # To 是不是, 有没有.
# A figure with its measure word; numbers of articles and parts of decimals are none.
_FIGURE = re.compile(r"(?<![\d.第])(\d+(?:\.\d+)?)(平方米|元|%|[项个类种家套所处座条张床位户批人名部份])")
# 不超过3000元 is a limit and 每人100元 a rate: neither contradicts a figure of the question.
_BOUND_BEFORE = re.compile(r"(?:超过|不足|少于|多于|低于|高于|至少|最多|不到|满|每|前|第|至|到|-|~)$")
# 60以上, 3月, 5至10: a limit, a date, a range.
_BOUND_AFTER = re.compile(r"(?:以上|以下|以内|左右|多|余|至|到|-|~|月|工作日|小时)")
# What may stand between a thing and its figure: 试点有60个.
_COPULA = re.compile(r"(?:有|是|为|达|到|了|出|共|一共|总共|只|就|都|的|[^\w])+$")
_REACH = 15  # characters from a figure within which the thing that it counts is named


def opening(question: str, quote: str, verdict: Verdict | None) -> str:
    """Give the words before a quotation that answers, or none.

    >>> opening("外地户口可以申请公租房吗？", "外来务工人员可以申请公租房。", "yes")
    '可以。'
    >>> opening("上班路上被车撞了算工伤吗", "应当认定为工伤。", "yes")
    '是。'
    """
    figure = contradicted(question, quote)
    if figure:
        return f"与问题中的说法不同，文件中写的是{figure}："
    if verdict is None:
        return ""
    return (_MAY if _PERMISSION.search(fold_text(question)) else _IS)[verdict]


def contradicted(question: str, sentence: str) -> str | None:
    """Give the figure of a sentence, with its unit, that a figure of the question is contradicted by.

    >>> contradicted("杭州为什么梳理了43项支持政策？", "梳理三十四项已出台和计划出台的支持政策。")
    '34项'
    >>> contradicted("60个试点社区在哪里？", "到2025年建设60个试点社区，改造30个服务站。") is None
    True
    """
    asked, said = (normalize_numbers(fold_text(text)) for text in (question, sentence))
    told = list(_figures(said))
    for figure in _figures(asked):
        if any(_value(other) == _value(figure) for other in told):
            continue
        for other in told:
            if other[2] == figure[2] and _same_thing(asked, figure, said, other):
                return _written(other)
    return None


def _figures(text: str) -> Iterator[re.Match[str]]:
    for match in _FIGURE.finditer(text):
        if not _BOUND_BEFORE.search(text[max(match.start() - 2, 0) : match.start()]) and not _BOUND_AFTER.match(
            text, match.end()
        ):
            yield match


def _value(figure: re.Match[str]) -> float:
    return float(figure[1])


def _written(figure: re.Match[str]) -> str:
    """Write a figure as officials do: 200万元."""
    value = _value(figure)
    return f"{value / 1e4:g}万{figure[2]}" if value >= 1e4 and value % 1e3 == 0 else figure[0]


def _same_thing(asked: str, figure: re.Match[str], said: str, other: re.Match[str]) -> bool:
    """Say whether two figures count the same thing: what follows the one, or stands before it, is near the other."""
    counted = re.match(r"[一-鿿]{2,4}", asked[figure.end() :])
    if counted and not re.match(r"吗|么|呢|是|对|的?吧", counted[0]):
        return counted[0][:2] in said[other.end() : other.end() + _REACH] and counted[0][-2:] in said
    named = _COPULA.sub("", asked[max(figure.start() - _REACH, 0) : figure.start()])[-2:]
    return len(named) == 2 and named in said[max(other.start() - _REACH, 0) : other.start()]
