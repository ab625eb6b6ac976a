"""How much of a text came out right, character by character."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any


def character_accuracy(found: str, truth: str) -> float:
    """Give one less the share of characters of `truth` that are wrong, missing or too many; line ends count too.

    >>> character_accuracy("第一条 总则", "第一条 总则"), character_accuracy("第二条", "第一条条")
    (1.0, 0.5)
    """
    wrong = 0
    for found_lines, true_lines in _unlike(found.split("\n"), truth.split("\n")):
        for one, other in _unlike("\n".join(found_lines), "\n".join(true_lines)):
            wrong += max(len(one), len(other))
    return max(0.0, 1 - wrong / len(truth))


def _unlike(found: Sequence[Any], truth: Sequence[Any]) -> list[tuple[Any, Any]]:
    matcher = SequenceMatcher(None, found, truth, autojunk=False)
    return [(found[a:b], truth[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
