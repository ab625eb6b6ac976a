"""What clients ask: the questions of all judged sets, and as many fresh ones as are wanted.

A fresh question is a judged one in an opening and an ending that nobody has used with it yet, so that no answer that is
remembered fits it while retrieval and reader have the same work as with people's own wordings.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

DATA = Path("evals/data")
ALIKE = 10
"""How many of the judged texts are asked again and again, where what was asked before is measured."""

_SETS = (
    "policy",
    "held",
    "time",
    "time_fresh",
    "time_spoken",
    "register",
)  # a turn of a conversation is no question by itself
_OPENINGS = (
    "",
    "请问",
    "您好，",
    "麻烦问一下，",
    "想问问",
    "我想了解一下，",
    "老师您好，",
    "打扰了，",
    "帮我查查，",
    "咨询一下，",
)
_ENDINGS = ("", "谢谢", "急", "在线等", "多谢了", "盼复", "麻烦您了", "请告诉我")


def judged_texts(data: Path = DATA) -> list[str]:
    """Read what the judged sets ask, each text once, in the order of the files."""
    texts: dict[str, None] = {}
    for name in _SETS:
        with (data / name / "queries.jsonl").open(encoding="utf-8") as lines:
            texts |= dict.fromkeys(json.loads(line)["text"] for line in lines)
    return list(texts)


def fresh(texts: list[str], seed: int) -> Iterator[str]:
    """Give questions of which no two are the same, all wordings of one round before those of the next; ends when all
    are used up.

    >>> asked = list(fresh(["每餐补贴多少元？", "社区食堂向谁开放"], 1))
    >>> len(asked) == len(set(asked)) == 2 * len(_OPENINGS) * len(_ENDINGS)
    True
    """
    order = random.Random(seed)
    wordings = list(product(_OPENINGS, _ENDINGS))
    order.shuffle(wordings)
    for opening, ending in wordings:
        for text in order.sample(texts, len(texts)):
            yield f"{opening}{text}{ending and '，' + ending}"
