"""Benefits, the facts that they turn on, and the verdicts of a consultation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from service.schemas.answers import CITATION, Source
from service.schemas.body import Body
from service.schemas.facts import FactBody, FactReadingBody, KnownBody, OpenQuestionBody

Applicant = Literal["person", "household", "building", "organisation"]
State = Literal["met", "not_met", "unknown"]
_FACT: dict[str, Any] = {
    "id": "age", "name": "年龄", "question": "您今年多大年纪？", "type": "number", "unit": "周岁", "least": 0, "most": 130, "group": "本人", "none": "",
    "choices": [], "counted_from": "born", "counted_in": "years",
}  # fmt: skip
_BENEFIT: dict[str, Any] = {
    "id": "meal-discount", "title": "老年人就餐优惠", "gives": "每餐优惠三元", "for": "person", "topic": "养老", "region": "杭州",
    "how": "到社区食堂登记", "ask_at": "社区居委会", "since": None, "until": None,
    "source": {"doc_id": "hz-2024-343", "url": "/documents/hz-2024-343"}, "facts": ["age"],
}  # fmt: skip
_CLAUSE = {name: value for name, value in CITATION.items() if name not in ("number", "start", "end", "page")}


class BenefitSourceBody(Body):
    """The document that a benefit comes from."""

    doc_id: str
    url: str


class BenefitBody(Body):
    """One benefit: what it gives, to whom, on which document it rests, and the facts that it turns on."""

    id: str
    title: str
    gives: str
    applicant: Applicant = Field(alias="for")
    topic: str
    region: str
    how: str
    ask_at: str
    since: str | None
    until: str | None
    source: BenefitSourceBody
    facts: list[str]


class BenefitsBody(Body):
    """The benefits, and the facts that can be told of oneself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"benefits": [_BENEFIT], "facts": [_FACT]}]})

    benefits: list[BenefitBody]
    facts: list[FactBody]


class ClauseCitationBody(Source):
    """The clause that a condition, an amount or what is given stands in."""

    clause_id: str
    doc_id: str
    quote: str
    note: str


class ConditionBody(ClauseCitationBody):
    """One condition: what it asks, what was used to judge it, and whether the verdict hangs on it."""

    kind: Literal["condition"]
    state: State
    fact: str
    name: str
    rule: str
    used: str | None
    decides: bool


class GroupBody(Body):
    """Conditions of which all, one or some must be met."""

    kind: Literal["group"]
    state: State
    words: str
    all: bool
    parts: list[ConditionBody | GroupBody]


class DecidingBody(Body):
    """A condition that decides as long as nothing else is known."""

    fact: str
    rule: str
    clause_id: str


class AmountBody(ClauseCitationBody):
    """What is given, with the clause that says so."""

    text: str
    certain: bool


class JudgementBody(BenefitBody):
    """A benefit with its verdict, every condition and its clause and those of what is given (none where it was asked
    for in `brief` and does not apply), the names of the facts that it `waits_for`, those of the `steps` that are not
    taken yet, and in words what is `to_do` first (empty where nothing is)."""

    verdict: Literal["eligible", "not_eligible", "undetermined"]
    verdict_words: str
    conditions: ConditionBody | GroupBody | None
    waits_for: list[str]
    steps: list[str]
    to_do: str
    deciding: list[DecidingBody]
    amounts: list[AmountBody]
    given_by: list[ClauseCitationBody]
    notes: list[str]


class NotJudgedBody(Body):
    """A benefit that is not judged, since what it rests on is not there."""

    id: str
    title: str


class PersonReadingBody(Body):
    """Somebody else whom the sentence tells of, by the `name` that asks for them (`about`)."""

    name: str
    readings: list[FactReadingBody]


class ConsultationBody(Body):
    """All verdicts for what is known, and what to ask next; `unread` are others whom the sentence tells of, whose facts
    are not used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "as_of": "2026-11-26", "facts": [{"id": "age", "name": "年龄", "value": 62, "words": "62周岁"}],
                    "readings": [{"fact": "age", "name": "年龄", "value": 62, "words": "62周岁", "said": "我今年62", "start": 0, "end": 5, "certain": True}],
                    "unread": [{"name": "妈", "readings": [{"fact": "age", "name": "年龄", "value": 58, "words": "58周岁", "said": "我妈58", "start": 6, "end": 10, "certain": True}]}],
                    "benefits": [
                        _BENEFIT
                        | {"verdict": "eligible", "verdict_words": "符合",
                           "conditions": _CLAUSE | {"kind": "condition", "state": "met", "fact": "age", "name": "年龄", "rule": "年龄满60周岁",
                                                    "used": "62周岁", "decides": True},
                           "waits_for": [], "steps": [], "to_do": "",
                           "deciding": [{"fact": "age", "rule": "年龄满60周岁", "clause_id": "hz-2024-343#1.1"}], "amounts": [], "given_by": [], "notes": []}
                    ],
                    "questions": [], "unfounded": [],
                }
            ]
        }
    )  # fmt: skip

    as_of: str
    facts: list[KnownBody]
    readings: list[FactReadingBody]
    unread: list[PersonReadingBody]
    benefits: list[JudgementBody]
    questions: list[OpenQuestionBody]
    unfounded: list[NotJudgedBody]
