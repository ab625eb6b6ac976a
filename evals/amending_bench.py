"""`python -m evals.amending_bench FOLDER`: 40 amending decisions on the official texts of a folder, each text compared
with what it must be.

A decision is written for each of 40 laws in the forms of drafters, three operations on articles chosen by chance, kind
after kind, so that every kind comes up at least five times; a seventh of them put an article in and count all anew.
What must come out is made by editing lines of the law, with nothing of `ingest.amending`. The texts need not be here:
they are read where the bench is run.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.amending.consolidation import consolidate
from ingest.amending.operations import read_operations
from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.readers.registry import read_file
from kb.text.numerals import to_chinese

DECISIONS = 40
AT_LEAST = 5  # times that every kind comes up
_ARTICLE = re.compile(r"第([零一二三四五六七八九十百]+)条(?=[\s　])")
_ITEM = re.compile(r"[（(][一二三四五六七八九十]+[）)]")
_HEADING = re.compile(r"第[一二三四五六七八九十]+[章节编]")
_RUN = re.compile(r"[一-龥]{5,8}")
ANEW = "增加条文并调整序号"
NEW = "前款以外的事项，由主管部门另行规定。"


@dataclass(slots=True)
class Law:
    """A law as lines: `articles` are where each begins and ends among them, by its place in the order."""

    text: str
    lines: list[str] = field(init=False)
    articles: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")
        starts = [n for n, line in enumerate(self.lines) if _ARTICLE.match(line)]
        ends = [n for n, line in enumerate(self.lines) if _HEADING.match(line)]
        stops = sorted((*starts, *ends, len(self.lines)))
        self.articles = [(start, next(stop for stop in stops if stop > start)) for start in starts]

    @property
    def is_plain(self) -> bool:
        """Say whether the articles are numbered from one without a gap, and none has parts below its items."""
        numbers = [_number(self.lines[start]) for start, _ in self.articles]
        return numbers == [f"第{to_chinese(n)}条" for n in range(1, len(numbers) + 1)] and len(numbers) >= 10

    def body(self, place: int) -> list[int]:
        """Give the lines of an article that say something."""
        start, end = self.articles[place]
        return [n for n in range(start, end) if self.lines[n].strip()]

    def paragraphs(self, place: int) -> list[int]:
        """Give the lines of an article that begin a paragraph."""
        return [n for n in self.body(place) if not _ITEM.match(self.lines[n])]

    def items(self, place: int) -> list[int]:
        """Give the lines of an article that are items."""
        return [n for n in self.body(place) if _ITEM.match(self.lines[n])]


def _number(line: str) -> str:
    match = _ARTICLE.match(line)
    return match[0] if match else ""


Edit = Callable[[Law, int, list[str | None]], str | None]
"""Writes an operation on the article at a place of a law and edits the lines, None where one goes; None where the
article has not the form for it. A line may grow by others behind it."""


def _words(law: Law, place: int, chance: random.Random) -> str | None:
    """Choose words that stand once in an article."""
    whole = "\n".join(law.lines[n] for n in law.body(place))
    runs = [run for run in _RUN.findall(whole.partition("条")[2]) if whole.count(run) == 1]
    return chance.choice(runs) if runs else None


def _paragraph(n: int) -> str:
    return f"第{to_chinese(n)}款"


def kinds(chance: random.Random) -> dict[str, Edit]:
    """Give the kinds of operations."""

    def replace(law: Law, place: int, out: list[str | None]) -> str | None:
        first, *rest = law.body(place)
        number = _number(law.lines[first])
        out[first] = law.lines[first][: len(number) + 1] + NEW
        _drop(out, rest)
        return f"将{number}修改为：“{NEW}”"

    def replace_paragraph(law: Law, place: int, out: list[str | None]) -> str | None:
        found = law.paragraphs(place)
        if len(found) < 2 or law.items(place):
            return None
        out[found[1]] = NEW
        return f"将{_number(law.lines[found[0]])}第二款修改为：“{NEW}”"

    def substitute(law: Law, place: int, out: list[str | None]) -> str | None:
        words = _words(law, place, chance)
        return words and _rewrite(law, place, out, words, "有关主管单位", "将{}中的“{}”修改为“有关主管单位”")

    def delete_words(law: Law, place: int, out: list[str | None]) -> str | None:
        words = _words(law, place, chance)
        return words and _rewrite(law, place, out, words, "", "删去{}中的“{}”")

    def insert_words(law: Law, place: int, out: list[str | None]) -> str | None:
        words = _words(law, place, chance)
        return words and _rewrite(law, place, out, words, f"{words}以及相关事项", "在{}中的“{}”后增加“以及相关事项”")

    def insert_paragraph(law: Law, place: int, out: list[str | None]) -> str | None:
        found = law.paragraphs(place)
        if law.items(place):
            return None
        out[found[-1]] = f"{law.lines[found[-1]]}{_between(law)}{NEW}"
        return f"{_number(law.lines[found[0]])}增加一款，作为{_paragraph(len(found) + 1)}：“{NEW}”"

    def insert_item(law: Law, place: int, out: list[str | None]) -> str | None:
        items = law.items(place)
        if len(items) < 3 or len(law.paragraphs(place)) != 1 or not all(law.lines[n].startswith("（") for n in items):
            return None
        for count, n in enumerate(items[1:], start=3):
            out[n] = _ITEM.sub(f"（{to_chinese(count)}）", law.lines[n], count=1)
        out[items[0]] = f"{law.lines[items[0]]}{_between(law)}（二）由主管部门确定的事项；"
        return f"{_number(law.lines[law.body(place)[0]])}增加一项，作为第二项：“（二）由主管部门确定的事项；”"

    def replace_item(law: Law, place: int, out: list[str | None]) -> str | None:
        items = law.items(place)
        if len(items) < 3 or len(law.paragraphs(place)) != 1 or not all(law.lines[n].startswith("（") for n in items):
            return None
        out[items[1]] = "（二）由主管部门确定的事项；"
        return f"将{_number(law.lines[law.body(place)[0]])}第二项修改为：“（二）由主管部门确定的事项；”"

    def count_anew(law: Law, place: int, out: list[str | None]) -> str | None:
        if place == 0 or law.articles[place - 1][1] != law.articles[place][0]:
            return None  # behind a heading
        first = law.body(place)[0]
        number, gap = _number(law.lines[first]), law.lines[law.articles[0][0]][len("第一条")]
        out[first] = f"{number}{gap}{NEW}{_between(law)}{law.lines[first]}"
        for later, (start, _) in enumerate(law.articles[place:], start=place):
            lead = out[start] or ""
            at = lead.rindex("\n") + 1 if later == place else 0
            out[start] = lead[:at] + f"第{to_chinese(later + 2)}条" + lead[at + len(_number(law.lines[start])) :]
        return f"增加一条，作为{number}：“{NEW}”。此外，条文顺序作相应调整"

    def delete(law: Law, place: int, out: list[str | None]) -> str | None:
        first, *rest = law.body(place)
        out[first] = None
        _drop(out, rest)
        return f"删去{_number(law.lines[first])}"

    def delete_paragraph(law: Law, place: int, out: list[str | None]) -> str | None:
        found = law.paragraphs(place)
        if len(found) < 2 or law.items(place):
            return None
        out[found[1]] = None
        return f"删去{_number(law.lines[found[0]])}第二款"

    def insert_article(law: Law, place: int, out: list[str | None]) -> str | None:
        first, last = law.body(place)[0], law.body(place)[-1]
        number = _number(law.lines[first])
        gap = law.lines[law.articles[0][0]][len("第一条")]
        out[last] = f"{law.lines[last]}{_between(law)}{number}之一{gap}{NEW}"
        return f"在{number}后增加一条，作为{number}之一：“{NEW}”"

    def move(law: Law, place: int, out: list[str | None]) -> str | None:
        if place + 1 == len(law.articles) or law.articles[place][1] != law.articles[place + 1][0]:
            return None  # a heading stands between
        (start, middle), (_, end) = law.articles[place], law.articles[place + 1]
        first, second = (_number(law.lines[n]) for n in (start, middle))
        blocks = ([n for n in range(*span) if law.lines[n].strip()] for span in ((start, middle), (middle, end)))
        one, other = ([law.lines[n] for n in block] for block in blocks)
        other[0], one[0] = first + other[0][len(second) :], second + one[0][len(first) :]
        out[start] = _between(law).join((*other, *one))
        _drop(out, [*law.body(place)[1:], *law.body(place + 1)])
        return f"将{first}改为{second}，将{second}改为{first}"

    return {
        "修改条文": replace, "修改款": replace_paragraph, "修改词语": substitute, "删去词语": delete_words, "增加词语": insert_words,
        "增加款": insert_paragraph, "增加项": insert_item, "删去条文": delete, "删去款": delete_paragraph, "增加条文": insert_article,
        "调整条序": move, "修改项": replace_item, ANEW: count_anew,
    }  # fmt: skip


def _rewrite(law: Law, place: int, out: list[str | None], old: str, new: str, form: str) -> str:
    for n in law.body(place):
        out[n] = law.lines[n].replace(old, new)
    return form.format(_number(law.lines[law.body(place)[0]]), old)


def _drop(out: list[str | None], gone: Sequence[int]) -> None:
    for n in gone:
        out[n] = None


def _between(law: Law) -> str:
    """What stands between two lines of a law: a line break, or one with a blank line."""
    return "\n\n" if sum(not line.strip() for line in law.lines) > len(law.lines) / 3 else "\n"


def decide(law: Law, wanted: Sequence[str], chance: random.Random) -> tuple[str, str, list[str]]:
    """Write a decision on a law with operations of the kinds wanted; give it, the text that must come out, and the
    kinds that it has."""
    out: list[str | None] = list(law.lines)
    items, had, taken = [], [], set[int]()
    for kind in wanted:
        for place in chance.sample(range(len(law.articles)), len(law.articles)):
            near = {place - 1, place, place + 1}
            words = None if near & taken else kinds(chance)[kind](law, place, out)
            if words:
                taken |= near
                items.append(words)
                had.append(kind)
                break
    numbered = "\n".join(f"{to_chinese(n)}、{words}。" for n, words in enumerate(items, start=1))
    expected = re.sub("(\n[ \t]*)*\0", "", "\n".join("\0" if line is None else line for line in out))
    return f"关于修改《某条例》的决定\n作如下修改：\n{numbered}\n本决定自公布之日起施行。\n", expected, had


def measure(texts: Sequence[str]) -> tuple[Counter[str], Counter[str], list[str]]:
    """Give how often each kind of operation came up, how often in a text that came out right, and what did not."""
    chance = random.Random(20)
    asked, right, wrong = Counter[str](), Counter[str](), []
    turn = cycle(kind for kind in kinds(chance) if kind != ANEW)
    due: list[str] = []  # kinds that a law before had no article for
    for n, text in enumerate(texts):
        # Where all is counted anew, what else is changed has to keep the number of articles.
        wanted = ["修改词语", "修改款", ANEW] if n % 7 == 0 else [*due, *(next(turn) for _ in range(3 - len(due)))]
        decision, expected, had = decide(Law(text), wanted, chance)
        due = due if n % 7 == 0 else [kind for kind in wanted if kind not in had]
        done = consolidate(text, parse_outline("law", text, read_header(text).blocks), read_operations(decision))
        asked.update(had)
        if done.text == expected and not done.unfit:
            right.update(had)
        else:
            reasons = "；".join(one.reason for one in done.unfit)
            wrong.append(f"{text.partition(chr(10))[0]}: {decision} {reasons}")
    return asked, right, wrong


def main() -> None:
    """Measure over the folder named, and print a table and what came out otherwise."""
    texts = (read_file(path).text for path in sorted(Path(sys.argv[1]).glob("*.md")))
    laws = [text for text in texts if Law(text).is_plain][:DECISIONS]
    asked, right, wrong = measure(laws)
    table = Table("operation", "times", "right", "mark")
    for kind, times in asked.items():
        table.add_row(kind, str(times), str(right[kind]), f"{times}, and {AT_LEAST} times")
    console = Console(width=120)
    console.print(table)
    console.print(f"{len(laws) - len(wrong)} of {len(laws)} decisions give the text character for character")
    for one in wrong:
        console.print(one)


if __name__ == "__main__":
    main()
