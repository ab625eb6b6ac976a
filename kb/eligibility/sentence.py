"""Facts from a sentence: what somebody says of themselves, each fact with the words that it came from.

Rules and dictionaries over the folded text with its numbers in digits. What is asked (满60岁才能享受吗), what is
hearsay and what is told of a neighbour says nothing about the person. 大概, 可能 and the like make a reading uncertain,
and so does a second statement that cannot hold beside the first: it is shown to be confirmed and not used before. What
is said of relatives beside the one whom the text is about is kept apart, by person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from kb.eligibility.asking_clauses import QUESTION, asks_something
from kb.eligibility.facts import FactBook
from kb.eligibility.not_yet import not_yet_in
from kb.eligibility.readings import SELF, FactReading, HeardFact, PersonReading, SentenceReading
from kb.eligibility.regions import Regions
from kb.eligibility.settling import CORRECTION, settled
from kb.eligibility.spoken_places import place_rules
from kb.eligibility.spoken_rule import Found, Rule
from kb.eligibility.spoken_rules import PHRASE_RULES, RULES
from kb.eligibility.spoken_text import SpokenText
from kb.eligibility.told_values import values_in
from kb.eligibility.values import Excluded, Range, Value, as_json, bounds
from kb.errors import FactError
from kb.text.people import GROWN_UP, SpokenPerson, people_in

# Facts are read clause by clause, so that 我妈65岁 does not make me 65.
_CLAUSE = re.compile(r"[^,，。;；!！?？、\n]+")
# 听说满60岁可以 tells no fact of the one who says it, nor does a supposition.
_HEARSAY = re.compile(r"听说|据说|邻居|同事|朋友|才能|要是|如果|假如|的话")
# A question (`QUESTION`) tells what stands of somebody before what is asked: 我妈今年72能免费坐公交吗.
_ASKED = re.compile(r"能|可以|可不可以|有没有|是不是|是否|怎么|如何|该|要|去|坐|领|办|申请|享受|哪些|什么|多少|几")
_SAME = re.compile(r"(?P<too>也)?(?:(?P<no>不是|没有|没)|是|有)$")  # 我老公是杭州户口,我不是
_DOUBT = re.compile(r"可能|也许|好像|应该|估计|记不清|不确定")  # What is told in doubt is read as not certain.
_ROUGH = re.compile(r"大概|左右|大约|差不多|约莫")  # says it of a number
_MINUS = re.compile(r"(?:(?<![\d年月])-|(?<!\d)负)(?=\d+(?![\d层楼]))")
_BELOW_ZERO = Range(None, -1)  # no fact is
_COUNTED = ("number", "money", "date")
_ALONE = 14  # characters of a clause that tells nothing but a number or a day
_OF_ONES_LIFE = ("person", "home", "child")
# What was so in one's life and is no more tells nothing of today.
_PAST = re.compile(r"(?<![底年月日])以前|原来|从前|过去|当初|那会儿|那时候")
_EACH_ANOTHER = re.compile(r"[1一]个[^,]{1,8}[1一]个")  # 公公婆婆一个住院一个能自理: nobody knows who
_ALL_OF_THEM = re.compile(r"都|[两2]个人|俩")  # 爷爷82,奶奶80,两个人都是杭州户口
_SHARED = frozenset({"hardship", "special_family", "soldier", "married", "wants_renovation"})
"""What is asked of a family, so that it counts of whomever it is said."""
_ONLY_CHILD = re.compile(r"独生子女(?!证|父母|家庭)|独子|独女|独生子(?!女)|独生(?:儿子|女儿)|就我[1一]个")
_ASKED_FOR = re.compile(rf"[为替帮](?:我们?|俺|咱)?家?(?P<name>{GROWN_UP})(?:了解|咨询|查|问)")  # 为外公了解
_ASKS_OF_SELF = re.compile(
    "(?:那|请问)?(?:我|本人|俺)(?:自己|本人)?(?:也|还|又)?"
    "(?!想问|[问帮替给为代带陪让])(?:能|可|有|是|够|坐|去|进|领|拿|享|申|休|办|算|符|要|该)(?![^,]*[帮替给为代带陪])"
)  # 我能领吗, and not 我想问, 我能帮他领吗
_ASKS_FOR_ALL = re.compile(r"(?<!\d)\d+(?:周?岁)?(?:以上|以下)?的?(?:老人|老年人|孩子|人).{0,4}(?:有|能|可以)")


def read_sentence(text: str, book: FactBook, as_of: date) -> list[FactReading]:
    """Read what a text says of the one whom it is about, in the order of the text. What is said of others is left
    out."""
    return read_everybody(text, book, as_of).own


def read_everybody(text: str, book: FactBook, as_of: date, about: str = "") -> SentenceReading:
    """Read what a text says of the one whom it is about and of others; `about` chooses one of these by name, and
    whoever speaks as 我; else it is the one for whom the text says that it asks (为外公了解), or, of those of whom the
    same is told, the relative whom alone it names where it asks (公公83,我58,公公坐公交免费吗), and beside a spouse whoever
    speaks (我老公71,我坐公交免费吗)."""
    spoken = SpokenText.of(text, book.regions)
    was_chosen = about != ""
    if not about and (asked_for := _ASKED_FOR.search(spoken.text)):
        about = asked_for["name"]
    heard = [one for one in _heard(spoken, book, as_of) if one.person is None or one.person.kind != "stranger"]
    everything = [one for one in heard if holds(one.reading, book, as_of)]
    impossible: dict[str, FactReading] = {}
    for one in heard:
        if one not in everything:
            impossible.setdefault(one.reading.fact_id, one.reading)
    about = about or _named_where_asked(spoken.text, [one for one in everything if _is_personal(one, book)])
    own = list(_of_one_person(everything, book, text, about))
    told: dict[str, list[HeardFact]] = {}
    for one in everything:
        beside = about not in ("", SELF) if one.of_speaker else one.person and one.person.kind != "child"
        if _is_personal(one, book) and beside:
            told.setdefault(one.name, []).append(one)
    used = {(one.reading.fact_id, one.reading.start) for one in own}
    # Of both parents together no more is told than the age of the older one.
    used |= {
        ("age", one.reading.start)
        for one in own
        if one.reading.fact_id == "parent_age" and one.person and not one.person.sex
    }
    others = []
    for name, said in told.items():
        readings = settled(said, text, book, as_of)
        if name != about and any((one.fact_id, one.start) not in used for one in readings):
            others.append(PersonReading(name, tuple(readings)))
    return SentenceReading(
        settled(own, text, book, as_of), others, "" if was_chosen else about, tuple(impossible.values())
    )


def _named_where_asked(text: str, personal: Sequence[HeardFact]) -> str:
    """Name the relative who alone is named in the clause that asks, where what is told of them is told of somebody else
    too; the one who speaks where they ask of themselves and nobody but their spouse is told of beside. Whom 他 or 她
    means is not sure enough."""
    asking = [one for one in _CLAUSE.finditer(text) if asks_something(one[0])]
    others = {one.person.kind for one in personal if one.person and one.person.kind != "self"}
    if others == {"spouse"} and any(_ASKS_OF_SELF.match(one[0]) for one in asking[-1:]):
        return SELF
    named = {
        one.name: one.kind
        for one in people_in(text)
        for clause in asking[-1:]
        if clause.start() <= one.start < clause.end() and text[one.start : one.end] not in ("他", "她")
    }
    if len(named) != 1 or not {"spouse", "parent", "kin"}.intersection(named.values()):
        return ""
    (name,) = named
    return name if any(name in names and len(names) > 1 for names in _told_of_whom(personal).values()) else ""


def _heard(spoken: SpokenText, book: FactBook, as_of: date) -> Iterator[HeardFact]:
    """Give all that is read, clause by clause, and who has been told of with whose sex the word for them tells."""
    people = people_in(spoken.text)
    before: list[FactReading] = []
    stated: FactReading | None = None  # the last number or day
    not_yet = not_yet_in(spoken.text)
    for clause in _CLAUSE.finditer(spoken.text):
        span = _telling(clause, people)
        if span is None:
            continue
        if before and (same := _same_of_another(clause, people)):
            person, words = same
            start, end = spoken.span(*clause.span())
            for one in before:
                if book[one.fact_id].group == "person" and one.fact_id != "sex":
                    said = replace(one, said=spoken.original[start:end], start=start, end=end)
                    yield from (HeardFact(replace(said, value=value), person) for value in _meant(one.value, words))
        before = []
        past = _PAST.search(clause[0]) is not None
        doubt, rough = (pattern.search(clause[0]) is not None for pattern in (_DOUBT, _ROUGH))
        ending = [one for one in not_yet if span[0] < one[1].end() <= span[1]]
        for rule, match in (*ending, *_matches(spoken.text, span, not_yet, book)):
            for found in rule.read(match, spoken.text, as_of):
                if past and found.fact_id != "sex" and book[found.fact_id].group in _OF_ONES_LIFE:
                    continue
                numeric = not isinstance(found.value, (bool, str, Excluded))
                reading = _reading(found, match, spoken, doubt or (rough and numeric))
                # Whoever says 我老公 tells of their own sex by it, and not of his, however often he is named.
                named = [
                    one
                    for one in people
                    if found.fact_id != "sex" or (one.end <= match.start() and one.name not in match[0])
                ]
                before.append(reading)
                yield from (HeardFact(reading, of) for of in _told_of(named, clause, match.end()))
        if not before and stated and (put_right := _put_right(stated, spoken, clause, book, as_of)):
            before.append(put_right)
            yield from (HeardFact(put_right, of) for of in _told_of(people, clause, clause.end()))
        stated = next((one for one in reversed(before) if book[one.fact_id].type in _COUNTED), stated)
    for person in people:
        if person.sex:
            start, end = spoken.span(person.start, person.end)
            yield HeardFact(FactReading("sex", person.sex, spoken.original[start:end], start, end, True), person)


def _matches(
    text: str, span: tuple[int, int], not_yet: Sequence[tuple[Rule, re.Match[str]]], book: FactBook
) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Give what the rules match in a part of a text, outside what tells of an age that is not reached."""
    for rule in _rules(book.regions):
        for match in rule.pattern.finditer(text, *span):
            if not any(match.start() < one.end() and one.start() < match.end() for _, one in not_yet):
                yield rule, match


