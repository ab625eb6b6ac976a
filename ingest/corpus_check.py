"""Checks on a corpus as a whole: what one document says of others, and what its digests say at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.collection import collect_files
from ingest.digests import check_digest, read_catalogue
from kb.errors import DocumentError
from kb.types import Document

_NOTICE = "正式文本为准"  # What every digest has to say of itself.


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
                line, kind, target = place(relation.target), relation.type, relation.target
                errors.append(DocumentError.of("relation_unknown", file=path, line=line, relation=kind, target=target))
        if document.doc_no:
            other = bearers.setdefault(document.doc_no, document)
            if other is not document:
                line, doc_no = place(document.doc_no), document.doc_no
                errors.append(DocumentError.of("doc_no_taken", file=path, line=line, doc_no=doc_no, other=other.source))
        if document.kind == "digest":
            if _NOTICE not in document.text:
                errors.append(DocumentError.of("digest_without_notice", file=path, notice=_NOTICE))
            errors += check_digest(path, document, catalogue)
    return collection.documents, errors


def _places(path: Path) -> Callable[[str], int | None]:
    lines = path.read_text("utf-8").splitlines()
    return lambda words: next((n for n, line in enumerate(lines, 1) if f'"{words}"' in line), None)
