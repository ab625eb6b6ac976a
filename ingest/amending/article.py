"""An article as an amending decision speaks of it: 款 and 项 that are counted, and what is replaced, deleted or put
between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.text.markers import read_marker
from kb.text.numerals import to_chinese

_ITEM_KINDS = ("（一）",)  # Items of laws are （一）; what stands below them has no fixed order of kinds.
_BELOW_ITEMS = ("1.", "（1）", "1）", "①")
_SEPARATOR = re.compile(r"\n(?:[^\S\n]*\n)*")
MARKED = re.compile(r"\s*第[一二三四五六七八九十百千零〇\d]{1,9}条(?:之[一二三四五六七八九十\d]{1,3})?([\s　]*)")
"""The number of an article at the beginning of its text, and the blanks behind it."""


@dataclass(slots=True)
class Paragraph:
    """A 款 with its 项; `number` is its place in the text before, None for one that was inserted."""

    number: int | None
    lead: str
    items: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The paragraph with its items, a line each."""
        return [self.lead, *self.items]


@dataclass(slots=True)
class Article:
    """An article: `number` is the one that it bears, `place` that in the text before (None where it is new);
    `separator` stands between its lines."""

    number: tuple[int, int]
    place: tuple[int, int] | None
    gap: str  # between its number and its words
    paragraphs: list[Paragraph]
    separator: str = "\n"
    changed: bool = False

    def text(self) -> str:
        """The article as it is printed."""
        lines = [line for paragraph in self.paragraphs for line in paragraph.lines()]
        return number_words(self.number) + self.gap + "\n".join(lines).replace("\n", self.separator)


def number_words(number: tuple[int, int]) -> str:
    """
    >>> number_words((22, 0)), number_words((22, 1))
    ('第二十二条', '第二十二条之一')
    """
    return f"第{to_chinese(number[0])}条" + (f"之{to_chinese(number[1])}" if number[1] else "")


def usual_separator(texts: Iterable[str]) -> str | None:
    """Give what most often stands between the lines of some texts: a line break, or one with blank lines.

    >>> usual_separator(["第一条　甲。\\n\\n乙。", "第二条　丙。"]), usual_separator(["第二条　丙。"])
    ('\\n\\n', None)
    """
    found = Counter(separator for text in texts for separator in _SEPARATOR.findall(text.strip()))
    return max(found, key=lambda separator: found[separator], default=None)


def read_article(text: str, number: tuple[int, int], separator: str = "\n") -> Article:
    """Read an article with its paragraphs and items; `separator` is that of its law, which counts where it has but one
    line."""
    marked = MARKED.match(text)
    gap = marked[1] if marked else "　"
    paragraphs = read_paragraphs(text[marked.end() :] if marked else text, numbered=True)
    return Article(number, number, gap, paragraphs, usual_separator([text]) or separator)


def read_paragraphs(text: str, *, numbered: bool) -> list[Paragraph]:
    """Cut the words of an article into its 款: a line that begins with （一） or deeper goes with the 款 above it."""
    found: list[Paragraph] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        marker = read_marker(line, 0, len(line))
        if marker and found and marker.kind in _ITEM_KINDS:
            found[-1].items.append(line)
        elif marker and found and found[-1].items and marker.kind in _BELOW_ITEMS:
            found[-1].items[-1] += "\n" + line
        else:
            found.append(Paragraph(len(found) + 1 if numbered else None, line))
    return found


def count_items(paragraph: Paragraph) -> None:
    """Number the items of a paragraph anew, as they stand now."""
    for index, item in enumerate(paragraph.items):
        marker = read_marker(item, 0, len(item))
        if marker:
            paragraph.items[index] = f"（{to_chinese(index + 1)}）{item[marker.end :]}"
