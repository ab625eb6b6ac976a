"""Questions to ask next: about other parts of the document that answered, and about the document itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kb.provenance import name_of
from kb.text.markers import read_marker
from kb.types import Clause, Document

_HEADING = re.compile(r"[一-鿿“”、]{2,14}")
_FORMAL = re.compile(r"背景|制定|印发|附则|总则|总体要求|情况|其他|概况|答复")
_ABOUT = (("issued", "{name}是什么时候成文的？"), ("issuer", "{name}是哪个单位发布的？"))


def suggest(
    document: Document, clauses: Sequence[Clause], clause_id: str, can_answer: Callable[[str], bool], most: int = 3
) -> tuple[str, ...]:
    """Give up to `most` questions that the corpus can answer, about what stands near the clause that was cited."""
    name = name_of(document)
    headings = list(dict.fromkeys(clause.headings[-1] for clause in clauses if clause.headings))
    asked = next((clause.headings for clause in clauses if clause.clause_id == clause_id), ())
    at = headings.index(asked[-1]) if asked else -1
    near = [_bare(heading) for heading in headings[at + 1 :] + headings[: max(at, 0)] if heading not in asked]
    plain = [heading for heading in near if _HEADING.fullmatch(heading) and not _FORMAL.search(heading)]
    found = [
        question for question in (f"{name}对{heading}有什么规定？" for heading in plain[:most]) if can_answer(question)
    ]
    held = {field.name for field in document.header}
    found += [question.format(name=name) for field, question in _ABOUT if field in held]
    return tuple(found[:most])


def _bare(heading: str) -> str:
    """Drop the outline marker of a heading."""
    marker = read_marker(heading, 0, len(heading))
    return heading[marker.end :].strip() if marker else heading
