"""Which relation of documents a question asks about, and in which direction: 哪些文件落实了甲, 甲落实了哪些文件, 甲由哪份文件落实."""

from __future__ import annotations

from collections.abc import Sequence

from kb.naming import NAME
from kb.question.register_cut import Word
from kb.question.register_words import LEVELS, RELATIONS
from kb.relations import INVERSE
from kb.types import RelationType

_GOVERNMENT = frozenset(("place", *LEVELS))  # What names a government: a place or a level.


def relation_asked(words: Sequence[Word], marked: str) -> tuple[RelationType, ...] | None:
    """Say how the documents named stand to those asked for; None where no relation is asked for. `marked` is the
    question with `NAME` for each name."""
    kinds = [word.kind for word in words]
    at = next((n for n, kind in enumerate(kinds) if kind in RELATIONS), None)
    if "name" not in kinds:
        return None
    if at is None:
        if "passive" in kinds and "ended" in kinds:
            return _inverse(RELATIONS["replaces"])
        if "mentions" in kinds and kinds.index("mentions") < kinds.index("name"):
            return _inverse(RELATIONS["cites"])
        beside = [(kinds[n - 1 : n], kinds[n + 1 : n + 2]) for n, kind in enumerate(kinds) if kind == "name"]
        return tuple(INVERSE) if any(before == ["about"] or after == ["rear"] for before, after in beside) else None
    types = RELATIONS[kinds[at]]
    if kinds[at] == "supports" and kinds[at + 1 :][:1] == ["paper"]:  # X的配套文件, but X是哪份文件的配套文件
        return types if "copula" in kinds[kinds.index("name") : at] else _inverse(types)
    return _inverse(types) if _is_done_by_asked(marked, at, kinds) else types


def _is_done_by_asked(marked: str, at: int, kinds: Sequence[str]) -> bool:
    """Say whether the documents asked for do what the verb at `at` says (落实X的文件), not those named (X落实的文件)."""
    if f"以{NAME}为" in marked or "it" in kinds[at:]:
        return True
    before, name = kinds[:at], _last(kinds[:at], "name")
    asks = next((n for n, kind in enumerate(kinds) if kind == "ask"), len(kinds))
    where = any(
        kinds[n] in _GOVERNMENT and kinds[n + 1 : n + 2] not in (["paper"], ["kind"]) for n in range(name + 1, asks)
    )
    if kinds[at] != "rests_on" and name >= 0 and (kinds[at + 1 :][:1] == ["paper"] or where):
        return True  # X的落实文件, X落实到杭州
    asked = max(_last(before, kind) for kind in ("ask", "paper", "kind"))
    return asked > name or name < 0


def _last(kinds: Sequence[str], kind: str) -> int:
    return max((n for n, other in enumerate(kinds) if other == kind), default=-1)


def _inverse(types: Sequence[RelationType]) -> tuple[RelationType, ...]:
    return tuple(INVERSE[one] for one in types)
