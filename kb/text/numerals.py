"""Numbers in Chinese text: 二〇二七, 六十, 1.45万, 百分之七十 as plain digits.

A number is read only where it is a number: a lone 百, 千 or 万 (百姓, 千岛湖) stays what it is, and a
run that is no well-formed numeral (三四十), or longer than one that counts anything, is left alone.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from kb.text.fold import fold_text

# With the capital numerals of contracts and cheques.
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3,
           "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}  # Below a myriad.
_MYRIADS = {"万": 10**4, "亿": 10**8}  # Chinese counts in steps of ten thousand.
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}  # In traditional official texts.
_CHINESE = "".join((*_DIGITS, *_UNITS, *_MYRIADS, *_TENS))
# 3百 is 300 only where no digit follows; 三十四点五亿 and 百分之七十 are one number each.
_NUMBER = re.compile(
    rf"(?P<percent>百分之)?(?:(?P<arabic>\d+(?:,\d{{3}})*(?:\.\d+)?)(?P<scale>[十百千]?[万亿]|[百千](?=[^\d{_CHINESE}]|$))?"
    rf"|(?P<chinese>[{_CHINESE}]+(?:点[{''.join(_DIGITS)}]+[万亿]?)?))(?P<sign>%)?"
)
# 3万5千 and 1亿2000万: digits with units that go on with smaller ones.
_MIXED = re.compile(
    r"(?<![\d.,])(?:\d{1,4}亿\d{1,4}万(?:\d{1,3}千)?|\d{1,4}万\d{1,3}千(?:\d{1,2}百)?|\d{1,3}千\d{1,2}百)(?![\d.万亿])"
)
_MIXED_PART = re.compile(r"(\d+)([千百万亿])")
_OF = "分之"
# Every number lies within one of these stretches; the same few come again and again, so they are remembered.
_STRETCH = re.compile(rf"[\d{_CHINESE}][\d{_CHINESE},.点分之%]*")
_LONGEST = 28  # characters of a number: as many digits as `Decimal` keeps
_SIMPLE = "零一二三四五六七八九"


def parse_numeral(text: str) -> Decimal | None:
    """Read a Chinese numeral, in units (六十二), digit by digit (二〇二七), as a part (百分之七十) or mixed (3万5千).

    >>> parse_numeral("三万五千"), parse_numeral("二〇二七"), parse_numeral("一点五万"), parse_numeral("百")
    (Decimal('35000'), Decimal('2027'), Decimal('15000.0'), None)
    >>> parse_numeral("廿一"), parse_numeral("3万5千"), parse_numeral("百分之七十"), parse_numeral("四分之三")
    (Decimal('21'), Decimal('35000'), Decimal('0.7'), Decimal('0.75'))
    """
    if len(text) > _LONGEST:
        return None
    if _OF in text:
        return _part(*text.split(_OF, 1))
    if _MIXED.fullmatch(text):
        return Decimal(_sum_mixed(text))
    for short, written in _TENS.items():
        text = text.replace(short, written)
    whole, _, fraction = text.partition("点")
    if not whole:
        return None
    value = _by_digits(whole) if all(c in _DIGITS for c in whole) else _by_units(whole)
    if value is None:
        return None
    if not fraction:
        return Decimal(value)
    scale = _MYRIADS.get(fraction[-1], 1)
    digits = fraction[:-1] if scale > 1 else fraction
    if not digits or not all(c in _DIGITS for c in digits):
        return None
    return Decimal(f"{value}.{''.join(str(_DIGITS[c]) for c in digits)}") * scale


def _part(whole: str, part: str) -> Decimal | None:
    """Read 百分之七十; the whole may be a lone unit."""
    below, above = Decimal(_UNITS.get(whole) or _MYRIADS.get(whole, 0)) or parse_numeral(whole), parse_numeral(part)
    if whole == part == "百":
        return Decimal(1)
    return above / below if above is not None and below else None


def _sum_mixed(text: str) -> int:
    return sum(int(digits) * (_UNITS.get(unit) or _MYRIADS[unit]) for digits, unit in _MIXED_PART.findall(text))


def _by_digits(text: str) -> int:
    return int("".join(str(_DIGITS[c]) for c in text))


def _by_units(text: str) -> int | None:
    if text[0] in _MYRIADS or (text[0] in _UNITS and text[0] not in "十拾"):
        return None
    total = section = 0
    digit: int | None = None
    last_unit = 10**12
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit:
                return None
            section += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        else:
            section += digit or 0
            if section == 0 and total == 0:
                return None
            total = (total + section) * _MYRIADS[char] if char == "亿" else total + section * _MYRIADS[char]
            section, digit, last_unit = 0, None, 10**12
    if digit is not None:
        # 三千五 is 3500: a digit right behind a unit counts the next lower one.
        if last_unit in (100, 1000) and text[-2] not in "零〇":
            section += digit * last_unit // 10
        elif last_unit == 10**12 and total and text[-2] in _MYRIADS:
            total += digit * _MYRIADS[text[-2]] // 10
        else:
            section += digit
    return total + section


@lru_cache(maxsize=4096)
def to_chinese(value: int) -> str:
    """Write a whole number below 10^12 in Chinese.

    >>> to_chinese(12), to_chinese(343), to_chinese(2002), to_chinese(10005)
    ('十二', '三百四十三', '二千零二', '一万零五')
    """
    if value < 0 or value >= 10**12:
        raise ValueError(f"cannot write {value} in Chinese: give 0 to 999,999,999,999")
    if value == 0:
        return "零"
    parts: list[str] = []
    pending_zero = False
    for myriad in (10**8, 10**4, 1):
        section = value // myriad % 10**4
        if section == 0:
            pending_zero = bool(parts)
            continue
        if parts and (section < 1000 or pending_zero):
            parts.append("零")
        parts.append(_section(section) + {10**8: "亿", 10**4: "万", 1: ""}[myriad])
        pending_zero = False
    written = "".join(parts)
    return written.removeprefix("一") if written.startswith("一十") else written


def _section(value: int) -> str:
    written = ""
    zero = False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            written += ("零" if zero and written else "") + _SIMPLE[digit] + name
            zero = False
        else:
            zero = True
    return written


def normalize_numbers(folded: str) -> str:
    """Write every number of a folded text in plain digits.

    >>> normalize_numbers("二〇二七年满六十周岁,百分之七十,1.45万套,百姓")
    '2027年满60周岁,70%,14500套,百姓'
    """
    return _STRETCH.sub(_normalize_match, folded)


def in_digits(text: str) -> str:
    """Fold a text and write its numbers in digits."""
    return normalize_numbers(fold_text(text))


def _normalize_match(match: re.Match[str]) -> str:
    return _normalize_stretch(match[0])


@lru_cache(maxsize=1 << 15)
def _normalize_stretch(stretch: str) -> str:
    stretch = _MIXED.sub(lambda mixed: str(_sum_mixed(mixed[0])), stretch).replace("百分之百", "100%")
    return _NUMBER.sub(_plain, stretch)


def _plain(match: re.Match[str]) -> str:
    if len(match[0]) > _LONGEST:
        return match[0]
    if match["arabic"]:
        value = Decimal(match["arabic"].replace(",", ""))
        for char in match["scale"] or "":
            value *= _UNITS.get(char) or _MYRIADS[char]
    else:
        numeral = match["chinese"]
        parsed = parse_numeral(numeral)
        if parsed is None:
            digits = "".join(str(_DIGITS[c]) if c in _DIGITS else c for c in numeral)
            return f"{match['percent'] or ''}{digits}{match['sign'] or ''}"
        value = parsed
    written = f"{value.normalize():f}"
    return f"{written}%" if match["percent"] or match["sign"] else written
