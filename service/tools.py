"""What programs may use of the knowledge base as tools, whatever protocol they speak: a name, arguments, words and a
JSON value.

The words are what a person would read, the value is what the HTTP interface tells. `service/mcp_server.py` speaks for
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from kb.eligibility.consultation import consult
from kb.eligibility.judgement_presentation import consultation_lines
from kb.errors import InputError
from kb.presentation import answer_lines, hit_payload
from kb.text.names import titled
from kb.types import Audience, Level, Query, Status
from service.addresses import addressed
from service.answering import answer_whole
from service.confinement import Confined, Day, documents_within, told_confined
from service.current_benefits import current_benefits
from service.document_presentation import metadata
from service.earlier_questions import leant_on
from service.library import Library
from service.register import DocumentRegister, Filters
from service.schemas.answers import AnswerBody, HitsBody
from service.schemas.body import Body
from service.schemas.documents import MetadataBody
from service.schemas.eligibility import ConsultationBody
from service.storage.conversations import MOST_PREVIOUS

MOST_AT_ONCE = 20_000
"""Characters of a document that one call gives; a law has several times as many."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What the tools work on."""

    library: Library


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool gives: words for a person or a model, and the same as a JSON value."""

    words: str
    value: dict[str, Any]


class Arguments(BaseModel):
    """The arguments of a tool, by name; no others are taken."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SearchArguments(Arguments):
    """What is searched for, how many passages, and the day asked about."""

    query: Annotated[str, Field(description="要查找的内容，一句话或几个词")]
    k: Annotated[int, Field(ge=1, le=50, description="给出几个片段")] = 10
    as_of: Annotated[Day | None, Field(description="查询针对的日期，YYYY-MM-DD；不填为今天")] = None


class AskArguments(Confined):
    """A question, those asked before it, and what it is confined to."""

    question: Annotated[str, Field(description="问题，用一句完整的话")]
    previous: Annotated[
        list[str],
        Field(default_factory=list, max_length=MOST_PREVIOUS, description="此前问过的问题，由早到晚；追问时填写"),
    ]


class DocumentArguments(Arguments):
    """A document, a clause of it, and where to begin to read."""

    doc_id: Annotated[str, Field(description="文件的编号，见 search、ask、list_documents 的结果")]
    clause_id: Annotated[str | None, Field(description="只要其中一条时，填它的编号")] = None
    start: Annotated[int, Field(ge=0, description="从第几个字开始；长文件分几次读")] = 0


class EligibilityArguments(Arguments):
    """What is known of somebody: a sentence, facts, or both, and the day."""

    text: Annotated[str, Field(description="用自己的话说明情况，例如“我今年62，安徽户口，在拱墅租房”")] = ""
    facts: Annotated[dict[str, Any], Field(description="已知的各项情况，项目名和取值见 /api/benefits")] = {}
    as_of: Annotated[Day | None, Field(description="按哪一天判断，YYYY-MM-DD；不填为今天")] = None


class ListArguments(Arguments):
    """Filters of the register, and which page of it."""

    q: Annotated[str | None, Field(description="标题、文号、发布机构、主题里的字")] = None
    topic: Annotated[str | None, Field(description="主题")] = None
    level: Annotated[Level | None, Field(description="层级")] = None
    status: Annotated[Status | None, Field(description="效力")] = None
    issuer: Annotated[str | None, Field(description="发布机构，可以只写一部分")] = None
    year: Annotated[int | None, Field(ge=1900, le=2999, description="成文的年份")] = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20


class ReadDocumentBody(Body):
    """A document, and its text from `start` to `end` of `length` characters; `next_start` is where to read on."""

    document: MetadataBody
    start: int
    end: int
    length: int
    next_start: int | None
    text: str


class ListedBody(Body):
    """One page of the documents that meet all filters, newest first."""

    items: list[MetadataBody]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `run` takes the box, arguments of the class `arguments` and who asks, and gives a value that `gives`
    describes."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    gives: type[Body]
    run: Callable[[Toolbox, Any, Audience], ToolOutcome]


