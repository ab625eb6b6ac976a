"""Rerankers: models that read a question and a passage together and say how well they fit.

None is embedded: on two cores a transformer reads some ten pairs a second. Where a GPU or time is at hand any
CrossEncoder of sentence-transformers can be named, and orders the best of what both arms found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kb.errors import RerankerError
from kb.index.encoder import MODELS_DIR
from kb.index.hub import hub_answers

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH_SIZE = 32  # pairs that a CrossEncoder scores at once, the default of sentence-transformers


class Reranker(Protocol):
    """Scores passages for a question, higher is better; scores are comparable for one question."""

    @property
    def name(self) -> str:
        """How `KB_RERANKER` names it."""

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Give a number per passage, comparable for one question; more is better."""


class CrossEncoderReranker:
    """Scores with a CrossEncoder of sentence-transformers."""

    def __init__(self, model: CrossEncoder, *, name: str, batch_size: int = BATCH_SIZE) -> None:
        self._model = model
        self.name = name
        self._batch_size = batch_size

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """Give a score a passage, in their order and of any scale; a model's NaN counts as 0, so that one bad pair
        spoils no order."""
        if not passages:
            return []
        pairs = [(question, passage) for passage in passages]
        scores = self._model.predict(pairs, batch_size=self._batch_size, show_progress_bar=False)
        return [float(score) for score in np.nan_to_num(np.asarray(scores, np.float64))]


def open_reranker(name: str, *, models_dir: Path | None = None) -> CrossEncoderReranker:
    """Open a reranker by name or folder; a plain name is first looked for below `models_dir` (`kb/models`).

    Raise RerankerError, naming the model, the folder where it may be put and what else can be done.
    """
    models_dir = models_dir or MODELS_DIR
    folder = models_dir / name
    path = str(folder) if folder.is_dir() else name
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise RerankerError.of("reranker_needs_package", name=name, cause=error, folder=folder) from error
    try:
        # A model in the cache needs no network, and a hub that cannot be reached must not be waited for.
        model = CrossEncoder(path, num_labels=1, local_files_only=Path(path).is_dir() or not hub_answers())
    except Exception as error:  # the library raises whatever its parts raise
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise RerankerError.of("reranker_not_loaded", name=name, cause=reason, folder=folder) from error
    return CrossEncoderReranker(model, name=name)
