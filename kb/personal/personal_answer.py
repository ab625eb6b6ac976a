"""The answer to a question about oneself or one's family: first the verdict of the benefit that is asked about, with
its clauses, then what was assumed, then what else the documents say; with it the one question whose answer would still
decide something.

The verdict is that of `kb.eligibility.consultation`, by which the page of eligibility judges too, so that page and
answer cannot differ. A question that tells nothing of a person, or asks for no benefit, is none of ours; where it is
not sure enough which benefit is asked about, the documents answer and verdicts are offered, as they are where the
documents do not say what somebody asks (楼里装电梯政府贴多少). What is typed in answer to the one question takes the
verdict further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from kb.eligibility.benefits import Benefit, CitableTexts
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.consultation import MOST_CHARACTERS, judged, read_further
from kb.eligibility.readings import SELF, FactReading, PersonReading
from kb.eligibility.reply import may_reply, read_reply
from kb.eligibility.sentence import read_everybody, read_sentence
from kb.errors import NotFoundError
from kb.index.encoder import Encoder
from kb.personal.asked_benefit import SURE, BenefitFinder, asks_for_all, asks_for_any, what_is_asked
from kb.personal.next_step import next_step
from kb.personal.offers import OFFERED_FOR, Personal, is_within, offer, offers_beside, offers_of
from kb.personal.several_verdicts import ASKS_HOW, ASKS_HOW_MUCH, answered_apart, questions_apart
from kb.personal.told_of import (
    is_of_others,
    judged_apart,
    of_whom_the_same_is_told,
    tells_of_somebody,
    turned_on,
    unsettled,
)
from kb.personal.verdict_draft import VerdictDraft
from kb.question.several import questions_in
from kb.reading.reader import Reader
from kb.reading.rivals import Saying
from kb.types import Answer, BenefitOffer, Query
from kb.visibility import day_of
from kb.writing.language_model import LanguageModel

# Of benefits that are meant together the one that can be had is told.
_ORDER = ("eligible", "undetermined", "not_eligible")
_REPLIES = 12  # turns back within which the question is looked for that a reply goes back to
_FOR_EACH = 4  # relatives for whom a verdict is told or offered
_SPEAKER = "您本人"
_NOT_SAID = frozenset({"no_evidence", "weak_evidence"})
"""Refusals of what the documents do not say: what was asked may be near a benefit, whose verdict is offered."""


Respond = Callable[[Query], Answer]
"""Answers from the documents alone."""


class PersonalAnswerer:
    """Answers for the benefits of one catalogue, whose clauses are cited from `texts`."""

    def __init__(
        self, catalogue: Catalogue, texts: CitableTexts, encoder: Encoder, reader: Reader, cache: Path
    ) -> None:
        self._catalogue = catalogue
        self._texts = texts
        self._finder = BenefitFinder(catalogue, encoder, reader, cache)

    def answer(
        self,
        query: Query,
        quoted: Answer,
        respond: Respond,
        asked_again: Callable[[Query], Query],
        model: LanguageModel | None = None,
    ) -> Personal:
        """Give the verdict, and behind it what was `quoted` of the benefit's own documents, if the question asks for
        one; `asked_again` gives it with what it leaves to those before it (我老伴71呢).

        A reply to what was asked last in the conversation takes the verdict further: `respond` quotes anew for the
        question that it goes back to. Raises FactError for facts that cannot be, whatever was asked.
        """
        as_of = day_of(query)
        for facts in (query.facts, {} if query.before is None else query.before.facts):
            self._catalogue.book.profile(facts, as_of)
        taken = self._taken_further(query, respond, as_of)
        if taken is not None:
            whole = respond(taken)
            answer = self._judge(taken, whole, as_of, model).answer
            if answer is not None:
                return Personal(replace(answer, question=query.text, resolved=taken.text, timing=quoted.timing))

        def judge(one: Query, quoted: Answer, beside: str = "") -> Personal:
            return self._judge(replace(one, text=asked_again(one).text), quoted, as_of, model, beside)

        apart = answered_apart(query, respond, judge) if self._may_want_verdict(query.text, as_of) else None
        if apart is not None:
            return Personal(replace(apart, timing=quoted.timing))
        personal = judge(query, quoted)
        if personal.answer is None:
            return personal._replace(next_step=next_step(self._catalogue, quoted, as_of))
        return personal

    def _taken_further(self, query: Query, respond: Respond, as_of: date) -> Query | None:
        """Give the question that a reply goes back to, with all that was replied; None where the text is no reply to an
        open question.

        The replies are read anew, each as an answer to what was asked at its time, so that nothing of them need be
        kept.
        """
        if not may_reply(query.text):
            return None
        book = self._catalogue.book
        replies = [query.text]
        for n in range(len(query.previous) - 1, max(len(query.previous) - _REPLIES, 0) - 1, -1):
            before = replace(query, previous=(), before=None)
            parts = dict.fromkeys((*questions_apart(query.previous[n]), query.previous[n]))
            asked = next((one for part in parts if self._is_judged(one := replace(before, text=part), respond)), None)
            if asked is not None:
                break
            replies.insert(0, query.previous[n])
        else:
            return None
        if query.before is not None:
            replies = [query.text]
            asked = replace(asked, facts=query.before.facts, skipped=query.before.skipped)
        for reply in replies:
            told = self._judge(asked, respond(asked), as_of, None).answer
            question = told.eligibility["question"] if told and told.eligibility else None
            if question is None:
                return None
            suggested = question["suggested"] and question["suggested"]["value"]
            read = read_reply(reply, book[question["id"]], suggested, book, as_of)
            if read is None:
                return None
            skipped = (*asked.skipped, question["id"]) if read.is_left_open else asked.skipped
            asked = replace(asked, facts={**asked.facts, **read.facts}, skipped=skipped)
        return asked

    def _is_judged(self, query: Query, respond: Respond) -> bool:
        """Say whether a question, asked alone, is answered with a verdict."""
        as_of = day_of(query)
        if not _is_one_question(query):
            return False
        told = read_sentence(query.text, self._catalogue.book, as_of)
        judged = self._wants_verdict(query.text, told) and self._judge(query, respond(query), as_of, None).answer
        return bool(judged)

    def _may_want_verdict(self, text: str, as_of: date) -> bool:
        """Say whether somewhere in a text somebody is told of; of others its parts need not be read again."""
        if len(text) > MOST_CHARACTERS:
            return False
        people = read_everybody(text, self._catalogue.book, as_of)
        others = (one for person in people.others for one in person.readings)
        return self._wants_verdict(text, [*people.own, *people.impossible, *others])

    def _wants_verdict(self, text: str, readings: Sequence[FactReading]) -> bool:
        """Say whether a question tells of somebody, or is one that was offered, be nobody told of in it: what matters
        then is asked for."""
        found = OFFERED_FOR.search(text)
        return tells_of_somebody(text, readings) or (
            found is not None and any(one.title == found["title"] for one in self._catalogue.benefits)
        )

    @cached_property
    def _sayings(self) -> dict[str, Saying]:
        """What the clauses say that benefits rest on; one whose document was withdrawn meanwhile says nothing."""
        said = {}
        for clause_id in {name for benefit in self._catalogue.benefits for name in benefit.clauses()}:
            with suppress(NotFoundError):
                clause = self._texts.clause(clause_id)
                text = self._texts.document(clause.doc_id).text
                said[clause_id] = Saying.of(text[clause.start : clause.end])
        return said

    def _quoted_first(self, quoted: Answer) -> frozenset[str]:
        """Name the clauses that the first statement of an answer rests on, and those of benefits that say the same: a
        digest's, where its original is quoted."""
        if quoted.refusal is not None or not quoted.statements:
            return frozenset()
        first = [one for one in quoted.citations if one.number in quoted.statements[0].citations]
        said = [Saying.of(one.quote) for one in first]
        same = {name for name, other in self._sayings.items() if any(one.agrees(other) for one in said)}
        return frozenset({one.clause_id for one in first} | same)

    def _judge_each(self, query: Query, quoted: Answer, people: Iterable[PersonReading], as_of: date) -> Personal:
        """Judge each of several relatives of whom the same is told, by name, where nobody can say whose verdict alone
        is asked for."""
        draft = VerdictDraft(self._catalogue, self._texts)
        offers, sure = [], []
        for person in islice((one for one in people if one.name != SELF), _FOR_EACH):
            choice = self._finder.find(query.text, person.readings, self._quoted_first(quoted))
            if choice.probability >= SURE and (meant := [one for one in choice.meant if is_within(one, query)]):
                benefit = self._judge_another(draft, query.text, meant, person.name, as_of)
                offers.append(offer(query, self._catalogue.find(benefit["id"]), person.name))
                sure.append(choice.probability)
        if len(offers) < 2:
            return Personal()
        draft.quote(quoted, frozenset().union(*(self._catalogue.find(one.benefit_id).clauses() for one in offers)))
        is_same = len({one.benefit_id for one in offers}) == 1
        answer = _answer(quoted, draft, min(sure), None, tuple(offers))
        return Personal(answer, benefit=benefit if is_same else None)

    def _judge_another(
        self, draft: VerdictDraft, text: str, meant: Sequence[Benefit], person: str, as_of: date
    ) -> Mapping[str, Any]:
        """Tell the verdict of one who is spoken of beside others, named, and give the benefit that it is of."""
        readings = read_everybody(text, self._catalogue.book, as_of, person).own
        best = _best(judged(self._catalogue, {}, readings, as_of)["benefits"], meant)
        told = judged(self._catalogue, {}, readings, as_of, benefit_id=best["id"])
        benefit = _of_id(told, best["id"])
        draft.judge(benefit, told["questions"], told=True, of=person)
        draft.assume(turned_on(told["facts"], benefit), [], person)
        return benefit

    def _judge(
        self, query: Query, quoted: Answer, as_of: date, model: LanguageModel | None, beside: str = ""
    ) -> Personal:
        if not _is_one_question(query):
            return Personal()
        # What the rules read decides whether somebody is told of: it is certain where the words are known.
        people = read_everybody(query.text, self._catalogue.book, as_of)
        readings: Sequence[FactReading] = people.own
        several = self._judge_each(query, quoted, people.others, as_of) if is_of_others(people) else Personal()
        if several.answer is not None:
            return several
        if not self._wants_verdict(query.text, [*readings, *people.impossible]):
            offers: tuple[BenefitOffer, ...] = ()
            if quoted.refusal is not None and quoted.refusal.kind in _NOT_SAID:
                offers = offers_of(query, self._finder.find(query.text, ()))
            return Personal(offers=offers)
        readings = read_further(people, query.text, self._catalogue.book, as_of, model).own
        everything = [*readings, *people.impossible, *(one for person in people.others for one in person.readings)]
        choice = self._finder.find(query.text, everything, self._quoted_first(quoted))
        meant = [one for one in choice.meant if is_within(one, query)] if choice.probability >= SURE else []
        told = judged(self._catalogue, query.facts, readings, as_of, skipped=query.skipped)
        possible = any(one["verdict"] != "not_eligible" for one in told["benefits"])
        for_all = possible and query.within is None and _wants_all(query, readings, quoted, told["benefits"])
        if not meant and not for_all:
            return Personal(offers=offers_of(query, choice))
        draft = VerdictDraft(self._catalogue, self._texts)
        if for_all:
            benefit = None
            draft.list_all(told["benefits"], told["questions"])
        else:
            best = _best(told["benefits"], meant)
            told = judged(self._catalogue, query.facts, readings, as_of, benefit_id=best["id"], skipped=query.skipped)
            benefit = _of_id(told, best["id"])
        known = turned_on(told["facts"], benefit)
        doubted = unsettled(readings, told["facts"], benefit)
        further: tuple[BenefitOffer, ...] = ()
        if benefit is None:
            draft.assume(known, doubted)
        else:
            others = judged_apart(people.others, benefit)[:_FOR_EACH]
            each = [] if people.about else of_whom_the_same_is_told(others, readings, benefit)
            of = _SPEAKER if each else ""
            draft.judge(benefit, told["questions"], told=bool(told["facts"]), of=of)
            draft.assume(known, doubted, of)
            draft.reject(people.impossible)
            asked_for = self._catalogue.find(benefit["id"])
            for person in each:
                self._judge_another(draft, query.text, [asked_for], person, as_of)
            names = [one.name for one in others]
            draft.leave_out([name for name in names if name not in each])
            further = tuple(offer(query, asked_for, name) for name in names)
            if benefit["verdict"] == "not_eligible" and not further:
                further = offers_beside(query, choice, told["benefits"])
            asked = f"{query.text}，{beside}"
            how, how_much = (pattern.search(asked) is not None for pattern in (ASKS_HOW, ASKS_HOW_MUCH))
            draft.inform(benefit, asks_how=how, asks_how_much=how_much)
            draft.quote(quoted, asked_for.clauses())
        probability = 1.0 if benefit is None else choice.probability
        answer = _answer(quoted, draft, probability, _told(told, known, benefit, query), further)
        return Personal(answer, benefit=benefit)


