"""The retriever, the query engine and the reader inside stock parts of llama-index."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.tools import QueryEngineTool

from ingest.llama_index_reader import PolicyReader
from kb.knowledge_base import KnowledgeBase
from kb.llama_index import PolicyQueryEngine, PolicyRetriever
from kb.types import Query

QUESTION = "杭州市梳理了多少项支持政策？"


def test_nodes_carry_the_exact_spans_of_their_documents(corpus: KnowledgeBase) -> None:
    nodes = PolicyRetriever(corpus, k=5).retrieve(QUESTION)
    assert len(nodes) == 5
    for found in nodes:
        document = corpus.document(found.node.metadata["doc_id"])
        assert document.text[found.node.start_char_idx : found.node.end_char_idx] == found.node.get_content()


def test_the_retriever_ranks_as_the_knowledge_base_does(corpus: KnowledgeBase) -> None:
    hits = corpus.search(Query("", QUESTION), 5)
    nodes = PolicyRetriever(corpus, k=5).retrieve(QUESTION)
    assert [found.node.node_id for found in nodes] == [hit.passage.passage_id for hit in hits]


def test_the_retriever_serves_a_stock_query_engine_with_its_postprocessors(corpus: KnowledgeBase) -> None:
    retriever = PolicyRetriever(corpus, k=5)
    second = retriever.retrieve(QUESTION)[1].score
    engine = RetrieverQueryEngine.from_args(
        retriever,
        llm=MockLLM(),
        response_mode=ResponseMode.COMPACT,
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=second)],
    )
    response = engine.query(QUESTION)
    assert 1 <= len(response.source_nodes) <= 2
    # The stand-in model repeats its prompt, which holds passages and titles, and no id.
    assert response.source_nodes[0].get_content() in str(response)
    assert response.source_nodes[0].node.metadata["clause_id"] not in str(response)


@pytest.mark.parametrize("question", [QUESTION, "发改委的联系电话是多少？"])
def test_the_query_engine_gives_the_served_answer_with_its_quotations(corpus: KnowledgeBase, question: str) -> None:
    tool = QueryEngineTool.from_defaults(PolicyQueryEngine(corpus), name="policies", description="答政策问题")
    answer = corpus.ask(Query("", question))
    output = tool.call(question)
    assert str(output) == answer.text
    assert [node.get_content() for node in output.raw_output.source_nodes] == [c.quote for c in answer.citations]


def test_its_reader_of_folders_reads_as_the_ingestion_does(tmp_path: Path) -> None:
    (tmp_path / "停车办法.txt").write_text("停车办法\n\n第一条 停车收费。\n第二条 夜间免费。\n", "gb18030")
    (read,) = SimpleDirectoryReader(str(tmp_path), file_extractor={".txt": PolicyReader()}).load_data()
    assert (read.doc_id, read.metadata["title"], read.metadata["disclosure"]) == ("停车办法", "停车办法", "unstated")
    assert "第二条 夜间免费。" in read.text


def test_a_refusal_has_a_reason_and_no_sources(corpus: KnowledgeBase) -> None:
    response = PolicyQueryEngine(corpus).query("火星上能养熊猫吗？")
    assert response.source_nodes == []
    assert response.metadata["answer"]["refusal"]["kind"]
    assert str(response) == response.metadata["answer"]["refusal"]["message"]
