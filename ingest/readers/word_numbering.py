"""The numbers that Word generates: 第一条, （二）, 3. are nowhere in the text of a DOCX, only how to count them.

A paragraph names a list and a level, itself or through its style; the list refers to an abstract one that holds the
format of each level (ECMA-376 part 1, 17.9). Lists of the same abstract one go on counting, save where they state a
start of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kb.text.numerals import to_chinese

Element = Any
"""An element of lxml, which brings no types."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9  # of a list in Word, ECMA-376 17.9.6
_MOST = 10_000  # beyond, a number is written in digits, whatever its format
_DIGITS = "〇一二三四五六七八九"
_LEGAL = str.maketrans("零一二三四五六七八九十百千万", "零壹贰叁肆伍陆柒捌玖拾佰仟萬")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_PLACE = re.compile(r"%([1-9])")
_CLOSING = "、，。）】〉》．：;；)"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    suffix: str
    legal: bool
    restarts_after: int  # the levels above this one that restart it; 0 where none does


class WordNumbering:
    """Counts the numbered paragraphs of one document, in their order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = {one.get(f"{W}styleId"): one for one in _children(styles, "style")}
        self._default = next(
            (one.get(f"{W}styleId") for one in _children(styles, "style")
             if one.get(f"{W}type") == "paragraph" and one.get(f"{W}default") in ("1", "true")),
            None,
        )  # fmt: skip
        self._abstract = {one.get(f"{W}abstractNumId"): one for one in _children(numbering, "abstractNum")}
        self._lists = {one.get(f"{W}numId"): one for one in _children(numbering, "num")}
        self._levels: dict[tuple[str, int], _Level | None] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def number(self, properties: Element | None) -> str:
        """Give the number that Word writes before the paragraph with these properties, with its blank; often ''."""
        found = self._list_of(properties)
        if found is None:
            return ""
        name, at = found
        level = self._level(name, at)
        if level is None:
            return ""
        counts = self._counts.setdefault(self._abstract_of(name), {})
        self._count(name, at, level, counts)
        if level.form == "bullet":
            return ""  # a dot says nothing
        words = _PLACE.sub(lambda match: self._place(name, int(match[1]) - 1, level.legal, counts), level.text)
        if not words.strip():
            return ""
        blank = "" if level.suffix == "nothing" or (level.suffix == "tab" and words[-1] in _CLOSING) else " "
        return words + blank

    def _count(self, name: str, at: int, level: _Level, counts: dict[int, int]) -> None:
        override = _start_override(self._lists[name], at)
        if override is not None and (name, at) not in self._started:
            counts[at] = override
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        self._started.add((name, at))
        for above in range(at):  # a level that was skipped counts as begun
            if above not in counts and (skipped := self._level(name, above)) is not None:
                counts[above] = skipped.start
        for below in range(at + 1, _LEVELS):
            deeper = self._level(name, below)
            if deeper is not None and at < deeper.restarts_after:
                counts.pop(below, None)

    def _place(self, name: str, at: int, legal: bool, counts: dict[int, int]) -> str:
        level = self._level(name, at)
        if level is None:
            return ""
        return written(counts.get(at, level.start), "decimal" if legal else level.form)

    def _list_of(self, properties: Element | None) -> tuple[str, int] | None:
        """Find the list and level of a paragraph: its own, else those of its style or of the styles that this is based
        on."""
        own = _child(properties, "numPr")
        name, at = _value(_child(own, "numId")), _value(_child(own, "ilvl"))
        style = _value(_child(properties, "pStyle")) or self._default
        first = style
        seen: set[str] = set()
        while name is None and style is not None and style in self._styles and style not in seen:
            seen.add(style)
            numbered = _child(_child(self._styles[style], "pPr"), "numPr")
            name = _value(_child(numbered, "numId"))
            at = at or _value(_child(numbered, "ilvl")) or (self._level_of_style(name, seen) if name else None)
            style = _value(_child(self._styles[style], "basedOn"))
        if name is None or name == "0" or name not in self._lists:
            return None
        level = _whole(at, None)
        if level is None:
            level = _whole(self._level_of_style(name, {first} if first else set()), 0)
        return (name, level) if level is not None and 0 <= level < _LEVELS else None

    def _level_of_style(self, name: str, styles: set[str]) -> str | None:
        abstract = self._abstract.get(self._abstract_of(name))
        for level in _children(abstract, "lvl"):
            if _value(_child(level, "pStyle")) in styles:
                return str(level.get(f"{W}ilvl"))
        return None

    def _abstract_of(self, name: str) -> str:
        """Give the abstract list, where need be by way of the list style that it links to."""
        for _ in range(4):
            found = _value(_child(self._lists.get(name), "abstractNumId")) or ""
            linked = _value(_child(self._abstract.get(found), "numStyleLink"))
            through = _child(_child(_child(self._styles.get(linked), "pPr"), "numPr"), "numId")
            if linked is None or _value(through) is None:
                return found
            name = _value(through) or ""
        return ""

    def _level(self, name: str, at: int) -> _Level | None:
        if (name, at) not in self._levels:
            self._levels[name, at] = self._read_level(name, at)
        return self._levels[name, at]

    def _read_level(self, name: str, at: int) -> _Level | None:
        element = None
        for override in _children(self._lists.get(name), "lvlOverride"):
            if override.get(f"{W}ilvl") == str(at):
                element = _child(override, "lvl")
        if element is None:
            levels = _children(self._abstract.get(self._abstract_of(name)), "lvl")
            element = next((one for one in levels if one.get(f"{W}ilvl") == str(at)), None)
        if element is None:
            return None
        restart = _whole(_value(_child(element, "lvlRestart")), at) or 0
        return _Level(
            _whole(_value(_child(element, "start")), 0) or 0,
            _value(_child(element, "numFmt")) or "decimal",
            _value(_child(element, "lvlText")) or "",
            _value(_child(element, "suff")) or "tab",
            switched_on(_child(element, "isLgl")),
            min(restart, at),
        )


def written(value: int, form: str) -> str:
    """Write a number as Word does in one of its formats.

    >>> [written(21, form) for form in ("chineseCountingThousand", "ideographDigital", "lowerRoman", "upperLetter")]
    ['二十一', '二一', 'xxi', 'U']
    """
    if not 0 <= value < _MOST or form in ("decimal", "none"):
        return "" if form == "none" else str(value)
    match form:
        case "chineseCountingThousand" | "taiwaneseCountingThousand":
            return to_chinese(value)
        case "chineseCounting" | "taiwaneseCounting" | "japaneseCounting":
            return to_chinese(value) if value < 100 or form == "japaneseCounting" else _by_digit(value)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return _by_digit(value)
        case "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal":
            return to_chinese(value).translate(_LEGAL)
        case "ideographEnclosedCircle" if 0 < value <= 10:
            return chr(ord("㊀") + value - 1)
        case "ideographTraditional" if 0 < value <= len(_STEMS):
            return _STEMS[value - 1]
        case "ideographZodiac" if 0 < value <= len(_BRANCHES):
            return _BRANCHES[value - 1]
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 0 < value <= 20:
            return chr(ord("①") + value - 1)
        case "decimalZero":
            return f"{value:02}"
        case "lowerLetter" | "upperLetter" if value:
            letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
            return letters if form == "lowerLetter" else letters.upper()
        case "lowerRoman" | "upperRoman":
            return _roman(value) if form == "lowerRoman" else _roman(value).upper()
    return str(value)


def _by_digit(value: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(value))


def _roman(value: int) -> str:
    letters = ""
    for worth, letter in _ROMAN:
        letters += letter * (value // worth)
        value %= worth
    return letters


def switched_on(element: Element | None) -> bool:
    """Tell whether a property that may be on or off is there and on."""
    return element is not None and element.get(f"{W}val", "1") not in ("0", "false", "off")


def small_number(element: Element | None, otherwise: int) -> int:
    """Give the value of a property that is a number of up to four digits."""
    value = element.get(f"{W}val", "") if element is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else otherwise


def _start_override(list_: Element, at: int) -> int | None:
    for override in _children(list_, "lvlOverride"):
        if override.get(f"{W}ilvl") == str(at):
            return _whole(_value(_child(override, "startOverride")), None)
    return None


def _children(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else list(element.iterchildren(f"{W}{name}"))


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else element.find(f"{W}{name}")


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(f"{W}val")


def _whole(text: str | None, otherwise: int | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
