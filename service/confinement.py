"""What a question is confined to: the day that it asks about, and the documents that may answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kb.provenance import LEVEL_WORDS
from kb.text.dates import chinese_day
from kb.text.names import titled
from kb.types import Audience, Level
from service.library import Library
from service.register import DocumentRegister, Filters

Limits = dict[str, str]
"""The filters that a question was asked under, by name; `title` is that of the one document."""


def parse_day(value: object) -> object:
    """Read YYYY-MM-DD, and nothing else, as a date."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(f"“{value[:40]}”不是日期，请写成 2024-03-08 的样子")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"没有 {value} 这一天") from None


Day = Annotated[date, Field(strict=True), BeforeValidator(parse_day)]


class Confined(BaseModel):
    """The day that a question asks about (today by default), and which documents may answer: one, or those of a topic
    and level."""

    model_config = ConfigDict(extra="forbid", strict=True)

    as_of: Day | None = None
    doc_id: Annotated[str, Field(max_length=200)] | None = None
    topic: Annotated[str, Field(max_length=100)] | None = None
    level: Level | None = None


def documents_within(library: Library, asked: Confined, caller: Audience) -> tuple[frozenset[str] | None, Limits]:
    """Name the documents that may answer, and how the answer tells of it; raise NotFoundError for one that this caller
    may not see."""
    given = {"as_of": asked.as_of and asked.as_of.isoformat(), "level": asked.level, "topic": asked.topic}
    limits = {name: value for name, value in given.items() if value}
    if asked.doc_id is None and asked.topic is None and asked.level is None:
        return None, limits
    with library.use() as knowledge_base:
        if asked.doc_id is None:
            documents = knowledge_base.documents(caller)
        else:
            documents = [knowledge_base.document(asked.doc_id, caller)]
            limits |= {"doc_id": asked.doc_id, "title": documents[0].title}
        register = DocumentRegister(documents, knowledge_base.home, date.today())
    kept = register.find(Filters(topic=asked.topic, level=asked.level))
    return frozenset(entry.document.doc_id for entry in kept), limits


def limits_told(within: Mapping[str, Any]) -> list[str]:
    """Say what a question was confined to, as the page does."""
    said = [f"按{chinese_day(date.fromisoformat(within['as_of']))}的规定"] if "as_of" in within else []
    said += [LEVEL_WORDS[within["level"]]] if "level" in within else []
    said += [within["topic"]] if "topic" in within else []
    return said + ([titled(within["title"])] if "title" in within else [])


def told_confined(answer: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Add to an answer what the question was confined to."""
    return answer | {"within": limits} if limits else answer
