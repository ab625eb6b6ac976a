"""What whoever asks of somebody is given: an answer with a verdict, or verdicts that are offered, as questions that ask
for one benefit beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kb.eligibility.benefits import Benefit
from kb.personal.asked_benefit import Choice
from kb.types import Answer, BenefitOffer, Query, Statement
from kb.visibility import day_of


class Personal(NamedTuple):
    """The answer that begins with a verdict, or, where none is told, the verdicts that may have been asked for and how
    one gets what the documents tell of. `benefit` is what was judged, where that is one."""

    answer: Answer | None = None
    offers: tuple[BenefitOffer, ...] = ()
    next_step: Statement | None = None
    benefit: Mapping[str, Any] | None = None


def offers_of(query: Query, choice: Choice) -> tuple[BenefitOffer, ...]:
    """Offer the verdicts of the likeliest benefits that there are on the day that is asked about."""
    day = day_of(query)
    return tuple(offer(query, one) for one in choice.near if is_within(one, query) and one.lasts(day))


def offers_beside(query: Query, choice: Choice, verdicts: Iterable[Mapping[str, Any]]) -> tuple[BenefitOffer, ...]:
    """Offer, behind a verdict of no, those of the other benefits that come into question and that are not ruled out."""
    ruled_out = {one["id"] for one in verdicts if one["verdict"] == "not_eligible"}
    return tuple(one for one in offers_of(query, choice) if one.benefit_id not in ruled_out)


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