def _put_right(
    stated: FactReading, spoken: SpokenText, clause: re.Match[str], book: FactBook, as_of: date
) -> FactReading | None:
    """Read a number or a day alone behind 不对 or 说错了 as another value of what was stated last."""
    if CORRECTION.search(spoken.text, 0, clause.end()) is None or len(clause[0]) > _ALONE:
        return None
    values = list(values_in(clause[0], book[stated.fact_id], book.regions, as_of))
    if len(values) != 1:
        return None
    start, end = spoken.span(clause.start() + values[0].start, clause.start() + values[0].end)
    return replace(stated, value=values[0].value, said=spoken.original[start:end], start=start, end=end)


def _telling(clause: re.Match[str], people: list[SpokenPerson]) -> tuple[int, int] | None:
    """Give the part of a clause that tells something: all of it, of a question what stands of somebody before what is
    asked."""
    if _HEARSAY.search(clause[0]) or _ASKS_FOR_ALL.search(clause[0]):
        return None
    if not QUESTION.search(clause[0]):
        return clause.span()
    asked = _ASKED.search(clause[0])
    until = clause.start() + asked.start() if asked else clause.start()
    return (clause.start(), until) if any(clause.start() <= one.start < until for one in people) else None


def _same_of_another(clause: re.Match[str], people: list[SpokenPerson]) -> tuple[SpokenPerson, re.Match[str]] | None:
    """Give of whom a clause that is nothing but 我不是 or 老婆也是 speaks, and those words."""
    for person in people:
        if person.start == clause.start() and (words := _SAME.match(clause.string, person.end, clause.end())):
            return person, words
    return None


