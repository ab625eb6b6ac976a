"""Checks on a corpus as a whole: what one document says of others, and what its digests say at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.collection import collect_files
from ingest.digests import check_digest, read_catalogue
from kb.errors import DocumentError
from kb.types import Document

_NOTICE = "正式文本为准"


def check_corpus(folder: Path) -> tuple[dict[str, Document], list[DocumentError]]:
    """Read a corpus and give its documents with everything that is wrong: files that cannot be read, relations
    to documents that do not exist, a 文号 borne twice, digests that do not say so or tell what is no fact."""
    collection = collect_files([folder], {}, lambda step, done, total: None)
    errors = list(collection.refused)
    catalogue = read_catalogue(folder / "facts")
    bearers: dict[str, Document] = {}
    for document in collection.documents.values():
        path = Path(document.source)
        place = _places(path)
        for relation in document.relations:
            if relation.target not in collection.documents:
                reason = f"relation {relation.type} names {relation.target!r}, which is no document of the corpus"
                errors.append(DocumentError(path, f"{reason}; correct the id or add it", line=place(relation.target)))
        if document.doc_no:
            other = bearers.setdefault(document.doc_no, document)
            if other is not document:
                reason = f"doc_no {document.doc_no} is already borne by {other.source}; correct one of them"
                errors.append(DocumentError(path, reason, line=place(document.doc_no)))
        if document.kind == "digest":
            if _NOTICE not in document.text:
                errors.append(DocumentError(path, f"a digest has to say at its top that {_NOTICE}; add the notice"))
            errors += check_digest(path, document, catalogue)
    return collection.documents, errors


def _places(path: Path) -> Callable[[str], int | None]:
    lines = path.read_text("utf-8").splitlines()
    return lambda words: next((n for n, line in enumerate(lines, 1) if f'"{words}"' in line), None)
