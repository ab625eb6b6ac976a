"""Every benefit against the law of its day: what a verdict rests on holds then, or the verdict says that it does
not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.eligibility.catalogue import Catalogue
from kb.eligibility.judgement_presentation import status_notes
from kb.knowledge_base import KnowledgeBase
from kb.visibility import has_begun, in_force

BENEFITS = Path(__file__).parent.parent / "corpus" / "benefits"
IDS = sorted(path.stem for path in BENEFITS.glob("*.toml") if path.stem != "facts")
DAY = date(2026, 11, 27)
ONE = timedelta(days=1)


@pytest.fixture(scope="session")
def catalogue(corpus: KnowledgeBase) -> Catalogue:
    return Catalogue.open(BENEFITS, corpus)


@pytest.mark.parametrize("benefit_id", IDS)
def test_a_benefit_rests_on_documents_that_hold_or_says_that_they_do_not(catalogue: Catalogue, benefit_id: str) -> None:
    benefit = catalogue.find(benefit_id)
    cited = {catalogue.sources[one].document.doc_id: catalogue.sources[one].document for one in benefit.clauses()}
    ended = [document for document in cited.values() if has_begun(document, DAY) and not in_force(document, DAY)]
    over = benefit.until is not None and benefit.until < DAY
    told = any(
        "已失效" in note or "已废止" in note or "已被替代" in note for note in status_notes(catalogue, benefit, DAY)
    )
    assert told == bool(ended)
    if len(ended) == len(cited):
        assert over, "a benefit all of whose documents have ended has ended with them"
    elif ended and not over:
        followers = {
            one.target
            for document in ended
            for one in document.relations
            if one.type in ("continued_by", "superseded_by")
        }
        assert any(one in cited and in_force(cited[one], DAY) for one in followers), (
            "nothing goes on with what has ended"
        )


@pytest.mark.parametrize("benefit_id", IDS)
def test_nobody_is_entitled_the_day_before_it_begins_or_the_day_after_it_ends(
    catalogue: Catalogue, benefit_id: str
) -> None:
    benefit = catalogue.find(benefit_id)

    def verdict(day: date) -> str:
        judged = catalogue.judge(catalogue.book.profile({}, day))
        return next(one.verdict for one in judged if one.benefit.benefit_id == benefit_id)

    if benefit.since is None and benefit.until is None:
        assert verdict(DAY) == "undetermined"
    for day, outside in ((benefit.since, -ONE), (benefit.until, ONE)):
        if day is not None:
            assert [verdict(day), verdict(day - outside), verdict(day + outside)] == [
                "undetermined",
                "undetermined",
                "not_eligible",
            ]


def test_a_document_that_ended_is_told_from_the_day_after_on(catalogue: Catalogue) -> None:
    benefit = catalogue.find("tax-vat")
    last = date(2025, 12, 31)
    assert not any("已失效" in note for note in status_notes(catalogue, benefit, last))
    assert "所依据的文件已失效，由所引的后续文件延续执行" in status_notes(catalogue, benefit, last + ONE)
