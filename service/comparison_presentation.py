"""Two editions of a law compared, as the API tells them: article beside article, the words that changed marked."""

from __future__ import annotations

from typing import Any, Literal

from kb.edition_comparison import ArticlePair, ComparedArticle, articles_of, compare
from kb.editions import Edition
from kb.errors import NotFoundError
from kb.knowledge_base import KnowledgeBase
from kb.text.word_changes import Piece, word_changes
from kb.types import Audience
from service.addresses import document_url

Change = Literal["same", "changed", "added", "deleted"]


def edition_told(edition: Edition) -> dict[str, Any]:
    """Tell an edition with the days on which it is the text in force."""
    return {
        "doc_id": edition.doc_id,
        "title": edition.title,
        "begins": edition.begins.iso if edition.begins else None,
        "ends": edition.ends.iso if edition.ends else None,
        "url": document_url(edition.doc_id),
    }


def comparison(knowledge_base: KnowledgeBase, doc_id: str, other_id: str | None, audience: Audience) -> dict[str, Any]:
    """Compare two editions of one law, the earlier first in whichever order they are named, by default with the one
    before; raise NotFoundError where one may not be seen or is none of that law."""
    editions = {edition.doc_id: edition for edition in knowledge_base.editions(doc_id, audience)}
    order = list(editions)
    if other_id is None and len(order) > 1:
        at = order.index(doc_id)
        other_id = order[at - 1 if at else 1]
    if other_id is None or other_id not in editions or other_id == doc_id:
        raise NotFoundError.of("edition_unknown", doc_id=doc_id, other=other_id or doc_id)
    before, after = sorted((doc_id, other_id), key=order.index)
    pairs = compare(*(_articles(knowledge_base, one, audience) for one in (before, after)))
    told = [_pair(pair) for pair in pairs]
    return {
        "before": edition_told(editions[before]),
        "after": edition_told(editions[after]),
        "editions": [edition_told(edition) for edition in editions.values()],
        "counts": {
            change: sum(one["change"] == change for one in told) for change in ("same", "changed", "added", "deleted")
        },
        "articles": told,
    }


def _articles(knowledge_base: KnowledgeBase, doc_id: str, audience: Audience) -> list[ComparedArticle]:
    """Give the articles of an edition; what stands before the first of them is its title and its history, no rule."""
    document = knowledge_base.document(doc_id, audience)
    found = articles_of(document, knowledge_base.clauses(doc_id, audience))
    first = next((n for n, article in enumerate(found) if article.is_article), 0)
    return found[first:]


def _pair(pair: ArticlePair) -> dict[str, Any]:
    change: Change = "same" if pair.is_same else "changed"
    if pair.before is None or pair.after is None:
        change = "added" if pair.before is None else "deleted"
    old, new = (article.text if article else "" for article in (pair.before, pair.after))
    before, after = word_changes(old, new) if change == "changed" else (_whole(old), _whole(new))
    return {"change": change, "before": _side(pair.before, before), "after": _side(pair.after, after)}


def _side(article: ComparedArticle | None, pieces: tuple[Piece, ...]) -> dict[str, Any] | None:
    if article is None:
        return None
    told = [{"text": piece.text, "changed": piece.changed} for piece in pieces]
    return {"label": article.label, "clause_id": article.clauses[0].clause_id, "pieces": told}


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, False),)
