"""From when until when a document holds, as its own text says: issued, amended, effective, expires.

The words of the text come first, then its header table, then the name of its file: the note under the title
(`ingest.enactment`) and the sentence that says from when it applies (本办法自2024年5月1日起施行，有效期三年). What stands in
quotation marks is another text's. Every day keeps the span that says so, as a field of the header. What none of them
tells is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ingest.enactment import Event, read_enactment
from ingest.header import Header
from kb.text.dates import PartialDate
from kb.text.fold import fold
from kb.text.periods import DAY, PERIOD, Period, find_days, partial, read_period
from kb.types import HeaderField

# What a text calls itself.
_KIND = (
    "法|条例|办法|规定|细则|规则|决定|决议|通知|意见|方案|规划|计划|通告|公告|标准|措施|政策|规范|制度|章程|解释|批复|指南|导则|文件|目录"
    "|清单|预案|纲要|要点|修正案"
)
# A text that says 本办法 speaks of itself; one that says 《甲办法》 speaks of another.
_SELF = rf"(?:本[一-龥]{{0,4}}?(?:{_KIND})|(?:以上|上述)(?:规定|标准|措施|政策|意见))"
_ISSUE = "(?:公布|发布|颁布|颁发|印发|签发|发文|下发|通过|批准)"  # The act from whose day it is counted.
_VERB = "(?:正式|开始|予以|全面|组织|起)*(?:施行|实施|执行|生效|试行|实行)"  # To come into force, in all its words.
# 自公布之日起30日后施行: a delay is added to the day of issue.
_FROM_ISSUE = rf"{_ISSUE}之日(?:起)?(?:\s*(?:的?第|满)?\s*(?P<delay>{PERIOD})\s*(?:后|起|之后|届满)*)?"
# 自2024年5月1日起施行; 自公布之日起三十日后施行; 自2024年5月1日起至2027年4月30日止施行
_COMMENCES = re.compile(
    rf"(?:自|从|于|由)?\s*(?:(?P<day>{DAY})|{_FROM_ISSUE})\s*起?,?\s*(?:(?:至|到|-)\s*(?P<until>{DAY})\s*(?:止|为止)?,?)?\s*{_VERB}"
)
_TERM = "(?:有效期限?|试行期限?|施行期限?|实施期限?|执行期限?|暂行期限?)"
# What may stand between the document's name for itself and the words that say from when.
_BETWEEN = re.compile(
    rf"(?:[,、;\s]|{_TERM}[^,;]{{1,16}}|由[^,;]{{2,40}}解释|经[^,;]{{2,40}}(?:通过|批准|同意|审议)|已[^,;]{{2,60}}|现予[^,;]{{2,8}})*"
)
_HANDED_OUT = re.compile(r"(?:印发|公布|发布|下发|颁布|颁发|转发)[^,;]{0,20}[,;](?:请[^,;]{0,30}[,;])?\s*(?:并|其)?$")
_UNTIL = re.compile(
    rf"(?:{_TERM}|施行|实施|执行|试行|有效|(?<=,)期限)(?:暂?定?[为是:]|时间|自[^,;]{{1,20}}?起|{DAY}起?)*\s*(?:至|到|截至|截止到?|-)\s*(?P<day>{DAY})"
)
_LASTS = re.compile(
    rf"(?:{_TERM}|试行|(?<=,)期限)(?:均?暂?定?[为是:])?\s*(?P<period>{PERIOD})|(?:起|,)\s*(?P<within>{PERIOD})(?:之?内)?有效"
)
_SENTENCE = re.compile(r"[^。\n]+")
_SPEAKS = re.compile("施行|实施|實施|执行|執行|生效|试行|試行|实行|實行|有效")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」")
_NAMED_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:年|[-._])\s*(\d{1,2})\s*(?:月|[-._])\s*(\d{1,2})日?(?!\d)|(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The days of a document, `None` where nothing tells, and the spans of its text that say so."""

    issued: PartialDate | None = None
    amended: PartialDate | None = None
    effective: PartialDate | None = None
    expires: PartialDate | None = None
    fields: tuple[HeaderField, ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    """What a sentence says of the time of its document, with the spans that say so; `relative` to the day of issue."""

    effective: PartialDate | None
    relative: bool
    delay: Period | None
    expires: PartialDate | None
    lasts: Period | None
    begins: tuple[int, int] | None
    ends: tuple[int, int] | None


def read_lifetime(text: str, header: Header, path: Path) -> Lifetime:
    """Read the days of the document that `path` holds.

    >>> law = "某办法\\n（2024年3月8日公布）\\n第一条 本办法自公布之日起三十日后施行，有效期三年。\\n"
    >>> days = read_lifetime(law, Header((), ()), Path("law.txt"))
    >>> days.issued.iso, days.effective.iso, days.expires.iso
    ('2024-03-08', '2024-04-07', '2027-04-06')
    """
    enactment = read_enactment(text)
    made, basis = enactment.made, enactment.basis
    fields = [_event_field("issued", text, made)] if made else []
    fields += [_event_field("amended", text, change) for change in enactment.changes]
    issued = (made.day if made else None) or header.date("issued") or header.date("published") or named_day(path)
    published = basis.day if basis else issued
    effective = expires = None
    for term in _terms(text):
        begins = term.effective
        if term.relative and published and published.day:
            begins = partial(term.delay.after(published.first_day)) if term.delay else published
        if term.begins:
            effective = begins or effective
            fields = [one for one in fields if one.name != "effective"] + [_field("effective", text, *term.begins)]
        if term.ends:
            expires = term.expires or (_last_day(term.lasts, begins or effective) if term.lasts else expires)
            fields = [one for one in fields if one.name != "expires"] + [_field("expires", text, *term.ends)]
    if enactment.commences and effective is None:
        effective = enactment.commences.day
        fields.append(_event_field("effective", text, enactment.commences))
    return Lifetime(
        issued,
        enactment.changes[-1].day if enactment.changes else header.date("amended"),
        effective or header.date("effective"),
        expires or header.date("expires"),
        tuple(fields),
    )


def named_day(path: Path) -> PartialDate | None:
    """Read the day in the name of a file.

    >>> named_day(Path("行政许可法(2019-04-23).md")).iso, named_day(Path("办法20240508.pdf")).iso, named_day(Path("12号.txt"))
    ('2019-04-23', '2024-05-08', None)
    """
    for match in _NAMED_DAY.finditer(path.stem):
        year, month, day = (int(part) for part in match.groups() if part)
        try:
            date(year, month, day)
        except ValueError:
            continue
        return PartialDate(year, month, day)
    return None


def _terms(text: str) -> Iterator[_Term]:
    """Read the sentences in which the document speaks of its own time, in their order."""
    masked = _QUOTED.sub(lambda quotation: "\0" * len(quotation.group()), text)
    for match in _SENTENCE.finditer(masked):
        if not _SPEAKS.search(match.group()):
            continue
        start, folded = match.start(), fold(match.group())
        term = _term(folded.text)
        if term:
            spans = [_canonical(folded.span(*span), start) if span else None for span in (term.begins, term.ends)]
            yield _Term(term.effective, term.relative, term.delay, term.expires, term.lasts, *spans)


def _canonical(span: tuple[int, int], start: int) -> tuple[int, int]:
    return start + span[0], start + span[1]


def _term(sentence: str) -> _Term | None:
    commences = next((m for m in _COMMENCES.finditer(sentence) if _is_own(sentence, m)), None)
    own = _own_term(sentence) or (commences.start() if commences else None)
    if own is None:
        return None
    until, lasts = _UNTIL.search(sentence, own), _LASTS.search(sentence, own)
    ends = until or lasts
    limit = commences["until"] if commences else None
    return _Term(
        effective=_day(commences["day"]) if commences else None,
        relative=commences is not None and commences["day"] is None,
        delay=read_period(commences["delay"]) if commences and commences["delay"] else None,
        expires=_day(limit) if limit else _day(until["day"]) if until else None,
        lasts=read_period(lasts["period"] or lasts["within"]) if lasts and not until else None,
        begins=_own_span(sentence, commences) if commences else None,
        ends=commences.span() if commences and limit else ends.span() if ends else None,
    )


def _is_own(sentence: str, match: re.Match[str]) -> bool:
    """Say whether the words say from when the document itself applies: it names itself before them, or hands something
    out, or nothing stands before them. What they say of single articles is not meant."""
    before = sentence[: match.start()]
    named = list(re.finditer(_SELF, before))
    if named:
        return _BETWEEN.fullmatch(before, named[-1].end()) is not None
    after_marker = re.sub(r"^\s*(?:第[一-龥\d]{1,9}条|[(]?[一二三四五六七八九十]{1,3}[)、.])\s*", "", before)
    return not after_marker.strip() or _HANDED_OUT.search(before) is not None


def _own_term(sentence: str) -> int | None:
    """Find where a document speaks of its term without saying from when it applies: 本办法有效期5年."""
    match = re.search(rf"{_SELF}(?:的)?(?={_TERM}|试行|有效)", sentence)
    return match.end() if match else None


def _own_span(sentence: str, match: re.Match[str]) -> tuple[int, int]:
    """Give the words with the document's name for itself, where it stands close before them."""
    named = list(re.finditer(_SELF, sentence[: match.start()]))
    close = named and match.start() - named[-1].end() <= 1
    return (named[-1].start() if close else match.start()), match.end()


def _day(written: str) -> PartialDate | None:
    return next((day for day, _, _ in find_days(written)), None) if written else None


def _last_day(lasts: Period, begins: PartialDate | None) -> PartialDate | None:
    """A term of three years from 2024-05-01 ends on 2027-04-30."""
    return partial(lasts.after(begins.first_day) - timedelta(days=1)) if begins and begins.day else None


def _field(name: str, text: str, start: int, end: int) -> HeaderField:
    return HeaderField(name, text[start:end], start, end)


def _event_field(name: str, text: str, event: Event) -> HeaderField:
    return _field(name, text, event.start, event.end)
