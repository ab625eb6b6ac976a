"""Questions for how a text changed: 第二十二条是什么时候改的, 改过没有, 以前怎么规定.

What is left without the words that ask for the change says of what: an article by number, this one (这条), or anything
that the documents answer (春节放假天数以前是几天 asks 春节放假天数是几天 of an earlier text).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers

Kind = Literal["when", "whether", "before"]

# Spoken and official words for one thing: people say 改, decisions say 修改, 修订 or 修正 by the kind of law.
_CHANGE = "(?:修改|修订|修正|改动|变动|变更|变化|改变|改|变)"
# 什么时候改成这样的: the amending decision and its day.
_WHEN = re.compile(
    rf"(?:最近|最后|上)?(?:1次)?(?:是|都|又|被){{0,3}}(?:在|从)?(?:什么时[候间]|啥时[候间]|何时|几时|哪[1几]?[年月天次])(?:里|的时候)?(?:被)?{_CHANGE}(?:过|的|了|成)*(?:这样|现在这样)?的?"
    rf"|{_CHANGE}(?:的|过的)?(?:时间|日期)(?:是(?:哪1?[年天]|什么时[候间]|何时))?"
)
# 有没有改过: yes or no, with the decision.
_WHETHER = re.compile(
    rf"(?:有没有|是否|是不是)(?:被)?{_CHANGE}过?(?:了|的)?(?:吗|么)?|(?:被)?{_CHANGE}过(?:没有|吗|么|没)|(?:有没有|有什么|有啥|有何){_CHANGE}"
)
# 以前 is no former text behind a day: 2024年以前 is a limit.
_FORMER = rf"(?:(?<![\d年月日天前])以前|原来|原先|从前|过去|早先|早前|先前|(?:没)?{_CHANGE}(?:之|以)?前|[旧老](?:版本?|的?(?=规定|条文|内容|表述))|上1?(?:个)?版(?:本)?)(?:的|是|都|里|中)*"
# 以前是怎么规定的: the text of the edition before.
_BEFORE = re.compile(
    rf"{_FORMER}呢(?=\W*$)|{_FORMER}(?:规定|条文|内容)?(?:的|是)*(?:怎么|如何|怎样|咋|什么)(?:样)?(?:规定|写|说|定|讲|表述|内容)?(?:的)?|{_FORMER}(?:规定|条文|内容|表述)(?:是|的)*(?:什么|啥|怎样的|怎么样的)?"
)
# What is taken out of a question for the former text, so that the rest can be looked for in it.
_FORMER_WORD = re.compile(_FORMER)


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """What is asked of a change, and of what: the words without those that ask for it, empty where it only points.
    `whole` is a question by itself."""

    kind: Kind
    about: str
    whole: bool = False


def change_asked(question: str) -> ChangeAsked | None:
    """Read a question for a change, else give None.

    >>> change_asked("养犬条例第二条是什么时候改的？")
    ChangeAsked(kind='when', about='养犬条例第2条', whole=False)
    >>> change_asked("这条以前怎么规定？").kind, change_asked("养犬登记费以前是多少？")
    ('before', ChangeAsked(kind='before', about='养犬登记费多少?', whole=True))
    >>> change_asked("2025年以前要建多少个？"), change_asked("怎么改名字？")
    (None, None)
    >>> change_asked("那改之前呢？").kind, change_asked("公司法第五条改之前要几个人？").about
    ('before', '公司法第5条要几个人?')
    """
    folded = normalize_numbers(fold_text(question)).strip()
    for kind, pattern in (("before", _BEFORE), ("when", _WHEN), ("whether", _WHETHER)):
        match = pattern.search(folded)
        if match:
            about = (folded[: match.start()] + folded[match.end() :]).strip("?!。,、 的呢啊")
            return ChangeAsked(kind, about)  # type: ignore[arg-type]
    former = _FORMER_WORD.search(folded)
    if former and former.start() > 0:
        return ChangeAsked("before", folded[: former.start()] + folded[former.end() :], whole=True)
    return None
