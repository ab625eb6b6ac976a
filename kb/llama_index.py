"""The knowledge base for users of llama-index: a retriever and a query engine over the same path that is served.

    engine = RetrieverQueryEngine.from_args(PolicyRetriever(knowledge_base, k=8), llm=...)
    engine = PolicyQueryEngine(knowledge_base)

A node's text is exactly document.text[start:end], with both offsets on the node; a node of the query
engine is a citation, and its text the quotation.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb.knowledge_base import KnowledgeBase
from kb.presentation import answer_payload, citation_payload, hit_payload
from kb.types import Audience, Query


class PolicyRetriever(BaseRetriever):
    """Gives the `k` best passages as nodes, scored as the knowledge base ranks them."""

    def __init__(
        self, knowledge_base: KnowledgeBase, k: int = 10, *, as_of: date | None = None, audience: Audience = "public"
    ) -> None:
        super().__init__()
        self._knowledge_base = knowledge_base
        self._k = k
        self._as_of = as_of
        self._audience = audience

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = Query("llama-index", query_bundle.query_str, self._as_of, self._audience)
        nodes = []
        for hit in self._knowledge_base.search(query, self._k):
            told = hit_payload(hit, self._knowledge_base)
            nodes.append(_node(hit.passage.passage_id, told.pop("text"), told.pop("score"), told))
        return nodes


class PolicyQueryEngine(BaseQueryEngine):
    """Answers as the knowledge base does; a refusal is a response without source nodes.

    `metadata["answer"]` holds the whole answer as the public interface has it.
    """

    def __init__(
        self, knowledge_base: KnowledgeBase, *, as_of: date | None = None, audience: Audience = "public"
    ) -> None:
        super().__init__(callback_manager=None)
        self._knowledge_base = knowledge_base
        self._as_of = as_of
        self._audience = audience

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._knowledge_base.ask(Query("llama-index", query_bundle.query_str, self._as_of, self._audience))
        payload = answer_payload(answer, self._knowledge_base)
        nodes = []
        for citation in answer.citations if answer.refusal is None else ():
            told = citation_payload(citation, self._knowledge_base)
            nodes.append(_node(f"{citation.clause_id}:{citation.start}", told.pop("quote"), 1.0, told))
        return Response(payload["text"], source_nodes=nodes, metadata={"answer": payload})

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _node(node_id: str, text: str, score: float, told: dict[str, Any]) -> NodeWithScore:
    node = TextNode(
        id_=node_id,
        text=text,
        start_char_idx=told["start"],
        end_char_idx=told["end"],
        metadata=told,
        # What is shown to a model beside the text: what it is and where it stands, and no id or address.
        excluded_llm_metadata_keys=[key for key in told if key != "reference"],
        excluded_embed_metadata_keys=list(told),
    )
    return NodeWithScore(node=node, score=score)
