"""What the whole system makes of the corpus's own questions: ranking, answers, citations and refusals.

complete            share of the answerable questions whose answer says every required piece
citation precision  share of the citations of answered questions that name a clause which holds the answer
citation recall     share of the required groups of clauses that are cited, over answerable questions
refusal precision   share of the refusals that are of unanswerable questions
refusal recall      share of the unanswerable questions that are refused
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.measures import DEPTH, measure
from evals.policy import PolicyQuestion, check_questions, read_questions, squeezed
from ingest.build import Progress, build_index, index_lock
from ingest.collection import collect_files, find_lexicon, indexed_documents
from kb.errors import DatasetError
from kb.index.encoder import Encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer, Qrel

INDEX = Path("build/eval/policy")
CORPUS = Path("corpus")


def open_corpus(encoder: Encoder, progress: Progress) -> KnowledgeBase:
    """Index the project's corpus where it changed, and open it."""
    with index_lock(INDEX):
        collection = collect_files([CORPUS], indexed_documents(INDEX), progress)
        build_index(INDEX, list(collection.documents.values()), encoder, progress, find_lexicon([CORPUS], INDEX))
    return KnowledgeBase.open(INDEX, encoder)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: the clauses in order of rank, and the answer judged."""

    question: PolicyQuestion
    ranked: tuple[tuple[str, float], ...]
    answer: Answer
    complete: bool
    right_citations: int
    groups_cited: int

    @property
    def refused(self) -> bool:
        return self.answer.refusal is not None


def evaluate_policy(folder: Path, split: str, encoder: Encoder, progress: Progress) -> dict[str, dict[str, float]]:
    """Evaluate one split of the questions; give the summary of all and of each kind of answerable question.

    Raises DatasetError where the questions do not fit the corpus.
    """
    knowledge_base = open_corpus(encoder, progress)
    questions = read_questions(folder)
    problems = check_questions(questions, knowledge_base)
    if problems:
        more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise DatasetError(problems[0] + more)
    outcomes = run_policy([q for q in questions if q.split == split], knowledge_base)
    knowledge_base.close()
    by_kind: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.question.answer.answerable:
            by_kind.setdefault(outcome.question.query.kind, []).append(outcome)
    return {"all": summarize(outcomes)} | {kind: summarize(by_kind[kind]) for kind in sorted(by_kind)}


def run_policy(questions: Sequence[PolicyQuestion], knowledge_base: KnowledgeBase) -> list[Outcome]:
    """Search and ask every question."""
    return [_run(question, knowledge_base) for question in questions]


def _run(question: PolicyQuestion, knowledge_base: KnowledgeBase) -> Outcome:
    query = question.as_query()
    ranked: dict[str, float] = {}
    for hit in knowledge_base.search(query, DEPTH):
        ranked.setdefault(hit.passage.clause_id, hit.score)
    answer = knowledge_base.ask(query)
    said = squeezed("\n".join(statement.text for statement in answer.statements))
    cited = {citation.clause_id for citation in answer.citations} if not answer.refusal else set()
    pieces = question.answer.must_say
    return Outcome(
        question=question,
        ranked=tuple(ranked.items()),
        answer=answer,
        complete=bool(pieces) and all(any(squeezed(spelling) in said for spelling in piece) for piece in pieces),
        right_citations=len([c for c in answer.citations if c.clause_id in question.clauses]),
        groups_cited=sum(bool(cited & set(group)) for group in question.answer.must_cite),
    )


def summarize(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Average what the module's heading defines; ranking is measured on clauses of answerable questions."""
    answerable = [o for o in outcomes if o.question.answer.answerable]
    unanswerable = [o for o in outcomes if not o.question.answer.answerable]
    answered = [o for o in answerable if not o.refused]
    refused = [o for o in outcomes if o.refused]
    qrels = [Qrel(o.question.query.id, clause, 1) for o in answerable for clause in sorted(o.question.clauses)]
    ranking = measure(qrels, {o.question.query.id: o.ranked for o in answerable})
    return {
        **{name: ranking[name] for name in ("Success@1", "Success@5", "nDCG@10")},
        "complete": _share(sum(o.complete for o in answerable), len(answerable)),
        "citation precision": _share(
            sum(o.right_citations for o in answered), sum(len(o.answer.citations) for o in answered)
        ),
        "citation recall": _share(
            sum(o.groups_cited for o in answerable), sum(len(o.question.answer.must_cite) for o in answerable)
        ),
        "refusal precision": _share(sum(not o.question.answer.answerable for o in refused), len(refused)),
        "refusal recall": _share(sum(o.refused for o in unanswerable), len(unanswerable)),
        "wrongly refused": _share(sum(o.refused for o in answerable), len(answerable)),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
