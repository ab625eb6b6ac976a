"""A list of documents from the register: all that a question asks for, counted, each with one citation, and as a table.

A document is cited with the words that show why it belongs in the list: the sentence that speaks of the topic or of the
document that it stands to, else its header. Counts are ours: the citations of the list hold them, no single quotation
does. What has ended is listed and marked, unless the question asks for what is in force.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kb.home import Home
from kb.index.records import Records
from kb.provenance import LEVEL_WORDS, STATUS_WORDS, name_of, title_of
from kb.question.period import AskedPeriod
from kb.question.register_question import Grouping, RegisterQuestion
from kb.question.vocabulary import names_of_paper
from kb.quoting.citing import Citer, behind_marker
from kb.quoting.draft import Draft
from kb.quoting.header_span import header_span
from kb.quoting.validity import ending
from kb.relations import relations_of
from kb.text.fold import Folded, fold, fold_text
from kb.text.names import titled
from kb.text.sentences import sentence_spans
from kb.types import Citation, Document, Level, RelationType, Statement, Table
from kb.visibility import status_on

# What tells documents apart in a list; everything else is a click away.
_COLUMNS = ("文件", "文号", "发布单位", "成文日期", "效力")
_UNSTATED = "未载明"
_IN_BODY = ("contact", "phone", "proposal_title", "proposal_no", "effective", "expires", "repeals", "changed")
"""Fields that a text may state anywhere."""
_APART = 12  # characters that may stand between the halves of a topic
_ORDER: tuple[Level | None, ...] = ("national", "provincial", "municipal", "district", None)
_DIGITS = re.compile(r"\d+")
_RELATED: dict[RelationType, str] = {
    "implemented_by": "落实", "implements": "所落实", "detailed_by": "细化", "details": "所细化", "basis_of": "依据", "based_on": "所依据",
    "superseded_by": "替代或者接续", "supersedes": "所替代或者接续", "continued_by": "接续", "continues": "所接续", "upgraded_by": "提升", "upgrades": "所提升",
    "followed_by": "承接", "follows": "所承接", "supported_by": "配套", "supports": "所配套", "cited_by": "提到", "cites": "所提到",
    "companion_of": "配套", "related": "相关",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the list and the span that shows why it is there; `telling` where that span is a sentence of its
    own."""

    document: Document
    start: int
    end: int
    telling: bool


