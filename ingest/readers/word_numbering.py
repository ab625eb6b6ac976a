"""The numbers that Word generates: 第一条, （一）, 1.1, ① are not in a paragraph's text but in its list.

ECMA-376 part 1, 17.9: a paragraph refers to a list (num) and a level; the list refers to an abstract list, which
says for each level how it counts (numFmt), where it starts, and how the number is written (lvlText: 第%1条).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kb.text.numerals import to_chinese

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_DEEPEST = 30  # styles that a style may be based on, one upon the other


@dataclass(slots=True)
class _Level:
    start: int
    format: str
    text: str
    suffix: str
    legal: bool
    restart: int | None


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the paragraphs of one document, in their order."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._abstract: dict[str, _List] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._of_style: dict[str, tuple[str | None, int | None, str | None]] = {}
        self._overridden: set[tuple[str, int]] = set()
        if numbering is not None:
            for element in numbering.iterchildren(f"{_W}abstractNum"):
                levels = {_integer(level, "ilvl"): _read_level(level) for level in element.iterchildren(f"{_W}lvl")}
                self._abstract[element.get(f"{_W}abstractNumId", "")] = _List(levels)
            for element in numbering.iterchildren(f"{_W}num"):
                starts = {
                    _integer(change, "ilvl"): _integer(start, "val")
                    for change in element.iterchildren(f"{_W}lvlOverride")
                    for start in change.iterchildren(f"{_W}startOverride")
                }
                self._lists[element.get(f"{_W}numId", "")] = (_value(element, "abstractNumId") or "", starts)
        if styles is not None:
            for style in styles.iterchildren(f"{_W}style"):
                properties = style.find(f"{_W}pPr")
                number, level = _reference(properties)
                self._of_style[style.get(f"{_W}styleId", "")] = (number, level, _value(style, "basedOn"))

    def next(self, properties: Any | None) -> str:
        """Give the number that Word writes before the next paragraph, empty where it has none; `properties` is its w:pPr."""
        number, level = _reference(properties)
        style = _value(properties, "pStyle") if properties is not None else None
        for _ in range(_DEEPEST):
            if number is not None or style not in self._of_style:
                break
            number, styled_level, style = self._of_style[style]
            level = styled_level if level is None else level
        if number in (None, "0") or number not in self._lists:
            return ""
        return self._count(number, level or 0)

    def _count(self, number: str, depth: int) -> str:
        abstract, starts = self._lists[number]
        counted = self._abstract.get(abstract)
        if counted is None or depth not in counted.levels:
            return ""
        level = counted.levels[depth]
        if depth in starts and (number, depth) not in self._overridden:
            self._overridden.add((number, depth))
            counted.counts[depth] = starts[depth]
        else:
            counted.counts[depth] = counted.counts.get(depth, level.start - 1) + 1
        for deeper, other in counted.levels.items():
            if deeper > depth and other.restart != 0 and (other.restart is None or depth < other.restart):
                counted.counts.pop(deeper, None)

        def written(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = counted.levels.get(place, level)
            value = counted.counts.get(place, other.start)
            return _write(value, "decimal" if level.legal and place < depth else other.format)

        if level.format in ("bullet", "none"):
            return ""
        marker = _PLACE.sub(written, level.text)
        glued = not marker or level.suffix == "nothing" or marker[-1] in "、，．）)】"
        return marker if glued else marker + " "


def _read_level(level: Any) -> _Level:
    restart = _value(level, "lvlRestart")
    return _Level(
        start=int(_value(level, "start") or 1) if (_value(level, "start") or "1").isdigit() else 1,
        format=_value(level, "numFmt") or "decimal",
        text=_value(level, "lvlText") or "",
        suffix=_value(level, "suff") or "tab",
        legal=level.find(f"{_W}isLgl") is not None,
        restart=int(restart) if restart and restart.isdigit() else None,
    )


def _reference(properties: Any | None) -> tuple[str | None, int | None]:
    numbered = properties.find(f"{_W}numPr") if properties is not None else None
    if numbered is None:
        return None, None
    level = _value(numbered, "ilvl")
    return _value(numbered, "numId"), int(level) if level and level.isdigit() else None


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _integer(element: Any, name: str) -> int:
    value = element.get(f"{_W}{name}", "0")
    return int(value) if value.isdigit() else 0


def _write(value: int, form: str) -> str:
    """Write a number in one of Word's forms (ST_NumberFormat); an unknown one in digits.

    >>> [_write(12, form) for form in ("chineseCounting", "decimalEnclosedCircle", "lowerLetter", "upperRoman", "decimalZero")]
    ['十二', '⑫', 'l', 'XII', '12']
    """
    write = _FORMS.get(form)
    return write(value) if write and value > 0 else str(max(value, 0))


def _letters(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _roman(value: int) -> str:
    written = ""
    for amount, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                            (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        written += letters * (value // amount)
        value %= amount
    return written


def _from(characters: str) -> Callable[[int], str]:
    return lambda value: characters[value - 1] if value <= len(characters) else str(value)


def _digits(value: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))


_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"), to_chinese),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"), _digits),
    "ideographTraditional": _from(_STEMS),
    "ideographZodiac": _from(_BRANCHES),
    "lowerLetter": lambda value: _letters(min(value, 2600)),
    "upperLetter": lambda value: _letters(min(value, 2600)).upper(),
    "lowerRoman": lambda value: _roman(min(value, 9999)).lower(),
    "upperRoman": lambda value: _roman(min(value, 9999)),
    "decimalZero": lambda value: f"{value:02d}",
    "decimalFullWidth": lambda value: str(value).translate(dict(zip(range(0x30, 0x3A), "０１２３４５６７８９", strict=True))),
    "decimalEnclosedCircle": lambda value: chr(0x245F + value) if value <= 20 else str(value),
    "decimalEnclosedCircleChinese": lambda value: chr(0x245F + value) if value <= 20 else str(value),
    "ideographEnclosedCircle": lambda value: chr(0x327F + value) if value <= 10 else str(value),
}  # fmt: skip
