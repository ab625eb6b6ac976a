"""What changed between two wordings: each cut into pieces that both have and pieces that only it has.

Compared are words as they read, so that width, script and blanks are no change. The pieces of a wording joined are the
wording.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.text.fold import fold_text

# A number changes as a whole: 15 to 150 is no added 0. Chinese is compared character by character.
_TOKEN = re.compile(r"\d+(?:\.\d+)?%?|[A-Za-z]+|\S")
_ISLAND = 2  # characters in common between two changes that are read as one


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one text, and whether the other text lacks it."""

    text: str
    changed: bool


def word_changes(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Cut two wordings at what changed.

    >>> [(p.text, p.changed) for p in word_changes("自受理之日起10日内办结", "自受理之日起15日内办结")[1]]
    [('自受理之日起', False), ('15', True), ('日内办结', False)]
    >>> word_changes("(一)登记；", "（一） 登记;")[0]
    (Piece(text='(一)登记；', changed=False),)
    """
    old, new = list(_TOKEN.finditer(before)), list(_TOKEN.finditer(after))
    matcher = SequenceMatcher(None, _read(old), _read(new), autojunk=False)
    gone: list[tuple[int, int]] = []
    come: list[tuple[int, int]] = []
    for what, i1, i2, j1, j2 in _without_islands(matcher.get_opcodes()):
        if what != "equal":
            gone.append((i1, i2))
            come.append((j1, j2))
    return _pieces(before, old, gone), _pieces(after, new, come)


def reads_alike(before: str, after: str) -> bool:
    """Say whether two wordings are the same to a reader.

    >>> reads_alike("（一）  登记", "(一)登记"), reads_alike("30日内", "20日内")
    (True, False)
    """
    return _plain(before) == _plain(after)


def _read(tokens: Sequence[re.Match[str]]) -> list[str]:
    return [fold_text(token.group()) for token in tokens]


def _plain(text: str) -> str:
    return "".join(fold_text(text).split())


def _without_islands(codes: Sequence[tuple[str, int, int, int, int]]) -> list[tuple[str, int, int, int, int]]:
    """Read a word or two in common between two changes as part of the change."""
    found: list[tuple[str, int, int, int, int]] = []
    for n, (what, i1, i2, j1, j2) in enumerate(codes):
        is_island = what == "equal" and 0 < n < len(codes) - 1 and i2 - i1 <= _ISLAND
        kind = "replace" if is_island else what
        if found and kind != "equal" and found[-1][0] != "equal":
            _, first, _, other, _ = found[-1]
            found[-1] = ("replace", first, i2, other, j2)
        else:
            found.append((kind, i1, i2, j1, j2))
    return found


def _pieces(text: str, tokens: Sequence[re.Match[str]], spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a text at spans of its tokens."""
    found: list[Piece] = []
    at = 0
    for first, last in spans:
        if first == last:
            continue
        start, end = tokens[first].start(), tokens[last - 1].end()
        found += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    found.append(Piece(text[at:], False))
    return tuple(piece for piece in found if piece.text)
