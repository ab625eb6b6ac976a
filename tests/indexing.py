"""Indexes for tests, built as `kb ingest` builds them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ingest.bars import Bars
from ingest.build import Build
from ingest.ingestion import IngestionSettings, ingest
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"


def silent(step: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


def index_folder(folder: Path, index_dir: Path) -> Build:
    """Ingest a folder as `kb ingest --disclosure public` does."""
    build = ingest([folder], index_dir, IngestionSettings(open_encoder(), unstated="public"), Bars()).build
    assert build is not None, f"{folder}: nothing could be read"
    return build


class KnowledgeBaseOf(Protocol):
    """Builds a knowledge base of texts, each under its name."""

    def __call__(self, **texts: str) -> KnowledgeBase: ...
