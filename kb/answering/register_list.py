"""A list of documents from the register: all that a question asks for, counted, each with one citation, and as a table.

A document is cited with the words that show why it belongs in the list: the sentence that speaks of the topic or of the
document that it stands to, else its header. Counts are ours: the citations of the list hold them, no single quotation
does. What has ended is listed and marked, unless the question asks for what is in force.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.answering.register_description import describe, related_as
from kb.home import Home
from kb.index.records import Records
from kb.provenance import LEVEL_WORDS, STATUS_WORDS, UNSTATED, name_of, title_of
from kb.question.register_question import Grouping, RegisterQuestion
from kb.question.register_words import LEVELS
from kb.question.vocabulary import names_of_paper, places_of
from kb.quoting.citing import Citer, behind_marker
from kb.quoting.draft import Draft
from kb.quoting.header_span import header_span
from kb.quoting.validity import ending
from kb.relations import INVERSE, relations_of
from kb.text.fold import Folded, fold, fold_text
from kb.text.names import titled
from kb.text.sentences import sentence_spans
from kb.types import Citation, Document, Level, RelationType, Statement, Table
from kb.visibility import status_on

# What tells documents apart in a list; everything else is a click away.
_COLUMNS = ("文件", "文号", "发布单位", "成文日期", "效力")
_IN_BODY = ("contact", "phone", "proposal_title", "proposal_no", "effective", "expires", "repeals", "changed")
"""Fields that a text may state anywhere."""
_APART = 12  # characters that may stand between the halves of a topic
_ORDER: tuple[Level | None, ...] = (*LEVELS, None)
_DIGITS = re.compile(r"\d+")
_DIGIT_ALONE = re.compile(r"(?<!\d)\d(?!\d)")
_CHINESE = "零一二三四五六七八九"
# How a text says that what it names is more to it than a name.
_ON_GROUND_OF = "根据|依据|按照|遵照|贯彻|落实|执行|细化|配合|接续|延续|承接|替代|代替|取代|废止|修改"
_REACH = 40  # characters that may stand between that word and the name: another document, an office
_NAMED_ALONE = ("cites", "cited_by", "related")
"""Relations that a text shows by the name alone."""
# A phrase is looked for by its words where no text has it as it stands: 骗取待遇的罚款.
_WORDS_APART = re.compile("的|了|、|以及|和|与|或者?")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the list and the span that shows why it is there; `telling` where that span is a sentence of its
    own; `relation` where it is listed for how one that is named stands to it."""

    document: Document
    start: int
    end: int
    telling: bool
    relation: RelationType | None = None


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
        kept = [document for document in documents if asked.filter.keeps(document, day, self._home.topics)]
        kept.sort(key=lambda d: (_ORDER.index(d.level), d.issued.first_day if d.issued else day, d.doc_id))
        if asked.relations:
            found = self._related(asked, kept, documents)
        elif asked.filter.mentions:
            asked, found = self._mentioning(asked, kept)
        else:
            found = [self._shown(document) for document in kept]
        if asked.order and found:
            found = _extreme(found, newest=asked.order == "newest")
        if not found:
            return None
        draft, table = self._told(asked, found, day)
        if wider := self._classified(asked, documents, len(found), day):
            draft = Draft(self._citer, (*draft.statements, Statement(wider, (), own=True)), draft.citations)
        return draft, table

    def _mentioning(self, asked: RegisterQuestion, kept: Sequence[Document]) -> tuple[RegisterQuestion, list[Listed]]:
        """Find the documents whose text mentions what is asked: in these words, else each in two halves, else by the
        words of a phrase in one sentence; give the question with what was found."""
        mentions = asked.filter.mentions
        found = self._speaking(kept, [list(map(_spelt, wordings)) for wordings in mentions])
        found = found or self._speaking(kept, [[p for w in wordings for p in _in_pieces(w)] for wordings in mentions])
        if found or len(mentions) > 1:
            return asked, found
        words = [word for word in _WORDS_APART.split(mentions[0][0]) if len(word) > 1]
        if len(words) < 2:
            return asked, found
        apart = replace(asked, filter=replace(asked.filter, mentions=tuple((word,) for word in words)))
        found = self._speaking(kept, [[_in_one_sentence(words)]])
        return (apart if found else asked), found

    def _classified(self, asked: RegisterQuestion, documents: Sequence[Document], found: int, day: date) -> str | None:
        """Say how many documents stand under the topic of the catalogue that is meant by what was looked for, where
        those are more: titles and topics in these words are not all."""
        topics = self._home.topics
        named = {topics.named(wordings[0]) for wordings in asked.filter.about}
        topic = named.pop() if len(named) == 1 else None
        if topic is None or asked.order:
            return None
        wider = replace(asked.filter, about=(), under=(topic,))
        number = sum(wider.keeps(document, day, topics) for document in documents)
        if number <= found:
            return None
        return f"按文件目录的主题分类，属于“{topic}”的共{_count_of(number)}，可以在文件目录中按主题查看。"

    def _related(
        self, asked: RegisterQuestion, kept: Sequence[Document], documents: Sequence[Document]
    ) -> list[Listed]:
        """Find the documents that stand to those named as it is asked, else those that stand to them otherwise: a
        relation is noted under one name where people have several."""
        stands: dict[str, list[RelationType]] = {}
        for ordinal in asked.related_to:
            named = self._records.catalogue[ordinal]
            cites, cited_by = self._records.citations(named.doc_id)
            for relation in relations_of(named, documents, cites, cited_by):
                stands.setdefault(relation.target, []).append(relation.type)
            for target in cites:
                stands.setdefault(target, []).append("cites")
            for target in cited_by:
                stands.setdefault(target, []).append("cited_by")
        names = [name for n in asked.related_to for name in _names(self._records.catalogue[n])]
        related = [(document, stands[document.doc_id]) for document in kept if document.doc_id in stands]
        wanted = [
            (document, own) for document, types in related if (own := [one for one in types if one in asked.relations])
        ]
        return [self._shown(document, types[0], names) for document, types in wanted or related]

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

    def _shown(self, document: Document, relation: RelationType | None = None, names: Sequence[str] = ()) -> Listed:
        """Show a document by the sentence that says how it stands to one of these names, where there is one, else by its
        header."""
        if relation:
            whole = self._document(document.doc_id)
            ground = "" if relation in _NAMED_ALONE else rf"(?:{_ON_GROUND_OF})[^,;。\n]{{0,{_REACH}}}?"
            span = _mention(whole, fold(whole.text), [f"{ground}(?:{'|'.join(map(re.escape, names))})"])
            if span:
                return Listed(document, *span, telling=True, relation=relation)
        return Listed(document, *header_span(document, self._records), telling=False, relation=relation)

    def _told(self, asked: RegisterQuestion, found: Sequence[Listed], day: date) -> tuple[Draft, Table]:
        statements: list[Statement] = []
        citations: list[Citation] = []
        rows: list[tuple[tuple[int, ...], tuple[str, ...]]] = []
        otherwise = bool(asked.relations) and not any(item.relation in asked.relations for item in found)
        apart = otherwise or len(asked.relations) == len(INVERSE)  # related in any way: each says in which
        for item in found:
            document, first = item.document, len(citations) + 1
            whole = self._document(document.doc_id)
            own = [self._citer.cite(whole, item.start, item.end, first)]
            text = self._line(item, own[0].quote, day)
            if apart and item.relation:
                text = f"{related_as((item.relation,), '它')}：{text}"
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
        if not apart:  # those that there are
            held = {item.relation for item in found}
            asked = replace(asked, relations=tuple(one for one in asked.relations if one in held))
        what = describe(asked, targets)
        what = what if _numbers(what) <= quoted else "符合所问范围的文件"
        if otherwise:
            lead = f"没有查到{what}；与之有其他关系、可以查阅的文件共{_count_of(len(found))}"
        else:
            lead = self._count(what, asked, listed, day)
        table = Table(_COLUMNS, tuple(cells for _, cells in rows), tuple(cited for cited, _ in rows))
        return Draft(self._citer, (Statement(f"{lead}：", numbers), *statements), citations), table

    def _line(self, item: Listed, quote: str, day: date) -> str:
        document = item.document
        ended = ending(document, day)
        if item.telling:
            marks = [words for words in (self._elsewhere(document), ended.words if ended else None) if words]
            mark = f"（{'，'.join(marks)}）" if marks else ""
            return f"{name_of(document)}{mark}：{quote}"
        held = {field.name: field for field in document.header}
        about = [elsewhere] if (elsewhere := self._elsewhere(document)) else []
        about += [held[name].value for name in ("doc_no", "issued") if name in held]
        about += (
            [ended.words]
            if ended
            else [STATUS_WORDS[document.status]]
            if document.status in ("trial", "planned", "draft")
            else []
        )
        return titled(document.title) + (f"（{'，'.join(about)}）" if about else "") + "。"

    def _elsewhere(self, document: Document) -> str | None:
        """Name the place of a document that is neither of this home nor of what it lies in."""
        places = places_of(document)
        chain = {*places, *self._home.places.chains.get(places[-1], ())} if places else set()
        if not places or self._home.city is None or self._home.city in chain or places[-1] == self._home.province:
            return None
        return document.region

    def _count(self, what: str, asked: RegisterQuestion, found: Sequence[Document], day: date) -> str:
        """Say how many there are, and how many of each group."""
        if asked.order:
            return f"{what}中成文日期最{'晚' if asked.order == 'newest' else '早'}的是"
        ended = sum(ending(document, day) is not None for document in found)
        count = f"可以查阅的{what}共{_count_of(len(found))}"
        if asked.group:
            values = self._grouped(asked, asked.group, found, day)
            count += "，其中" + "、".join(f"{value}{_count_of(number)}" for value, number in values.items())
        elif 0 < ended < len(found):
            count += f"（其中已经失效的{_count_of(ended)}）"
        return count

    def _grouped(
        self, asked: RegisterQuestion, group: Grouping, found: Sequence[Document], day: date
    ) -> dict[str, int]:
        """Count documents per value of a group: of the offices that are named each, years in their order."""
        if group == "issuers" and asked.filter.issuers:
            said = [text for kind, text in asked.limits if kind == "issuer"]
            return {
                word: sum(names.intersection(document.issuers) != frozenset() for document in found)
                for word, names in zip(said, asked.filter.issuers, strict=False)
            }
        values = Counter(value for document in found for value in self._values(group, document, day))
        return dict(sorted(values.items())) if group == "issued" else values

    def _values(self, group: Grouping, document: Document, day: date) -> tuple[str, ...]:
        """Name what a document is counted under."""
        match group:
            case "levels":
                return (LEVEL_WORDS[document.level] if document.level else "未注明层级",)
            case "issued":
                return (f"{document.issued.year}年" if document.issued else f"{UNSTATED}日期",)
            case "kinds":
                return tuple(name[-2:] for name in names_of_paper(document))[:1]
            case "issuers":
                return tuple(map(self._home.office, document.issuers))
            case "states":
                return (STATUS_WORDS[status_on(document, day)],)

    def _cells(self, document: Document, day: date) -> tuple[str, ...]:
        return (
            title_of(document),
            document.doc_no or UNSTATED,
            "、".join(map(self._home.issuer_name, document.issuers)) or UNSTATED,
            document.issued.chinese if document.issued else UNSTATED,
            STATUS_WORDS[status_on(document, day)],
        )


