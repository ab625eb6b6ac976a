"""The rules that read facts from a clause of a sentence; each is a pattern and what it comes to.

The first reading of a fact counts, so the order matters: a denial stands before the plain statement, the narrow
before the wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from kb.eligibility.spoken_bodies import BODY_PHRASES
from kb.eligibility.spoken_denials import denials
from kb.eligibility.spoken_money import MONEY_RULES
from kb.eligibility.spoken_rule import ABOVE, BELOW, DENIED, Found, Read, Rule, bounded
from kb.eligibility.spoken_words import PHRASES
from kb.eligibility.values import Absent, Range, Value, bounds
from kb.text.near_years import NEAR_YEARS
from kb.text.people import GROWN_UP

CHILD = r"(?:孩子|宝宝|小孩|婴儿|女儿|儿子|闺女|娃娃?|小的|外?孙[子女]?|[23]宝|老[2-5](?!口))"  # 二宝 is 2宝 here: numerals were made digits.
_ELDER = rf"(?:{GROWN_UP})"
_SO_LONG = rf"{BELOW}(?:满|有)?"  # 快满两年: what stands before the time that something has lasted.
OPENED = re.compile(rf"{CHILD}[^我]*$")  # What follows is said of the child until somebody says 我.
# Behind what a number without 岁 is an age: nothing, or what one says before a number of years.
_AGE_BEGINS = r"(?:(?<![^,])|(?<=今年|现在|已经|虚岁|岁数|年纪|高龄|年龄|那个|这个|大概|大约|估计|应该|可能)|(?<=[都也就快才刚人满过有,]))"
_COUNTED_FROM_ONE = re.compile(r"虚岁?")
_SOON = re.compile(r"(?:过了?年|过完年|下个?月|月底|年底)[^,]{0,5}\d")  # 下个月满60
_NEXT_YEAR = re.compile(r"明年[^,]{0,4}\d")
_PREGNANT = re.compile("怀|孕|产检|胎")
_ONLY_WANTED = re.compile(r"(?:准备|打算|计划|想)[^,]{0,4}$")  # what one wants is no child yet


def _age(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
    """An age in full years; 虚岁 counts one year or two more, and who will be seventy next month is not yet."""
    value = Range(int(match["n"]), int(match["to"])) if match["to"] else bounded(match, int(match["n"]))
    before = text[text.rfind(",", 0, match.start()) + 1 : match.end()]
    from_one = _COUNTED_FROM_ONE.search(before + text[match.end() : match.end() + 1])
    if isinstance(value, int) and (from_one or _NEXT_YEAR.search(before)):
        value = Range(value - 2, value - 1)
    elif isinstance(value, int) and _SOON.search(before):
        value -= 1
    if not re.search(CHILD + "[^,]{0,3}$", text[: match.start()]):
        yield Found("age", value)


def _child_age(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
    if not match["years"] and not match["months"]:
        return
    if int(match["years"] or 0) >= _OF_AGE:
        return  # a grown-up child is none that anything is given for
    months = int(match["years"] or 0) * 12 + int(match["months"] or 0) + 6 * bool(match["half"])
    yield Found("child_age_months", Range(None, months - 1) if match["below"] else months)


def _age_of_the_child_told_of(match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
    """An age alone in its clause is the child's where one was told of last: 孩子跟我住,8个月."""
    if OPENED.search(text[: match.start()]):
        yield from _child_age(match, text, as_of)


def _school_year(match: re.Match[str], _text: str, as_of: date) -> Iterator[Found]:
    """A form suggests the year from September on in which its children were born; some begin earlier or later."""
    step = match["step"]
    count = int(step[-1]) if step[-1].isdigit() else int(step[0]) if step[0].isdigit() else 0
    age = {"托": 2, "小": 3, "中": 4, "大": 5, "初": 11 + count, "高": 14 + count}.get(step[0], 5 + count)
    year = (as_of.year if as_of.month >= 9 else as_of.year - 1) - age
    yield Found("child_birth_date", Range(date(year - 1, 9, 1), date(year, 8, 31)), certain=False)


