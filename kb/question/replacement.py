"""What is new in a follow-up put in the place of what it stands against in the question before.

2024年呢？ stands against another year, 宁波呢？ against another place, 三孩呢？ against 二孩: a Chinese noun ends in
its head, so that two of one kind end alike. A level of government stands against a level or a place: 那市里呢 against 国家.
Where nothing in the question before ends as the new words do, nothing is replaced; a place or a level alone is put
before a question that names none.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from kb.text.fold import fold, fold_text
from kb.text.places import NATION, Gazetteer

# A year, with its month and day where they are said; a number of four digits that goes on is none.
_YEAR = re.compile(r"(?:19|20)\d\d(?:年(?:\d{1,2}月(?:\d{1,2}[日号])?)?)?(?!\d)")
_ENDING = "(?:省|市(?![民区])|自治区|区|县)?"
# 市里 and not 城市里, 区里 and not 小区里.
_LEVEL = re.compile(
    "国家(?:层面|级)?|全国|中央|全省|全市|(?:(?<![一-鿿])|(?<=[和与及对在由按是的从到些比年]))[省市区县][里级]"
)
# 杭州的规定, 省里的标准 name the place alone: whose rule is asked for.
_RULE_OF = re.compile("的?(?:规定|标准|政策|要求|做法|情况|话)?(?:是?怎么(?:样|规定)的?)?")
_LINKS = "到在底年的,. 呢?"  # What ties the new words to the old question and is no part of them.
_EMPTY = frozenset("的了吗呢么是有少要能可以些个")
"""Characters that questions end in whatever they are about."""
_NUMBER = re.compile(r"[\d一二两三四五六七八九十百千首]")  # 首 counts as a number: 首批 stands against 第二批.
_LONGEST = 12  # characters of what can take the place of something alike; a longer one is a question of its own
_ENDS_ALIKE = 2  # characters of an end that two words have in common, by which they are of one kind
_LONGER = 4  # characters by which what is new may outgrow what the asker says that it stands against
_WORD = re.compile("[^\\W\\d_我你您他她它这那每各该在从到]")
_PAUSE = re.compile(r"[,;。?!、的是有和要能可会给把被对向由从在到让为]|多少|什么")


def replaced(
    earlier: str, new: str, topics: Collection[str] = (), old: str | None = None, places: Gazetteer = NATION
) -> str | None:
    """Give the earlier question with everything in `new` in its place; None where something of it has none. `old` is
    what the asker said that it stands against; one of the folded `topics` or of the `places` stands against another.

    >>> replaced("杭州生二孩能领多少补助？", "三孩"), replaced("第一批试点有几个？", "第二批")
    ('杭州生三孩能领多少补助？', '第二批试点有几个？')
    >>> replaced("杭州2023年改造多少小区？", "宁波2024年"), replaced("托育机构归谁管？", "托位")
    ('宁波2024年改造多少小区？', None)
    >>> replaced("杭州市养犬要登记吗？", "浙江省"), replaced("残疾人坐公交要钱吗？", "老人")
    ('浙江省养犬要登记吗？', '老人坐公交要钱吗？')
    >>> replaced("浙江省养犬要登记吗？", "杭州"), replaced("杭州市民养犬要登记吗？", "宁波")
    ('杭州养犬要登记吗？', '宁波市民养犬要登记吗？')
    >>> replaced("为残疾人提供什么服务？", "老年人")
    '为老年人提供什么服务？'
    >>> replaced("孩子2022年出生的能领吗？", "2024年12月出生的"), replaced("到2025年建多少个？", "2027")
    ('孩子2024年12月出生的能领吗？', '到2027年建多少个？')
    >>> replaced("浙江省未来社区的目标是什么？", "市里"), replaced("国家对面积有什么要求？", "杭州的规定")
    ('市里未来社区的目标是什么？', '杭州对面积有什么要求？')
    >>> replaced("生二孩能领多少育儿补助？", "孕产补助")
    '生二孩能领多少孕产补助？'
    >>> replaced("70岁坐公交免费吗？", "在浙江"), replaced("托育设施新建小区的标准", "老旧小区", ("托育设施", "老旧小区"))
    ('浙江70岁坐公交免费吗？', '托育设施老旧小区的标准')
    """
    rest, whole = fold_text(new).strip(_LINKS), earlier
    years = _YEAR.findall(rest), _YEAR.findall(fold_text(whole))
    if len(years[0]) == len(years[1]) == 1:
        year = years[0][0]
        whole = _put(whole, years[1][0], f"{year}年" if year.isdigit() and not years[1][0].isdigit() else year)
        rest = _YEAR.sub("", rest).strip(_LINKS)
        if rest in fold_text(whole):
            return whole
    if rest and old and len(rest) <= len(old) + _LONGER and fold_text(old) in fold_text(whole):
        return _put(whole, fold_text(old), rest)
    said, stood = _places(rest, places), _places(whole, places)
    if len(said) == 1 and len(stood) < 2:
        new_place = said[0]
        rest = rest.replace(new_place, "").strip(_LINKS)
        if not stood and _RULE_OF.fullmatch(rest):
            return f"{new_place}{whole}"
        if stood:
            whole = _put(whole, stood[0], new_place)
            rest = "" if _RULE_OF.fullmatch(rest) else rest
    if not rest or (said and rest in fold_text(whole)):
        return whole
    old, shared = _alike(fold_text(whole), rest) if len(rest) <= _LONGEST else (None, 0)
    if rest in topics and shared < _ENDS_ALIKE:
        before = [topic for topic in topics if topic in fold_text(whole)]
        old = max(before, key=len) if before else old
    return _put(whole, old, rest) if old else None


def names_place(new: str, places: Gazetteer = NATION) -> bool:
    """Say whether the new words name a place or a level of government and nothing else.

    >>> names_place("在浙江"), names_place("市里的规定"), names_place("杭州的老人"), names_place("全国")
    (True, True, False, True)
    """
    rest = fold_text(new).strip(_LINKS)
    said = _places(rest, places)
    return len(said) == 1 and _RULE_OF.fullmatch(rest.replace(said[0], "").strip(_LINKS)) is not None


def _places(text: str, places: Gazetteer) -> list[str]:
    """Give the places and levels of government that a text names, as it names them; what stands side by side
    (浙江省杭州市) is one."""
    folded = fold_text(text)
    names = sorted((re.escape(name) for name in places.places_in(text) if name in folded), key=len, reverse=True)
    name = "|".join((_LEVEL.pattern, *(f"(?:{name}){_ENDING}" for name in names)))
    return [match[0] for match in re.finditer(f"(?:{name})+", folded)]


def _put(text: str, old: str, new: str) -> str:
    """Replace the first of some folded words in a text, which keeps all its other characters."""
    view = fold(text)
    at = view.text.find(old)
    if at < 0:
        return text
    start, end = view.span(at, at + len(old))
    return text[:start] + new + text[end:]


def _alike(earlier: str, new: str) -> tuple[str | None, int]:
    """Give the words of the earlier question that end as the new ones do, and how many characters the two share: the
    longest end, a number against a number first."""
    best: tuple[int, bool, int] | None = None
    for end in range(1, len(earlier) + 1):
        shared = 0
        while shared < min(len(new), end) and earlier[end - 1 - shared] == new[-1 - shared]:
            shared += 1
        if not shared or set(new[len(new) - shared :]) <= _EMPTY:
            continue
        before = earlier[end - shared - 1 : end - shared]
        rank = (shared, bool(_NUMBER.match(before)) == bool(_NUMBER.search(new[: len(new) - shared][-1:])), -end)
        best = rank if best is None or rank > best else best
    if best is None:
        return None, 0
    shared, end = best[0], -best[2]
    start = end - shared
    counted = _NUMBER.search(earlier[start - 1 : start]) is not None
    while start > max(end - len(new), 0) and not _PAUSE.match(earlier, start - 1):
        if counted and not _NUMBER.match(earlier[start - 1]):
            break
        start -= 1
    start -= counted and earlier[start - 1 : start] == "第"
    pause = _PAUSE.match(earlier, start - 2) if start > 1 else None
    stands_alone = start == 1 or (pause is not None and pause.end() < start)
    if not counted and stands_alone and _WORD.match(earlier, start - 1) and not _PAUSE.match(earlier, start - 1):
        start -= 1  # One character alone is no word: 残疾人 and not 疾人.
    return (earlier[start:end], shared) if earlier[start:end] != new else (None, 0)
