"""Indexes for tests, built as `kb ingest` builds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ingest.bars import Bars
from ingest.build import Build
from ingest.ingestion import IngestionSettings, ingest
from kb.index.encoder import STATIC, open_encoder
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


def laws_of(folder: Path, texts: Mapping[str, str]) -> KnowledgeBase:
    """Open texts, each under its name, with the static encoder: what is asked of laws by number, day and rank needs no
    transformer."""
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    encoder = open_encoder(STATIC)
    ingest([folder], folder / "index", IngestionSettings(encoder, unstated="public"), Bars())
    return KnowledgeBase.open(folder / "index", encoder)


class KnowledgeBaseOf(Protocol):
    """Builds a knowledge base of texts, each under its name."""

    def __call__(self, **texts: str) -> KnowledgeBase: ...
