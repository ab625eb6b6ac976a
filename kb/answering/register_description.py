"""Which documents a question to the register asks for, in words: the first line of a list, and what was looked for where
there are none."""

from __future__ import annotations

from collections.abc import Sequence

from kb.provenance import LEVEL_WORDS, name_of
from kb.question.period import AskedPeriod
from kb.question.register_question import RegisterQuestion
from kb.question.register_words import LEVELS
from kb.relations import INVERSE
from kb.types import Document, RelationType

_STATES = {
    "in_force": "现行有效的",
    "ended": "已经失效的",
    "trial": "试行的",
    "draft": "征求意见的",
    "planned": "计划出台的",
    "unknown": "效力不明的",
}
# What a document does to the other.
_DOES: dict[RelationType, str] = {
    "implements": "落实", "details": "细化", "based_on": "依据", "supersedes": "替代", "continues": "接续",
    "upgrades": "提升", "follows": "承接", "cites": "提到", "amends": "修改",
}  # fmt: skip
# What is not done by one to the other.
_STANDS: dict[RelationType, str] = {
    "supports": "{}为之配套",
    "supported_by": "为{}配套",
    "companion_of": "与{}互相配套",
    "related": "与{}相关",
}


def describe(asked: RegisterQuestion, related_to: Sequence[Document] = ()) -> str:
    """Say in words which documents are asked for."""
    said = {kind: [text for other, text in asked.limits if other == kind] for kind, _ in asked.limits}
    limits = asked.filter
    parts = [related_as(asked.relations, "、".join(map(name_of, related_to)))] if asked.relations else []
    if "issuer" in said:
        parts.append(f"{'、'.join(said['issuer'])}{'牵头' if limits.lead else ''}发布的")
    dated = ((limits.issued, "成文"), (limits.effective, "施行"), (limits.expires, "到期"), (limits.valid, "有效"))
    parts += [f"{_in_words(periods)}{verb}的" for periods, verb in dated if periods]
    parts += [words for state, words in _STATES.items() if state in limits.states]
    parts += ["未失效的"] if limits.not_states else []
    parts += [
        f"{word}的" for kind in ("public", "on_request", "withheld", "lacks", "has") for word in said.get(kind, ())
    ]
    parts += [f"提到{_quoted([words[0] for words in limits.mentions], '和')}的"] if limits.mentions else []
    parts += [f"标题或者主题词中有{_quoted([words[0] for words in limits.about])}的"] if limits.about else []
    parts += [f"属于{_quoted(limits.under)}主题的"] if limits.under else []
    parts += [f"标题含{_quoted([words[0] for words in limits.titled])}的"] if limits.titled else []
    parts += ["、".join(LEVEL_WORDS[level] for level in LEVELS if level in limits.levels)]
    parts += ["、".join(said.get("place", ()))]
    return "".join(parts) + ("、".join(limits.kinds) or "文件")


def none_found(asked: RegisterQuestion, related_to: Sequence[Document] = ()) -> str:
    """Say that none of the documents is one that is asked for. A text may speak of a thing in other words: what was
    looked for are these."""
    none = f"逐份查找了可以查阅的文件，没有{describe(asked, related_to)}"
    return none + ("。正文是按这几个字查找的，换一种说法的不在其内。" if asked.filter.mentions else "。")


def related_as(relations: Sequence[RelationType], name: str) -> str:
    """Say how documents stand to one of a name, in all of the relations that it has to them.

    >>> related_as(("implemented_by", "detailed_by"), "甲"), related_as(("based_on",), "甲"), related_as(("supported_by",), "甲")
    ('落实、细化甲的', '甲所依据的', '为甲配套的')
    """
    if set(relations) == set(INVERSE):
        return f"与{name}有关的"
    done_by = [_DOES[one] for one in relations if one in _DOES]
    done_to = [_DOES[INVERSE[one]] for one in relations if INVERSE[one] in _DOES]
    parts = [f"{'、'.join(done_to)}{{}}"] if done_to else []
    parts += [f"{{}}所{'、'.join(done_by)}"] if done_by else []
    parts += [_STANDS[one] for one in relations if one in _STANDS]
    return "或者".join(part.format("它" if n else name) for n, part in enumerate(parts)) + "的"


def _quoted(words: Sequence[str], joint: str = "、") -> str:
    return joint.join(f"“{word}”" for word in dict.fromkeys(words))


def _in_words(periods: Sequence[AskedPeriod]) -> str:
    return "、".join(period.words for period in periods)
