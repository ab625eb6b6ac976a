"""How much what somebody told speaks for a benefit that is still open: somebody of a hundred is thought of for what one
gets at a hundred before what one gets at sixty.

A benefit is as likely as its conditions would be met by answers taken at random, one on each side of every limit that
the rules draw, each fact by itself; its relevance is how many times as likely it is now that something is known (the
lift of association rules, Brin et al., SIGMOD 1997).
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.eligibility.catalogue import Catalogue
from kb.eligibility.conditions import UNKNOWN, YES, Condition, Count, Leaf, Not
from kb.eligibility.facts import Profile
from kb.eligibility.questions import possible_answers


def relevances(catalogue: Catalogue, profile: Profile) -> list[float]:
    """Give how many times as likely each benefit is as if nothing were known, in the order of the catalogue's benefits;
    1 where what is known says nothing of it."""
    nothing = catalogue.book.profile({}, profile.as_of)
    before = [share if truth == UNKNOWN else float(truth == YES) for share, truth in zip(_shares(catalogue, nothing), catalogue.truths(nothing), strict=True)]  # fmt: skip
    now = [share if truth == UNKNOWN else float(truth == YES) for share, truth in zip(before, catalogue.truths(profile), strict=True)]  # fmt: skip
    likely = [(chance(benefit.root, before), chance(benefit.root, now)) for benefit in catalogue.benefits]
    return [told / untold if untold else 1.0 for untold, told in likely]


def chance(node: Condition, tests: Sequence[float]) -> float:
    """Give how likely a node is met where its tests, given by number, are as likely as `tests` says and hang on nothing
    common."""
    if isinstance(node, Leaf):
        return tests[node.number]
    if isinstance(node, Not):
        return 1 - chance(node.part, tests)
    assert isinstance(node, Count)
    met = [1.0]  # how likely none, one, two... of the parts are met
    for part in node.parts:
        p = chance(part, tests)
        met = [stay * (1 - p) + come * p for stay, come in zip([*met, 0.0], [0.0, *met], strict=True)]
    return sum(met[node.needed :])


def _shares(catalogue: Catalogue, nothing: Profile) -> list[float]:
    """Give for every test the share of the possible answers that meet it; who asks is taken to be from where the
    documents are for, so that to be from there speaks for nothing."""
    shares = [0.0] * len(catalogue.tests)
    for fact in catalogue.book:
        tests = catalogue.tests_of(fact.fact_id)
        # Where every limit of a date lies ahead, all days so far are on its near side, as the day itself is.
        answers = (possible_answers(catalogue, fact, nothing) or [nothing.as_of]) if tests else []
        for number, test in tests:
            met = sum(test.truth(answer) == YES for answer in answers)
            shares[number] = 1.0 if test.operator == "within" else met / len(answers)
    return shares
