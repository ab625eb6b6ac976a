"""A question put to the register of documents, read once: what is counted or listed, by which filter, by which
relation.

The question is cut into words of a small grammar (`kb.question.register_words`) and of the catalogue
(`kb.question.vocabulary`). What is left over has to be a topic: behind a word that announces one (提到…), before one
(…方面的), or before the papers themselves (托育文件) where the catalogue knows it. Anything else left over, and the
question asks for something that documents say, not for documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kb.naming import NAME, Named
from kb.question.document_filter import DocumentFilter, State, topic_words
from kb.question.period import AskedPeriod
from kb.question.register_cut import MARKS, OPEN, Cutter, Word
from kb.question.register_relation import relation_asked
from kb.question.register_words import DISCLOSURES, LEVELS, RELATIONS, STATES, field_named
from kb.question.vocabulary import Vocabulary
from kb.text.lexicon import Translation
from kb.text.names import normal_name
from kb.types import Disclosure, Document, Level, RelationType

Grouping = Literal["levels", "issued", "kinds", "states", "issuers"]

_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]{2,30})[”\"」』]")  # Quoted words are looked for as they stand.
_TOPICS_APART = re.compile(r"、|以及|和|与|及|或者?")  # 托育和养老 are two topics, if the documents know both.
# What a topic does not begin or end with; 类 and 等 behind it generalise.
_EDGES = re.compile(r"^(?:[与跟和同对就在的了过有]|请|所有|全部|给我)+|(?:的|了|等|类|有|这类|那些)+$")
_COUNTED = re.compile(r"\d+[项种类条]")  # 34项支持政策 are things that a document says, and no papers
_LONGEST_KIND = 4  # characters; what is longer names a document
_PLAIN_KINDS = frozenset(
    ["标准", "计划", "方案", "规划", "指南", "建议", "决定", "规定", "办法", "规范", "要点", "规则", "项目", "报告"]
)
"""Kinds that are things as well: 有什么办法 asks for none of the papers unless something else says so."""
# Also things that people hand in (材料) or ask about (政策), so that they alone do not make a question one to the register.
_GOODS = ("资料", "材料", "政策")
_WHAT = ("什么", "啥")
# Words between a topic and its paper that change nothing.
_WEAK = ("rest", "theme", "filler", "copula", "issue", "lead", "mentions", "passive")
# By what a table is ordered where 按…分 or 各… says so.
_GROUPS: dict[str, Grouping] = {
    "级": "levels",
    "层级": "levels",
    "年": "issued",
    "单位": "issuers",
    "部门": "issuers",
    "类": "kinds",
}


@dataclass(frozen=True, slots=True)
class RegisterQuestion:
    """What is asked of the register: the documents of a filter; of those only the last or first by date (`order`); how
    the documents named (`related_to`) stand to them; counted per value of `group`. `limits` are the words that made the
    filter, each behind what kind of word it is."""

    filter: DocumentFilter
    order: Literal["newest", "oldest"] | None = None
    group: Grouping | None = None
    related_to: tuple[int, ...] = ()
    relations: tuple[RelationType, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()

    def with_offices(self, vocabulary: Vocabulary) -> RegisterQuestion:
        """Ask for what the offices of the issuers that are named issued, too."""
        issuers = tuple(map(vocabulary.with_offices, self.filter.issuers))
        if issuers == self.filter.issuers:
            return self
        limits = tuple((kind, f"{text}及其办公厅（室）" if kind == "issuer" else text) for kind, text in self.limits)
        return replace(self, filter=replace(self.filter, issuers=issuers), limits=limits)


class RegisterReader:
    """Reads questions put to the register of some documents; `translate` says what everyday words mean in the
    documents' own."""

    def __init__(
        self, vocabulary: Vocabulary, documents: Iterable[Document], translate: Callable[[str], Iterable[Translation]]
    ) -> None:
        self.vocabulary = vocabulary
        self._cutter = Cutter(vocabulary)
        self._topic_words = [topic_words(document) for document in documents]
        self._own_topics = frozenset(normal_name(topic) for document in documents for topic in document.topics)
        self._translate = translate

    def read(self, question: str, find: Callable[[str], Named], today: date) -> RegisterQuestion | None:
        """Read a question, `find` finds the documents that it names; None where it does not ask for documents."""
        quoted: list[str] = []

        def put_away(match: re.Match[str]) -> str:
            if len(quoted) == len(MARKS) or find(match[1]).documents:
                return match[0]
            quoted.append(match[1])
            return MARKS[len(quoted) - 1]

        named = find(_QUOTED.sub(put_away, question))
        if named.unknown:
            return None
        words = self._cutter.cut(named.marked, today)
        return _RegisterReading(self, words, named, quoted).result() if words else None

    def spell(self, topic: str) -> tuple[str, ...]:
        """Give a topic and the words that documents have for it."""
        return (topic, *(word for t in self._translate(topic) if t.said == topic for word in t.official))

    def classified(self, topic: str, *, asked: bool = False) -> str | None:
        """Give the topic of the catalogue's tree that is called so; unless it is `asked` for as such, only where no
        document has the word itself: its own word says more than the drawer that it was put in."""
        named = self.vocabulary.topics.named(topic)
        is_name = named is not None and normal_name(named) == normal_name(topic)
        return named if is_name and (asked or normal_name(topic) not in self._own_topics) else None

    def knows(self, topic: str) -> bool:
        """Say whether the names or topics of any document hold a topic."""
        words = self.spell(topic)
        return self.classified(topic) is not None or any(word in own for word in words for own in self._topic_words)


