"""The note under a title that says who made a text and who changed it: 通过, 批准, 公布, 修正, 修订, 施行.

    （2001年10月17日某市人大常委会通过　2001年12月28日某省人大常委会批准　根据2013年8月23日……《关于修改……的决定》修正）

The note is a chain of acts, each with its day. Adoption, approval and publication that follow each other make the text
once; what comes later changes it. The day of a making is that of its publication, else of the last act that is told.
Bracketed or not, on one line or many, both is usual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from kb.text.dates import PartialDate
from kb.text.fold import fold
from kb.text.markers import read_marker
from kb.text.periods import DAY, find_days

Act = Literal["adopted", "approved", "published", "amended", "revised", "commences"]

# In the order in which a note tells them; 修正 is an amendment, 修订 a new text.
_ACTS: tuple[tuple[Act, re.Pattern[str]], ...] = (
    ("adopted", re.compile("通过")),
    ("approved", re.compile("批准")),
    ("published", re.compile("公布|发布|颁布|印发")),
    ("amended", re.compile("修正|修改")),
    ("revised", re.compile("修订")),
    ("commences", re.compile("施行|实施|生效")),
)
_LINES_SEARCHED = (
    24  # of a law: the note of its enactment stands above its first article, a table of contents between them
)
_LONGEST = 6_000  # characters of a note: a law of 1980 has been changed a dozen times
_QUOTED = re.compile(r"<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>")
_OPENS = re.compile(rf"\s*[(]?\s*(?:根据|依据|自|从)?\s*{DAY}")
_CLOSES = re.compile(
    r"(?:通过|批准|公布|发布|颁布|印发|修正|修改|修订|施行|实施|生效|根据|会议、?|<[^<>]*|<[^<>]*>(?:的?决定)?)\s*[)]?\s*$"
)
_CHANGING: frozenset[Act] = frozenset(("amended", "revised"))
_DECISION = re.compile("修改|修正案")
# Who makes a law, as an act names it behind its day: a congress adopts it, any other body gives it out.
_TERM = r"(?:第?[一二三四五六七八九十百\d]+届)"
_CONGRESS = re.compile(
    rf"[经由]?{_TERM}?(?P<body>全国(?:人民代表大会(?:常务委员会)?|人大(?:常委会)?)"
    rf"|(?:(?!届)[一-龥]){{1,14}}?{_TERM}?(?:人民代表大会(?:常务委员会)?|人大(?:常委会)?))"
)
_TIME = r"(?:第[一二三四五六七八九十百\d]+[次号届])"
_OFFICE = re.compile(
    rf"[经由]?(?:中华人民共和国)?(?P<body>(?:(?!主席|令|公告|会议|联合|审判委员会|检察委员会|{_TIME})[一-龥、]){{2,40}})"
    rf"{_TIME}?(?:审判委员会|检察委员会)?(?:令|公告)?\s*[(]?{_TIME}?[)]?{_TIME}?(?:[^\W\d]{{0,4}}会议)?"
    r"(?:审议)?(?:联合)?(?:通过|批准|公布|发布|颁布|印发|修订)"
)
_CONTENTS = re.compile(r"\s*目\s*[录次]\s*$")


@dataclass(frozen=True, slots=True)
class Event:
    """What was done on a day, and the span of the canonical text that says so; `partial` says that it was a decision
    that changes parts."""

    day: PartialDate
    acts: frozenset[Act]
    partial: bool
    start: int
    end: int


@dataclass(slots=True)
class Making:
    """The acts by which a text was made, or changed, once."""

    events: list[Event] = field(default_factory=list)

    @property
    def decisive(self) -> Event:
        """The act that gives the day: publication, else the last one."""
        return next((event for event in self.events if "published" in event.acts), self.events[-1])

    @property
    def is_whole(self) -> bool:
        """Say whether the whole text was made anew (修订), not parts of it by a decision."""
        return any("revised" in event.acts and not event.partial for event in self.events)

    def takes(self, event: Event, is_first: bool) -> bool:
        """Say whether `event` goes on with this making."""
        done = {act for one in self.events for act in one.acts}
        if event.acts & {"amended", "revised"}:
            return not is_first and done == {"adopted"}
        if "adopted" in event.acts:
            return False
        if "published" in event.acts:
            return "published" not in done
        return not done & {"approved", "published"}


@dataclass(frozen=True, slots=True)
class Enactment:
    """The makings of a text in their order; the first made it, unless the note tells but a decision that changed it.
    `commences` is the day of effect that the note tells."""

    makings: tuple[Making, ...]
    commences: Event | None

    @property
    def made(self) -> Event | None:
        """The act that issued the text first."""
        return self.makings[0].decisive if self._begins else None

    @property
    def changes(self) -> tuple[Event, ...]:
        """The acts that changed it since."""
        return tuple(making.decisive for making in self.makings[self._begins :])

    @property
    def _begins(self) -> int:
        """Count the makings that issued the text: one, or none."""
        return int(
            bool(self.makings)
            and not (self.makings[0].events[0].acts <= _CHANGING and self.makings[0].events[0].partial)
        )

    @property
    def basis(self) -> Event | None:
        """The act whose 公布之日 the last article means: that of the last making of the whole text."""
        whole = [making for making in self.makings[1:] if making.is_whole]
        return whole[-1].decisive if whole else self.made


def read_enactment(text: str) -> Enactment:
    """Read the note of a canonical text; empty where there is none.

    >>> note = "某条例\\n（2023年9月29日通过，2023年10月8日公布　根据2025年3月1日《关于修改〈某条例〉的决定》修正）\\n第一条 ……"
    >>> enactment = read_enactment(note)
    >>> enactment.made.day.iso, [event.day.iso for event in enactment.changes]
    ('2023-10-08', ['2025-03-01'])
    """
    makings: list[Making] = []
    commences: Event | None = None
    for event in _events(text):
        if "commences" in event.acts:
            commences = event
        if event.acts == {"commences"}:
            continue
        if not makings or not makings[-1].takes(event, len(makings) == 1):
            makings.append(Making())
        makings[-1].events.append(event)
    return Enactment(tuple(makings), commences)


def issuer_span(text: str, enactment: Enactment) -> tuple[int, int] | None:
    r"""Give the place where the note names the body that made the text: the congress that adopted it, else who published
    it; None where it names none.

    >>> note = "某条例\n2003年4月2日 国务院第5次常务会议通过\n2003年4月27日 中华人民共和国国务院令第375号公布\n第一条 ……"
    >>> note[slice(*issuer_span(note, read_enactment(note)))]
    '国务院'
    """
    if enactment.made is None:
        return None
    events = enactment.makings[0].events
    adopting = sorted(events, key=lambda event: "adopted" not in event.acts)
    publishing = sorted(events, key=lambda event: "published" not in event.acts)
    for pattern, event in (*((_CONGRESS, event) for event in adopting), *((_OFFICE, event) for event in publishing)):
        view = fold(text[event.start : event.end])
        behind = max((after for _, _, after in find_days(view.text)), default=0)
        blank = len(view.text) - len(view.text[behind:].lstrip())
        match = pattern.match(view.text, blank)
        if match:
            start, end = view.span(*match.span("body"))
            return event.start + start, event.start + end
    return None


def _events(text: str) -> Iterator[Event]:
    """Cut the note at its days; a day that no act follows goes with the next one (a meeting, 、 and another meeting)."""
    span = note_span(text)
    if span is None:
        return
    start, end = span
    folded = fold(text[start:end])
    quoted = [match.span() for match in _QUOTED.finditer(folded.text)]
    days = [one for one in find_days(folded.text) if not any(first < one[1] < last for first, last in quoted)]
    begins: int | None = None
    for (day, at, after), (_, following, _) in pairwise([*days, (None, len(folded.text), 0)]):
        if day is None:
            continue
        words = folded.text[after:following]
        bare = _QUOTED.sub("", words)
        acts = frozenset(act for act, pattern in _ACTS if pattern.search(bare))
        begins = at if begins is None else begins
        if acts:
            told = len(folded.text[at:following].rstrip(" \t\n　()，,。根据自从"))
            first, last = folded.span(begins, at + told)
            yield Event(day, acts, _DECISION.search(words) is not None, start + first, start + last)
            begins = None


def note_span(text: str) -> tuple[int, int] | None:
    """Find the note: bracketed lines from one with a day up to where the bracket closes, or lines that begin with
    days."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text[: 4 * _LONGEST])]
    begins: int | None = None
    ends = brackets = titles = 0
    for number, (start, end) in enumerate(lines):
        raw = fold(text[start:end]).text
        is_body = titles <= 0 and (read_marker(text, start, end) is not None or _CONTENTS.match(raw) is not None)
        if begins is None:
            if is_body or number >= _LINES_SEARCHED:
                return None
            if not _OPENS.match(raw) or not (raw.lstrip().startswith("(") or _CLOSES.search(raw)):
                continue
            begins = start
        elif is_body or not (brackets > 0 or titles > 0 or _OPENS.match(raw) or raw.lstrip().startswith("<")):
            break
        brackets += raw.count("(") - raw.count(")")
        titles += raw.count("<") - raw.count(">")
        ends = end
        if end - begins > _LONGEST:
            return None
    return (begins, ends) if begins is not None else None