def _answer(
    quoted: Answer,
    draft: VerdictDraft,
    probability: float,
    eligibility: dict[str, Any] | None,
    offers: tuple[BenefitOffer, ...],
) -> Answer:
    return replace(
        quoted, statements=tuple(draft.statements), citations=tuple(draft.citations), refusal=None, written_by=None,
        table=None, confidence=probability, eligibility=eligibility, offers=offers,
    )  # fmt: skip


def _best(benefits: Iterable[Mapping[str, Any]], meant: Sequence[Benefit]) -> Mapping[str, Any]:
    """Give of the judged benefits that are meant the one with the best verdict, the likeliest of several."""
    ids = [one.benefit_id for one in meant]
    return min(
        (one for one in benefits if one["id"] in ids),
        key=lambda one: (_ORDER.index(one["verdict"]), ids.index(one["id"])),
    )


def _of_id(told: Mapping[str, Any], benefit_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in told["benefits"] if one["id"] == benefit_id)
    return found


def _wants_all(
    query: Query, readings: Sequence[FactReading], quoted: Answer, benefits: Iterable[Mapping[str, Any]]
) -> bool:
    """Say whether somebody wants to know what there is: they ask for that, or tell of themselves and ask nothing that
    the documents answer (我男人今年五十五，下岗了没收入), or for any allowance (政府给不给补贴), and there is one."""
    if asks_for_all(query.text):
        return True
    asked = what_is_asked(query.text, [one for one in readings if one.certain])
    # what was only guessed (婆婆跟我处不来: married, perhaps), or is in the word for a relative, tells too little of
    # somebody
    if not asked:
        return quoted.refusal is not None and any(one.certain and one.fact_id != "sex" for one in readings)
    return asks_for_any(asked) and any(one["verdict"] == "eligible" for one in benefits)


def _is_one_question(query: Query) -> bool:
    return len(query.text) <= MOST_CHARACTERS and len(questions_in(query.text)) <= 1


def _told(
    told: Mapping[str, Any], known: Sequence[Mapping[str, Any]], benefit: Mapping[str, Any] | None, query: Query
) -> dict[str, Any]:
    """Tell what the verdict rests on, and the one question to ask next."""
    verdict = {"id": None, "title": None, "verdict": None, "verdict_words": None} if benefit is None else benefit
    open_questions = told["questions"] if benefit is None or benefit["verdict"] == "undetermined" else []
    return {
        "as_of": told["as_of"],
        "benefit": verdict["id"], "title": verdict["title"], "verdict": verdict["verdict"], "verdict_words": verdict["verdict_words"],
        "facts": list(known), "readings": told["readings"], "question": next(iter(open_questions), None),
        "chosen": dict(query.facts), "skipped": list(query.skipped),
    }  # fmt: skip
