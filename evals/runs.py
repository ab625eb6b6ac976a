"""Running a set through the served code path: an index of its corpus, a ranking and an answer for each question."""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.answer_measures import judge
from evals.arms import Arm
from evals.datasets import check_targets, has_corpus, read_dataset
from evals.judged import JudgedQuestion, JudgedSet
from evals.matching import matched_words
from evals.measures import measure
from evals.policy import check_questions, read_questions
from evals.record import Outcome, Record, checksum_of_files, versions
from ingest.beir import beir_documents
from ingest.build import Progress
from ingest.collection import collect_files, find_home, find_lexicon
from ingest.ingestion import writing
from ingest.readers import SUFFIXES
from kb.errors import DatasetError, NotFoundError
from kb.home import Home
from kb.index.encoder import Encoder, open_encoder
from kb.index.milvus_connection import MilvusAddress
from kb.knowledge_base import KnowledgeBase
from kb.reading.reader import Reader
from kb.reading.reader_reranker import reranker_named
from kb.text.lexicon import FILE_NAME as LEXICON
from kb.types import Document

INDEXES = Path("build/eval/indexes")
"""Where the indexes of the sets are kept between runs; a set that did not change is not indexed again."""
CORPUS = Path("corpus")
# Judged by clause a set is judged by document as well: the right document is half of the way.
_OF_DOCUMENTS = ("Success@1", "nDCG@10")
_KEPT = 20  # targets of a ranking that a record keeps for reading


@dataclass(frozen=True, slots=True)
class BuiltIndex:
    """Where the index of a set lies, how many documents it holds, and the seconds that building or finding it took."""

    folder: Path
    documents: int
    seconds: float


def evaluate(judged: JudgedSet, arm: Arm, progress: Progress, *, answers: bool = True) -> Record:
    """Index the corpus of a set where needed, rank and answer every question, and measure.

    Raises DatasetError where questions and corpus do not fit or an arm did not run.
    """
    return measure_index(judged, arm, index_corpus(judged, arm, open_encoder(arm.encoder), progress), progress, answers)


