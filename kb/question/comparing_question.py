"""Questions that compare or ask two things at once, taken apart: each side is answered by itself.

国家和杭州分别打算什么时候改完 asks of the nation and asks of Hangzhou. What stands before and behind the two sides
is said of both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kb.naming import Named
from kb.text.fold import fold_text
from kb.text.names import TITLE
from kb.text.places import NATION, Gazetteer

# 各 is one only where it distributes: 各级, 各类 and 各地 name all of something.
_APART = re.compile(
    r"分别|各自|各(?![级类种地个项位方区界国省市县部条])|区别|差别|不同|不一样|一样吗|相比|对比|比较|谁(?:更|比)|都(?:是|要)?多少"
)
_DIFFERS = re.compile("区别|差别|不同|不一样|一样吗|相比|对比|比较")  # Asks of both together, and nothing of a side.
_COMPARE = re.compile("(?:请|请你|帮我|帮忙|麻烦|我想|想)*(?:比较|对比|比对)(?:1下|一下|下)?[,:]?")
_HOW = re.compile("(?:之间)?(?:有|存在)(?:什么|何|哪些|啥|没有)?$|(?:之间)?的$")
# What two sides are joined by, where it is a word of its own: 合同, 和解 and 参与 join nothing.
_JOINT = re.compile(
    r"、|以及|(?<![总共饱缓温附柔])和(?![谐平睦解缓气])|(?<![参给])与(?![会否])|跟(?![踪进随])"
    r"|(?<![合共相不协陪伙如雷])同(?![意时样等志期比步类行业工胞事])"
)
_PAUSE = re.compile(r"[,;]")  # Sides do not reach over a pause.
# What is asked of a side; two of them in a question ask of two sides.
_QUANTITY = re.compile(r"多少|多久|(?<!好)几(?![乎何])[^\W\d]|什么时候|哪(?:一)?[年月天]|谁(?!都|也)")
_COUNTER = re.compile(
    r"\d{4}年[初底末]?|第[\d一二三四五六七八九十]+[批次年届期轮季]|\d+号"
)  # What numbers things of one kind.
_NUMBERED = re.compile(rf"(?:{_COUNTER.pattern})$")
_LEADING_JOINTS = re.compile(r"^(?:[\s,、和与跟同及]|以及)+")
_MOST_SIDES = 4  # each is searched for and read by itself

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


def sides_of(question: str, places: Gazetteer = NATION) -> list[tuple[str, ...]]:
    """Give the questions that a comparing question consists of, each in the wordings that it may have; nothing where it
    cannot be taken apart. `places` are those that a side may be.

    >>> sides_of("2000年底以前的老小区，国家和杭州分别打算什么时候改完？")
    [('2000年底以前的老小区,国家分别打算什么时候改完?',), ('2000年底以前的老小区,杭州分别打算什么时候改完?',)]
    >>> sides_of("杭州保租房，答复预计增多少套、民生实事推出多少套？")
    [('杭州保租房,答复预计增多少套?',), ('杭州保租房,民生实事推出多少套?',)]
    >>> sides_of("奖励费每年多少，领到几岁？"), sides_of("物管会和业委会的人数、任期有什么不同？")
    ([('奖励费每年多少?',), ('奖励费每年,领到几岁?', '领到几岁?')], [('物管会的人数、任期?',), ('业委会的人数、任期?',)])
    >>> sides_of("新建和已建成的小区，国家和杭州分别要求多大面积？")[0]
    ('新建和已建成的小区,国家分别要求多大面积?',)
    >>> sides_of("杭州2025年、2027年和2035年的托位目标各是什么？")
    [('杭州2025年的托位目标各是什么?',), ('杭州2027年的托位目标各是什么?',), ('杭州2035年的托位目标各是什么?',)]
    >>> sides_of("劳动合同的试用期，固定期限和无固定期限分别多久？")[0]
    ('劳动合同的试用期,固定期限分别多久?',)
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
    body, behind = _what_and_how(folded)
    found = _taken_apart(body, places)
    if found is None:
        return []
    before, sides, rest = found
    return [(f"{_HOW.sub('', before + side + rest)}{behind}?",) for side in _completed(sides, places)]