class RegisterList:
    """Lists documents of one snapshot."""

    def __init__(self, records: Records, document: Callable[[str], Document], citer: Citer, home: Home) -> None:
        self._records = records
        self._home = home
        self._document = document
        self._citer = citer

    def of(self, asked: RegisterQuestion, documents: Sequence[Document], day: date) -> tuple[Draft, Table] | None:
        """List the documents asked for among those given, national ones first, older before newer; None where there are
        none."""
        found = self._found(asked, documents, day)
        if asked.order and found:
            found = _extreme(found, newest=asked.order == "newest")
        return self._told(asked, found, day) if found else None

    def _found(self, asked: RegisterQuestion, documents: Sequence[Document], day: date) -> list[Listed]:
        kept = [document for document in documents if asked.filter.keeps(document, day)]
        if asked.relations:
            kept = self._related(asked, kept, documents)
        kept.sort(key=lambda d: (_ORDER.index(d.level), d.issued.first_day if d.issued else day, d.doc_id))
        if asked.relations:
            names = [_names(self._records.catalogue[n]) for n in asked.related_to]
            return [self._shown(document, names) for document in kept]
        if not asked.filter.mentions:
            return [self._shown(document, ()) for document in kept]
        patterns = [[re.escape(word) for word in wordings] for wordings in asked.filter.mentions]
        found = self._speaking(kept, patterns)
        return found or self._speaking(
            kept, [[p for w in wordings for p in _in_pieces(w)] for wordings in asked.filter.mentions]
        )

    def _related(
        self, asked: RegisterQuestion, kept: Sequence[Document], documents: Sequence[Document]
    ) -> list[Document]:
        """Keep the documents that stand to those named as it is asked."""
        targets: set[str] = set()
        for ordinal in asked.related_to:
            named = self._records.catalogue[ordinal]
            cites, cited_by = self._records.citations(named.doc_id)
            relations = relations_of(named, documents, cites, cited_by)
            targets |= {relation.target for relation in relations if relation.type in asked.relations}
            targets |= cited_by if "cited_by" in asked.relations else set()
            targets |= cites if "cites" in asked.relations else set()
        return [document for document in kept if document.doc_id in targets]

    def _speaking(self, documents: Iterable[Document], patterns: Sequence[Sequence[str]]) -> list[Listed]:
        found = []
        for document in documents:
            whole = self._document(document.doc_id)
            folded = fold(whole.text)
            spans = [_mention(whole, folded, wordings) for wordings in patterns]
            told = [span for span in spans if span is not None]
            if len(told) == len(patterns):
                found.append(Listed(document, *told[0], telling=True))
        return found

    def _shown(self, document: Document, names: Sequence[Sequence[str]]) -> Listed:
        """Show a document by the sentence that names another, where there is one, else by its header."""
        if names:
            whole = self._document(document.doc_id)
            wordings = [re.escape(name) for others in names for name in others]
            span = _mention(whole, fold(whole.text), wordings)
            if span:
                return Listed(document, *span, telling=True)
        return Listed(document, *header_span(document, self._records), telling=False)

    def _told(self, asked: RegisterQuestion, found: Sequence[Listed], day: date) -> tuple[Draft, Table]:
        statements: list[Statement] = []
        citations: list[Citation] = []
        rows: list[tuple[tuple[int, ...], tuple[str, ...]]] = []
        for item in found:
            document, first = item.document, len(citations) + 1
            whole = self._document(document.doc_id)
            own = [self._citer.cite(whole, item.start, item.end, first)]
            text = self._line(item, own[0].quote, day)
            if not _numbers(text) <= _numbers(own[0].quote):
                fields = [
                    field
                    for field in document.header
                    if field.name in ("title", "doc_no", "expires") and not item.start <= field.start < item.end
                ]
                own += [self._citer.cite(whole, f.start, f.end, first + n) for n, f in enumerate(fields, 1)]
            citations += own
            numbers = tuple(citation.number for citation in own)
            statements.append(Statement(text, numbers))
            rows.append((numbers, self._cells(document, day)))
        numbers = tuple(citation.number for citation in citations)
        quoted = frozenset(number for citation in citations for number in _numbers(citation.quote))
        listed, targets = [item.document for item in found], [self._records.catalogue[n] for n in asked.related_to]
        what = describe(asked, targets)
        lead = self._count(what if _numbers(what) <= quoted else "符合所问范围的文件", asked, listed, day)
        table = Table(_COLUMNS, tuple(cells for _, cells in rows), tuple(cited for cited, _ in rows))
        return Draft(self._citer, (Statement(f"{lead}：", numbers), *statements), citations), table

    def _line(self, item: Listed, quote: str, day: date) -> str:
        document = item.document
        ended = ending(document, day)
        mark = f"（{ended.words}）" if ended else ""
        if item.telling:
            return f"{name_of(document)}{mark}：{quote}"
        held = {field.name: field for field in document.header}
        about = [held[name].value for name in ("doc_no", "issued") if name in held]
        about += (
            [ended.words]
            if ended
            else [STATUS_WORDS[document.status]]
            if document.status in ("trial", "planned", "draft")
            else []
        )
        return titled(document.title) + (f"（{'，'.join(about)}）" if about else "") + "。"

    def _count(self, what: str, asked: RegisterQuestion, found: Sequence[Document], day: date) -> str:
        """Say how many there are, and how many of each group."""
        if asked.order:
            return f"{what}中成文日期最{'晚' if asked.order == 'newest' else '早'}的是"
        ended = sum(ending(document, day) is not None for document in found)
        count = f"可以查阅的{what}共{_count_of(len(found))}"
        if asked.group:
            values = Counter(value for document in found for value in self._values(asked.group, document, day))
            count += "，其中" + "、".join(f"{value}{_count_of(number)}" for value, number in values.items())
        elif 0 < ended < len(found):
            count += f"（其中已经失效的{_count_of(ended)}）"
        return count

    def _values(self, group: Grouping, document: Document, day: date) -> tuple[str, ...]:
        """Name what a document is counted under."""
        match group:
            case "levels":
                return (LEVEL_WORDS[document.level] if document.level else "未注明层级",)
            case "issued":
                return (f"{document.issued.year}年" if document.issued else "未载明日期",)
            case "kinds":
                return tuple(name[-2:] for name in names_of_paper(document))[:1]
            case "issuers":
                return tuple(map(self._home.office, document.issuers))
            case "states":
                return (STATUS_WORDS[status_on(document, day)],)

    def _cells(self, document: Document, day: date) -> tuple[str, ...]:
        return (
            title_of(document),
            document.doc_no or _UNSTATED,
            "、".join(map(self._home.issuer_name, document.issuers)) or _UNSTATED,
            document.issued.chinese if document.issued else _UNSTATED,
            STATUS_WORDS[status_on(document, day)],
        )


