"""Works: documents that are articles of one law belong together (中华人民共和国刑法第一条, …第二条)."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The level of clause to which laws are cited.
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?$")


def works_of(titles: Iterable[str]) -> list[int]:
    """Number the work of each document, in the order given; a document that is no article is a work of its own.

    >>> works_of(["刑法第一条", "刑法第二条", "通知", "通知"])
    [0, 0, 1, 2]
    """
    numbers: dict[str, int] = {}
    works = []
    count = 0
    for title in titles:
        article = _ARTICLE.search(title) if title.endswith("条") or "条之" in title else None
        work = title[: article.start()] if article else ""
        number = numbers.get(work) if work else None
        if number is None:
            number, count = count, count + 1
            if work:
                numbers[work] = number
        works.append(number)
    return works
