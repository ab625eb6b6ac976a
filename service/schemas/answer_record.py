"""The record of one answer, to be printed or filed."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from service.schemas.answers import ContactBody, TableBody
from service.schemas.body import Body

_EXAMPLE: dict[str, Any] = {
    "question": "每餐补贴多少元？", "about": [{"name": "回答时间", "text": "2026年11月27日16:20"}], "refusal": None,
    "statements": [{"text": "每餐补贴三元。", "citations": [1], "focus": None}], "table": None,
    "quotations": [
        {"number": 1, "title": "某办法", "doc_no": None, "label": "第一条", "page": None, "validity": "现行有效", "kind": "原文", "quote": "每餐补贴三元。",
         "reference": "《某办法》，第一条，现行有效，原文"}
    ],
    "contacts": [{"title": "", "name": "政务服务便民热线", "phone": "12345"}], "disclaimer": "供查阅参考……",
}  # fmt: skip


class RecordLineBody(Body):
    """When, from what, or under what limits the answer was given."""

    name: str
    text: str


class RecordedStatementBody(Body):
    """A sentence of the answer, and the numbers of its quotations."""

    text: str
    citations: list[int]
    focus: tuple[int, int] | None


class QuotationBody(Body):
    """What is quoted: document, place, validity (null for background, which is no part of a document), and whether it
    is the original; all of it in one line as `reference`."""

    number: int
    title: str
    doc_no: str | None
    label: str
    page: int | None
    validity: str | None
    kind: str
    quote: str
    reference: str


class AnswerRecordBody(Body):
    """One answer with everything that somebody has to know who was not there when it was asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    question: str
    about: list[RecordLineBody]
    refusal: str | None
    statements: list[RecordedStatementBody]
    table: TableBody | None
    quotations: list[QuotationBody]
    contacts: list[ContactBody]
    disclaimer: str
