"""Answers: statements, citations, refusals, and what is kept of them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from kb.typeahead import OfferKind
from kb.types import Audience, Level, Provenance, RefusalKind, Status
from service.schemas.body import Body
from service.schemas.facts import EligibilityBody
from service.storage.feedback import Verdict
from service.storage.staff import Role

CITATION: dict[str, Any] = {
    "number": 1, "doc_id": "hz-2024-343", "clause_id": "hz-2024-343#1.1", "quote": "整理出34项支持政策", "start": 412, "end": 422,
    "page": None, "title": "某提案答复", "doc_no": "某政函〔2024〕1号", "status": "in_force", "effective": None, "expires": None,
    "validity": "现行有效", "label": "一、（一）", "source": "original", "url": "/documents/hz-2024-343#hz-2024-343%231.1",
    "reference": "《某提案答复》（某政函〔2024〕1号，现行有效）一、（一）",
    "note": "《某提案答复》（某政函〔2024〕1号，现行有效）一、（一）：“整理出34项支持政策”",
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "question": "杭州市梳理了多少项支持政策？", "status": "answered", "text": "整理出34项支持政策。[1]",
    "statements": [{"text": "整理出34项支持政策。", "citations": [1], "focus": [3, 6]}], "citations": [CITATION], "refusal": None,
    "timing_ms": {"retrieve": 3.1, "read": 9.8, "total": 13.2}, "written_by": None, "resolved_question": None, "suggestions": [], "eligibility": None, "offers": [],
}  # fmt: skip


class Source(Body):
    """What is quoted, and how it is named wherever it goes; `validity` says in words whether and until when its
    document holds (现行有效，有效期至2026年12月31日), null for background. `confidence` (0 to 1) is how sure OCR was of
    what is quoted, null where the file holds it as text or staff looked at it; below 0.9 the `reference` says that it
    is not sure."""

    title: str
    doc_no: str | None
    status: Status
    effective: str | None
    expires: str | None
    label: str
    source: Provenance
    confidence: float | None = None
    url: str
    validity: str | None
    reference: str


class CitedCellBody(Body):
    """A cell of a quoted row; `header` where it names others, `columns` counts those that it stands over."""

    text: str
    header: bool
    columns: int


class TableRowBody(Body):
    """A row of an answer that is a table, and the numbers of its citations."""

    cells: list[str]
    citations: list[int]


class TableBody(Body):
    """What the statements behind the first say, as a table."""

    columns: list[str]
    rows: list[TableRowBody]


class CitationBody(Source):
    """A quotation: `quote` is exactly the text of the document from `start` to `end`, in Python characters; `rows`
    where its clause is a part of a table."""

    number: int
    doc_id: str
    clause_id: str
    quote: str
    start: int
    end: int
    page: int | None
    note: str
    rows: list[list[CitedCellBody]] | None = None


class StatementBody(Body):
    """A sentence of an answer; `focus` is the span of it that is the answer itself."""

    text: str
    citations: list[int]
    focus: tuple[int, int] | None
    verdict: Literal["yes", "no", "depends"] | None = None


class ContactBody(Body):
    """Whom a document names to be asked about its matter."""

    title: str
    name: str
    phone: str


class RefusalBody(Body):
    """Why there is no answer, and whom the nearest documents name to be asked."""

    kind: RefusalKind
    message: str
    contacts: list[ContactBody]


class TimingBody(Body):
    """Milliseconds spent."""

    retrieve: float
    read: float
    total: float


class Confinement(Body):
    """What a question was confined to; `title` is that of the one document."""

    as_of: str | None = None
    level: Level | None = None
    topic: str | None = None
    doc_id: str | None = None
    title: str | None = None


class SharedAnswerBody(Body):
    """What of an answer is for whoever reads it."""

    question: str
    status: Literal["answered", "refused"]
    text: str
    statements: list[StatementBody]
    citations: list[CitationBody]
    refusal: RefusalBody | None
    resolved_question: str | None
    within: Confinement | None = None
    script_kept: bool = Field(
        default=False,
        description="Whether quotations stand in another script than the page, since they keep their own.",
    )


class BenefitOfferBody(Body):
    """A benefit that the question may be about, and the `question` that asks for its verdict."""

    benefit: str
    title: str
    question: str


class AnswerBody(SharedAnswerBody):
    """An answer; where it was kept in a conversation, the ids of both, the time at which it was `answered`, and the day
    on which the index that it was answered from was built (`indexed`); `eligibility` where it begins with a verdict
    about the one who asks, `offers` where it may be meant to and that is not sure enough, where others are told of
    beside the one who was judged, or where the verdict is no and near benefits are still open."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER]})

    timing_ms: TimingBody
    written_by: str | None = None
    table: TableBody | None = None
    suggestions: list[str]
    eligibility: EligibilityBody | None = None
    offers: list[BenefitOfferBody] = Field(default_factory=list)
    answer_id: str | None = None
    conversation_id: str | None = None
    answered: str | None = None
    indexed: str | None = None


