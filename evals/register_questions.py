"""Questions to the register of documents: a list is right where it names every document asked for, and no other.

`evals/data/register` is a BEIR folder over the project's own corpus; what none of the documents is has no judgements.
The split of a question is decided by its id, as with the policy questions.

    python -m evals.register_questions INDEX test
"""

from __future__ import annotations

import sys
from pathlib import Path

from evals.datasets import read_dataset
from evals.policy import WRITTEN, split_of
from ingest.jsonl import open_jsonl, string
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

FOLDER = Path(__file__).parent / "data" / "register"


def exactness(knowledge_base: KnowledgeBase, split: str) -> dict[str, bool]:
    """Say per question whether its answer cites exactly the documents that are right, each in one row of its table."""
    wanted: dict[str, set[str]] = {}
    for qrel in read_dataset(FOLDER, split).qrels:
        wanted.setdefault(qrel.query_id, set()).add(qrel.target_id)
    questions = [
        (string(place, line, "_id"), string(place, line, "text")) for place, line in open_jsonl(FOLDER, "queries")
    ]
    judged = {}
    for query_id, text in questions:
        if split_of(query_id) != split:
            continue
        answer = knowledge_base.ask(Query(query_id, text, WRITTEN))
        right = wanted.get(query_id, set())
        rows = len(answer.table.rows) if answer.table else 0
        judged[text] = rows == len(right) and {citation.doc_id for citation in answer.citations} == right
    return judged


def main() -> None:
    """Print the questions that are not exact, and how many are."""
    index, split = sys.argv[1:]
    judged = exactness(KnowledgeBase.open(Path(index), open_encoder()), split)
    for text, right in judged.items():
        if not right:
            print(text)
    print(f"{sum(judged.values())} of {len(judged)} exact")


if __name__ == "__main__":
    main()
