"""Retrieval measures, computed by trec_eval through ir_measures.

R@k is the share of the relevant that is among the first k, Success@k whether any is, RR@10 the reciprocal
rank of the first among ten (Voorhees, TREC-8), nDCG@10 the discounted gain against the ideal order
(Järvelin and Kekäläinen, 2002, with the gains of trec_eval).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, Success, nDCG

from kb.errors import DatasetError
from kb.types import Qrel

MEASURES = (Success @ 1, Success @ 5, R @ 10, R @ 100, RR @ 10, nDCG @ 10)
DEPTH = 100

Run = Mapping[str, Sequence[tuple[str, float]]]
"""Per query the targets found with their scores, best first."""


def measure(qrels: Sequence[Qrel], run: Run) -> dict[str, float]:
    """Average each measure over the judged queries; a query without any result counts zero.

    Raises DatasetError where none of the queries found anything: then an arm did not run.
    """
    judged = {qrel.query_id for qrel in qrels}
    if not any(run.get(query_id) for query_id in judged):
        raise DatasetError("the run found nothing for any judged query: the search did not run")
    scored = [
        # trec_eval breaks ties by id; ranks as scores keep the order that was served.
        ir_measures.ScoredDoc(query_id, target, float(-rank))
        for query_id, ranked in run.items()
        for rank, (target, _) in enumerate(ranked)
    ]
    judgements = [ir_measures.Qrel(q.query_id, q.target_id, q.relevance) for q in qrels]
    found = ir_measures.calc_aggregate(MEASURES, judgements, scored)
    return {str(m): float(found[m]) for m in MEASURES}
