"""The retriever inside stock parts of LangChain."""

from __future__ import annotations

from datetime import date

from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from kb.knowledge_base import KnowledgeBase
from kb.langchain import LangChainRetriever
from kb.types import Query

QUESTION = "杭州市梳理了多少项支持政策？"


def test_documents_are_the_exact_spans_in_the_order_of_the_knowledge_base(corpus: KnowledgeBase) -> None:
    found = LangChainRetriever(knowledge_base=corpus, k=5).invoke(QUESTION)
    assert [one.id for one in found] == [hit.passage.passage_id for hit in corpus.search(QUESTION, 5)]
    for one in found:
        document = corpus.document(one.metadata["doc_id"])
        assert document.text[one.metadata["start"] : one.metadata["end"]] == one.page_content


def test_day_and_audience_reach_the_search(corpus: KnowledgeBase) -> None:
    day = date(2019, 6, 1)
    staff = LangChainRetriever(knowledge_base=corpus, k=5, as_of=day, audience="staff").invoke(QUESTION)
    hits = corpus.search(Query("", QUESTION, day, "staff"), 5)
    assert [one.id for one in staff] == [hit.passage.passage_id for hit in hits]


def test_the_retriever_stands_in_a_chain(corpus: KnowledgeBase) -> None:
    prompt = ChatPromptTemplate.from_template("{context}\n{question}")
    model = FakeListChatModel(responses=["34项"])
    retriever = LangChainRetriever(knowledge_base=corpus, k=3)
    chain = {"context": retriever, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
    assert chain.invoke(QUESTION) == "34项"