class _RegisterReading:
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
        related = relation_asked(self._words, self._named.marked)
        if related is None and any(word.kind in RELATIONS for word in self._words):
            return None  # of a document that is not named
        limits = self._filter(related is not None)
        kinds = [word.kind for word in self._words]
        if limits is None or not (
            {"ask", "list", "newest", "oldest"} & set(kinds) or self._is_nominal(limits, related is not None)
        ):
            return None
        if related is None and (NAME in self._named.marked or self._is_of_content(limits) or self._is_of_demands()):
            return None
        papers = [word for word in self._words if word.kind in ("paper", "kind", "measure") or _measures(word)]
        if not papers and related is None:
            return None
        plain = limits.kinds and all(kind in _PLAIN_KINDS for kind in limits.kinds)
        if plain and related is None and not self._is_of_documents(limits):
            return None
        if self._implicit and (plain or not self._may_be_implicit(papers)):
            return None
        if related is None and limits == DocumentFilter() and not self._is_of_library(papers):
            return None
        return RegisterQuestion(
            filter=limits,
            order="newest" if "newest" in kinds else "oldest" if "oldest" in kinds else None,
            group=self._group(limits),
            related_to=self._named.documents if related else (),
            relations=related or (),
            limits=tuple(self._limits),
        )

    def _is_nominal(self, limits: DocumentFilter, related: bool) -> bool:
        """Say whether the question is nothing but what it limits: 2023年10月印发的文件, 某办法的后续文件."""
        last = next((word for word in reversed(self._words) if word.kind != "filler"), self._words[-1])
        names_papers = last.kind == "paper" or (last.kind == "kind" and len(last.text) <= _LONGEST_KIND)
        return names_papers and (related or limits != DocumentFilter()) and not self._implicit

    def _is_of_content(self, limits: DocumentFilter) -> bool:
        """Say whether papers are named for what they say and not asked for: 社区建设标准是什么, 物业管理条例规定的范围有哪些."""
        asked = next((n for n, word in enumerate(self._words) if word.kind == "ask"), None)
        if asked is None:
            return False
        names_one = any(word.kind == "kind" and self._names_document(word.text) for word in self._words[:asked])
        if limits.mentions and names_one:
            return True
        wants = {word.kind for word in self._words} & {"paper", "list", "measure", "newest", "oldest"}
        whats = all(word.text in _WHAT for word in self._words if word.kind == "ask")
        bare = replace(limits, kinds=(), about=()) == DocumentFilter()
        return whats and bare and not wants and (names_one or self._kind_at(asked - 1) == "copula")

    def _names_document(self, kind: str) -> bool:
        return len(kind) > _LONGEST_KIND or self._reader.vocabulary.is_name(kind)

    def _is_of_demands(self) -> bool:
        """Say whether papers are those that somebody has to hand in: 要多少材料, 需要哪些文件."""
        pairs = zip(self._words, self._words[1:], strict=False)
        return any(one.kind == "filler" and one.text.endswith("要") and other.kind == "ask" for one, other in pairs)

    def _is_of_documents(self, limits: DocumentFilter) -> bool:
        """Say whether something beside a kind of paper shows that papers are asked for."""
        bare = replace(limits, kinds=())
        return bare != DocumentFilter() or any(_measures(word) and word.text[-1] in "份部件篇" for word in self._words)

    def _may_be_implicit(self, papers: Sequence[Word]) -> bool:
        """Say whether a topic may stand before the papers without a word that announces it: 托育文件, but not 支持政策."""
        named = any(word.kind != "ask" and word.text not in _GOODS for word in papers)
        return named or any(map(_measures, self._words))

    def _is_of_library(self, papers: Sequence[Word]) -> bool:
        """Say whether papers without any limit are those held here: 材料 and 政策 are things as well."""
        named = any(word.kind in ("paper", "kind") and word.text not in _GOODS for word in papers)
        kinds = {word.kind for word in self._words}
        newest = "issue" in kinds and not kinds.isdisjoint(("newest", "oldest"))  # 最近出台的政策
        return named or newest or "library" in kinds or any(map(_measures, self._words))

    def _filter(self, related: bool) -> DocumentFilter | None:
        """Make the filter of all words; None where some are not understood."""
        levels: list[Level] = []
        places: list[str] = []
        issuers: list[frozenset[str]] = []
        kinds: list[str] = []
        periods: dict[str, list[AskedPeriod]] = {"issued": [], "effective": [], "expires": [], "valid": []}
        states: set[State] = set()
        not_states: set[State] = set()
        disclosures: list[Disclosure] = []
        themes: dict[str, list[tuple[str, ...]]] = {"about": [], "under": [], "titled": [], "mentions": []}
        lacks: set[str] = set()
        has: set[str] = set()
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
                case "period" if isinstance(word.value, AskedPeriod):
                    periods[self._date_of(n)].append(word.value)
                case "planned" | "in_force" | "trial" | "draft" | "unknown":
                    states.add(next(state for state in STATES if state == word.kind))
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
        if not periods["expires"] and not related and any(word.kind == "ended" for word in self._words):
            states.add("ended")  # 2025年失效的 tells a date, 已失效的 a state
        if periods["valid"]:
            states.discard("in_force")  # 2024年有效的 held then, 有效的 holds today
        return DocumentFilter(
            levels=frozenset(levels),
            places=tuple(dict.fromkeys(places)),
            issuers=tuple(issuers),
            joint=any(word.kind == "joint" for word in self._words),
            lead=any(word.kind == "lead" for word in self._words),
            kinds=tuple(dict.fromkeys(kinds)),
            issued=tuple(periods["issued"]),
            effective=tuple(periods["effective"]),
            expires=tuple(periods["expires"]),
            valid=tuple(periods["valid"]),
            states=frozenset(states),
            not_states=frozenset(not_states),
            disclosures=frozenset(disclosures),
            about=tuple(themes["about"]),
            under=tuple(topic for (topic,) in themes["under"]),
            titled=tuple(themes["titled"]),
            mentions=tuple(themes["mentions"]),
            lacks=frozenset(lacks),
            has=frozenset(has),
        )

    def _kind_at(self, n: int) -> str | None:
        return self._words[n].kind if 0 <= n < len(self._words) else None

    def _date_of(self, n: int) -> str:
        """Name the date that the period at `n` limits, by the verb behind it, else before it; 2024年有效的 limits none,
        but when documents held."""
        if self._kind_at(n + 1) == "in_force":
            return "valid"
        dates = {"issue": "issued", "begin": "effective", "ended": "expires", "until": "expires"}
        near = [*self._words[n + 1 : n + 4], *reversed(self._words[max(n - 2, 0) : n])]
        return next((dates[word.kind] for word in near if word.kind in dates), "issued")

    def _theme(self, n: int) -> tuple[str | None, list[tuple[str, ...]]]:
        """Say how the topic at `n` limits the documents, and by which wordings; None where it is no topic."""
        word, before = self._words[n], self._kind_at(n - 1)
        if word.kind == "theme" and before in OPEN:
            if word.text.startswith("的"):
                return None, []  # 条例规定的收费标准 is a thing, and no paper that speaks of it
            how = {"mentions": "mentions", "titled": "titled", "topic": "under"}.get(str(before), "about")
            return self._limit(word.text, how)
        if word.start < self._covered:
            return "about", []
        behind = next((m for m in range(n + 1, len(self._words)) if self._kind_at(m) not in _WEAK), None)
        if behind is None or self._kind_at(behind) not in ("rear", "paper", "kind"):
            return None, []
        text = "".join(other.text for other in self._words[n:behind])
        topic, self._covered = _EDGES.sub("", text), self._words[behind].start
        if _COUNTED.search(topic):
            return None, []
        if word.kind == "theme":
            how = "about" if self._kind_at(behind) == "rear" else "mentions"
            return self._limit(topic, how)
        if self._kind_at(behind) != "rear":
            self._implicit = True
            if not all(map(self._reader.knows, _TOPICS_APART.split(topic))):
                return None, []
        return self._limit(topic, "about") if len(topic) > 1 else (None, [])

    def _limit(self, topic: str, how: str) -> tuple[str, list[tuple[str, ...]]]:
        """Give the limit that a topic is: one of the catalogue (`under`), else words to look for."""
        if how in ("about", "under"):
            classified = self._reader.classified(topic, asked=how == "under")
            if classified:
                return "under", [(classified,)]
            how = "about"
        return how, self._wordings(topic, how)

    def _wordings(self, topic: str, how: str) -> list[tuple[str, ...]]:
        """Give the wordings of one or several topics: data of a document speak of any of them, its text of all."""
        for mark, words in zip(MARKS, self._quoted, strict=False):
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
        several: tuple[Grouping, ...] = ("issuers", "issued", "kinds")
        return next((group for group in several if len(getattr(limits, group)) > 1), None)


def _measures(word: Word) -> bool:
    return word.kind == "ask" and word.text[-1] in "份部件篇"