def compared(question: str, places: Gazetteer = NATION) -> tuple[str, ...]:
    """Give what a question compares, each as it is named there.

    >>> compared("国家和杭州对功能数量的要求各是什么？"), compared("托育的收费标准是什么？")
    (('国家', '杭州'), ())
    """
    folded = fold_text(question).rstrip("?。 ")
    found = None if asks_twice(question) else _taken_apart(_what_and_how(folded)[0], places)
    if found is None:
        return ()
    *sides, last = found[1]
    shared = _SHARED.search(last, 2)
    return (*sides, last[: shared.start()] if shared else _HOW.sub("", last))


def asked_of_each(rest: str) -> str:
    """Give what is asked of each of the documents that a comparing question names, of which `rest` is left.

    >>> asked_of_each("和 关于业委会任期有什么不同？"), asked_of_each("与 分别规定业委会任期几年？")
    ('关于业委会任期', '分别规定业委会任期几年?')
    """
    folded = _LEADING_JOINTS.sub("", fold_text(rest))
    body, behind = _what_and_how(folded)
    return f"{_HOW.sub('', body)}{behind}" if body else folded


def _what_and_how(folded: str) -> tuple[str, str]:
    """Give what is compared and what is asked of each of it, both empty where nothing is: 有什么不同 asks of both
    together, and nothing of each."""
    opening = _COMPARE.match(folded)
    start = opening.end() if opening else 0
    match = _APART.search(folded, start)
    if match is None:
        return (folded[start:], "") if opening else ("", "")
    behind = "" if _DIFFERS.match(match.group()) else folded[match.start() :]
    return folded[start : match.start()].rstrip(", "), behind


def _taken_apart(body: str, places: Gazetteer) -> tuple[str, list[str], str] | None:
    """Take what is asked of several apart: what stands before them, they, and what stands behind."""
    joint = _joint(body)
    if joint is None:
        return None
    begin, pause = _clause_start(body, joint.start()), _PAUSE.search(body, joint.end())
    finish = pause.start() if pause else len(body)
    bare = _bare(places)
    *earlier, last = body[joint.end() : finish].split("、")
    if not all(bare.fullmatch(side) for side in earlier):  # 业委会的人数、任期 is one side
        earlier, last = [], body[joint.end() : finish]
    sides = [*body[begin : joint.start()].split("、"), *earlier, last]
    if len(sides) > _MOST_SIDES or any(len(side) < 2 for side in sides):
        return None
    first = _NUMBERED.search(sides[0])
    if first and not _COUNTER.search(sides[0][: first.start()]) and all(map(_COUNTER.match, sides[1:])):
        begin, sides[0] = begin + first.start(), first.group()  # 杭州 of 杭州2025年和2027年的目标 is said of both
    return body[:begin], sides, body[finish:]


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


def _completed(sides: list[str], places: Gazetteer) -> list[str]:
    """Give each side what stands only with another: 国家和浙江的文件, 国家和浙江对面积的要求, 95号和342号提案, 杭州的补助和余姚的."""
    first, last, bare = sides[0], sides[-1], _bare(places)
    told = bare.match(last)
    if last.endswith("的") and "的" in first:
        return [*sides[:-1], last + first[first.index("的") + 1 :]]
    shared = _SHARED.search(last, 2)
    whole = []
    for side in sides[:-1]:
        if bare.fullmatch(side) and told:
            side += last[told.end() :]
        elif shared and not _SHARED.search(side):
            side += last[shared.start() :]
        whole.append(side)
    return [*whole, last]


@lru_cache(maxsize=8)
def _bare(places: Gazetteer) -> re.Pattern[str]:
    """Find what is no more than a year, a number in a row, a level of government or a place: what is asked of it stands
    with the other side."""
    return re.compile(rf"{_COUNTER.pattern}|国家|全国|全省|全市|[省市区县]里|[省市区县](?=$|的|对)|{places.pattern}")


def _clause_start(body: str, end: int) -> int:
    pauses = [match.end() for match in _PAUSE.finditer(body, 0, end)]
    return pauses[-1] if pauses else 0
