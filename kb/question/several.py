"""Several questions in one: taken apart where each part asks by itself, so that each is answered or refused by
itself."""

from __future__ import annotations

import re

_STOP = re.compile(r"(?<=[?？])")  # Two question marks are two questions, whatever stands between.
# 另外, 以及 join questions only where both sides ask (`_ASKS`).
_JOINT = re.compile(r"[,，;；]?(?:以及|还有|另外|并且|同时)[,，]?|[;；]")
# That something is asked.
_ASKS = re.compile(
    r"什么|多少|哪|几[^\W\d]|谁|怎么|怎样|如何|何时|何地|为何|(\w)不\1|有没有|是否|能否|可否|可不可以|[吗么]|啥|多[大长久高远]|[不没吧]\W*$"
)
_GOES_ON = re.compile(r"呢[?？]?$")  # Behind a question this asks it again (2023年呢？).
_SHORTEST = 4  # characters of a question of its own


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
