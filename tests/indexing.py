"""Indexes for tests, built as `kb ingest` builds them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ingest.build import Build, build_index, index_lock
from ingest.collection import collect_files, find_lexicon, indexed_documents
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"


def silent(step: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


def index_folder(folder: Path, index_dir: Path) -> Build:
    """Ingest a folder as `kb ingest --disclosure public` does."""
    with index_lock(index_dir):
        collection = collect_files([folder], indexed_documents(index_dir), silent, unstated="public")
        return build_index(
            index_dir, list(collection.documents.values()), open_encoder(), silent, find_lexicon([folder], index_dir)
        )


class KnowledgeBaseOf(Protocol):
    """Builds a knowledge base of texts, each under its name."""

    def __call__(self, **texts: str) -> KnowledgeBase: ...