def _decade_of_birth(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
    """80后 are ten years, 85后 the later five of them."""
    decade = (2000 if match["tens"] in "012" else 1900) + 10 * int(match["tens"])
    first = decade + int(match["half"])
    yield Found("birth_date", Range(date(first, 1, 1), date(decade + 9, 12, 31)))


def _decade_of_building(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
    first = (2000 if match["tens"] in "01" else 1900) + 10 * int(match["tens"])
    yield Found("built_year", Range(first, first + 9))


def _birth_order(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
    if not _ONLY_WANTED.search(text, 0, match.start()):
        yield Found("birth_order", int(match["n"] or match["m"]))


def _share(fact_id: str) -> Read:
    """Tenths (5成) or hundredths (百分之60, 60%), in whole numbers of a hundred."""

    def read(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        value = int(match["tenths"]) * 10 if match["tenths"] else int(match["n"] or match["m"])
        yield Found(fact_id, Range(value, value + 9) if match["more"] else value)

    return read


def _between(fact_id: str) -> Read:
    def read(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        yield Found(fact_id, Range(int(match["n"]), int(match["to"])))

    return read


def _weeks_of_a_pregnancy_told_of(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
    if _PREGNANT.search(text, 0, match.start()):
        yield Found("pregnant_weeks", bounded(match, int(match["n"])))


def _birth_order_of_a_pregnancy_told_of(match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
    if _PREGNANT.search(text, 0, match.start()):
        yield from _birth_order(match, text, as_of)


def years_since(year: int, as_of: date) -> Range | None:
    """Give the full years since a year, one more or less by the day in it; None for one that is not over."""
    years = as_of.year - year
    return Range(years - 1, years) if years > 0 else None


def _hukou_since(match: re.Match[str], _text: str, as_of: date) -> Iterator[Found]:
    if years := years_since(int(match["year"]), as_of):
        yield Found("hukou_years", years)


def _months_of_what_was_told(match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
    """What was paid for so many months is the insurance that was told of."""
    if re.search("社保|公积金", text[: match.start()]):
        yield from _months(match, text, as_of)


def _number(fact_id: str) -> Read:
    def read(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
        yield Found(fact_id, bounded(match, int(match["n"])))

    return read


def weeks_of_months(count: int) -> Range:
    """Give the weeks that so many months may be: some count months of four weeks, some those of the calendar, some the
    one that has begun."""
    return Range(4 * (count - 1), round(4.35 * count))


def _pregnant_months(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
    yield Found("pregnant_weeks", weeks_of_months(int(match["n"])), certain=False)


def _months(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
    """What was paid without a break: of 断断续续交了三年 nobody knows for how long."""
    if _BROKEN.search(text, text.rfind(",", 0, match.start()) + 1, match.end()):
        return
    count = 6 if match["half"] else int(match["n"]) * (12 if match["unit"] == "年" else 1) + 6 * bool(match["and_half"])
    count += int(match["rest"] or 0)
    yield Found("social_insurance_months", Range(None, count - 1) if match["below"] else count)


def full_year(digits: str) -> int:
    """Give the year that two digits or four mean."""
    year = int(digits)
    return year + (2000 if year < 30 else 1900) if len(digits) < 4 else year


def day_or_range(match: re.Match[str], as_of: date) -> date | Range | None:
    """Give the day of a match of `DATE`, or the range that a month or a year leaves open; None for a day that there is
    not."""
    relative = match.groupdict().get("relative")
    year = as_of.year + NEAR_YEARS[relative] if relative else full_year(match["year"])
    month, day = int(match["month"] or 0), int(match["day"] or 0)
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first
    after = date(year + 1, 1, 1) if not month or month == 12 else date(year, month + 1, 1)
    return Range(first, after - timedelta(days=1))


def _dated(fact_id: str, *, month_is_enough: bool = False) -> Read:
    """A day, or the range that a month or a year leaves open."""

    def read(match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
        value = day_or_range(match, as_of)
        named = fact_id
        if fact_id == "birth_date" and value is not None:
            born = bounds(value)[0]
            young = isinstance(born, date) and as_of.year - born.year < _GROWN_UP
            if young or OPENED.search(text, 0, match.start()) or _OF_A_CHILD.match(text, match.end()):
                named = "child_birth_date"
        if isinstance(value, Range) and match["month"] and month_is_enough and isinstance(value.least, date):
            yield Found(named, value.least, certain=False)
        elif value is not None:
            yield Found(named, value)

    return read


def _born(match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
    """A day behind a child is that of its birth where the words say so, or nothing follows: 孩子2019年入学 tells of
    another."""
    alone = _NOTHING_MORE.match(text, match.end()) and (match["month"] or match["year"])
    if alone or _BIRTH.search(match[0]) or _IS_BORN.match(text, match.end()):
        yield from _dated("child_birth_date")(match, text, as_of)


def _built(match: re.Match[str], _text: str, _as_of: date) -> Iterator[Found]:
    year = full_year(match["year"])
    yield Found("built_year", Range(None, year - 1) if match["before"] else year)


def _said(fact_id: str, value: Value, certain: bool, denied: Value | None = None) -> Read:
    """What the words state, unless a denial stands right before them: who has 没有退休金 is not said to be 退休.
    `denied` is what they state then, where they leave no doubt of that."""

    def read(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
        if fact_id in _STATUS and value is not False and _is_no_status(match, text):
            return
        if not DENIED.search(text, 0, match.start()):
            yield Found(fact_id, value, certain)
        elif denied is not None:
            yield Found(fact_id, denied, certain)

    return read


_STATUS = frozenset(
    {"hardship", "employment", "disabled", "severe_disability", "special_family", "one_child_certificate", "soldier"}
)
"""Facts that somebody is given or comes into, so that one may be on the way to them or have them no more."""
_ON_THE_WAY = re.compile(
    r"(?:申请(?!到|过|下来)|准备|打算|[想要]|等着?|[快将]要?|马上|即将|临近|就要|离|距离?|够不[上到着]|达不到|不符合|不够|没资格|没(?:有)?[领拿办评吃批享][到上过受]?|"
    r"取消|停发?|退出|不(?:再|能)(?:是|算|享受|吃|拿))了?(?:我?[们家]?的?|(?:办|当|领|吃|拿|评|享受|认定)?)$"
)
_NOT_HELD = re.compile(
    r"[^,没]{0,4}?(?:没(?:有)?(?:批|通过|下来|评上|办|拿到|申请上|到手|到年)|批不|不批|被?拒|取消|被停|停了|停掉|没了|申请中|在申请|审核中|公示|够不上|不够格|退出|到期|还[有差早]|[要得]等)"
)


def _is_no_status(match: re.Match[str], text: str) -> bool:
    """Say whether somebody only wants what is named, waits for it, or has it no more."""
    return _ON_THE_WAY.search(text, 0, match.start()) is not None or _NOT_HELD.match(text, match.end()) is not None


_PART = r"(?:百分之(?P<n>\d{1,3})|(?P<m>\d{1,3})%|(?P<tenths>\d)成)(?P<more>多|几)?"
_BROKEN = re.compile("断|停")
_OF_AGE = 18
_GROWN_UP = 14  # years below which nobody asks, so that a birth is that of a child
_BIRTH = re.compile("生")
_IS_BORN = re.compile(r"[年月底初末头上下半春夏秋冬季天刚才就份是]{0,3}(?:出生|诞生|生(?![病活意气效产]))")
_NOTHING_MORE = re.compile(r"(?:份|的|了)?(?:$|[,。?!;])")
_OF_A_CHILD = re.compile(rf"的?(?:{CHILD}|[1-9][孩胎]|[^,]{{0,3}}个?孩子)")
# A month alone is enough for some facts, a year alone for others.
DATE = r"(?:(?P<year>\d{4})[年-]|(?P<relative>今年|去年|前年))(?:(?P<month>\d{1,2})[月-]?(?:(?P<day>\d{1,2})[日号]?)?)?"
_RULES: tuple[tuple[str, Read], ...] = (
    (rf"(?:{CHILD}|第\d个孩子)[^,\d]{{0,4}}{DATE}", _born),
    (rf"{DATE}[^,\d]{{0,2}}毕业", _dated("graduation_date", month_is_enough=True)),
    (rf"毕业(?:已经|了)?{_SO_LONG}(?P<n>\d+)年", _number("years_since_graduation")),
    (r"(?P<year>\d{4})年(?P<before>以前|之前|前)?(?:就)?(?:建|造)", _built),
    (rf"(?:生日|出生日期|出生于|生于|身份证)[^,\d]{{0,3}}{DATE}", _dated("birth_date")),
    (rf"(?<!\d){DATE}(?:出生|生(?![病活意气效产])的?)", _dated("birth_date")),
    (r"(?<!\d)(?P<year>[03-9]\d)年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?)?(?:的|生|属)", _dated("birth_date")),
    (rf"{CHILD}[^,\d]{{0,4}}?{BELOW}(?:刚满|满|今年|已经|才|有)*(?:(?P<years>\d{{1,2}})周?岁(?P<half>半)?零?)?(?:(?P<months>\d{{1,2}})个月)?(?<=[岁半月])", _child_age),
    (rf"{CHILD}刚?(?:满月)", _said("child_age_months", 1, True)),
    (rf"{CHILD}[^,\d不未没快差]{{0,3}}满周岁", _said("child_age_months", 12, True)),
    (rf"{CHILD}[^,\d不未没快差]{{0,3}}半岁|(?<![\d岁])(?<!不到)(?<!未满)半岁大?的{CHILD}", _said("child_age_months", 6, True)),
    (rf"(?<![\d到])(?P<years>)(?P<half>)(?P<months>\d{{1,2}})个月大?(?P<below>)的{CHILD}", _child_age),
    (rf"(?<![\d到])(?P<years>\d{{1,2}})周?岁(?P<half>半)?(?P<months>)(?P<below>)的{CHILD}", _child_age),
    (rf"(?<![^,]){BELOW}(?:刚满|满|今年|已经|才|刚)*(?:(?P<years>\d)周?岁(?P<half>半)?零?)?(?:(?P<months>\d{{1,2}})个月)?大?了?$", _age_of_the_child_told_of),
    (rf"{CHILD}[^,\d差]{{0,5}}?{_SO_LONG}(?P<n>\d{{1,3}})天", _number("child_days")),
    (rf"{CHILD}[^,\d办]{{0,6}}?(?P<step>托班|小班|中班|大班|[1-9]年级|初[1-3]|高[1-3])", _school_year),
    (r"(?<![\d.])(?P<tens>\d)(?P<half>[05])后", _decade_of_birth),
    (r"(?P<tens>\d)(?:0年代|几年)[^,]{0,3}(?:房|建|造|楼|小区)", _decade_of_building),
    (r"(?<!\d)(?P<year>[5-9]\d)年(?P<before>以前|之前|前)?(?:就)?(?:建|造)", _built),
    (r"(?:没|没有|未)(?:怀孕|怀上)", _said("pregnant_weeks", Absent(), True)),
    (r"(?:没有?|还没要)(?:孩子|小孩|娃)(?!的?户口)", _said("child_birth_date", Absent(), True)),
    (rf"(?P<me>我|本人)?(?:今年|现在|有|年龄|年纪|已经|都|刚){{0,3}}{BELOW}{ABOVE}(?:刚?满)?(?P<n>\d{{2,3}})(?:到(?P<to>\d{{2,3}}))?(?P<more>多|好几|几|出头)?(?:周岁|岁)", _age),
    (rf"(?:(?P<me>我|本人)|今年子?|年纪.?|可能有|{_ELDER}|[她他])(?:今年|有|都|就|也|已经|大概|大约|差不多|估计|应该|可能){{0,2}}{BELOW}{ABOVE}(?P<n>\d{{2,3}})(?:到(?P<to>\d{{2,3}}))?(?P<more>多|好几|几)?(?![\d年月元个.后%-]|千|万|层|楼|天|周|有\d)", _age),
    (rf"(?:(?P<me>我|本人)|[她他]|{_ELDER})(?:其实|实际上?|应该|今年)*是?(?P<n>[1-9]\d|1[01]\d)(?P<to>)(?P<more>)了?$", _age),
    (r"(?<![^,])(?P<me>)(?:今年)?(?P<n>[1-9]\d|1[01]\d)(?P<to>)(?P<more>)了?$", _age),
    (rf"{_AGE_BEGINS}{BELOW}{ABOVE}(?P<n>[5-9]\d|1[0-2]\d)(?:到(?P<to>\d{{2,3}}))?(?P<more>多|好几|几)?(?P<me>)了?$", _age),
    *MONEY_RULES,
    (rf"(?:社保|公积金)[^,\d]{{0,8}}?{_SO_LONG}(?:(?P<half>半)年|(?P<n>\d+)(?P<unit>个月|年)(?P<and_half>半)?(?:零?(?P<rest>\d{{1,2}})个月)?)", _months),
    (rf"(?:缴|交)了?{_SO_LONG}(?P<half>)(?P<n>\d+)(?P<unit>个月)(?P<and_half>)(?P<rest>)", _months_of_what_was_told),
    (r"(?:没有?|从没|未)(?:交|缴)过?(?:社保|公积金)|(?:社保|公积金)(?:从来?|还|都){0,2}(?:没有?|未)(?:交|缴)", _said("social_insurance_months", 0, True)),
    (rf"(?:落户|迁来|户口|户籍)[^,\d]{{0,8}}?{BELOW}{ABOVE}(?:满|有|了)?(?P<n>\d{{1,2}})年", _number("hukou_years")),
    (r"(?P<year>\d{4})年[^,]{0,6}(?:落户|户口迁|户籍迁|把户口|迁户)", _hukou_since),
    (rf"(?:完税证明|纳税|缴税|个税)[^,\d]{{0,6}}?{_SO_LONG}(?P<n>\d{{1,3}})个月", _number("tax_months")),
    (r"(?:爷|娘|母子|母女|父子|父女)俩(?!的?房)", _said("household_size", 2, True)),
    (r"(?:一家|全家|家里|家有|家)有?(?P<n>\d{1,2})口|(?<!老)(?<!\d)(?P<m>\d{1,2})口(?:人|之家)", lambda m, t, d: iter((Found("household_size", int(m["n"] or m["m"])),))),
    (r"(?:一家|全家|我们家|我家|家里)(?:一?共|总共|有|就){0,2}(?P<n>\d{1,2})个?人", _number("household_size")),
    (rf"(?:持证|拿证|证拿了?)[^,\d]{{0,3}}?{_SO_LONG}(?P<n>\d{{1,2}})年", _number("certificate_years")),
    (r"头1?[胎个]|第1个$", _said("birth_order", 1, True)),
    (r"老(?P<n>[2-5])(?!口)[^,]{0,8}(?:生|怀|周岁|个月)|怀老(?P<m>[2-5])", _birth_order),
    (r"(?:第(?P<n>\d)(?:个?[孩胎]|个孩子)|(?P<m>\d)[胎孩宝])", _birth_order),
    (rf"交(?:付|房|了|掉)?[^,\d百]{{0,6}}{_PART}", _share("delivered_share")),
    (rf"{_PART}的?业主", _share("proposing_share")),
    (rf"(?:首|第1)(?:套|户|批)[^,\d]{{0,8}}?{_SO_LONG}(?P<n>\d{{1,2}})年", _number("first_delivered_years")),
    (r"没有?[^,]{0,3}高级[^,]{0,6}证|高级[^,]{0,8}证(?:也|还)?没", _said("certificate_years", 0, True)),
    (r"[怀孕][^,]{0,5}?(?P<n>\d{1,2})到(?P<to>\d{1,2})周", _between("pregnant_weeks")),
    (rf"[怀孕][^,]{{0,5}}?{_SO_LONG}(?P<n>\d{{1,2}})周", _number("pregnant_weeks")),
    (rf"(?<![^,]){_SO_LONG}(?P<n>\d{{1,2}})周(?!岁)$", _weeks_of_a_pregnancy_told_of),
    (r"第(?P<n>[1-9])(?P<m>)个$", _birth_order_of_a_pregnancy_told_of),
    (r"怀孕?[^,\d]{0,3}(?P<n>\d)个月", _pregnant_months),
    (r"(?P<n>\d{1,2})层", _number("floors")),
)  # fmt: skip


RULES: tuple[Rule, ...] = tuple(Rule(re.compile(pattern), read) for pattern, read in _RULES)
_ALL_PHRASES = (*PHRASES, *BODY_PHRASES, *denials())
_WITH_DENIAL = {fact_id for fact_id, value, _, _ in _ALL_PHRASES if value is False}
# Phrases mean one value wherever they stand, so they need no reader of their own. Of what is yes or no and has no
# phrase for no, a denial is one.
PHRASE_RULES = tuple(
    Rule(
        re.compile(pattern),
        _said(fact_id, value, certain, False if value is True and fact_id not in _WITH_DENIAL else None),
    )
    for fact_id, value, certain, pattern in _ALL_PHRASES
)
