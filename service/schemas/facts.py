"""Facts that can be told of oneself, what was heard of them, and what is asked next."""

from __future__ import annotations

from typing import Any, Literal

from service.schemas.body import Body


class ChoiceBody(Body):
    """A choice of a fact, as programs and as people call it."""

    value: str
    words: str


class FactBody(Body):
    """A fact that can be told of oneself; `counted_from` names the date that it follows from."""

    id: str
    name: str
    question: str
    type: str
    unit: str
    least: int | None
    most: int | None
    group: str
    none: str
    choices: list[ChoiceBody]
    counted_from: str | None
    counted_in: str | None


class KnownBody(Body):
    """A fact that the verdicts rest on: a value, a range {"at_least", "at_most"} or what it is not {"not": [...]}."""

    id: str
    name: str
    value: Any
    words: str


class FactReadingBody(Body):
    """What was read from the sentence; what is not `certain` is used only when it is confirmed."""

    fact: str
    name: str
    value: Any
    words: str
    said: str
    start: int
    end: int
    certain: bool


class SuggestedBody(Body):
    """What was read with doubt (老家湖北), to be confirmed: the `value`, in `words`, as it was `said`."""

    value: Any
    words: str
    said: str


class OpenQuestionBody(FactBody):
    """What to ask next: which share of the open benefits it `settles`, how many `benefits` turn on it, and what was
    read of it with doubt (`suggested`)."""

    settles: float
    benefits: int
    suggested: SuggestedBody | None


class EligibilityBody(Body):
    """The verdict that an answer begins with and what it rests on: of the one `benefit` that was asked about, null
    where all were.

    `facts` were used, `readings` heard, `chosen` and `skipped` sent with the question; `question` is the one to ask
    next, null where no answer would change the verdict. To go on, ask the same again with its answer among `facts`, or
    its id in `skipped`.
    """

    as_of: str
    benefit: str | None
    title: str | None
    verdict: Literal["eligible", "not_eligible", "undetermined"] | None
    verdict_words: str | None
    facts: list[KnownBody]
    readings: list[FactReadingBody]
    question: OpenQuestionBody | None
    chosen: dict[str, Any]
    skipped: list[str]
