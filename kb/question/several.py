"""Several questions in one: taken apart where each part asks by itself, so that each is answered or refused by
itself.

Behind a pause within a sentence something else may be asked too. Where a person is told of, only what is asked behind
the first question counts (`asked_behind`), since the verdict is on all that is told. Two quantities of one matter
(每年多少，领到几岁) are those of `kb.question.comparing_question`, which knows that they are said of one law.
"""

from __future__ import annotations

import re

from kb.text.fold import fold_text
from kb.text.people import people_in

MOST = 5
"""Questions of one text that are answered."""

_STOP = re.compile(r"(?<=[?？])")  # Two question marks are two questions, whatever stands between.
# 另外, 以及 join questions only where both sides ask (`_ASKS`).
_JOINT = re.compile(r"[,，;；]?(?:以及|还有|另外|并且|同时)[,，]?|[;；]")
_PAUSE = re.compile(r"[,，、]")
# That something is asked.
_ASKS = re.compile(
    r"什么|多少|哪|几[^\W\d]|谁|怎么|怎样|如何|何时|何地|为何|(\w)不\1|有没有|是否|能否|可否|可不可以|[吗么]|啥|多[大长久高远]|[不没吧]\W*$"
)
# That something is asked, beyond doubt: 几个 may be some, and 过不过得去 how something goes.
_SURELY_ASKS = re.compile(
    r"什么|多少|哪[些个里儿年天种类家]|(?<![好没过十上头前这那])几(?:天|年|月|个月|次|岁|元|折|号)|(?<=[是要共给设建由])几[个项种人名层倍家]|谁|怎么|怎样|如何|何时|为何|"
    r"([能要是会可用得])不\1|有没有|是否|能否|可否|吗\W*$|啥|多[大长久高远]"
)
# One question goes over the pause: alternatives, a condition, whatever may be, what is not known, another time.
_HELD = re.compile(
    r"还是|或者|不管|无论|不论|如果|要是|假如|的话|以为|听说|比如|例如|不知|就|才|还|也|都|却|反而|分别|各|以前|之前|从前|原来|过去"
)
_QUANTITY = re.compile(r"多少|多[久大长高远]|几|什么时[候侯]|何时|哪[年月天]")
_SUBJECT = 4  # characters before a quantity that name of what it is
_GOES_ON = re.compile(r"呢[?？]?$")  # Behind a question this asks it again (2023年呢？).
_SHORTEST = 4  # characters of a question of its own
_SHORTEST_PART = 3  # of one behind a pause (怎么领)


def asks(words: str) -> bool:
    """Say whether words ask for something.

    >>> asks("由哪些人组成"), asks("算不算收入"), asks("办好了没"), asks("春节放假天数")
    (True, True, True, False)
    """
    return _ASKS.search(words) is not None


def questions_in(text: str) -> list[str]:
    """Give the questions that a text consists of, itself where it is one.

    >>> questions_in("社区食堂有多少个？蓝领公寓租金打几折？")
    ['社区食堂有多少个？', '蓝领公寓租金打几折？']
    >>> questions_in("托育机构由谁管以及怎么备案"), questions_in("面积以及层高有什么要求？")
    (['托育机构由谁管', '怎么备案'], ['面积以及层高有什么要求？'])
    >>> questions_in("2022年认定了几个？2023年呢？"), questions_in("我妈六十二呢？怎么领？")
    (['2022年认定了几个？', '2023年呢？'], ['我妈六十二呢？怎么领？'])
    """
    parts: list[str] = []
    for sentence in _STOP.split(text):
        pieces = _JOINT.split(sentence)
        together = all(len(piece) >= _SHORTEST and asks(piece) for piece in pieces)
        parts += pieces if together else [sentence]
    asking = [part.strip() for part in parts if len(part.strip()) >= _SHORTEST]
    all_ask = bool(asking) and asks(asking[0]) and all(asks(part) or _GOES_ON.search(part) for part in asking)
    return asking if len(asking) > 1 and all_ask else [text]


def asked_in_turn(sentence: str) -> list[str]:
    """Give the questions between the pauses of one that was not taken apart, itself where not each asks beyond doubt.

    >>> asked_in_turn("失业金能领多久、怎么领"), asked_in_turn("工伤认定要多久，劳动能力鉴定要多久？")
    (['失业金能领多久', '怎么领'], ['工伤认定要多久', '劳动能力鉴定要多久？'])
    >>> asked_in_turn("我妈今年72，能免费坐公交吗"), asked_in_turn("奖励费每年多少，领到几岁？")
    (['我妈今年72，能免费坐公交吗'], ['奖励费每年多少，领到几岁？'])
    """
    pieces = _PAUSE.split(sentence)
    if len(pieces) == 1 or _HELD.search(sentence) or not all(map(_asks_of_nobody, pieces)):
        return [sentence]
    return [sentence] if len(pieces) == 2 and _are_of_one(*pieces) else pieces


def asked_behind(sentence: str) -> list[str]:
    """Give the first question of a sentence, with all that is told before it, and what is asked behind it of nobody
    else; the sentence alone where nothing is.

    >>> asked_behind("孩子2岁，能上幼儿园托班吗，一个月多少钱"), asked_behind("我妈72，能免费坐公交吗，我爸能吗")
    (['孩子2岁，能上幼儿园托班吗', '一个月多少钱'], ['我妈72，能免费坐公交吗，我爸能吗'])
    """
    pieces = _PAUSE.split(sentence)
    first = next((n for n, piece in enumerate(pieces) if _SURELY_ASKS.search(piece)), len(pieces))
    behind = pieces[first + 1 :]
    if not behind or _HELD.search(sentence) or not all(map(_asks_of_nobody, behind)):
        return [sentence]
    if len(behind) == 1 and _are_of_one(pieces[first], behind[0]):
        return [sentence]
    return [sentence[: sum(map(len, pieces[: first + 1])) + first], *behind]


def _asks_of_nobody(piece: str) -> bool:
    return (
        len(piece.strip()) >= _SHORTEST_PART
        and _SURELY_ASKS.search(piece) is not None
        and not people_in(fold_text(piece))
    )


def _are_of_one(first: str, second: str) -> bool:
    """Say whether two questions ask for two quantities of one matter."""
    one, other = _QUANTITY.search(first), _QUANTITY.search(second)
    return one is not None and other is not None and (one[0] != other[0] or other.start() < _SUBJECT)
