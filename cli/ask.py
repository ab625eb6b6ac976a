"""`kb ask`: an answer with its citations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import (
    AsOfOption,
    IndexOption,
    JsonOption,
    audience_named,
    day,
    open_knowledge_base,
    print_json,
    print_json_line,
)
from ingest.jsonl import read_jsonl, string
from kb.errors import DatasetError, QuestionError
from kb.knowledge_base import KnowledgeBase
from kb.presentation import answer_lines, answer_payload
from kb.types import Query
from service.addresses import addressed


def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION")] = None,
    batch: Annotated[
        Path | None, typer.Option(help='Lines {"id", "question"}; answers come out in the same order.')
    ] = None,
    index: IndexOption = None,
    as_of: AsOfOption = None,
    audience: Annotated[str, typer.Option(metavar="public|staff", help="Who asks.")] = "public",
    json: JsonOption = False,
) -> None:
    """Answer a question from the documents, with citations, or say why not."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give either QUESTION or --batch FILE.jsonl")
    who = audience_named(audience)
    # The questions are read first: a bad file is told before the index is opened.
    questions = _read_batch(batch) if batch else [("", question or "")]
    knowledge_base = open_knowledge_base(index)
    for question_id, text in questions:
        query = Query(question_id, text, day(as_of), who)
        if batch:
            print_json_line({"id": question_id, **_answer_or_error(knowledge_base, query)})
        else:
            answer = knowledge_base.ask(query)
            if json:
                print_json(addressed(answer_payload(knowledge_base.suggest(answer, who), knowledge_base)))
            else:
                print("\n".join(answer_lines(answer_payload(answer, knowledge_base))))


def _read_batch(path: Path) -> list[tuple[str, str]]:
    questions: dict[str, str] = {}
    for place, line in read_jsonl(path):
        question_id = string(place, line, "id")
        if question_id in questions:
            raise DatasetError.of("id_twice", place=place, key="id", shown=question_id, what="question")
        questions[question_id] = string(place, line, "question")
    return list(questions.items())


def _answer_or_error(knowledge_base: KnowledgeBase, query: Query) -> dict[str, object]:
    """One bad question must not stop a batch."""
    try:
        told: dict[str, object] = addressed(answer_payload(knowledge_base.ask(query), knowledge_base))
        return told
    except QuestionError as error:
        return {"question": query.text, "error": {"code": error.code, "message": error.message}}
