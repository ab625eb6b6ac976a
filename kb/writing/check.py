"""The check between the writer and the reader: does a span hold what a sentence says?

A sentence passes when each number stands in the span with what it counts, and beside the same other
numbers; when quotations, places and offices stand there word for word; when no part of it denies what
the span affirms or the other way round; and when its words, weighed by how rare they are, come from the
span. The check is strict on purpose: what it drops in error is replaced by a quotation, what it lets
through in error would be believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from kb.index.term_weights import TermWeights
from kb.text.names import normal_name
from kb.text.numerals import in_digits
from kb.text.places import Gazetteer
from kb.text.terms import terms
from kb.writing.claims import Quantity, direction, names, negates, quantities, quotations, segments

Failing = Literal["uncited", "number", "quotation", "name", "negation", "wording"]


# Shares of the weight of the terms of a part of a sentence: what must come from its spans, and from which share on it
# is taken to speak of the same thing as a part of a span. A part of a few characters (此外) says nothing of its own.
# Chosen on sentences written for the purpose (tests/writing/sentences.toml).
_WORDING = 0.6
_SAME_MATTER = 0.55
_CONNECTIVE = 3


def failing(
    sentence: str,
    spans: Sequence[str],
    about: str,
    weights: TermWeights,
    places: Gazetteer,
) -> Failing | None:
    """Say on what a sentence fails against its spans, `None` where they hold it.

    `about` is what is known of the spans beside their words (title, issuer, region): a sentence may
    name it. `places` are those whose names a sentence must have from there.
    """
    if not spans:
        return "uncited"
    said = in_digits(sentence)
    told = [in_digits(span) for span in spans]
    everything = "\n".join((*told, in_digits(about)))
    if not _numbers_hold(quantities(said), [quantities(text) for text in told], quantities(in_digits(about))):
        return "number"
    squeezed = normal_name(everything)
    if any(normal_name(quotation) not in squeezed for quotation in quotations(said)):
        return "quotation"
    if any(name not in everything for name in names(said, places)):
        return "name"
    known = frozenset(terms(everything))
    if any(
        len(segment) > _CONNECTIVE and weights.coverage(_distinct(segment), known) < _WORDING
        for segment in segments(said)
    ):
        return "wording"
    if _contradicted(said, told, weights):
        return "negation"
    return None


def _numbers_hold(said: list[Quantity], told: list[list[Quantity]], about: list[Quantity]) -> bool:
    everywhere = [quantity for span in told for quantity in span] + about
    if not all(any(q.agrees_with(other) for other in everywhere) for q in said):
        return False
    return all(
        _stand_together(first, second, span)
        for first, second in pairwise(said)
        for span in told
        if _holds(first, span) and _holds(second, span)
    )


def _holds(quantity: Quantity, span: list[Quantity]) -> bool:
    return any(quantity.agrees_with(other) for other in span)


def _stand_together(first: Quantity, second: Quantity, span: list[Quantity]) -> bool:
    """Say whether two numbers belong to each other in the span: none that counts the same as either lies between."""
    ones = [n for n, other in enumerate(span) if first.agrees_with(other)]
    others = [n for n, other in enumerate(span) if second.agrees_with(other)]
    return any(
        not any(
            between.unit in (span[one].unit, span[other].unit)
            and between.value not in (span[one].value, span[other].value)
            for between in span[min(one, other) + 1 : max(one, other)]
        )
        for one in ones
        for other in others
        if one < other or first == second
    )


def _contradicted(said: str, told: list[str], weights: TermWeights) -> bool:
    """Say whether a part of a sentence and the part of a span that is about the same matter differ in denial."""
    parts = [(part, frozenset(terms(part))) for text in told for part in segments(text)]
    for segment in segments(said):
        wanted = _distinct(segment)
        nearest = max(parts, key=lambda part: weights.coverage(wanted, part[1]), default=None)
        if nearest is None or weights.coverage(wanted, nearest[1]) < _SAME_MATTER:
            if negates(segment) and not any(negates(part) for part, _ in parts):
                return True
            continue
        if negates(segment) != negates(nearest[0]) or direction(segment) not in ("", direction(nearest[0])):
            return True
    return False


def _distinct(text: str) -> list[str]:
    return list(dict.fromkeys(terms(text)))
