"""Behind an answer from a benefit's own document stands how it is had and whom to ask, and behind no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from indexing import ROOT

from kb.eligibility.benefits import Benefit
from kb.eligibility.catalogue import Catalogue
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.personal.next_step import next_step
from kb.quoting.citing import cite
from kb.types import Answer, Query, Refusal, Statement, Table, Timing

DAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def knowledge_base(corpus_index: Path) -> KnowledgeBase:
    return KnowledgeBase.open(corpus_index, open_encoder(), benefits=ROOT / "corpus" / "benefits")


@pytest.fixture(scope="module")
def quoting(knowledge_base: KnowledgeBase) -> Callable[[str], Answer]:
    """Answer with the words of one clause."""

    def answer(clause_id: str) -> Answer:
        clause = knowledge_base.clause(clause_id)
        document = knowledge_base.document(clause.doc_id)
        citation = cite(document, clause, clause.start, clause.end, 1)
        return Answer("问", (Statement(citation.quote, (1,)),), (citation,), (), None, Timing(0, 0, 0))

    return answer


def _own_clause(benefit: Benefit, catalogue: Catalogue) -> str:
    return next(
        one for one in benefit.amounts if catalogue.sources[one.clause_id].document.doc_id == benefit.source
    ).clause_id


def test_an_answer_of_a_benefit_tells_how_it_is_had_and_whom_to_ask(knowledge_base: KnowledgeBase) -> None:
    answer = knowledge_base.ask(Query("", "生了老三能拿多少育儿补助", as_of=DAY))
    benefit = knowledge_base.catalogue.find("child-rearing-subsidy")
    last = answer.statements[-1]
    assert last.own and not last.citations
    assert last.text == f"“育儿补助”的办理：{benefit.how}。咨询：{benefit.ask_at}。"


def test_a_definition_that_many_share_or_of_another_document_tells_of_no_benefit(
    knowledge_base: KnowledgeBase, quoting: Callable[[str], Answer]
) -> None:
    catalogue = knowledge_base.catalogue
    foreign = {
        clause_id
        for benefit in catalogue.benefits
        for clause_id in benefit.clauses()
        if all(catalogue.sources[clause_id].document.doc_id != one.source for one in catalogue.benefits)
    }
    assert foreign
    who_is_old = "ext-zj-elder-rights#1.1"
    assert not [one for one in (who_is_old, *sorted(foreign)) if next_step(catalogue, quoting(one), DAY)]


def test_a_clause_of_several_benefits_that_are_had_differently_tells_of_none(
    knowledge_base: KnowledgeBase, quoting: Callable[[str], Answer]
) -> None:
    catalogue = knowledge_base.catalogue
    benefit = catalogue.find("child-rearing-subsidy")
    clause_id = _own_clause(benefit, catalogue)
    elsewhere = replace(benefit, benefit_id="elsewhere", title="别的补助", how="到别处申请")
    alike = replace(benefit, benefit_id="alike", title="同样的补助")

    def told(*benefits: Benefit) -> Statement | None:
        of_these = Catalogue(catalogue.book, benefits, catalogue.tests, catalogue.sources)
        return next_step(of_these, quoting(clause_id), DAY)

    assert told(benefit, elsewhere) is None
    together = told(benefit, alike)
    assert together and together.text.startswith("“同样的补助”、“育儿补助”的办理：")


def test_what_has_not_begun_or_has_ended_is_not_had(
    knowledge_base: KnowledgeBase, quoting: Callable[[str], Answer]
) -> None:
    catalogue = knowledge_base.catalogue
    benefit = replace(catalogue.find("child-rearing-subsidy"), until=date(2026, 12, 31))
    catalogue = Catalogue(catalogue.book, [benefit], catalogue.tests, catalogue.sources)
    answer = quoting(_own_clause(benefit, catalogue))
    days = [date(2023, 9, 9), date(2023, 9, 10), date(2026, 12, 31), date(2027, 1, 1)]
    assert [next_step(catalogue, answer, day) is not None for day in days] == [False, True, True, False]


def test_a_refusal_a_table_and_what_rests_on_no_clause_have_none(
    knowledge_base: KnowledgeBase, quoting: Callable[[str], Answer]
) -> None:
    catalogue = knowledge_base.catalogue
    answer = quoting(_own_clause(catalogue.find("child-rearing-subsidy"), catalogue))
    assert next_step(catalogue, answer, DAY)
    refused = replace(answer, refusal=Refusal("weak_evidence", "没有找到"))
    listed = replace(answer, table=Table(("文件",), (("甲",),), ((1,),)))
    unsupported = replace(answer, statements=(Statement("您好。", ()),))
    assert not [one for one in (refused, listed, unsupported) if next_step(catalogue, one, DAY)]


def test_an_answer_that_says_more_than_the_benefit_is_not_about_it_alone(
    knowledge_base: KnowledgeBase, quoting: Callable[[str], Answer]
) -> None:
    catalogue = knowledge_base.catalogue
    answer = quoting(_own_clause(catalogue.find("child-rearing-subsidy"), catalogue))
    other = replace(quoting("hz-2018-blue-collar#2.2").citations[0], number=2)
    more = Statement(other.quote, (2,))
    both = replace(answer, statements=(*answer.statements, more), citations=(*answer.citations, other))
    assert next_step(catalogue, answer, DAY) and next_step(catalogue, both, DAY) is None
