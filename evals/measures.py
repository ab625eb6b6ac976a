"""Retrieval measures, computed by trec_eval through ir_measures.

R@k is the share of the relevant that is among the first k, Success@k whether any is, RR@10 the reciprocal
rank of the first among ten (Voorhees, TREC-8), AP the precision at each relevant averaged over all
(Buckley and Voorhees, 2000), nDCG@10 the discounted gain against the ideal order (Järvelin and
Kekäläinen, 2002, with the gains of trec_eval).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import AP, RR, R, Success, nDCG

from kb.errors import DatasetError

# Success and R@100 for the search, nDCG@10 and RR for what is read, AP as the oldest yardstick.
MEASURES = (Success @ 1, Success @ 5, R @ 10, R @ 100, RR @ 10, AP, nDCG @ 10)
NAMES = tuple(map(str, MEASURES))
DEPTH = 100  # As deep as R@100 looks.

Ranking = Sequence[tuple[str, float]]
"""The targets found with their scores, best first."""


def measure(targets: Mapping[str, Mapping[str, int]], run: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """Give each measure per query; a judged query without any result counts zero.

    Raises DatasetError where fewer than half of the queries found anything: then an arm did not run.
    """
    judged = [query_id for query_id, relevant in targets.items() if relevant]
    silent = [query_id for query_id in judged if not run.get(query_id)]
    if len(silent) > len(judged) / 2:
        raise DatasetError.of("run_found_nothing", count=len(silent), all=len(judged), query=silent[0])
    values = {query_id: dict.fromkeys(NAMES, 0.0) for query_id in judged}
    if not judged:
        return values
    scored = [
        # trec_eval breaks ties by id; ranks as scores keep the order that was served.
        ir_measures.ScoredDoc(query_id, target, float(-rank))
        for query_id in judged
        for rank, (target, _) in enumerate(run.get(query_id, ()))
    ]
    qrels = [ir_measures.Qrel(q, target, relevance) for q in judged for target, relevance in targets[q].items()]
    for found in ir_measures.iter_calc(MEASURES, qrels, scored):
        values[found.query_id][str(found.measure)] = float(found.value)
    return values
