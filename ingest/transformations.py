"""The steps of ingestion as llama-index transformations: document -> clauses -> passages -> vectors.

Nodes carry their spans in `start_char_idx` and `end_char_idx`, offsets of the document's canonical
text, and nothing is ever added to a node's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.schema import BaseNode, NodeRelationship, RelatedNodeInfo, TextNode, TransformComponent
from llama_index.core.schema import Document as SourceDocument
from pydantic import ConfigDict, Field, SkipValidation

from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.passages import cut_passages
from kb.index.encoder import Encoder
from kb.index.late_meaning import encoded_text
from kb.index.vector_cache import VectorCache
from kb.layout import PlacedTable
from kb.types import Clause, Document, Passage


def source_document(document: Document) -> SourceDocument:
    """Make the document of llama-index that a document of ours becomes."""
    return SourceDocument(id_=document.doc_id, text=document.text, metadata={"title": document.title})


class PassageParser(TransformComponent):
    """Turn documents into passage nodes; the clauses that it finds are kept in `clauses`. `tables` are those of each document, by id."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    length: int
    clauses: SkipValidation[list[Clause]]
    tables: SkipValidation[Mapping[str, Sequence[PlacedTable]]] = Field(default_factory=dict)

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """Give the passages of all documents in their order, as llama-index's pipeline calls it."""
        parsed: list[BaseNode] = []
        for node in nodes:
            text = node.get_content()
            clauses = parse_outline(node.node_id, text, read_header(text), self.tables.get(node.node_id, ()))
            self.clauses.extend(clauses)
            parsed += [
                passage_node(passage, text)
                for passage in cut_passages(node.metadata["title"], text, clauses, self.length)
            ]
        return parsed


class PassageEmbedder(TransformComponent):
    """Give every passage node its vector, computed only where the cache has none."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    encoder: SkipValidation[Encoder]
    cache: SkipValidation[VectorCache]

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """Give the same nodes, each with its vector."""
        texts = [encoded_text(node.metadata["context"], node.get_content()) for node in nodes]
        for node, vector in zip(nodes, self.cache.encode(texts, self.encoder), strict=True):
            node.embedding = vector  # a numpy row: a list of floats would take eight times the memory
        return nodes


def passage_node(passage: Passage, text: str) -> TextNode:
    """Make the node of llama-index that a passage of ours becomes."""
    return TextNode(
        id_=passage.passage_id,
        text=text[passage.start : passage.end],
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={"clause_id": passage.clause_id, "context": passage.context},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.doc_id)},
    )


def node_passage(node: BaseNode) -> Passage:
    """The inverse of `passage_node`."""
    if not isinstance(node, TextNode) or node.start_char_idx is None or node.end_char_idx is None:
        raise TypeError(f"node {node.node_id} is no passage")
    return Passage(
        passage_id=node.node_id,
        clause_id=node.metadata["clause_id"],
        doc_id=node.ref_doc_id or "",
        start=node.start_char_idx,
        end=node.end_char_idx,
        context=node.metadata["context"],
    )
