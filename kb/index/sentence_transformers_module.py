"""The static encoder as a module of sentence-transformers, named in the model's `modules.json`.

`SentenceTransformer("kb/models/static", trust_remote_code=True)` gives the vectors that
`kb.index.static_encoder` gives with numpy; sentence-transformers loads classes from outside itself
only with that flag. Training runs through this module too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules.input_module import InputModule
from torch import Tensor, nn
from torch.nn import functional

from kb.index.static_encoder import read_term_table, write_static_model
from kb.text.terms import terms


class NgramEmbedding(InputModule):  # type: ignore[misc]
    """Sums term vectors and scales the sum to length 1.

    A term's vector is a row of `embedding` times the exponential of its `weight`: the weight of a term
    moves as one number in training.
    """

    def __init__(self, vocabulary: Sequence[str], vectors: Tensor, weights: Tensor | None = None) -> None:
        super().__init__()
        self.vocabulary = list(vocabulary)
        self._rows = {term: row for row, term in enumerate(self.vocabulary)}
        self.embedding = nn.Parameter(vectors)
        self.weight = nn.Parameter(torch.zeros(len(self.vocabulary)) if weights is None else weights)

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any) -> dict[str, Tensor]:
        """Look up the terms of `inputs`; bags lie end to end, `offsets` says where each begins."""
        find = self._rows.get
        bags = [[row for term in terms((prompt or "") + text) if (row := find(term)) is not None] for text in inputs]
        return pack_bags([np.array(bag, np.int64) for bag in bags])

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Sum the vectors of each text's terms, as sentence-transformers calls a module."""
        rows = features["input_ids"]
        summed = functional.embedding_bag(
            rows, self.embedding, features["offsets"], mode="sum", per_sample_weights=torch.exp(self.weight)[rows]
        )
        features["sentence_embedding"] = functional.normalize(summed)
        return features

    def get_embedding_dimension(self) -> int:
        """Give the length of its vectors, as sentence-transformers asks for it."""
        return int(self.embedding.shape[1])

    @property
    def max_seq_length(self) -> float:
        """Give no limit: a text of any length is a bag of terms."""
        return float("inf")

    def term_vectors(self) -> Tensor:
        """Give each term's vector with its weight, shape (terms, dimensions)."""
        return (self.embedding * torch.exp(self.weight)[:, None]).detach()

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Write the weights as `kb.index.static_encoder` reads them."""
        write_static_model(Path(output_path), self.vocabulary, self.term_vectors().numpy(), {})

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> NgramEmbedding:
        """Read weights that `save`, or the training, wrote."""
        table = read_term_table(Path(model_name_or_path) / subfolder)
        vectors = table.vectors.astype(np.float32) * table.weights[:, None]
        return cls(list(table.rows), torch.from_numpy(vectors))


def pack_bags(bags: Sequence[np.ndarray[Any, Any]]) -> dict[str, Tensor]:
    """Lay bags of rows end to end, as `torch.nn.functional.embedding_bag` takes them."""
    bounds = np.cumsum([0, *(len(bag) for bag in bags)])
    rows = np.concatenate(bags).astype(np.int64) if bags else np.zeros(0, np.int64)
    return {"input_ids": torch.from_numpy(rows), "offsets": torch.from_numpy(bounds[:-1])}
