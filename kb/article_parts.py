"""The clauses of an article, and those of a part of it that is named: 第四条第二款第（二）项.

The id of a 项 does not tell the 款 that it stands in (`#a4.2`, in a later 款 `#a4.2~2`); its label does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.text.markers import article_of_label
from kb.text.numerals import parse_numeral, to_chinese
from kb.types import Clause


def clauses_of_article(clauses: Sequence[Clause], article: str) -> list[Clause]:
    """Give the clauses of an article of the body; `article` is its number as it stands in ids, 第十二条之一 is "12-1"."""
    return [c for c in clauses if c.clause_id.partition("#")[2].partition(".")[0] == f"a{article}"]


def articles_of_body(clauses: Sequence[Clause]) -> list[str]:
    """Give the numbers of the articles of the body, in their order."""
    found = (re.search(r"#a(\d+(?:-\d+)?)(?:\.|$)", clause.clause_id) for clause in clauses)
    return list(dict.fromkeys(match[1] for match in found if match))


def part_of_article(
    article: Sequence[Clause], paragraph: int | None, item: int | None, point: int | None = None
) -> list[Clause]:
    """Give those of the clauses of an article that lie in the 款, 项 and 目 that are named; an article without 款 is
    its first. What is counted from the end is negative, the last one -1."""
    label = article_of_label(article[0].label) if article else None
    found = list(article)
    if paragraph is not None and label:
        paragraph = _from_the_start(paragraph, found, rf"^{re.escape(label)}第([一二三四五六七八九十百]+)款")
        if paragraph is None:
            return []
        own = f"{label}第{to_chinese(paragraph)}款"
        single = paragraph == 1 and not any(clause.label.startswith(f"{label}第一款") for clause in article)
        found = found if single else [clause for clause in found if clause.label.startswith(own)]
    if item is not None:
        item = _from_the_start(item, found, r"第[（(]?([一二三四五六七八九十百]+|\d+)[）)]?项")
        if item is None:
            return []
        wanted = re.compile(rf"第[（(]?(?:{to_chinese(item)}|{item})[）)]?项")
        found = [clause for clause in found if wanted.search(clause.label)]
    if point is not None:
        found = [clause for clause in found if re.search(rf"第(?:{to_chinese(point)}|{point})目", clause.label)]
    return found


def _from_the_start(number: int, clauses: Sequence[Clause], numbered: str) -> int | None:
    """Give the number from the start of a part that is counted from the end of those `numbered` by their labels; None
    where there are not so many."""
    if number >= 0:
        return number
    labels = (re.search(numbered, clause.label) for clause in clauses)
    parts = list(dict.fromkeys(match[1] for match in labels if match)) or ["一"]
    if -number > len(parts):
        return None
    value = parts[number]
    return int(value) if value.isdigit() else int(parse_numeral(value) or 0)
