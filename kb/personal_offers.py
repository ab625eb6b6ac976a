"""Verdicts that are offered: as questions that ask for one benefit beyond doubt."""

from __future__ import annotations

import re

from kb.asked_benefit import Choice
from kb.eligibility.benefits import Benefit
from kb.types import BenefitOffer, Query
from kb.visibility import day_of


def offers_of(query: Query, choice: Choice) -> tuple[BenefitOffer, ...]:
    """Offer the verdicts of the likeliest benefits that there are on the day that is asked about."""
    day = day_of(query)
    return tuple(offer(query, one) for one in choice.near if is_within(one, query) and one.lasts(day))


def offer(query: Query, benefit: Benefit, person: str = "") -> BenefitOffer:
    """Offer one verdict, for one of several relatives by name; named with its title, the benefit is asked for beyond
    doubt."""
    told = query.text.rstrip(" 　?？。！!")
    asked = f"为{person}了解是否" if person else "我想了解是否"
    title = f"{benefit.title}（{person}）" if person else benefit.title
    return BenefitOffer(benefit.benefit_id, title, f"{told}，{asked}符合“{benefit.title}”的条件？")


OFFERED_FOR = re.compile("了解是否符合“(?P<title>[^”]+)”的条件")
"""What `offer` asks."""


def is_within(benefit: Benefit, query: Query) -> bool:
    """Say whether a benefit is of the documents that an asker looks in."""
    return query.within is None or benefit.source in query.within
