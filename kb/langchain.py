"""The knowledge base for users of LangChain: a retriever over the same path that is served.

    chain = {"context": LangChainRetriever(knowledge_base=KnowledgeBase.open("index")), "question": RunnablePassthrough()} | prompt | model

A document's content is exactly document.text[start:end], with both offsets in its metadata. LangChain is not among the
dependencies: whoever imports this has `langchain-core`.
"""

from __future__ import annotations

from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from kb.knowledge_base import KnowledgeBase
from kb.presentation import hit_payload
from kb.types import Audience, Query


class LangChainRetriever(BaseRetriever):
    """Gives the `k` best passages as documents, best first."""

    knowledge_base: KnowledgeBase
    k: int = 10
    as_of: date | None = None
    audience: Audience = "public"

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.knowledge_base.search(Query("langchain", query, self.as_of, self.audience), self.k)
        told = [hit_payload(hit, self.knowledge_base) for hit in hits]
        return [
            Document(page_content=one.pop("text"), id=hit.passage.passage_id, metadata=one)
            for hit, one in zip(hits, told, strict=True)
        ]
