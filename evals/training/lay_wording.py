"""Lay questions made out of official sentences.

People ask 欠钱不还怎么办, the law says 借款人未按照约定的期限返还借款的. `lay_wording.tsv` pairs official
wording with everyday wording; a clause whose official words are replaced, and which is put into the
frame of a question, is a question that its article answers.
"""

from __future__ import annotations

import re
from pathlib import Path

from numpy.random import Generator

LEXICON = Path(__file__).with_name("lay_wording.tsv")
_CLAUSE = re.compile(r"[^，。；：、！？\s（）()《》]+")  # Wordings are replaced within a part of a sentence.
# The frames of lay questions, so that no wording is learned together with one.
_FRAMES = (
    "{}怎么办", "{}怎么处理", "{}违法吗", "{}合法吗", "{}可以吗", "{}行不行", "{}有什么规定", "{}有哪些要求", "{}要承担什么责任",
    "{}会怎么罚", "{}算什么", "{}应该找谁", "{}需要什么条件", "{}怎么赔", "{}谁负责", "什么情况下{}", "{}是否需要负责", "如果{}，怎么办",
    "{}怎么认定", "{}能不能", "请问{}", "我想问{}", "关于{}", "什么是{}", "{}的标准是什么", "{}该怎么申请", "{}有没有补贴", "{}多久",
)  # fmt: skip


class LayWording:
    """Rewrites official wording in everyday words, the longest match first."""

    def __init__(self, lexicon: dict[str, list[str]], common: frozenset[str] = frozenset()) -> None:
        self._lexicon = lexicon
        self._common = common
        self._by_first: dict[str, list[str]] = {}
        for official in sorted(lexicon, key=len, reverse=True):
            self._by_first.setdefault(official[0], []).append(official)

    @classmethod
    def read(cls, path: Path = LEXICON) -> LayWording:
        """Read a lexicon: official wording, a tab, everyday wordings apart by blanks (or none: left out).

        Wording marked ~ is so common that replacing it alone makes no lay sentence.
        """
        lexicon, common = {}, set()
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                official, _, everyday = line.partition("\t")
                if official.startswith("~"):
                    official = official[1:]
                    common.add(official)
                lexicon[official] = everyday.split() or [""]
        return cls(lexicon, frozenset(common))

    def rewrite(self, text: str, generator: Generator, share: float = 0.8) -> tuple[str, int]:
        """Replace about `share` of the official words; give the text and how many that tell were replaced."""
        pieces, position, replaced = [], 0, 0
        while position < len(text):
            for official in self._by_first.get(text[position], ()):
                if text.startswith(official, position):
                    break
            else:
                pieces.append(text[position])
                position += 1
                continue
            position += len(official)
            if generator.random() < share:
                choices = self._lexicon[official]
                pieces.append(choices[int(generator.integers(len(choices)))])
                replaced += official not in self._common
            else:
                pieces.append(official)
        return "".join(pieces), replaced

    def question(self, article: str, generator: Generator) -> str | None:
        """Make a lay question out of one to three clauses of an article, or None where nothing is official in it."""
        clauses = [clause for clause in _CLAUSE.findall(article[:400]) if len(clause) > 3]
        if not clauses:
            return None
        first = int(generator.integers(len(clauses)))
        chosen = "，".join(clauses[first : first + int(generator.integers(1, 4))])[:48]
        lay, replaced = self.rewrite(chosen, generator)
        if not replaced or len(lay) < 4:
            return None
        if generator.random() < 0.7:
            lay = _FRAMES[int(generator.integers(len(_FRAMES)))].format(lay.removesuffix("的"))
        return lay