def _meant(value: Value, words: re.Match[str]) -> Iterator[Value]:
    """Give what such words mean behind what was said of another: the same with 也, else what they say themselves."""
    if words["too"]:
        yield value
    elif isinstance(value, bool):
        yield words["no"] is None
    elif isinstance(value, str) and words["no"]:
        yield Excluded((value,))
    elif isinstance(value, Excluded) and not words["no"] and len(value.values) == 1:
        yield value.values[0]


def _told_of(people: list[SpokenPerson], clause: re.Match[str], until: int) -> list[SpokenPerson | None]:
    """Give who was named last; a child only within its clause, since what follows is mostly said of the one who speaks.
    What is said of all (都) is said of each relative who was named."""
    before = [one for one in people if one.start < until]
    last = before[-1] if before else None
    if last is not None and last.kind == "child" and last.start < clause.start():
        last = next((one for one in reversed(before) if one.kind != "child"), None)
    named = {
        SELF if one.kind == "self" else one.name: one
        for one in before
        if one.kind in ("self", "spouse", "parent", "kin")
    }
    if last is None or last.kind in ("self", "child", "stranger") or len(named) == 1:
        return [last]
    if _EACH_ANOTHER.search(clause[0]):
        return []
    return list(named.values()) if _ALL_OF_THEM.search(clause.string, max(last.end, clause.start()), until) else [last]


