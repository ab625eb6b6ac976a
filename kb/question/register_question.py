"""A question put to the register of documents, read once: what is counted or listed, by which filter, by which relation.

The question is cut into words of a small grammar (`kb.question.register_words`) and of the catalogue (`kb.question.vocabulary`). What is left
over has to be a topic: behind a word that announces one (提到…), before one (…方面的), or before the papers themselves
(托育文件) where the catalogue knows it. Anything else left over, and the question asks for something that documents say, not for
documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kb.answering.naming import NAME, Named
from kb.question.document_filter import DocumentFilter, topic_words
from kb.question.period import PERIOD, Period, read_period
from kb.question.register_words import COMPILED, DISCLOSURES, LEVELS, RELATIONS, STATES, field_named
from kb.question.vocabulary import Vocabulary
from kb.references import INVERSE
from kb.text.lexicon import Translation
from kb.types import Document, Level, RelationType

Grouping = Literal["levels", "issued", "kinds", "states", "issuers"]

_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]{2,30})[”\"」』]")
_MARKS = [chr(0xE000 + n) for n in range(16)]
_TOPIC = re.compile(
    rf"(?P<topic>(?!什么|啥|谁|哪)[\ue000-\ue00f]|[^?。;{NAME}]{{2,24}}?)(?=(?:方面|相关|有关|内容|事项|问题|情况)*(?:的|这[些个])?"
    r"(?:政策文件|文件|政策|文献|资料|哪|多少|几[份部个件篇]|[都共]?有(?:哪|几|多少)|(?:1|总)?共|吗|分别|都有|清单|是哪|[?。;]|$)|的[^?。;]{0,14}(?:文件|政策|意见|办法|方案|通知|条例))"
)
_TOPICS_APART = re.compile(r"、|以及|和|与|及|或者?")
_EDGES = re.compile(r"^(?:[与跟和同对就在的了过有]|请|所有|全部|给我)+|(?:的|了|等|类|有|这类|那些)+$")
_OPEN = ("mentions", "about", "titled", "topic")
_LONGEST_KIND = 4  # characters; what is longer names a document
_PLAIN_KINDS = [
    "标准",
    "计划",
    "方案",
    "规划",
    "指南",
    "建议",
    "决定",
    "规定",
    "办法",
    "规范",
    "要点",
    "规则",
    "项目",
    "公里",
    "报告",
    "目录",
    "要求",
]
"""Kinds that are things as well: 有什么办法 asks for none of the papers unless something else says so."""
_WEAK = ("rest", "theme", "filler", "copula", "issue", "mentions", "passive")
_GOVERNMENT = frozenset(("place", *LEVELS))
_GROUPS: dict[str, Grouping] = {
    "级": "levels",
    "层级": "levels",
    "年": "issued",
    "单位": "issuers",
    "部门": "issuers",
    "类": "kinds",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question: what it is, where it stands, and what the catalogue says of it."""

    kind: str
    start: int
    end: int
    text: str
    value: object = None


