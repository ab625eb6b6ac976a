"""Questions about the corpus itself (哪些政策提到托育, 一共几个文件): computed from all documents, not from the best few."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from kb.answering.sentences import behind_marker
from kb.answering.standing import levels_asked
from kb.provenance import name_of
from kb.text.fold import fold, fold_text
from kb.text.numerals import to_chinese
from kb.text.sentences import sentence_spans
from kb.types import Citation, Document, Level, Statement

_PAPER = r"(?:政策文件|政策|文件|文献|资料|通知|条例|办法|方案|意见|答复|提案答复)"
_WHICH = rf"(?:哪些|哪几[个份部项]|多少[个份部项件篇]?|几[个份部项件篇])(?:现行|有效)?(?:的)?{_PAPER}"
_SPEAKS = r"(?:提到|提及|涉及|讲到|说到|谈到|写到|包含|包括|规定|关于|有关)"
_ABOUT = (
    re.compile(rf"^(?:请问|资料库|知识库|库里|这里|里|中|[现目]在|目前|一共|总共|共|都|有|列出|,|国家|省里|浙江|市里|杭州)*{_WHICH}(?:都|里|中|当中)*{_SPEAKS}(?:了|过|到)?(?P<topic>[^,。?!]{{2,14}}?)(?:的|吗|呢)?[?。]?$"),
    re.compile(rf"^(?:请问|列出|都|有|和|与|跟)*{_SPEAKS}?(?P<topic>[^,。?!]{{2,14}}?)(?:相关|有关)?的?{_PAPER}(?:一共|总共|都|共)*有(?:哪些|哪几[个份部]|多少[个份部]?|几[个份部])[?。]?$"),
    re.compile(rf"^(?:请问|都)*{_SPEAKS}(?:了|过|到)?(?P<topic>[^,。?!]{{2,14}}?)的?(?:一共|总共|都|共)*有{_WHICH}[?。]?$"),
)  # fmt: skip
_SPEAKING = re.compile(rf"{_SPEAKS}|相关|有关")
_ISSUED = re.compile(
    rf"^(?:请问|国家|全国|浙江省?|省里|杭州市?|市里|在|,)*(?P<year>(?:19|20)\d\d)年(?:国家|浙江省?|省里|杭州市?|市里|都|一共|总共|共)*"
    rf"(?:发布|印发|出台|制定|公布)(?:了|过|的)?(?:{_PAPER}有(?:哪些|几[个份部]|多少[个份部]?)|{_WHICH})[?。]?$"
)
_ALL = re.compile(
    rf"^(?:请问|这个|你们?|资料库|知识库|系统|库|里面?|中|这里|现在|目前|收录了?|一共|总共|共|有|,)*(?:收录了?|有)?"
    rf"(?:{_WHICH}|{_PAPER}(?:一共|总共|共)?有(?:多少|几)[个份部件篇]?)[?。]?$"
)
_ENDED = re.compile(
    rf"^(?:请问|资料库|知识库|库里|这里|里|中|[现目]在|目前|都|有|,)*{_WHICH}(?:都|是|已经?|现在)*(?:失效|废止|作废|过期)(?:了|的)*[?。]?$"
)
_KIND = re.compile(r"答复|条例|办法|方案|意见|通知")
_DIGITS = re.compile(r"\d+")
_LEVELS = re.compile(r"国家|全国|浙江|省里|杭州|市里")
_IN_BODY = ("effective", "expires", "repeals", "changed", "deletes")  # fields that stand in the text itself


@dataclass(frozen=True, slots=True)
class Census:
    """What documents are asked for: those that speak of `topic`, were issued in `year`, are of one of `levels` and of a
    `kind` that their titles name; with `ended` those that are no longer in force."""

    topic: str | None
    year: int | None
    levels: frozenset[Level]
    kind: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A document and the span that shows why it belongs in the list."""

    document: Document
    start: int
    end: int


