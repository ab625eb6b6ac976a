"""What the references in a text point at, and how documents stand to each other, told from both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kb.answering.naming import Register
from kb.text.references import ArticlePath, find_references
from kb.types import Document, Relation, RelationType

INVERSE: dict[RelationType, RelationType] = {
    "implements": "implemented_by", "details": "detailed_by", "basis_of": "based_on", "cites": "cited_by",
    "supersedes": "superseded_by", "continues": "continued_by", "upgrades": "upgraded_by", "follows": "followed_by",
    "supports": "supported_by", "companion_of": "companion_of", "related": "related",
}  # fmt: skip
INVERSE |= {backward: forward for forward, backward in INVERSE.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """text[start:end] refers to a document, or to one clause of it."""

    start: int
    end: int
    doc_id: str
    clause_id: str | None


def relations_of(document: Document, catalogue: Sequence[Document]) -> list[Relation]:
    """Give the relations that a document declares and, inverted, those that others declare to it."""
    own = list(document.relations)
    theirs = [
        Relation(INVERSE[relation.type], other.doc_id)
        for other in catalogue
        for relation in other.relations
        if relation.target == document.doc_id and other.doc_id != document.doc_id
    ]
    return list(dict.fromkeys(own + theirs))


def with_citations(documents: Sequence[Document]) -> list[Document]:
    """Add to each document the relation `cites` to those that its text names and that it has no relation to yet."""
    register = Register(documents)
    found = []
    for document in documents:
        related = {document.doc_id, *(relation.target for relation in document.relations)}
        named = (register.document_named(r.name) for r in find_references(document.text) if r.name and not r.article)
        cited = dict.fromkeys(target for target in named if target and target not in related)
        relations = (*document.relations, *(Relation("cites", target) for target in cited))
        found.append(replace(document, relations=relations) if cited else document)
    return found


def links_in(document: Document, register: Register, clauses_of: Callable[[str], frozenset[str] | None]) -> list[Link]:
    """Resolve the references in the text of a document; those to unknown documents and articles are left out.

    `clauses_of` gives the clause ids of a document, `None` for one that must not be pointed at. An
    article without a document's name belongs to the document itself; a document that names itself
    gets no link.
    """
    links = []
    for reference in find_references(document.text):
        target = register.document_named(reference.name) if reference.name else document.doc_id
        if target is None or (reference.article is None and target == document.doc_id):
            continue
        known = clauses_of(target)
        if known is None:
            continue
        clause_id = _clause(target, reference.article, known) if reference.article else None
        if reference.article is None or clause_id is not None:
            links.append(Link(reference.start, reference.end, target, clause_id))
    return links


def _clause(doc_id: str, path: ArticlePath, known: frozenset[str]) -> str | None:
    article = f"{doc_id}#a{path.article}"
    candidates = [article, f"{article}.k1"]
    if path.paragraph is not None:
        candidates.insert(0, f"{article}.k{path.paragraph}")
    if path.item is not None:
        candidates.insert(0, f"{article}.{path.item}")
    return next((candidate for candidate in candidates if candidate in known), None)