class OfferBody(Body):
    """A text to put in the question box, and the document that it is of, if of one."""

    text: str
    kind: OfferKind
    doc_id: str | None
    url: str | None


class SuggestionsBody(Body):
    """What may be asked, the likeliest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"suggestions": [
                    {"text": "老年人助餐用餐优惠有什么条件？", "kind": "benefit", "doc_id": "hz-2024-community-canteen",
                     "url": "/documents/hz-2024-community-canteen"},
                    {"text": "老年人用餐有什么优惠？", "kind": "question", "doc_id": None, "url": None},
                ]}
            ]
        }
    )  # fmt: skip

    suggestions: list[OfferBody]


class ChangeBody(Body):
    """What has happened since to a document that an answer cites; the public hears no title of what was withdrawn."""

    change: Literal["deleted", "withdrawn", "replaced", "ended"]
    title: str | None
    url: str | None


class ShareBody(Body):
    """The link to a shared answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "Zk3vT1xw9aQpLm2c", "url": "/a/Zk3vT1xw9aQpLm2c", "staff_only": False}]}
    )

    id: str
    url: str
    staff_only: bool


class SharedBody(Body):
    """A shared answer, and what has happened since; without its words where a document was withdrawn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"shared": 1764000000.0, "staff_only": False, "answer": None,
                 "changes": [{"change": "withdrawn", "title": None, "url": None}]}
            ]
        }
    )  # fmt: skip

    shared: float
    staff_only: bool
    answer: SharedAnswerBody | None
    changes: list[ChangeBody]


class HitBody(Source):
    """A passage that was found, best first from rank 1."""

    rank: int
    score: float
    doc_id: str
    clause_id: str
    text: str
    start: int
    end: int
    page: int | None


class HitsBody(Body):
    """The passages that were found for a query."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "query": "支持政策",
                    "hits": [
                        {name: value for name, value in CITATION.items() if name not in ("number", "quote", "note")}
                        | {"rank": 1, "score": 0.873214, "text": "整理出34项支持政策"}
                    ],
                }
            ]
        }
    )

    query: str
    hits: list[HitBody]


class ConversationBody(Body):
    """A conversation of this browser; `touched` is the time of its last question, in seconds since 1970."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "pW8dN2rK5sYt", "title": "杭州市梳理了多少项支持政策？", "touched": 1764000000.0}]
        }
    )

    id: str
    title: str
    touched: float


class ConversationsBody(Body):
    """The conversations of this browser, latest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": []}]})

    items: list[ConversationBody]


class OpenedAnswerBody(AnswerBody):
    """An answer of a conversation, with what has happened since to the documents that it cites, and what was said of it
    (`feedback`); `pending` where the question was kept and its answer is not there yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER | {"changes": []}]})

    status: Literal["answered", "refused", "pending"]  # type: ignore[assignment]
    changes: list[ChangeBody] = Field(default_factory=list)
    feedback: Verdict | None = None


class OpenedConversationBody(ConversationBody):
    """A conversation with its answers in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "pW8dN2rK5sYt", "title": "支持政策", "touched": 1764000000.0, "turns": [ANSWER]}]
        }
    )

    turns: list[OpenedAnswerBody]


class FeedbackItemBody(Body):
    """What somebody said of an answer; `given` is the time, in seconds since 1970."""

    answer_id: str
    verdict: Verdict
    comment: str
    given: float
    answer: AnswerBody


class FeedbackBody(Body):
    """The feedback that nobody has settled, latest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [{"answer_id": "bV4mC7xz", "verdict": "down", "comment": "数字不对", "given": 1764000000.0, "answer": ANSWER}]}
            ]
        }
    )  # fmt: skip

    items: list[FeedbackItemBody]


class SessionBody(Body):
    """Who this browser is: the public, or staff with an account (none with the token) and its role."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"audience": "staff", "account": "陈晓", "role": "editor"}]}
    )

    audience: Audience
    account: str | None
    role: Role | None


class EntrancesBody(Body):
    """By what staff may enter beside password and token: what the button of OpenID Connect says, null where none is
    configured."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"open_id": "统一身份认证登录"}]})

    open_id: str | None


class SessionTimeBody(Body):
    """How long the session of this browser still is, and whether it can be extended before its end."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seconds_left": 540, "may_extend": True}]})

    seconds_left: int
    may_extend: bool
