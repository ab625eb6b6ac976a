"""Questions that compare or ask two things at once, taken apart: each side is answered by itself.

国家和杭州分别打算什么时候改完 asks of the nation and asks of Hangzhou. What stands before and behind the two sides
is said of both.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.naming import Named
from kb.text.fold import fold_text
from kb.text.names import TITLE

# 各 is one only where it distributes: 各级, 各类 and 各地 name all of something.
_APART = re.compile(
    r"分别|各自|各(?![级类种地个项位方区界国省市县部条])|区别|差别|不同|不一样|一样吗|相比|对比|比较|谁(?:更|比)|都(?:是|要)?多少"
)
_DIFFERS = re.compile("区别|差别|不同|不一样|一样吗|相比|对比|比较")  # Asks of both together, and nothing of a side.
_HOW = re.compile("(?:之间)?(?:有|存在)(?:什么|何|哪些|啥|没有)?$|(?:之间)?的$")
# What two sides are joined by, where it is a word of its own: 合同, 和解 and 参与 join nothing.
_JOINT = re.compile(
    r"、|以及|(?<![总共饱缓温附柔])和(?![谐平睦解缓气])|(?<![参给])与(?![会否])|跟(?![踪进随])"
    r"|(?<![合共相不协陪伙如雷])同(?![意时样等志期比步类行业工胞事])"
)
_PAUSE = re.compile(r"[,;]")  # Sides do not reach over a pause.
# What is asked of a side; two of them in a question ask of two sides.
_QUANTITY = re.compile(r"多少|多久|(?<!好)几(?![乎何])[^\W\d]|什么时候|哪(?:一)?[年月天]|谁(?!都|也)")
_NUMBERED = re.compile(r"\d+号$")  # 95号和342号提案: the noun stands only behind the second.

# What is said of the second of two sides from here on is said of the first too.
_SHARED = re.compile("的|对(?![象外口])|关于")

# Two names that were cut out of a question and stand on both sides of a comparing word.
_TWICE = re.compile(r"\|\W*(?:和|与|跟|同|以及|比)\W*\|")
# 甲和甲有什么区别: the name is repeated and ends where a comparing word begins, so that 人才和人才公寓 is no such thing.
_ITSELF = re.compile(
    r"(?:^|\W|请问|比较(?:1下|一下)?|对比(?:1下|一下)?)(?P<one>\w{2,20}?)(?:和|与|跟|同|以及)(?P=one)(?=有|的|之间|相比|分别|各|在|哪|$|\W)"
)


def compares(question: str) -> bool:
    """Say whether a question asks of several things, or asks to compare them."""
    return _APART.search(fold_text(question)) is not None or asks_twice(question)


def asks_twice(question: str) -> bool:
    """Say whether a question asks for two quantities (每年多少，领到几岁)."""
    return len(_QUANTITY.findall(fold_text(question))) > 1


def is_with_itself(question: str, named: Named) -> bool:
    """Say whether a question compares a document, or a thing, with itself.

    >>> is_with_itself("公租房和公租房有什么区别？", Named()), is_with_itself("公租房和蓝领公寓有什么区别？", Named())
    (True, False)
    """
    if not compares(question):
        return False
    twice = len(named.documents) == 1 and _TWICE.search(named.marked) is not None
    return twice or _ITSELF.search(fold_text(question)) is not None


def unfound_titles(question: str, find: Callable[[str], Named]) -> tuple[str, ...]:
    """Give the titles in a question that compares several, which no document that `find` knows bears."""
    titles = TITLE.findall(question)
    if len(titles) < 2 or not compares(question):
        return ()
    return tuple(title for title in dict.fromkeys(titles) if not find(title).documents)


def sides_of(question: str) -> list[tuple[str, ...]]:
    """Give the two questions that a comparing question consists of, each in the wordings that it may have; nothing
    where it cannot be taken apart.

    >>> sides_of("2000年底以前的老小区，国家和杭州分别打算什么时候改完？")
    [('2000年底以前的老小区,国家分别打算什么时候改完?',), ('2000年底以前的老小区,杭州分别打算什么时候改完?',)]
    >>> sides_of("杭州保租房，答复预计增多少套、民生实事推出多少套？")
    [('杭州保租房,答复预计增多少套?',), ('杭州保租房,民生实事推出多少套?',)]
    >>> sides_of("奖励费每年多少，领到几岁？"), sides_of("物管会和业委会的人数、任期有什么不同？")
    ([('奖励费每年多少?',), ('奖励费每年,领到几岁?', '领到几岁?')], [('物管会的人数、任期?',), ('业委会的人数、任期?',)])
    >>> sides_of("新建和已建成的小区，国家和杭州分别要求多大面积？")[0]
    ('新建和已建成的小区,国家分别要求多大面积?',)
    >>> sides_of("劳动合同的试用期，固定期限和无固定期限分别多久？")[0]
    ('劳动合同的试用期,固定期限分别多久?',)
    >>> sides_of("国家和杭州对功能数量的要求各是什么？")
    [('国家对功能数量的要求各是什么?',), ('杭州对功能数量的要求各是什么?',)]
    """
    folded = fold_text(question).rstrip("?。 ")
    asked = list(_QUANTITY.finditer(folded))
    if len(asked) > 1:
        cut = re.search(r"[、,;]|和|以及", folded[asked[0].end() : asked[1].start()])
        if cut is None:
            return []
        first, second = folded[: asked[0].end() + cut.start()], folded[asked[0].end() + cut.end() :]
        lead = first[: _clause_start(first, asked[0].start())]
        if lead:
            return [(f"{first}?",), (f"{lead}{second}?",)]
        # Of the matter of the first (每年多少，领到几岁), or of one that it names itself.
        return [(f"{first}?",), (f"{first.replace(asked[0].group(), '', 1)},{second}?", f"{second}?")]
    match = _APART.search(folded)
    if match is None:
        return []
    body, after = folded[: match.start()].rstrip(","), folded[match.start() :]
    joint = _joint(body)
    if joint is None:
        return []
    begin, pause = _clause_start(body, joint.start()), _PAUSE.search(body, joint.end())
    finish = pause.start() if pause else len(body)
    one, other = body[begin : joint.start()], body[joint.end() : finish]
    if len(one) < 2 or len(other) < 2:
        return []
    one, other = _completed(one, other)
    behind = "" if _DIFFERS.match(after) else after
    return [(f"{_HOW.sub('', body[:begin] + side + body[finish:] + behind)}?",) for side in (one, other)]


def _joint(body: str) -> re.Match[str] | None:
    """Find the joint that leaves two sides most alike in length; behind 甲和乙的 what is joined is said of both."""

    def imbalance(joint: re.Match[str]) -> int:
        pause = _PAUSE.search(body, joint.end())
        right = (pause.start() if pause else len(body)) - joint.end()
        return abs(joint.start() - _clause_start(body, joint.start()) - right)

    joints = list(_JOINT.finditer(body))

    def is_of_sides(joint: re.Match[str]) -> bool:
        clause = _clause_start(body, joint.start())
        first = next(one for one in joints if one.start() >= clause)
        return "的" not in body[first.end() : joint.start()]

    return min(filter(is_of_sides, joints), key=imbalance, default=None)


def _completed(one: str, other: str) -> tuple[str, str]:
    """Give the first side what stands only behind the second: 国家和浙江的文件, 国家和浙江对面积的要求, 95号和342号提案."""
    shared = _SHARED.search(other, 2)
    if shared and not _SHARED.search(one):
        one += other[shared.start() :]
    elif _NUMBERED.search(one) and "号" in other:
        one += other[other.index("号") + 1 :]
    return one, other


def _clause_start(body: str, end: int) -> int:
    pauses = [match.end() for match in _PAUSE.finditer(body, 0, end)]
    return pauses[-1] if pauses else 0
