"""What was answered is remembered for the day, the last so many questions."""

from __future__ import annotations

from datetime import date, timedelta

from kb.answering.answer_memory import AnswerMemory
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

TODAY = date(2026, 11, 27)


def test_an_answer_is_remembered_for_its_day_until_enough_others_were_asked_for_since(corpus: KnowledgeBase) -> None:
    answer = corpus.ask("你好")
    memory = AnswerMemory(2)
    first, second, third = (Query("", text) for text in ("一", "二", "三"))
    memory.keep(first, TODAY, answer)
    memory.keep(second, TODAY, answer)
    assert memory.get(first, TODAY) is answer and memory.get(first, TODAY + timedelta(1)) is None
    memory.keep(third, TODAY, answer)
    assert memory.get(second, TODAY) is None and memory.get(first, TODAY) is answer


def test_the_knowledge_base_says_what_it_remembers_whoever_asked(corpus: KnowledgeBase) -> None:
    asked = Query("one", "社区食堂向谁开放？")
    assert not corpus.remembers(asked)
    first = corpus.ask(asked)
    assert corpus.remembers(Query("other", asked.text))
    assert not corpus.remembers(Query("other", asked.text, audience="staff")), "staff see more"
    assert corpus.ask(asked).statements == first.statements
