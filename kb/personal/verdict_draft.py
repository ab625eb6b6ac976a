"""What is told of a verdict, in words of our own: what it is and what it hangs on, what was assumed and left out, how
one gets the benefit; each with the clauses that say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from kb.eligibility.benefits import CitableTexts
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.consultation import OF_A_PERSON
from kb.eligibility.facts import TODAY
from kb.eligibility.judgement_presentation import told_conditions
from kb.eligibility.readings import FactReading
from kb.quoting.citing import cite
from kb.types import Answer, Citation, Statement, Verdict

_VERDICTS: dict[str, Verdict] = {"eligible": "yes", "not_eligible": "no", "undetermined": "depends"}
_LISTED = 5  # benefits that are told where all are asked for
_OPEN = 3  # benefits that are told besides where what was said speaks for them and more must be known
_NAMES = 4  # of what a verdict still waits for
_YES_OR_NO = ("是", "否")
_QUOTED = 3  # statements of the documents that are told behind the verdict


class VerdictDraft:
    """The statements in our own words, and the clauses that they rest on, numbered as they come."""

    def __init__(self, catalogue: Catalogue, texts: CitableTexts) -> None:
        self._catalogue = catalogue
        self._texts = texts
        self.statements: list[Statement] = []
        self.citations: list[Citation] = []

    def judge(
        self, benefit: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], *, told: bool, of: str = ""
    ) -> None:
        """Tell one verdict, with the conditions that it hangs on; `told` says whether anything is known, `of` names the
        one of several people whose it is."""
        title, leaves = benefit["title"], list(told_conditions(benefit["conditions"]))
        given, case = benefit["given_by"], f"{of or '您'}的情况"
        if benefit["verdict"] == "eligible":
            held = [leaf for leaf in leaves if leaf["decides"] and leaf["fact"] != TODAY] or [
                leaf for leaf in leaves if leaf["decides"]
            ]
            words, focus = f"按您说的情况，符合“{title}”的条件（{benefit['gives']}）：{_rules(held, case)}。", "符合"
        elif benefit["verdict"] == "not_eligible":
            held = [leaf for leaf in leaves if leaf["decides"]]
            words, focus, given = f"按您说的情况，不符合“{title}”的条件：{_rules(held, case)}。", "不符合", []
        else:
            waiting, undone = _waiting(benefit, leaves, questions)
            held = [*undone, *_first(waiting)]
            # Who tells nothing wants to know what there is as well.
            by, gives = ("按您说的情况，", "") if told else ("", f"（{benefit['gives']}）")
            given = [] if told and waiting else given
            words, focus = f"{by}还不能确定是否符合“{title}”的条件{gives}，", "还不能确定"
            if not waiting:
                words, focus = f"{by}“{title}”（{benefit['gives']}）的其他条件都已符合，", "其他条件都已符合"
            words += f"{_waits_for(benefit, waiting)}。"
        self._say(f"{of}：{words}" if of else words, [*held, *given], focus, _VERDICTS[benefit["verdict"]])

    def list_all(self, benefits: Sequence[Mapping[str, Any]], questions: Sequence[Mapping[str, Any]]) -> None:
        """Tell how many benefits apply, then the first of them, each with its conditions, and of the open ones the
        first that a fact speaks for."""
        met = [one for one in benefits if one["verdict"] == "eligible"]
        still = [
            one for one in benefits if one["verdict"] == "undetermined" and (one["for"] in OF_A_PERSON or _told_of(one))
        ]
        first = [leaf for one in met[:_LISTED] for leaf in told_conditions(one["conditions"]) if leaf["decides"]][:1]
        count = f"符合{len(met)}项政策的条件" if met else "还没有能确定符合的政策"
        rest = f"，另有{len(still)}项还不能确定" if still else ""
        self._say(f"按您说的情况，{count}{rest}。", first, count)
        for one in met[:_LISTED]:
            decides = [leaf for leaf in told_conditions(one["conditions"]) if leaf["decides"]]
            self._say(f"{one['title']}：{one['gives']}。", [*one["given_by"], *decides])

        for one in islice(filter(_told_of, still), _OPEN):
            met = _told_of(one)
            waiting, undone = _waiting(one, told_conditions(one["conditions"]), questions)
            words = f"{one['title']}：{one['gives']}。还不能确定是否符合，{_waits_for(one, waiting)}。"
            self._say(words, [*one["given_by"], *met, *undone, *_first(waiting)], "还不能确定")

    def assume(self, known: Sequence[Mapping[str, Any]], doubted: Sequence[FactReading], of: str = "") -> None:
        """Tell what the verdict, `of` one of several people, was made with, and what was heard with doubt and left
        out."""
        if known:
            self._say(
                f"判断{of}采用的情况：{'，'.join(_fact_words(fact['name'], fact['words']) for fact in known)}。如有不符，请更正后再问。"
            )
        for one in doubted:
            fact = self._catalogue.book[one.fact_id]
            told = _fact_words(fact.name, fact.words(one.value))
            self._say(f"您说的“{one.said}”可能是指{told}，还没有确认，判断时没有采用。")

    def reject(self, impossible: Iterable[FactReading]) -> None:
        """Tell what nobody can be, and was left out."""
        for one in impossible:
            name = self._catalogue.book[one.fact_id].name
            self._say(f"您说的“{one.said}”不可能是{name}，判断时没有采用，请核对后再问。")

    def leave_out(self, people: Sequence[str]) -> None:
        """Tell whose facts the verdict was made without."""
        if people:
            self._say(f"您还说到了{'、'.join(people)}，以上判断没有采用其情况，请分别查询。")

    def inform(self, benefit: Mapping[str, Any], *, asks_how: bool, asks_how_much: bool) -> None:
        """Tell of what can be had how much it is and how one gets it, and what changes soon; of what may be had how one
        gets it, where the question `asks_how`, and how much it may be, where it `asks_how_much`."""
        if benefit["verdict"] == "eligible":
            amounts = [one for one in benefit["amounts"] if one["certain"]]
            if amounts:
                self._say(f"标准：{'；'.join(dict.fromkeys(one['text'] for one in amounts))}。", amounts)
        elif benefit["verdict"] == "undetermined" and asks_how_much and benefit["amounts"]:
            amounts = benefit["amounts"]
            self._say(f"符合条件的，标准：{'；'.join(dict.fromkeys(one['text'] for one in amounts))}。", amounts)
        if benefit["verdict"] == "eligible" or (asks_how and benefit["verdict"] == "undetermined"):
            self._say(f"办理：{benefit['how']}。咨询：{benefit['ask_at']}。")
        for note in benefit["notes"]:
            self._say(f"请注意：{note}。")

    def quote(self, quoted: Answer, clauses: frozenset[str]) -> None:
        """Take over what was quoted of the documents that the benefit's clauses are of (which papers to bring, how
        much it costs) and is no verdict, nor cited already."""
        documents = {self._texts.clause(name).doc_id for name in clauses}
        of_number = {citation.number: citation for citation in quoted.citations}
        cited = {citation.quote for citation in self.citations}
        taken = 0
        for statement in quoted.statements if quoted.refusal is None else ():
            citations = [of_number[number] for number in statement.citations]
            fits = citations and all(one.doc_id in documents and one.quote not in cited for one in citations)
            if taken < _QUOTED and fits and statement.verdict is None and not statement.own:
                taken += 1
                numbers = tuple(len(self.citations) + n for n in range(1, len(citations) + 1))
                self.citations += [replace(one, number=number) for one, number in zip(citations, numbers, strict=True)]
                self.statements.append(replace(statement, citations=numbers))

    def _say(
        self, words: str, held: Sequence[Mapping[str, Any]] = (), focus: str = "", verdict: Verdict | None = None
    ) -> None:
        at = words.find(focus) if focus else -1
        numbers = tuple(dict.fromkeys(self._number_of(one["clause_id"], one["quote"]) for one in held))
        self.statements.append(Statement(words, numbers, (at, at + len(focus)) if at >= 0 else None, verdict, own=True))

    def _number_of(self, clause_id: str, quote: str) -> int:
        for one in self.citations:
            if (one.clause_id, one.quote) == (clause_id, quote):
                return one.number
        clause = self._texts.clause(clause_id)
        document = self._texts.document(clause.doc_id)
        start = document.text.index(quote, clause.start)
        self.citations.append(cite(document, clause, start, start + len(quote), len(self.citations) + 1))
        return len(self.citations)


def _waits_for(benefit: Mapping[str, Any], waiting: Sequence[Mapping[str, Any]]) -> str:
    steps = benefit["to_do"]
    open_yet = f"{'另外' * bool(steps)}还要看{_names(waiting)}" if waiting else ""
    return "，".join(filter(None, (steps and f"还要先{steps}", open_yet)))


def _waiting(
    benefit: Mapping[str, Any], leaves: Iterable[Mapping[str, Any]], questions: Sequence[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Give the conditions that the verdict waits for, those of the first question first, and apart from them those that
    wait for a step; what was skipped waits too, and nothing does in what another condition has settled."""
    order = {question["id"]: n for n, question in enumerate(questions)}
    unknown = [leaf for leaf in leaves if leaf["state"] == "unknown"]
    waiting = sorted(
        (leaf for leaf in unknown if leaf["name"] in benefit["waits_for"]),
        key=lambda leaf: order.get(leaf["fact"], len(order)),
    )
    return waiting, [leaf for leaf in unknown if leaf["name"] in benefit["steps"]]