def measure_index(judged: JudgedSet, arm: Arm, index: BuiltIndex, progress: Progress, answers: bool = True) -> Record:
    """Rank and answer every question over an index that `index_corpus` gave, and measure."""
    encoder = open_encoder(arm.encoder)
    reader = Reader.open(arm.reader)
    reranker = reranker_named(arm.reranker, lambda: reader)
    index_dir = index.folder
    knowledge_base = KnowledgeBase.open(index_dir, encoder, fusion=arm.make_fusion(), reranker=reranker, reader=reader)
    try:
        if not has_corpus(judged.folder):
            _check_policy(judged.folder, knowledge_base, arm)
        outcomes = run(judged, knowledge_base, arm, progress, answers=answers)
        manifest = knowledge_base.snapshot.manifest
    finally:
        knowledge_base.close()
    files = [path for path in index_dir.glob(f"snapshots/{knowledge_base.snapshot_name}/**/*") if path.is_file()]
    return Record(
        name=judged.name,
        split=judged.split,
        arm=arm.name,
        level=judged.level,
        conditions={
            "arm": arm.conditions(),
            "questions": checksum_of_questions(judged.folder),
            "corpus": checksum_of_corpus(judged.folder, arm),
            "documents": index.documents,
            "passages": manifest.counts.passages,
            "analyzer": manifest.configuration.analyzer,
            "encoder": manifest.configuration.encoder.checksum,
            "lexicon": manifest.configuration.lexicon,
            "versions": versions(),
        },
        costs={
            "index s": round(index.seconds, 2),
            "index MB": round(sum(path.stat().st_size for path in files) / 1e6, 2),
            "peak resident MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        },
        outcomes=tuple(outcomes),
    )


def index_corpus(
    judged: JudgedSet,
    arm: Arm,
    encoder: Encoder,
    progress: Progress,
    root: Path | None = None,
    milvus: MilvusAddress | None = None,
) -> BuiltIndex:
    """Build the index of a set for an arm below `root`, by default `INDEXES`, with words and vectors in `milvus` where
    one is given, or find it built there."""
    started = time.perf_counter()
    index_dir = (root or INDEXES) / f"{judged.name}-{_index_key(arm, encoder)}"
    with writing(index_dir, encoder, progress, milvus) as writer:
        lexicon = home = None
        if has_corpus(judged.folder):
            documents: list[Document] = list(beir_documents(judged.folder).values())
            check_targets(read_dataset(judged.folder, judged.split), {document.doc_id for document in documents})
        else:
            home = find_home([CORPUS], index_dir)
            documents = list(collect_files([CORPUS], {}, progress, home=Home.of(home)).documents.values())
            lexicon = find_lexicon([CORPUS], index_dir) if arm.lexicon else None
        unknown = set(arm.without) - {document.doc_id for document in documents}
        if unknown:
            raise DatasetError.of("arm_leaves_out_unknown", arm=arm.name, target=min(unknown))
        kept = [document for document in documents if document.doc_id not in arm.without]
        writer.write(kept, lexicon, arm.passage_length, home)
    return BuiltIndex(index_dir, len(kept), time.perf_counter() - started)


def run(
    judged: JudgedSet, knowledge_base: KnowledgeBase, arm: Arm, progress: Progress, *, answers: bool = True
) -> list[Outcome]:
    """Rank and, where the set says what a right answer is, answer every question."""
    outcomes = []
    for n, question in enumerate(judged.questions):
        if n % 50 == 0:
            progress("asking", n, len(judged.questions))
        outcome = _search(question, judged, knowledge_base, arm.depth)
        outcomes.append(_answer(outcome, question, judged, knowledge_base) if answers else outcome)
    progress("asking", len(judged.questions), len(judged.questions))
    targets = {question.query.query_id: question.targets for question in judged.questions}
    values = measure(targets, {outcome.query_id: outcome.ranked for outcome in outcomes})
    if judged.level == "clause":
        for query_id, by_document in _measure_documents(targets, outcomes).items():
            values[query_id] |= by_document
    return [
        replace(
            outcome,
            values=values.get(outcome.query_id, {}) | outcome.values,
            ranked=outcome.ranked[:_KEPT],
            matched=_matched(outcome, judged, knowledge_base),
        )
        for outcome in outcomes
    ]


def _measure_documents(
    targets: Mapping[str, Mapping[str, int]], outcomes: Sequence[Outcome]
) -> dict[str, dict[str, float]]:
    """Measure a ranking of clauses as one of documents, each at the place of its first clause."""
    documents = {query_id: {_document_of(clause): 1 for clause in clauses} for query_id, clauses in targets.items()}
    pooled = {}
    for outcome in outcomes:
        best: dict[str, float] = {}
        for clause, score in outcome.ranked:
            best.setdefault(_document_of(clause), score)
        pooled[outcome.query_id] = list(best.items())
    measured = measure(documents, pooled)
    return {q: {f"{name} (document)": found[name] for name in _OF_DOCUMENTS} for q, found in measured.items()}


def _document_of(clause_id: str) -> str:
    return clause_id.split("#", 1)[0]


def checksum_of_questions(folder: Path) -> str:
    """One checksum over all questions and judgements of a set."""
    return checksum_of_files([path for path in folder.rglob("*") if path.is_file() and path.stem != "corpus"])


def checksum_of_corpus(folder: Path, arm: Arm) -> str:
    """One checksum over the documents of a set and what an arm leaves out, the same wherever the project lies."""
    files = sorted(folder.glob("corpus.jsonl*")) or [
        path for path in CORPUS.rglob("*") if path.suffix.lower() in SUFFIXES or path.name == LEXICON
    ]
    return hashlib.sha256(f"{checksum_of_files(files)} {arm.without}".encode()).hexdigest()


def _search(question: JudgedQuestion, judged: JudgedSet, knowledge_base: KnowledgeBase, depth: int) -> Outcome:
    started = time.perf_counter()
    if judged.level == "document":
        ranked: Sequence[tuple[str, float]] = knowledge_base.search_documents(question.query, depth)
    else:
        best: dict[str, float] = {}
        for hit in knowledge_base.search(question.query, depth):
            best.setdefault(hit.passage.clause_id, hit.score)
        ranked = list(best.items())
    return Outcome(
        query_id=question.query.query_id,
        text="；".join((*question.query.previous, question.query.text)),
        kind=question.kind,
        answerable=question.expected is None or question.expected.answerable,
        ranked=tuple((target, round(score, 6)) for target, score in ranked),
        relevant=tuple(target for target, relevance in question.targets.items() if relevance > 0),
        values={},
        search_ms=(time.perf_counter() - started) * 1000,
    )


def _answer(outcome: Outcome, question: JudgedQuestion, judged: JudgedSet, knowledge_base: KnowledgeBase) -> Outcome:
    expected = question.expected
    if expected is None:
        return outcome
    started = time.perf_counter()
    answer = knowledge_base.ask(question.query)
    spent = (time.perf_counter() - started) * 1000
    cited = [c.doc_id if judged.level == "document" else c.clause_id for c in answer.citations]
    return replace(
        outcome,
        values=judge(answer, cited, expected) if expected.answerable else {},
        answered=answer.refusal is None,
        refusal=answer.refusal.kind if answer.refusal else None,
        confidence=answer.confidence,
        answer_ms=spent,
        read_ms=answer.timing.read,
        said=answer.refusal.message if answer.refusal else answer.text,
    )


def _matched(outcome: Outcome, judged: JudgedSet, knowledge_base: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """Tell for what was ranked first, and for what should have been, which words of the question it holds."""
    wanted = [target for target, _ in outcome.ranked[:1]] + list(outcome.relevant[:1])
    return {target: matched_words(outcome.text, _text(target, judged, knowledge_base)) for target in wanted}


def _text(target: str, judged: JudgedSet, knowledge_base: KnowledgeBase) -> str:
    try:
        if judged.level == "document":
            return knowledge_base.document(target, "staff").text
        clause = knowledge_base.clause(target, "staff")
    except NotFoundError:  # an arm may leave documents out
        return ""
    return knowledge_base.document(clause.doc_id, "staff").text[clause.start : clause.end]


def _check_policy(folder: Path, knowledge_base: KnowledgeBase, arm: Arm) -> None:
    if arm.without:
        return  # the questions were written for the whole corpus
    problems = check_questions(read_questions(folder), knowledge_base)
    if problems:
        raise problems[0]


def _index_key(arm: Arm, encoder: Encoder) -> str:
    parts = (encoder.checksum, arm.passage_length, arm.lexicon, arm.without)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:10]
