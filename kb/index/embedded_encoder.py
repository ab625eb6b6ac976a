"""The embedded encoder: a pretrained transformer cut to Chinese, trained for questions in everyday words.

A question and a passage are read behind the prompts that the model was trained with; a text is the mean of its tokens'
vectors, of length 1. Texts are folded first, so that both scripts and both widths give the same vector. What lies
beyond the model's length does not count: passages are cut shorter than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import EncoderError, ModelError
from kb.text.fold import fold_text
from kb.transformer.model import Model

KIND = "encoder"


class EmbeddedEncoder:
    """Encodes with a transformer that ships with the library; safe to share between threads."""

    def __init__(self, model: Model, *, name: str) -> None:
        self._model = model
        self._name = name
        settings = model.configuration.settings
        self._query, self._passage = str(settings["query"]), str(settings["passage"])
        self._dimensions = int(settings["dimensions"])
        self._asked = lru_cache(maxsize=64)(self._encode_query)

    @classmethod
    def open(cls, folder: Path, *, name: str | None = None) -> EmbeddedEncoder:
        """Open the model in `folder`; raise EncoderError where it is not sound."""
        try:
            return cls(Model.open(folder, KIND), name=name or folder.name)
        except ModelError as error:
            raise EncoderError(error.place, error.sentence, error.values) from error

    @property
    def name(self) -> str:
        """Name it as `KB_ENCODER` does; the manifest of an index holds it."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Give the length of its vectors, as config.json says it."""
        return self._dimensions

    @property
    def checksum(self) -> str:
        """Give the checksum of weights, tokenizer and prompts: what decides the vectors."""
        return self._model.configuration.checksum

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions, shape (texts, dimensions). One alone is remembered: what answers it compares it with
        passages, benefits and the unit that was read, each on its own."""
        return self._asked(texts[0])[None] if len(texts) == 1 else self._encode(self._query, texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages, shape (texts, dimensions)."""
        return self._encode(self._passage, texts)

    def _encode_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._encode(self._query, [text])[0]
        vector.flags.writeable = False
        return vector

    def _encode(self, prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self._dimensions), np.float32)
        folded = [fold_text(text).strip() for text in texts]
        known = [n for n, text in enumerate(folded) if text]  # an empty text has no direction
        limit = self._model.configuration.tokens
        rows = []
        for encoding in self._model.tokens([prompt + folded[n] for n in known]):
            ids = encoding.ids
            rows.append(ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]])
        for n, (vector,) in zip(known, self._model.run(rows, ["vectors"]), strict=True):
            vectors[n] = vector
        return vectors