def census_asked(question: str) -> Census | None:
    """Say which documents a question asks to list or to count; `None` where it asks something else.

    >>> census_asked("哪些政策提到托育？")
    Census(topic='托育', year=None, levels=frozenset(), kind=None, ended=False)
    >>> census_asked("杭州市梳理了多少项支持政策？") is None
    True
    """
    folded = fold_text(question).replace(" ", "")
    levels = levels_asked(folded) if _LEVELS.match(folded) else frozenset()
    match = _ISSUED.match(folded)
    if match:
        return Census(None, int(match["year"]), levels, _kind(folded))
    if _SPEAKING.search(folded):
        for pattern in _ABOUT:
            match = pattern.match(folded)
            if match:
                topic = match["topic"]
                return Census(topic.strip("\"'<>"), None, levels, _kind(folded.replace(topic, "")))
    ended = _ENDED.match(folded) is not None
    return Census(None, None, levels, _kind(folded), ended) if ended or _ALL.match(folded) else None


def take(
    census: Census, documents: Iterable[Document], may_answer: Callable[[Document], bool], day: date
) -> list[Found]:
    """Find every document that is asked for, national ones first, older before newer."""
    found = []
    for document in documents:
        if not may_answer(document) or (census.levels and document.level not in census.levels):
            continue
        if census.kind and not _is_of_kind(document, census.kind):
            continue
        if census.year is not None and (document.issued is None or document.issued.year != census.year):
            continue
        span = (
            _mention(document, census.topic)
            if census.topic
            else _name(document, "issued" if census.year else "status" if census.ended else "title")
        )
        if span is not None:
            found.append(Found(document, *span))
    order: tuple[Level | None, ...] = ("national", "provincial", "municipal", "district", None)
    return sorted(
        found,
        key=lambda f: (order.index(f.document.level), f.document.issued.first_day if f.document.issued else day, f.document.doc_id),
    )  # fmt: skip


def tell(
    census: Census, found: list[Found], cite: Callable[[Document, int, int, int], Citation]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Say how many documents there are, and each with the words that put it into the list; `cite(document, start,
    end, number)` makes a citation. A title with a number that those words do not hold is cited too."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for item in found:
        document = item.document
        own = [cite(document, item.start, item.end, len(citations) + 1)]
        lead = name_of(document)
        named = [field for field in document.header if field.name == "title"]
        if set(_DIGITS.findall(fold_text(lead))) - set(_DIGITS.findall(fold_text(own[0].quote))):
            lead = f"《{document.title}》" if named else ""
            own += [cite(document, field.start, field.end, len(citations) + 2) for field in named]
        text = lead if own[0].quote.strip("《》") == lead.strip("《》") else f"{lead}：{own[0].quote}".lstrip("：")
        citations += own
        statements.append(Statement(text, tuple(citation.number for citation in own)))
    what = f"提到“{census.topic}”的" if census.topic else "当年成文的" if census.year else ""
    state = "已经失效的" if census.ended else "现行"
    count = f"可以查阅的{what}{state}{census.kind or '文件'}共{to_chinese(len(found))}份："
    return (Statement(count, tuple(citation.number for citation in citations)), *statements), tuple(citations)


def empty(census: Census) -> str:
    """Say that none of the documents is one that is asked for."""
    what = f"提到“{census.topic}”" if census.topic else "是所问的年份成文" if census.year else "符合所问的范围"
    state = "已经失效的" if census.ended else "现行"
    return f"逐份查找了可以查阅的{state}{census.kind or '文件'}，没有一份{what}。"


def _is_of_kind(document: Document, kind: str) -> bool:
    return kind in fold_text(document.title) or (
        kind == "答复" and (document.kind == "response" or document.proposal_no is not None)
    )


def _kind(question: str) -> str | None:
    match = _KIND.search(question)
    return match[0] if match else None


def _name(document: Document, field: str) -> tuple[int, int] | None:
    """Give the span of a field of the header, else of the first sentence."""
    spans = [(f.start, f.end) for f in document.header if f.name == field] or sentence_spans(document.text)[:1]
    return spans[0] if spans else None


def _mention(document: Document, topic: str) -> tuple[int, int] | None:
    """Give the sentence that first speaks of the topic, in the body where there is one."""
    folded = fold(document.text)
    body = max((field.end for field in document.header if field.name not in _IN_BODY), default=0)
    places = [folded.span(m.start(), m.end())[0] for m in re.finditer(re.escape(topic), folded.text)]
    place = next((place for place in places if place >= body), places[0] if places else None)
    if place is None:
        return None
    start, end = next((start, end) for start, end in sentence_spans(document.text) if start <= place < end)
    return behind_marker(document.text, start, end), end
