"""Haystack: InMemoryBM25Retriever as in its first tutorial; at its best the same over jieba words."""

from __future__ import annotations

from harness import Search, main, segment
from haystack import Document
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore


def build(texts: list[tuple[str, str]], prepare, pattern: str | None) -> Search:
    """Index the texts as `prepare` makes them; `pattern` cuts them into words, None is Haystack's own."""
    options = {"bm25_tokenization_regex": pattern} if pattern else {}
    store = InMemoryDocumentStore(**options)
    store.write_documents([Document(id=target, content=prepare(text)) for target, text in texts])
    retriever = InMemoryBM25Retriever(document_store=store)

    def search(query: str, k: int) -> list[tuple[str, float]]:
        found = retriever.run(query=prepare(query), top_k=k)["documents"]
        return [(document.id, document.score) for document in found]

    return search


main({"tutorial": lambda texts: build(texts, str, None), "words": lambda texts: build(texts, segment, r"\S+")})