def _told_of(benefit: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the conditions that what was said meets; a sex, which the word for a relative tells, speaks for nothing by
    itself."""
    leaves = told_conditions(benefit["conditions"])
    return [leaf for leaf in leaves if leaf["state"] == "met" and leaf["fact"] not in (TODAY, "sex")]


def _names(waiting: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(leaf["name"] for leaf in waiting))
    # No count: of alternatives not all are needed.
    return "、".join(names[:_NAMES]) + ("等情况" if len(names) > _NAMES else "")


def _first(waiting: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the conditions whose names are told."""
    names = list(dict.fromkeys(leaf["name"] for leaf in waiting))[:_NAMES]
    return [leaf for leaf in waiting if leaf["name"] in names]


def _rules(leaves: Sequence[Mapping[str, Any]], case: str) -> str:
    return "；".join(dict.fromkeys(_judged(leaf, case) for leaf in leaves))


def _judged(leaf: Mapping[str, Any], case: str) -> str:
    """Say a condition, and what it was judged by where its rule does not say as much."""
    rule, used = leaf["rule"], leaf["used"]
    if used is None or rule.endswith(f"：{used}"):
        return str(rule)
    if used in _YES_OR_NO:
        wanted = rule.removeprefix(f"{leaf['name']}：")
        return f"“{leaf['name']}”一项要求为“{wanted}”，{case}为“{used}”"
    return f"{rule}（{'查询日期' if leaf['fact'] == TODAY else case}：{used}）"


def _fact_words(name: str, words: str) -> str:
    return f"{name}{words}" if words not in _YES_OR_NO else f"{name}：{words}"
