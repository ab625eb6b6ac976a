"""A sentence as the rules read it: folded, its numbers in digits, and where each character came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kb.eligibility.regions import NATIONWIDE, Regions
from kb.text.fold import fold
from kb.text.numerals import parse_numeral

# 陆 and 伍 alone are names; 贰仟 is a number.
_NUMERAL = re.compile(r"[零〇一二三四五六七八九两十廿卅百千万亿]+|[零壹贰叁肆伍陆柒捌玖拾佰仟万]{2,}")
# 六十多, 七十好几: the first number of a range; 六十三四 and 五六千 two of them. 一 in these words is no number.
_NUMERALS = set("零〇一二三四五六七八九两十百千万亿")
_PAIR = re.compile(
    r"(?P<tens>[二三四五六七八九]?十)(?P<one>[一二三四五六七八])(?P<next>[二三四五六七八九])(?![十百千万])"
)
_TWO = re.compile(r"(?P<one>[一二三四五六七八])(?P<next>[二三四五六七八九])(?P<unit>[十百千万])?")
_COUNTED = re.compile("个|岁|周|天|口|层")  # behind 三四: what is counted
_YEAR = re.compile(
    r"[零〇一二三四五六七八九]{4}(?=年)|(?<![零〇一二三四五六七八九十])[零〇三四五六七八九][零〇一二三四五六七八九](?=年(?!的?前))"
)
_APART = re.compile(r"(?<=\d)\s+(?=[个周岁年月天口层万元平])")  # 72 岁, as text is set by some: no end of a clause
_DIGITS = {char: str(n) for n, char in enumerate("零一二三四五六七八九")} | {"〇": "0"}


@cache
def _no_number(regions: Regions) -> re.Pattern[str]:
    """Words whose numerals count nothing, what stands right behind a number in digits (4860一个月), and places with
    numerals in their names (三亚, 九江)."""
    places = [name for name in regions.chains if _NUMERALS & set(name)]
    words = "一个人|一人住|一起|一直|一样|一下|一点|万一|统一|唯一|千岛|百姓|一家|一般|一些|一半"
    return re.compile(
        "|".join((words, r"(?<=\d)[一二三两](?=个?[月年天周])|(?<=[一二三四五六七八九百千])一(?=个月)", *places))
    )


@dataclass(frozen=True, slots=True)
class SpokenText:
    """`text` is what rules match; `origins` gives for each of its characters the span in `original`."""

    original: str
    text: str
    origins: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, original: str, regions: Regions = NATIONWIDE) -> SpokenText:
        """Read a sentence.

        >>> SpokenText.of("今年六十二，每月三千五").text, SpokenText.of("六三年的").text, SpokenText.of("零二年").text, SpokenText.of("六十三四").text
        ('今年62,每月3500', '63年的', '02年', '63到64')
        >>> SpokenText.of("八十三一个人住").text, SpokenText.of("每月五六千").text, SpokenText.of("月租金贰仟元整").text
        ('83一个人住', '每月5000到6000', '月租金2000元整')
        >>> SpokenText.of("今年 72 岁 杭州户口").text
        '今年 72岁 杭州户口'
        """
        folded = fold(original)
        # Masked, so that the number before such a word ends where it begins: 八十三一个人住.
        counting = _no_number(regions).sub(lambda match: " " * len(match[0]), folded.text)
        pieces: list[tuple[str, int, int]] = []
        place = 0
        for match in _NUMERAL.finditer(counting):
            written = _digits(match, counting)
            if written is None:
                continue
            pieces += [(char, n, n + 1) for n, char in enumerate(folded.text[place : match.start()], start=place)]
            pieces += [(char, *match.span()) for char in written]
            place = match.end()
        pieces += [(char, n, n + 1) for n, char in enumerate(folded.text[place:], start=place)]
        for match in reversed(list(_APART.finditer("".join(char for char, _, _ in pieces)))):
            del pieces[slice(*match.span())]
        return cls(original, "".join(char for char, _, _ in pieces), tuple(folded.span(a, b) for _, a, b in pieces))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original that a span of the text stands for."""
        return self.origins[start][0], self.origins[end - 1][1]


def _digits(match: re.Match[str], text: str) -> str | None:
    written = match[0]
    if year := _YEAR.match(text, match.start()):
        return "".join(_DIGITS[char] for char in year[0]) if year.end() == match.end() else None
    if pair := _PAIR.fullmatch(written):
        first, second = (parse_numeral(pair["tens"] + pair[name]) for name in ("one", "next"))
        return f"{first}到{second}"
    if (two := _TWO.fullmatch(written)) and (two["unit"] or _COUNTED.match(text, match.end())):
        first, second = (parse_numeral(two[name] + (two["unit"] or "")) for name in ("one", "next"))
        if first is not None and second is not None and first < second:
            return f"{first:f}到{second:f}"
    value = parse_numeral(written)
    return f"{value.normalize():f}" if value is not None else None
