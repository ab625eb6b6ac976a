"""What the asker does next: how a benefit is had and whom to ask, behind an answer that the documents give of it.

The words are those of the benefit's own file. They are told only where all that is quoted are clauses that the benefit
rests on, of the one document that it comes from, and no benefit that is had elsewhere rests on them: a definition that
many share tells of none.
"""

from __future__ import annotations

from datetime import date

from kb.eligibility.catalogue import Catalogue
from kb.types import Answer, Statement


def next_step(catalogue: Catalogue, answer: Answer, as_of: date) -> Statement | None:
    """Tell how the benefit is had that all quotations are about; None where they are about none, or not about one
    alone."""
    quoted = {number for one in answer.statements if not one.own for number in one.citations}
    cited = {(one.clause_id, one.doc_id) for one in answer.citations if one.number in quoted}
    if not cited or answer.refusal is not None or answer.table is not None:
        return None
    lasting = [one for one in catalogue.benefits if one.lasts(as_of)]
    meant = [one for one in lasting if any((clause_id, one.source) in cited for clause_id in one.clauses())]
    told_of = {(clause_id, one.source) for one in meant for clause_id in one.clauses()}
    if len({(one.how, one.ask_at) for one in meant}) != 1 or not cited <= told_of:
        return None
    titles = "、".join(f"“{one.title}”" for one in meant)
    return Statement(f"{titles}的办理：{meant[0].how}。咨询：{meant[0].ask_at}。", (), own=True)