def describe(asked: RegisterQuestion, related_to: Sequence[Document] = ()) -> str:
    """Say in words which documents are asked for."""
    said = {kind: [text for other, text in asked.limits if other == kind] for kind, _ in asked.limits}
    limits = asked.filter
    parts = [f"{'、'.join(said['issuer'])}发布的"] if "issuer" in said else []
    for periods, verb in ((limits.issued, "成文"), (limits.effective, "施行"), (limits.expires, "到期")):
        parts += [f"{_dates_in_words(periods)}{verb}的"] if periods else []
    states = {
        "in_force": "现行有效的",
        "ended": "已经失效的",
        "trial": "试行的",
        "draft": "征求意见的",
        "planned": "计划出台的",
        "unknown": "效力不明的",
    }
    parts += [words for state, words in states.items() if state in limits.states]
    parts += ["未失效的"] if limits.not_states else []
    parts += [
        f"{word}的" for kind in ("public", "on_request", "withheld", "lacks", "has") for word in said.get(kind, ())
    ]
    parts += [f"提到“{'”和“'.join(words[0] for words in limits.mentions)}”的"] if limits.mentions else []
    parts += [f"关于“{'、'.join(dict.fromkeys(words[0] for words in limits.about))}”的"] if limits.about else []
    parts += [f"标题含“{'、'.join(words[0] for words in limits.titled)}”的"] if limits.titled else []
    parts += [f"{'、'.join(LEVEL_WORDS[level] for level in _ORDER if level in limits.levels)}"] if limits.levels else []
    parts += ["、".join(said["place"])] if "place" in said else []
    if asked.relations:
        how, names = _RELATED[asked.relations[0]], "、".join(map(name_of, related_to))
        parts.insert(0, f"{names}{how}的" if how.startswith("所") else f"{how}{names}的")
    return "".join(parts) + ("、".join(limits.kinds) or "文件")


def none_found(asked: RegisterQuestion, related_to: Sequence[Document] = ()) -> str:
    """Say that none of the documents is one that is asked for."""
    return f"逐份查找了可以查阅的文件，没有{describe(asked, related_to)}。"


def _count_of(number: int) -> str:
    return f"{number}份"


def _dates_in_words(periods: Sequence[AskedPeriod]) -> str:
    return "、".join(period.words for period in periods)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_DIGITS.findall(fold_text(text)))


def _names(document: Document) -> list[str]:
    """Give the names by which another document may speak of one."""
    names = (document.doc_no, document.title, document.short_title, *document.aliases)
    return [fold_text(name) for name in names if name]


def _in_pieces(topic: str) -> list[str]:
    """Give patterns for a topic whose two halves stand in one sentence: 面积标准 in 面积的最低标准."""
    cuts = range(2, len(topic) - 1)
    return [
        re.escape(topic),
        *(rf"{re.escape(topic[:cut])}[^。;\n]{{0,{_APART}}}{re.escape(topic[cut:])}" for cut in cuts),
    ]


def _mention(document: Document, folded: Folded, patterns: Sequence[str]) -> tuple[int, int] | None:
    """Give the sentence that first holds one of the patterns, in the body where there is one."""
    body = max((field.end for field in document.header if field.name not in _IN_BODY), default=0)
    places = [folded.span(m.start(), m.end())[0] for m in re.finditer("|".join(patterns), folded.text)]
    place = next((place for place in places if place >= body), places[0] if places else None)
    if place is None:
        return None
    start, end = next((start, end) for start, end in sentence_spans(document.text) if start <= place < end)
    return behind_marker(document.text, start, end), end


def _extreme(found: Sequence[Listed], *, newest: bool) -> list[Listed]:
    """Keep those issued last, or first; all of the same day."""
    dated = [(item.document.issued.first_day, item) for item in found if item.document.issued]
    best = (max if newest else min)((day for day, _ in dated), default=None)
    return [item for day, item in dated if day == best]