def _of_one_person(everything: list[HeardFact], book: FactBook, text: str, chosen: str = "") -> Iterator[HeardFact]:
    """Keep what is said of the one whom the text is about: whoever was `chosen` by name or as `SELF`, or speaks and
    tells of themselves, or the relative of whom most is told first. Of a parent beside oneself the age counts, and of a
    spouse what the family shares."""
    personal = [one for one in everything if _is_personal(one, book)]
    own = chosen == SELF or _ONLY_CHILD.search(text) is not None or any(one.of_speaker for one in personal)
    about = None if own else personal[0].person if personal else _only_relative(everything)
    picked = next((one.person for one in everything if one.person and one.name == chosen != SELF), None)
    if picked:
        own, about = False, picked
    parents = {one.person.name for one in personal if one.person and one.person.kind == "parent"}
    of_parents = picked is None and about is not None and about.kind == "parent" and len(parents) > 1
    if picked is None and about is not None and not of_parents and _same_of_several(personal):
        yield from (one for one in everything if one.of_speaker)
        return
    ages = [one for one in personal if one.person and one.person.kind == "parent" and one.reading.fact_id == "age"]
    if ages and (own or of_parents):
        oldest = max(
            ages, key=lambda one: max(int(str(bound)) for bound in bounds(one.reading.value) if bound is not None)
        )
        # Of one parent alone the other may be older.
        alone = len({one.name for one in ages}) == 1 and oldest.person is not None and oldest.person.sex != ""
        yield replace(oldest, reading=replace(oldest.reading, fact_id="parent_age", or_more=alone))
    for one in everything:
        if _is_about(one, about, of_parents, book) and not (picked and one.of_speaker and _is_personal(one, book)):
            yield one


def _only_relative(everything: list[HeardFact]) -> SpokenPerson | None:
    """Give the one relative who is spoken of where nothing else is told of anybody: 我妈存了时间 is about her."""
    named = {one.person.name: one.person for one in everything if one.person and one.person.kind != "self"}
    only = next(iter(named.values())) if len(named) == 1 else None
    return only if only and only.kind in ("parent", "kin") else None


def _is_personal(one: HeardFact, book: FactBook) -> bool:
    """Say whether a reading is one of a single grown-up."""
    return (
        book[one.reading.fact_id].group == "person"
        and one.reading.fact_id not in _SHARED | {"sex"}
        and not (one.person and (one.person.is_household or one.person.kind == "child"))
    )


def _told_of_whom(personal: Iterable[HeardFact]) -> dict[str, set[str]]:
    """Give for every fact the names of those of whom it is told."""
    told: dict[str, set[str]] = {}
    for one in personal:
        told.setdefault(one.reading.fact_id, set()).add(one.name)
    return told


def _same_of_several(personal: list[HeardFact]) -> bool:
    """Say whether one fact is told of several relatives, so that nothing says whose is asked for."""
    return any(len(names - {SELF}) > 1 for names in _told_of_whom(personal).values())


def _is_about(one: HeardFact, about: SpokenPerson | None, of_parents: bool, book: FactBook) -> bool:
    """Say whether a reading is one of whom the text is about; `about` is None for the one who speaks."""
    person, fact_id = one.person, one.reading.fact_id
    group = book[fact_id].group
    if fact_id == "sex" and about is not None:
        return person is not None and person.name == about.name and not of_parents
    if person is None or person.kind == "self":
        return True
    if about is not None and (person.name == about.name or (of_parents and person.kind == "parent")):
        return not (of_parents and fact_id == "age")
    if person.kind in ("child", "spouse"):
        return group != "person" or (fact_id in _SHARED and (fact_id, person.kind) != ("soldier", "child"))
    return fact_id in _SHARED or group in ("home", "building", "organisation")


@cache
def _rules(regions: Regions) -> tuple[Rule, ...]:
    return (*RULES, *place_rules(regions), *PHRASE_RULES)


def _reading(found: Found, match: re.Match[str], spoken: SpokenText, doubt: bool) -> FactReading:
    start, end = spoken.span(*match.span())
    certain = found.certain and not doubt
    if minus := _MINUS.search(spoken.text, max(match.start() - 1, 0), match.end()):
        start, _ = spoken.span(min(minus.start(), match.start()), match.end())
    value = _BELOW_ZERO if minus and not isinstance(found.value, (bool, str, Excluded)) else found.value
    return FactReading(found.fact_id, value, spoken.original[start:end], start, end, certain)


def holds(reading: FactReading, book: FactBook, as_of: date) -> bool:
    """Say whether what was read can be: an age of 400, a birth in the future cannot."""
    try:
        book.profile({reading.fact_id: as_json(reading.value)}, as_of)
    except FactError:
        return False
    return True
