"""The encoder's own opinion beside the reader's: the same whichever encoder searches, and enough to keep small talk
from an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.bars import Bars
from ingest.ingestion import IngestionSettings, ingest
from kb.evidence.investigate import Investigator
from kb.index.encoder import EMBEDDED, STATIC, open_encoder
from kb.index.snapshot import open_snapshot
from kb.knowledge_base import KnowledgeBase
from kb.reading.confidence import Confidence
from kb.reading.reader import Reader
from kb.retrieval import Retriever
from kb.types import Query


def test_the_nearer_a_clause_the_likelier_it_answers() -> None:
    confidence = Confidence(reading=0.3, likeness=7.0, offset=-5.0)
    assert confidence.probability(0.0, 0.0, 0.8) > 0.5 > confidence.probability(0.0, 0.0, 0.6)


def test_a_reader_that_was_measured_without_it_is_judged_without_it() -> None:
    older = Confidence.model_validate({"found": 1.0, "reading": 0.3, "lead": 0.4, "offset": -1.8, "enough": 0.36})
    assert older.probability(1.0, 1.0, 0.9) == older.probability(1.0, 1.0, 0.1)


def test_the_opinion_is_the_shipped_encoders_whichever_the_index_has(small_folder: Path, tmp_path: Path) -> None:
    query = Query("q", "七十岁的老人吃一顿补多少")
    told = []
    for name in (EMBEDDED, STATIC):
        encoder, index = open_encoder(name), tmp_path / name
        ingest([small_folder], index, IngestionSettings(encoder, unstated="public"), Bars())
        snapshot = open_snapshot(index, encoder)
        investigator = Investigator(Retriever(snapshot, encoder), snapshot.records, Reader.open())
        candidates = investigator.read(query, investigator.search(query))
        told.append({one.clause_id: investigator.likeness(one) for one in candidates})
        snapshot.close()
    shared = told[0].keys() & told[1].keys()
    assert shared and all(told[0][name] == pytest.approx(told[1][name], abs=1e-5) for name in shared)
    assert all(0 < likeness <= 1 for likeness in told[0].values())


@pytest.mark.parametrize("question", ["今天下午会下雨吗", "明天出门要不要带伞", "家里wifi老断线，路由器放哪儿好"])
def test_what_is_no_public_matter_is_answered_from_no_document(corpus: KnowledgeBase, question: str) -> None:
    answer = corpus.ask(Query("q", question))
    assert answer.refusal is not None, answer.statements[0].text
