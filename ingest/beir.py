"""BEIR folders as documents: corpus.jsonl or corpus.jsonl.gz, ids kept as document ids."""

from __future__ import annotations

from pathlib import Path

from ingest.document import text_checksum
from ingest.header import read_header
from ingest.jsonl import open_jsonl, string
from kb.errors import DatasetError
from kb.types import Document


def beir_documents(folder: Path) -> dict[str, Document]:
    """Read the corpus of a BEIR folder; raise DatasetError naming file and line."""
    documents: dict[str, Document] = {}
    source = str(folder.resolve() / "corpus.jsonl")
    for place, line in open_jsonl(folder, "corpus"):
        doc_id, text = string(place, line, "_id"), string(place, line, "text")
        if doc_id in documents:
            raise DatasetError.of("id_twice", place=place, key="_id", shown=doc_id, what="document")
        title = string(place, line, "title", "")
        documents[doc_id] = Document(
            doc_id=doc_id,
            title=title,
            disclosure="public",
            header_blocks=read_header(text).blocks,
            source=source,
            sha256=text_checksum(text),
            text=text,
        )
    if not documents:
        raise DatasetError.of("corpus_empty", file=folder)
    return documents
