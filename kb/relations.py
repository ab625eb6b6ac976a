"""What the references in a text point at, and how documents stand to each other, told from both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from kb.article_parts import clauses_of_article, part_of_article
from kb.naming import Register
from kb.text.references import ArticlePath, find_references
from kb.types import Clause, Document, Relation, RelationType
from kb.visibility import may_see

# A relation is written down once, by the document that knows of it, and told from both sides.
INVERSE: dict[RelationType, RelationType] = {
    "implements": "implemented_by", "details": "detailed_by", "basis_of": "based_on", "cites": "cited_by",
    "supersedes": "superseded_by", "continues": "continued_by", "upgrades": "upgraded_by", "follows": "followed_by",
    "supports": "supported_by", "companion_of": "companion_of", "related": "related",
    "amends": "amended_by",
}  # fmt: skip
INVERSE |= {backward: forward for forward, backward in INVERSE.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """text[start:end] refers to a document, or to one clause of it."""

    start: int
    end: int
    doc_id: str
    clause_id: str | None


def names_in(text: str) -> list[str]:
    """Give the names of documents that stand in a text, each once, in its order."""
    found = (reference.name for reference in find_references(text) if not reference.article)
    return list(dict.fromkeys(name for name in found if name))


def citations_among(
    documents: Sequence[Document], names: Iterable[tuple[str, Sequence[str]]]
) -> Iterator[tuple[str, str]]:
    """Give (doc_id, doc_id) for every document whose text names another one of `documents`; `names` are those in the
    texts in question, each with the id of its document.

    What a public text names is looked for among what is public: another bearer of the name that is not changes nothing.
    """
    register = Register(documents)
    public = {document.doc_id for document in documents if may_see("public", document)}
    for doc_id, named in names:
        for target in dict.fromkeys(
            register.document_named(name, partial(_may_name, public, doc_id)) for name in named
        ):
            if target is not None and target != doc_id:
                yield doc_id, target


def _may_name(public: set[str], doc_id: str, target: str) -> bool:
    return target in public or doc_id not in public


def relations_of(document: Document, others: Iterable[Document], cites: set[str], cited_by: set[str]) -> list[Relation]:
    """Give how a document stands to others: as it declares, as they declare of it, and as either text names the other.

    A citation is told only where nothing closer is declared.
    """
    found = list(document.relations)
    for other in others:
        if other.doc_id == document.doc_id:
            continue
        found += [Relation(INVERSE[r.type], other.doc_id) for r in other.relations if r.target == document.doc_id]
        if not any(relation.target == other.doc_id for relation in found):
            found += [Relation("cites", other.doc_id)] if other.doc_id in cites else []
            found += [Relation("cited_by", other.doc_id)] if other.doc_id in cited_by else []
    return list(dict.fromkeys(found))


def links_in(
    document: Document, register: Register, clauses_of: Callable[[str], Sequence[Clause] | None]
) -> list[Link]:
    """Resolve the references in the text of a document; those to unknown documents and articles are left out.

    `clauses_of` gives the clauses of a document, `None` for one that must not be pointed at. An
    article without a document's name belongs to the document itself; a document that names itself
    gets no link.
    """

    def is_known(doc_id: str) -> bool:
        return clauses_of(doc_id) is not None

    links = []
    for reference in find_references(document.text):
        target = register.document_named(reference.name, is_known) if reference.name else document.doc_id
        if target is None or (reference.article is None and target == document.doc_id):
            continue
        clauses = clauses_of(target)
        if clauses is None:
            continue
        clause_id = _clause(clauses, reference.article) if reference.article else None
        if reference.article is None or clause_id is not None:
            links.append(Link(reference.start, reference.end, target, clause_id))
    return links


def _clause(clauses: Sequence[Clause], path: ArticlePath) -> str | None:
    """Give the clause that a path leads to, or as far as it leads: the 款 where there is no such 项, the article where
    there is no such 款."""
    article = clauses_of_article(clauses, path.article)
    paragraph = part_of_article(article, path.paragraph, None)
    named = part_of_article(article, path.paragraph, path.item) or paragraph or article
    return named[0].clause_id if named else None