def search(box: Toolbox, given: SearchArguments, audience: Audience) -> ToolOutcome:
    """Rank passages."""
    query = Query("search", given.query, given.as_of, audience)
    with box.library.use() as knowledge_base:
        hits = [addressed(hit_payload(hit, knowledge_base)) for hit in knowledge_base.search(query, given.k)]
    words = "\n\n".join(f"{hit['rank']}. {hit['reference']}（{hit['clause_id']}）\n{hit['text']}" for hit in hits)
    return ToolOutcome(words or "没有找到。", {"query": given.query, "hits": hits})


def ask(box: Toolbox, given: AskArguments, audience: Audience) -> ToolOutcome:
    """Answer a question, or refuse."""
    within, limits = documents_within(box.library, given, audience)
    query = Query("ask", given.question, given.as_of, audience, leant_on(given.question, given.previous), within=within)
    told = answer_whole(box.library, query, partial(told_confined, limits=limits))
    return ToolOutcome("\n".join(answer_lines(told)), told)


def get_document(box: Toolbox, given: DocumentArguments, audience: Audience) -> ToolOutcome:
    """Give the text of a document, of one clause of it or of a part."""
    with box.library.use() as knowledge_base:
        document, home = knowledge_base.document(given.doc_id, audience), knowledge_base.home
        first, last = 0, len(document.text)
        if given.clause_id is not None:
            clause = knowledge_base.clause(given.clause_id, audience)
            if clause.doc_id != given.doc_id:
                raise InputError.of(
                    "clause_elsewhere", field="clause_id", doc_id=given.doc_id, clause_id=given.clause_id
                )
            first, last = clause.start, clause.end
    start = min(max(first, given.start), last)
    end = min(start + MOST_AT_ONCE, last)
    rest = end if end < last else None
    value = {
        "document": metadata(document, home), "start": start, "end": end, "length": len(document.text), "next_start": rest,
        "text": document.text[start:end],
    }  # fmt: skip
    more = f"\n\n（第{start}至{end}字，共{len(document.text)}字；接着读请从 {rest} 开始）" if rest is not None else ""
    return ToolOutcome(f"{titled(document.title)}\n\n{document.text[start:end]}{more}", value)


def check_eligibility(box: Toolbox, given: EligibilityArguments, audience: Audience) -> ToolOutcome:
    """Judge every benefit for what is known of somebody; nothing of it is kept."""
    with box.library.use() as knowledge_base:
        catalogue = current_benefits(knowledge_base)
        model = knowledge_base.language_model
    told = addressed(consult(catalogue, given.facts, given.text, given.as_of or date.today(), model=model))
    return ToolOutcome("\n".join(consultation_lines(told)), told)


def list_documents(box: Toolbox, given: ListArguments, audience: Audience) -> ToolOutcome:
    """List the documents that meet all filters."""
    filters = Filters(given.q, given.topic, given.level, given.status, given.issuer, given.year)
    with box.library.use() as knowledge_base:
        home = knowledge_base.home
        found = DocumentRegister(knowledge_base.documents(audience), home, date.today()).find(filters)
    items = [
        metadata(one.document, home) for one in found[(given.page - 1) * given.page_size : given.page * given.page_size]
    ]
    lines = [
        f"{item['doc_id']}　{titled(item['title'])}{item['doc_no'] or ''}　{item['issued'] or ''}" for item in items
    ]
    words = "\n".join([f"共{len(found)}份，第{given.page}页：", *lines])
    return ToolOutcome(words, {"items": items, "total": len(found), "page": given.page, "page_size": given.page_size})


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("search", "查找条款", "在政策文件里查找与一句话最相关的条款片段，按相关程度排列，各带出处。",
             SearchArguments, HitsBody, search),
        Tool("ask", "提问", "根据政策文件回答问题，每一句都带可以核对的引文；文件里没有依据时拒答并说明原因。",
             AskArguments, AnswerBody, ask),
        Tool("get_document", "读文件", "读一份文件的原文，或其中一条；长文件分几次读。",
             DocumentArguments, ReadDocumentBody, get_document),
        Tool("check_eligibility", "政策匹配", "按一个人、家庭、楼栋或机构的情况，判断符合哪些待遇，每个条件都带依据的条款。所说的情况不保存。",
             EligibilityArguments, ConsultationBody, check_eligibility),
        Tool("list_documents", "列文件", "列出收录的政策文件，可按主题、层级、效力、发布机构、年份筛选。",
             ListArguments, ListedBody, list_documents),
    )
}  # fmt: skip
