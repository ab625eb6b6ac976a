"""A question cut into the longest words that the grammar of the register or the catalogue knows, and what lies between
them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.naming import NAME
from kb.question.period import PERIOD, read_period
from kb.question.register_words import COMPILED
from kb.question.vocabulary import Vocabulary

MARKS = [chr(0xE000 + n) for n in range(16)]
"""Stand in the places of quoted words, which are cut no further."""

OPEN = ("mentions", "about", "titled", "topic")
"""Words behind which a topic follows."""

# A topic stands before 的文件, before asking words, or at the end; it begins with no word that asks.
_TOPIC = re.compile(
    rf"(?P<topic>(?!什么|啥|谁|哪)(?:[\ue000-\ue00f]|[^?。;{NAME}]{{2,24}}?))(?=(?:方面|相关|有关|内容|事项|问题|情况)*(?:的|这[些个])?"
    r"(?:政策文件|文件|政策|文献|资料|哪|多少|几[份部个件篇]|[都共]?有(?:哪|几|多少)|(?:1|总)?共|吗|分别|都有|清单|是哪|[?。;]|$)|的[^?。;]{0,14}(?:文件|政策|意见|办法|方案|通知|条例))"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question: what it is, where it stands, and what the catalogue says of it."""

    kind: str
    start: int
    end: int
    text: str
    value: object = None


class Cutter:
    """Cuts folded questions without spaces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def cut(self, text: str, today: date) -> list[Word]:
        """Cut a text into the longest words that are known, and what lies between them."""
        words: list[Word] = []
        at = 0
        while at < len(text):
            word = self._topic_at(text, words, at) or self._word_at(text, at, today)
            if word is None:
                if words and words[-1].kind == "rest":
                    words[-1] = replace(words[-1], end=at + 1, text=words[-1].text + text[at])
                else:
                    words.append(Word("rest", at, at + 1, text[at]))
            else:
                words.append(word)
            at = words[-1].end
        return words

    def _topic_at(self, text: str, words: Sequence[Word], at: int) -> Word | None:
        """Take what follows 提到, 关于 or 标题含 whole: words of the grammar may stand in it."""
        if not words or words[-1].kind not in OPEN or text[at] == NAME:
            return None
        match = _TOPIC.match(text, at)
        return Word("theme", at, match.end("topic"), match["topic"]) if match else None

    def _word_at(self, text: str, at: int, today: date) -> Word | None:
        if text[at] == NAME:
            return Word("name", at, at + 1, NAME)
        if text[at] in MARKS:
            return Word("theme", at, at + 1, text[at])
        found: list[Word] = []
        period = PERIOD.match(text, at)
        if period and (value := read_period(period, today)):
            found.append(Word("period", at, period.end(), period[0], value))
        for kind, pattern in COMPILED.items():
            if match := pattern.match(text, at):
                found.append(Word(kind, at, match.end(), match[0]))
        if issuer := self._vocabulary.issuer_at(text, at):
            found.append(Word("issuer", at, issuer[0], text[at : issuer[0]], issuer[1]))
        if end := self._vocabulary.kind_at(text, at):
            found.append(Word("kind", at, end, text[at:end]))
        if place := self._vocabulary.place_at(text, at):
            found.append(Word("place", at, place[0], text[at : place[0]], place[1]))
        return max((word for word in found if word.end > at), key=lambda word: word.end, default=None)
