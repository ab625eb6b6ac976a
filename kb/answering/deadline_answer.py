"""The answer to a question for the last day of a period: the day, how it was reckoned, and the clause that gives the
period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.deadline import Counted, in_working_days, period_for, reckon, reckon_back, working_days_rule
from kb.answering.inquiry import Inquiry
from kb.answering.rank import Rank
from kb.calendar import WorkingCalendar
from kb.evidence.investigate import Investigator
from kb.evidence.succession import Succession
from kb.question.deadline_question import DeadlineAsked, deadline_asked
from kb.quoting.candidate import Candidate
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.text.periods import partial
from kb.text.terms import bigrams
from kb.types import Answer, Query, Statement

_SENTENCES = 5  # of those that answer, among which the one with the period is looked for


class DeadlineAnswerer:
    """Answers from the texts of one snapshot, working days by `calendar`."""

    def __init__(
        self, investigator: Investigator, succession: Succession, citer: Citer, rank: Rank, calendar: WorkingCalendar
    ) -> None:
        self._investigator = investigator
        self._succession = succession
        self._citer = citer
        self._rank = rank
        self._calendar = calendar

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Answer a question that gives a day and asks for the end of a period; nothing where it asks for none or no
        document that holds gives the period."""
        asked = deadline_asked(inquiry.text, inquiry.day)
        if asked is None:
            return None
        for question in (asked.question, asked.latest):
            counted = self._counted(inquiry, question)
            likely = self._investigator.probability([one for one, _, _ in counted])
            if likely < self._investigator.enough:
                continue
            period = replace(inquiry.query, text=question)
            local = None if inquiry.named.documents else self._rank.for_place(period, counted[0][0])
            if local is not None and (of_place := self._with_periods(question, local[0][:_SENTENCES])):
                counted, likely = of_place, local[1]
            draft = self._draft(inquiry.query, asked, *counted[0])
            self._rank.tell_superior(draft, period)
            # Without passages no language model writes it anew: a day is reckoned here and nowhere else.
            return inquiry.answered(draft, likely=likely)
        return None

    def _counted(self, inquiry: Inquiry, question: str) -> list[tuple[Candidate, Counted, int]]:
        """Give what answers a question for a period, best first, each with the period that it gives and where the
        sentence begins that does."""
        query = replace(inquiry.query, text=question)
        hits = self._investigator.search(query, only=frozenset(inquiry.named.documents) or None)
        holding = [one for one in self._investigator.read(query, hits) if self._holds(one, inquiry)]
        return self._with_periods(question, holding[:_SENTENCES])

    def _with_periods(self, question: str, candidates: Sequence[Candidate]) -> list[tuple[Candidate, Counted, int]]:
        return [(one, *given) for one in candidates if (given := self._given(question, one))]

    def _given(self, question: str, candidate: Candidate) -> tuple[Counted, int] | None:
        text = self._investigator.document(candidate.doc_id).text
        periods = ((period_for(question, text[start:end]), start) for start, end in candidate.spans)
        given = [(period, start) for period, start in periods if period is not None]
        asked = frozenset(bigrams(question))
        return max(given, key=lambda one: one[0].likeness(asked), default=None)

    def _draft(self, query: Query, asked: DeadlineAsked, found: Candidate, counted: Counted, at: int) -> Draft:
        """Tell the last day of a period that a sentence gives, and quote what answers of its clause."""
        document = self._investigator.document(found.doc_id)
        rule = working_days_rule(document, counted)
        counted = replace(counted, period=in_working_days(counted.period)) if rule else counted
        if counted.side == "after":
            reckoned = reckon(asked.start, counted.period, self._calendar)
        else:
            reckoned = reckon_back(asked.start, counted, self._calendar)
        quoted = next(cited for cited in self._citer.quote([found]) if at < cited.end)  # it may begin behind its marker
        citations = (replace(quoted, number=1),)
        last = partial(reckoned.last).chinese
        lead = "最后一日为"
        if asked.by is not None:
            stands = "已超过期限" if asked.by > reckoned.last else "仍在期限内"
            if reckoned.first is not None and asked.by < reckoned.first:
                stands = "还不到可以办理的时间"
            lead = f"{partial(asked.by).chinese}{stands}，{lead}"
        told = Statement(f"{lead}{last}（{reckoned.words}）。", (1,), (len(lead), len(lead) + len(last)))
        draft = Draft(self._citer, [told, Statement(citations[0].quote, (1,))], citations)
        if rule:
            draft.say("该文件的这类期限以工作日计算", document, (rule,))
        self._succession.mark(draft, query)
        return draft

    def _holds(self, candidate: Candidate, inquiry: Inquiry) -> bool:
        document = self._investigator.document(candidate.doc_id)
        return self._succession.may_answer(document, inquiry.named, inquiry.query)