def _count_of(number: int) -> str:
    return f"{number}份"


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_DIGITS.findall(fold_text(text)))


def _names(document: Document) -> list[str]:
    """Give the names by which another document may speak of one."""
    names = (document.doc_no, document.title, document.short_title, *document.aliases)
    return [fold_text(name) for name in names if name]


def _spelt(words: str) -> str:
    """Give a pattern for words whose numbers a text may write in Chinese: 1老1小."""
    return _DIGIT_ALONE.sub(lambda digit: f"[{digit[0]}{_CHINESE[int(digit[0])]}]", re.escape(words))


def _in_pieces(topic: str) -> list[str]:
    """Give patterns for a topic whose two halves stand in one sentence: 面积标准 in 面积的最低标准."""
    cuts = range(2, len(topic) - 1)
    return [
        _spelt(topic),
        *(rf"{_spelt(topic[:cut])}[^。;\n]{{0,{_APART}}}{_spelt(topic[cut:])}" for cut in cuts),
    ]


def _in_one_sentence(words: Sequence[str]) -> str:
    """Give a pattern for a sentence that speaks of all these, in any order."""
    rest = "[^。;\n]"
    each = "".join(f"(?={rest}*?(?:{'|'.join(_in_pieces(word))}))" for word in words)
    return rf"(?:(?<={rest.replace('^', '')})|^){each}{rest}"


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
