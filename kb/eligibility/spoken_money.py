"""Rules for amounts of money: what somebody earns or pays in a month, and what a family has a head in a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kb.eligibility.spoken_rule import ABOVE, BELOW, Found, Read, bounded

_FAMILY = "(?:家庭|全家|一家|1家|我们?家|咱家|家里|夫妻|夫妇|[两2]口子)"
_OF_THE_FAMILY = re.compile(rf"{_FAMILY}[^,]{{0,8}}$")
_TOGETHER = re.compile("总收入|合计|加起来")
_HEADS = re.compile(r"(?<!\d)(?P<n>[1-9]\d?)(?:口(?!子)|个?人)")
_NO_MONTHS = re.compile("(?:每年|[1全]年|年收入|年薪|人均)[^月]*$|人均[^,]*$")
_BY_MONTH = re.compile("每月|每个月|1个月|(?<!\\d)月")
PER_HEAD = re.compile("人均|平均|每个?人|1个人")
"""Says of an amount that it is one's share, and not what a family has together."""
_OF_EVERY_MONTH = re.compile("租|退休|养老金|工资|收入|上班|打工|工作")


def _money(fact_id: str) -> Read:
    def read(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
        clause = text[text.rfind(",", 0, match.start()) + 1 : match.start("n")]
        together = _OF_THE_FAMILY.search(text, 0, match.start()) or _TOGETHER.search(clause)
        if fact_id == "monthly_income" and (together or _NO_MONTHS.search(clause)):
            return  # what a family has together is nobody's own, and what a year brings is none of a month
        value, step = _amount(match)
        months = _months_in(clause, match) if fact_id == "household_income" else 1
        yield Found(fact_id, bounded(match, value * months, step * months))

    return read


def _amount(match: re.Match[str]) -> tuple[int, int]:
    """Give an amount, and how far 多 behind it may reach."""
    value = int(float(match["n"]) * {"千": 1000, "万": 10000}.get(match["scale"] or "", 1))
    return value, 10 ** (len(str(value)) - 1)


def _months_in(clause: str, match: re.Match[str]) -> int:
    """Give how many of the amount a year has: twelve, where it is told of a month."""
    return 12 if _BY_MONTH.search(clause + match.string[match.end() :][:4]) else 1


def _shared_by_heads(match: re.Match[str], text: str, _as_of: date) -> Iterator[Found]:
    """What a family has together, a head and year, where it says how many it is. The rules mean what is left of it after
    taxes, so it is asked back."""
    clause = text[text.rfind(",", 0, match.start()) + 1 : match.start("n")]
    heads = _HEADS.search(text)
    if heads is not None and not PER_HEAD.search(clause):
        (value, step), months = _amount(match), _months_in(clause, match)
        share, more = (amount * months // int(heads["n"]) for amount in (value, step))
        yield Found("household_income", bounded(match, share, more), certain=False)


def _monthly(match: re.Match[str], text: str, as_of: date) -> Iterator[Found]:
    """An amount of every month alone in its clause is of what was told of last: a rent, or what one earns."""
    told = list(_OF_EVERY_MONTH.finditer(text, 0, match.start()))
    if told:
        yield from _money("monthly_rent" if "租" in told[-1][0] else "monthly_income")(match, text, as_of)


MONEY_RULES: tuple[tuple[str, Read], ...] = (
    (rf"人均[^,\d]{{0,10}}{BELOW}{ABOVE}(?P<n>\d{{3,}}(?:\.\d+)?|\d+(?:\.\d+)?(?=[万千]))(?P<scale>[万千])?(?P<more>多)?", _money("household_income")),
    (rf"(?:{_FAMILY}|总)[^,]{{0,10}}?(?:收入|挣|赚)[^,\d]{{0,6}}?{BELOW}{ABOVE}(?P<n>\d{{4,}}|\d+(?:\.\d+)?(?=[万千]))(?!\d|\.|到)(?P<scale>[万千])?(?P<more>多)?", _shared_by_heads),
    (r"(?:房租|租金|月租)[^,]{0,10}(?:涨|降|调|加|减)到(?P<n>\d{3,}|\d+(?=千))(?P<scale>千)?(?P<more>多)?", _money("monthly_rent")),
    (rf"(?:月租金?|房租|租金|租房)(?:每?1?个?月)?[^,\d]{{0,3}}{BELOW}{ABOVE}(?P<n>\d{{3,}}|\d+(?=千))(?P<scale>千)?(?P<more>多)?", _money("monthly_rent")),
    (rf"(?:(?<![年均配])收入|退休金|养老金|工资|月薪|月入|到手|每个?月|1个月(?=[^,]{{0,3}}(?:到手|挣|赚|拿)))(?:每?1?个?月)?[^,\d租涨]{{0,5}}?{BELOW}{ABOVE}(?P<n>\d{{3,}}|\d+(?:\.\d+)?(?=[千万]))(?P<scale>[千万])?(?P<more>多)?", _money("monthly_income")),
    (r"(?<![^,])(?:每个?|1个)月(?:要|就|才|是|拿|付|交){0,2}(?P<n>\d{3,})(?P<scale>)(?P<more>多)?", _monthly),
    (r"(?<![^,])我(?:自己|这边)?(?P<n>\d{4,})(?P<scale>)(?P<more>多)?(?:元|块)?$", _monthly),
)  # fmt: skip
