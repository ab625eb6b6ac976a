"""Any bi-encoder that sentence-transformers can load, as an encoder.

Torch and sentence-transformers are imported when such an encoder is opened, never before: the
import alone takes seconds and hundreds of megabytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import EncoderError
from kb.index.hub import hub_answers

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32  # texts that a model encodes at once, the default of sentence-transformers


class TransformerEncoder:
    """Encodes with a sentence-transformers model; its own query and passage prompts are respected."""

    def __init__(self, model: SentenceTransformer, *, name: str, checksum: str, batch_size: int = BATCH_SIZE) -> None:
        self._model = model
        self._name = name
        self._checksum = checksum
        self._batch_size = batch_size
        self._dimensions = int(model.get_embedding_dimension() or 0)

    @classmethod
    def open(cls, path: str, *, name: str, models_dir: Path) -> TransformerEncoder:
        """Load a model from a folder or, by name, from the cache or the hub; raise EncoderError otherwise."""
        local = Path(path).is_dir()
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError.of("encoder_needs_package", name=name, cause=error, folder=models_dir / name) from error
        try:
            # A model in the cache needs no network, and a hub that cannot be reached must not be waited for.
            model = SentenceTransformer(path, local_files_only=local or not hub_answers())
        except Exception as error:  # the library raises whatever its parts raise
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise EncoderError.of("encoder_not_loaded", name=name, cause=reason, folder=models_dir / name) from error
        return cls(model, name=name, checksum=_fingerprint(model))

    @property
    def name(self) -> str:
        """Name the model or folder as it was asked for."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Give the length of its vectors, as the model tells it."""
        return self._dimensions

    @property
    def checksum(self) -> str:
        """Give what tells its weights from others of that name; a model of the hub may change under its name."""
        return self._checksum

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions with the model's prompt for queries, shape (texts, dimensions)."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages with the model's prompt for documents, shape (texts, dimensions)."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, method: Any, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self._dimensions), np.float32)
        encoded = method(list(texts), batch_size=self._batch_size, normalize_embeddings=True, show_progress_bar=False)
        return np.nan_to_num(np.asarray(encoded, np.float32))


def _fingerprint(model: SentenceTransformer) -> str:
    """Checksum the weights and the prompts: what decides the vectors."""
    digest = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).float().numpy().tobytes())
    return digest.hexdigest()