@dataclass(frozen=True, slots=True)
class RegisterQuestion:
    """What is asked of the register: the documents of a filter; of those only the `first` or last by date; how the
    documents named (`related_to`) stand to them; counted per value of `group`. `limits` are the words that made the filter, each behind what kind of word it is."""

    filter: DocumentFilter
    counts: bool = False
    order: Literal["newest", "oldest"] | None = None
    group: Grouping | None = None
    related_to: tuple[int, ...] = ()
    relations: tuple[RelationType, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()


class RegisterReader:
    """Reads questions put to the register of some documents; `translate` says what everyday words mean in the documents' own."""

    def __init__(
        self, vocabulary: Vocabulary, documents: Iterable[Document], translate: Callable[[str], Iterable[Translation]]
    ) -> None:
        self.vocabulary = vocabulary
        self._topic_words = [topic_words(document) for document in documents]
        self._translate = translate

    def read(self, question: str, find: Callable[[str], Named], today: date) -> RegisterQuestion | None:
        """Read a question, `find` finds the documents that it names; None where it does not ask for documents."""
        quoted: list[str] = []

        def put_away(match: re.Match[str]) -> str:
            if len(quoted) == len(_MARKS) or find(match[1]).documents:
                return match[0]
            quoted.append(match[1])
            return _MARKS[len(quoted) - 1]

        named = find(_QUOTED.sub(put_away, question))
        if named.unknown:
            return None
        words = self._cut(named.marked, today)
        return _Reading(self, words, named, quoted).result() if words else None

    def spell(self, topic: str) -> tuple[str, ...]:
        """Give a topic and the words that documents have for it."""
        return (topic, *(word for t in self._translate(topic) if t.said == topic for word in t.official))

    def knows(self, topic: str) -> bool:
        """Say whether the names or topics of any document hold a topic."""
        return any(word in words for word in self.spell(topic) for words in self._topic_words)

    def _cut(self, text: str, today: date) -> list[Word]:
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
        if not words or words[-1].kind not in _OPEN or text[at] == NAME:
            return None
        match = _TOPIC.match(text, at)
        return Word("theme", at, match.end("topic"), match["topic"]) if match else None

    def _word_at(self, text: str, at: int, today: date) -> Word | None:
        if text[at] == NAME:
            return Word("name", at, at + 1, NAME)
        if text[at] in _MARKS:
            return Word("theme", at, at + 1, text[at])
        found: list[Word] = []
        period = PERIOD.match(text, at)
        if period and (value := read_period(period, today)):
            found.append(Word("period", at, period.end(), period[0], value))
        for kind, pattern in COMPILED.items():
            if match := pattern.match(text, at):
                found.append(Word(kind, at, match.end(), match[0]))
        if issuer := self.vocabulary.issuer_at(text, at):
            found.append(Word("issuer", at, issuer[0], text[at : issuer[0]], issuer[1]))
        if end := self.vocabulary.kind_at(text, at):
            found.append(Word("kind", at, end, text[at:end]))
        if place := self.vocabulary.place_at(text, at):
            found.append(Word("place", at, place[0], text[at : place[0]], place[1]))
        return max((word for word in found if word.end > at), key=lambda word: word.end, default=None)


class _Reading:
    """One question while it is made sense of."""

    def __init__(self, reader: RegisterReader, words: list[Word], named: Named, quoted: Sequence[str]) -> None:
        self._reader = reader
        self._words = words
        self._named = named
        self._quoted = quoted
        self._covered = 0  # up to which the words belong to a topic
        self._implicit = False  # a topic that only stands before the papers
        self._limits: list[tuple[str, str]] = []

    def result(self) -> RegisterQuestion | None:
        related = self._relation()
        if related is None and any(word.kind in RELATIONS for word in self._words):
            return None  # of a document that is not named
        limits = self._filter(related is not None)
        kinds = [word.kind for word in self._words]
        if limits is None or not ({"ask", "list", "newest", "oldest"} & set(kinds) or self._is_nominal(limits)):
            return None
        if NAME in self._named.marked and related is None:
            return None
        papers = [word for word in self._words if word.kind in ("paper", "kind", "measure") or _measures(word)]
        if not papers and related is None:
            return None
        plain = limits.kinds and all(kind in _PLAIN_KINDS for kind in limits.kinds)
        if plain and related is None and not self._is_of_documents(limits):
            return None
        if self._implicit and (plain or not self._may_be_implicit(papers)):
            return None
        only_goods = all(
            word.text in ("资料", "材料", "政策") or word.kind == "measure" for word in papers if not _measures(word)
        )
        if (
            only_goods
            and related is None
            and limits == DocumentFilter()
            and not ({"library"} & set(kinds) or _counted(self._words))
        ):
            return None
        return RegisterQuestion(
            filter=limits,
            counts=any(re.search(r"多少|几|总数|数量", word.text) for word in self._words if word.kind == "ask"),
            order="newest" if "newest" in kinds else "oldest" if "oldest" in kinds else None,
            group=self._group(limits),
            related_to=self._named.documents if related else (),
            relations=related or (),
            limits=tuple(self._limits),
        )

    def _is_nominal(self, limits: DocumentFilter) -> bool:
        """Say whether the question is nothing but what it limits: 2023年10月印发的文件."""
        last = next((word for word in reversed(self._words) if word.kind != "filler"), self._words[-1])
        names_papers = last.kind == "paper" or (last.kind == "kind" and len(last.text) <= _LONGEST_KIND)
        return names_papers and limits != DocumentFilter() and not self._implicit

    def _is_of_documents(self, limits: DocumentFilter) -> bool:
        """Say whether something beside a kind of paper shows that papers are asked for."""
        bare = replace(limits, kinds=())
        return bare != DocumentFilter() or any(_measures(word) and word.text[-1] in "份部件篇" for word in self._words)

    def _may_be_implicit(self, papers: Sequence[Word]) -> bool:
        return any(word.text not in ("政策", "资料", "材料") for word in papers if not _measures(word)) or _counted(
            self._words
        )

    def _filter(self, related: bool) -> DocumentFilter | None:
        """Make the filter of all words; None where some are not understood."""
        levels: list[Level] = []
        places: list[str] = []
        issuers: list[frozenset[str]] = []
        kinds: list[str] = []
        periods: dict[str, list[Period]] = {"issued": [], "effective": [], "expires": []}
        states, not_states, disclosures = set(), set(), []
        themes: dict[str, list[tuple[str, ...]]] = {"about": [], "titled": [], "mentions": []}
        lacks, has = set(), set()
        has_period = any(word.kind == "period" for word in self._words)
        for n, word in enumerate(self._words):
            match word.kind:
                case "national" | "provincial" | "municipal" | "district" if self._kind_at(n - 1) != "place":
                    levels.append(next(level for level in LEVELS if level == word.kind))
                case "place":
                    places += self._reader.vocabulary.places_under(str(word.value))
                case "issuer" if isinstance(word.value, frozenset):
                    issuers.append(word.value)
                case "kind":
                    kinds.append(word.text)
                case "paper" if word.text == "法规" and not related and not issuers:
                    issuers.append(self._reader.vocabulary.legislators)
                case "period" if isinstance(word.value, Period):
                    periods[self._date_of(n)].append(word.value)
                case "planned" | "in_force" | "trial" | "draft" | "unknown":
                    states.add(next(state for state in STATES if state == word.kind))
                case "ended" if not has_period and not related:
                    states.add("ended")
                case "lasting":
                    not_states.add("ended")
                case "public" | "on_request" | "withheld" | "unstated":
                    disclosures.append(next(d for d in DISCLOSURES if d == word.kind))
                case "lacks":
                    lacks.add(field_named(word.text))
                case "has":
                    has.add(field_named(word.text))
                case "theme" | "rest":
                    kind, topics = self._theme(n)
                    if kind is None:
                        return None
                    themes[kind] += topics
                case _:
                    continue
            self._limits.append((word.kind, word.text))
        return DocumentFilter(
            levels=frozenset(levels),
            places=tuple(dict.fromkeys(places)),
            issuers=tuple(issuers),
            joint=any(word.kind == "joint" for word in self._words),
            kinds=tuple(dict.fromkeys(kinds)),
            issued=tuple(periods["issued"]),
            effective=tuple(periods["effective"]),
            expires=tuple(periods["expires"]),
            states=frozenset(states),
            not_states=frozenset(not_states),
            disclosures=frozenset(disclosures),
            about=tuple(themes["about"]),
            titled=tuple(themes["titled"]),
            mentions=tuple(themes["mentions"]),
            lacks=frozenset(lacks),
            has=frozenset(has),
        )

    def _kind_at(self, n: int) -> str | None:
        return self._words[n].kind if 0 <= n < len(self._words) else None

    def _date_of(self, n: int) -> str:
        """Name the date that the period at `n` limits, by the verb behind it, else before it."""
        dates = {"issue": "issued", "begin": "effective", "ended": "expires", "until": "expires"}
        near = [*self._words[n + 1 : n + 4], *reversed(self._words[max(n - 2, 0) : n])]
        return next((dates[word.kind] for word in near if word.kind in dates), "issued")

    def _theme(self, n: int) -> tuple[str | None, list[tuple[str, ...]]]:
        """Say how the topic at `n` limits the documents, and by which wordings; None where it is no topic."""
        word, before = self._words[n], self._kind_at(n - 1)
        if word.kind == "theme" and before in _OPEN:
            how = {"mentions": "mentions", "titled": "titled"}.get(str(before), "about")
            return how, self._wordings(word.text, how)
        if word.start < self._covered:
            return "about", []
        behind = next((m for m in range(n + 1, len(self._words)) if self._kind_at(m) not in _WEAK), None)
        if behind is None or self._kind_at(behind) not in ("rear", "paper", "kind"):
            return None, []
        text = "".join(other.text for other in self._words[n:behind])
        topic, self._covered = _EDGES.sub("", text), self._words[behind].start
        if word.kind == "theme":
            how = "about" if self._kind_at(behind) == "rear" else "mentions"
            return how, self._wordings(topic, how)
        if self._kind_at(behind) != "rear":
            self._implicit = True
            if not all(map(self._reader.knows, _TOPICS_APART.split(topic))):
                return None, []
        return ("about", self._wordings(topic, "about")) if len(topic) > 1 else (None, [])

    def _wordings(self, topic: str, how: str) -> list[tuple[str, ...]]:
        """Give the wordings of one or several topics: data of a document speak of any of them, its text of all."""
        for mark, words in zip(_MARKS, self._quoted, strict=False):
            topic = topic.replace(mark, words)
        parts = _TOPICS_APART.split(topic)
        if not all(len(part) > 1 and self._reader.knows(part) for part in parts):
            parts = [topic]
        if how == "mentions":
            return [(part,) for part in parts]  # what is mentioned stands there in these words
        return [tuple(word for part in parts for word in self._reader.spell(part))]

    def _group(self, limits: DocumentFilter) -> Grouping | None:
        each = next((word.text for word in self._words if word.kind == "each"), None)
        if each is None:
            return None
        if named := next((group for words, group in _GROUPS.items() if each.endswith(words)), None):
            return named
        if len(limits.levels) + len(limits.places) > 1:
            return "levels"
        several: tuple[Grouping, ...] = ("issued", "kinds")
        return next((group for group in several if len(getattr(limits, group)) > 1), None)

    def _relation(self) -> tuple[RelationType, ...] | None:
        """Say how the documents named stand to those asked for; None where no relation is asked for."""
        kinds = [word.kind for word in self._words]
        at = next((n for n, kind in enumerate(kinds) if kind in RELATIONS), None)
        if "name" not in kinds:
            return None
        if at is None:
            if "passive" in kinds and "ended" in kinds:
                return _inverse(RELATIONS["replaces"])
            if "mentions" in kinds and kinds.index("mentions") < kinds.index("name"):
                return _inverse(RELATIONS["cites"])
            return tuple(INVERSE) if "rear" in kinds or "about" in kinds else None
        types = RELATIONS[kinds[at]]
        if kinds[at] == "supports" and kinds[at + 1 :][:1] == ["paper"]:
            return (*types, *_inverse(types))
        return _inverse(types) if self._is_done_by_asked(at, kinds) else types

    def _is_done_by_asked(self, at: int, kinds: Sequence[str]) -> bool:
        """Say whether the documents asked for do what the verb at `at` says (落实X的文件), not those named (X落实的文件)."""
        text = self._named.marked
        if f"以{NAME}为" in text or "it" in kinds[at:]:
            return True
        before, name = kinds[:at], _last(kinds[:at], "name")
        asks = next((n for n, kind in enumerate(kinds) if kind == "ask"), len(kinds))
        where = any(
            kinds[n] in _GOVERNMENT and kinds[n + 1 : n + 2] not in (["paper"], ["kind"]) for n in range(name + 1, asks)
        )
        if kinds[at] != "rests_on" and name >= 0 and (kinds[at + 1 :][:1] == ["paper"] or where):
            return True  # X的落实文件, X落实到杭州
        asked = max(_last(before, kind) for kind in ("ask", "paper", "kind"))
        return (asked >= 0 and asked > _last(before, "name")) or _last(before, "name") < 0


def _last(kinds: Sequence[str], kind: str) -> int:
    return max((n for n, other in enumerate(kinds) if other == kind), default=-1)


def _inverse(types: Sequence[RelationType]) -> tuple[RelationType, ...]:
    return tuple(INVERSE[one] for one in types)


def _measures(word: Word) -> bool:
    return word.kind == "ask" and word.text[-1] in "份部件篇"


def _counted(words: Sequence[Word]) -> bool:
    return any(_measures(word) for word in words)
