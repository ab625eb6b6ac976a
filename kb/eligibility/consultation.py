"""One consultation: what was said and chosen, all verdicts, and what to ask next, as one JSON object.

Nothing is kept: every consultation carries all that is known. What the sentence says with doubt (大概) is not used
before the person confirms it; what was chosen wins over what the sentence says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kb.eligibility.catalogue import Catalogue, Judgement
from kb.eligibility.fact_tagger import add_tagged_readings, shipped_tagger
from kb.eligibility.facts import FactBook
from kb.eligibility.judgement_presentation import judgement_payload, known_payload, question_payload
from kb.eligibility.model_reader import add_model_readings
from kb.eligibility.questions import FactQuestion, next_questions
from kb.eligibility.readings import FactReading, PersonReading, SentenceReading
from kb.eligibility.relevance import relevances
from kb.eligibility.sentence import read_everybody
from kb.eligibility.values import as_json
from kb.errors import FactError
from kb.writing.language_model import LanguageModel

MOST_CHARACTERS = 2000  # of what somebody tells; every rule goes over all of it
QUESTIONS = 8  # that are shown at once; the first is the one to answer
APPLICANTS = ("person", "household", "building", "organisation")
OF_A_PERSON = ("person", "household")
"""Those whose benefits somebody may have who tells of no building and no organisation."""
_ORDER = {"eligible": 0, "undetermined": 1, "not_eligible": 2}


def consult(
    catalogue: Catalogue,
    facts: Mapping[str, Any],
    text: str,
    as_of: date,
    applicants: Collection[str] = APPLICANTS,
    benefit_id: str | None = None,
    skipped: Collection[str] = (),
    model: LanguageModel | None = None,
    brief: bool = False,
    only: str | None = None,
    about: str = "",
) -> dict[str, Any]:
    """Read what somebody tells, and judge; of several people whom a text tells of `about` names the one who is meant,
    as `unread` does, where those stand whose facts were not used."""
    told = heard_people(catalogue, text, as_of, model, about)
    unread = [_person_payload(catalogue, one) for one in told.others]
    return judged(catalogue, facts, told.own, as_of, applicants, benefit_id, skipped, brief, only) | {"unread": unread}


def heard_people(
    catalogue: Catalogue, text: str, as_of: date, model: LanguageModel | None = None, about: str = ""
) -> SentenceReading:
    """Read the facts that a text tells of the one whom it is about, and of others; raise FactError for one that is too
    long."""
    if len(text) > MOST_CHARACTERS:
        raise FactError.of("fact_text_too_long", field="text", length=len(text), most=MOST_CHARACTERS)
    told = read_everybody(text, catalogue.book, as_of, about)
    if about and told.others:  # the tagger reads of the one whom a text is about, which may be another
        return told
    return read_further(told, text, catalogue.book, as_of, model)


def read_further(
    told: SentenceReading, text: str, book: FactBook, as_of: date, model: LanguageModel | None = None
) -> SentenceReading:
    """Add to what the rules read of the one whom a text is about what the tagger reads, and a language model where
    there is one and nobody else is told of; that is shown to be confirmed, unless the rules read the same words of
    another, or as what cannot be. Where nobody can say whom a text is about nothing is added."""
    if not text.strip() or (told.others and not told.own):
        return told
    own = told.own if model is None or told.others else add_model_readings(text, told.own, book, as_of, model)
    added = add_tagged_readings(text, own, book, as_of, shipped_tagger())
    of_others = [*told.impossible, *(one for person in told.others for one in person.readings)]
    known = {one.fact_id for one in own}
    kept = [one for one in added if one.fact_id in known or not any(_overlap(one, other) for other in of_others)]
    return replace(told, own=kept)


def _overlap(one: FactReading, other: FactReading) -> bool:
    return one.start < other.end and other.start < one.end


def judged(
    catalogue: Catalogue,
    facts: Mapping[str, Any],
    readings: list[FactReading],
    as_of: date,
    applicants: Collection[str] = APPLICANTS,
    benefit_id: str | None = None,
    skipped: Collection[str] = (),
    brief: bool = False,
    only: str | None = None,
) -> dict[str, Any]:
    """Judge the benefits of these applicants for what is known; with `benefit_id` ask only what that one depends on,
    and nothing that somebody `skipped`: did not know or did not want to tell. `brief` leaves out the conditions of what
    does not apply, or not yet, nine tenths of all that is told; `only` tells one benefit.

    A question about what was read with doubt brings that reading along, to be confirmed: who was heard to be 91 is not
    asked for a birthday.
    """
    book = catalogue.book
    doubted = {book.asked(one.fact_id): one for one in readings if not one.certain}
    left_open = {book.asked(name) for name in skipped if book.get(name)}
    profile = catalogue.book.profile({**used_readings(readings, facts, catalogue), **facts}, as_of)
    judgements = [
        one for one in catalogue.judge_with_steps_open(profile, benefit_id) if one.benefit.applicant in applicants
    ]
    relevance = dict(zip((one.benefit_id for one in catalogue.benefits), relevances(catalogue, profile), strict=True))

    def place(one: Judgement) -> tuple[int, float, bool, str]:
        """Of what is open first what the facts speak for; else what is paid or given in days, of which one wants to
        know most."""
        spoken_for = relevance[one.benefit.benefit_id] if one.verdict == "undetermined" else 0.0
        return _ORDER[one.verdict], -spoken_for, not one.benefit.amounts, one.benefit.benefit_id

    judgements.sort(key=place)
    asked = [one.benefit for one in judgements]
    known = profile
    if benefit_id is not None:  # of one benefit alone it is told what it hangs on behind a step, too
        asked, undone = [catalogue.find(benefit_id)], catalogue.undone(profile)
        known, left_open = profile.without(undone), left_open | undone
    if only is not None:
        judgements = [one for one in judgements if one.benefit is catalogue.find(only)]
    questions = [one for one in next_questions(catalogue, known, asked) if one.fact.fact_id not in left_open]
    return {
        "as_of": as_of.isoformat(),
        "facts": known_payload(catalogue, profile),
        "readings": [_reading_payload(catalogue, reading) for reading in readings],
        "benefits": [judgement_payload(catalogue, one, profile, brief) for one in judgements],
        "questions": [_question_payload(one, doubted.get(one.fact.fact_id), book) for one in questions[:QUESTIONS]],
        "unfounded": [{"id": one.benefit_id, "title": one.title} for one in catalogue.unfounded],
    }


def used_readings(readings: list[FactReading], facts: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """Give what is read without doubt and not settled by a chosen fact, be it the date that a fact is counted from."""
    settled = {
        name for fact_id in facts if catalogue.book.get(fact_id) for name in (fact_id, catalogue.book.asked(fact_id))
    }
    return {
        one.fact_id: as_json(one.known)
        for one in readings
        if one.certain and one.fact_id not in settled and catalogue.book.asked(one.fact_id) not in settled
    }  # fmt: skip


def _question_payload(question: FactQuestion, doubted: FactReading | None, book: FactBook) -> dict[str, Any]:
    return question_payload(question if doubted is None else replace(question, fact=book[doubted.fact_id]), doubted)


def _person_payload(catalogue: Catalogue, person: PersonReading) -> dict[str, Any]:
    return {"name": person.name, "readings": [_reading_payload(catalogue, one) for one in person.readings]}


def _reading_payload(catalogue: Catalogue, reading: FactReading) -> dict[str, Any]:
    fact = catalogue.book[reading.fact_id]
    return {
        "fact": fact.fact_id, "name": fact.name, "value": as_json(reading.value), "words": fact.words(reading.value),
        "said": reading.said, "start": reading.start, "end": reading.end, "certain": reading.certain,
    }  # fmt: skip
