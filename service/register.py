"""The register of documents: filters, and how many documents each further choice would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kb.text.fold import fold_text
from kb.types import Document, Level, Status
from kb.visibility import status_on

# What of a document is counted per facet.
_VALUES: dict[str, Callable[[Document], Iterable[str]]] = {
    "topic": lambda document: document.topics,
    "level": lambda document: (document.level,) if document.level else (),
    "status": lambda document: (status_on(document, date.today()),),
    "issuer": lambda document: document.issuers,
    "year": lambda document: (str(document.issued.year),) if document.issued else (),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the documents shown have in common; names and `q` in either script, `issuer` also in part."""

    q: str | None = None
    topic: str | None = None
    level: Level | None = None
    status: Status | None = None
    issuer: str | None = None
    year: int | None = None

    def keep(self, documents: Iterable[Document]) -> list[Document]:
        """Keep the documents that meet every filter that is given."""
        needles = fold_text(self.q or "").split()
        topic, issuer = fold_text(self.topic or ""), fold_text(self.issuer or "")
        return [
            document
            for document in documents
            if self.level in (None, document.level)
            and self.status in (None, status_on(document, date.today()))
            and (self.year is None or (document.issued is not None and document.issued.year == self.year))
            and (not topic or any(fold_text(name) == topic for name in document.topics))
            and (not issuer or any(issuer in fold_text(name) for name in document.issuers))
            and (not needles or _mentions(document, needles))
        ]


def newest_first(documents: Iterable[Document]) -> list[Document]:
    """Order documents by their day of issue, those without one last."""
    return sorted(documents, key=lambda document: document.issued.iso if document.issued else "", reverse=True)


def facets(documents: list[Document], filters: Filters) -> dict[str, list[dict[str, Any]]]:
    """Count per field what each value would leave, with the other filters as they are; most frequent first.

    Years come newest first.
    """
    counted = {}
    for name, values_of in _VALUES.items():
        others = replace(filters, **{name: None})
        counts = Counter(value for document in others.keep(documents) for value in values_of(document))
        order = sorted(counts, reverse=True) if name == "year" else [value for value, _ in counts.most_common()]
        counted[name] = [{"value": value, "count": counts[value]} for value in order]
    return counted


def _mentions(document: Document, needles: list[str]) -> bool:
    names = (document.title, document.short_title, document.doc_no, document.index_no, document.proposal_no)
    haystack = fold_text("\n".join([*filter(None, names), *document.aliases, *document.issuers, *document.topics]))
    return all(needle in haystack for needle in needles)
