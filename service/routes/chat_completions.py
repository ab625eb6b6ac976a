"""POST /v1/chat/completions: the answer of `/api/ask` for clients of the OpenAI API, whole or as a stream.

The last message is the question, those of the user before it are what it leans on. What a client may say beside it and
has no influence on a checked quotation (a system message, a temperature, a limit of tokens) is taken and makes no
difference; what would change what it gets back (tools, pictures, several answers, a form of the output) is refused.
Nothing is stored.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from kb.errors import KnowledgeBaseError
from kb.presentation import footnotes, marked_statement, next_lines
from kb.question.words import check_question
from kb.types import Query
from service.answer_queue import QueuePlace
from service.answering import AnswerInProgress, answer_whole, begin_answer
from service.confinement import Confined, Limits, documents_within, told_confined
from service.contract import EVENT, openai_answers
from service.earlier_questions import leant_on
from service.error_responses import stream_error
from service.events import UNKEPT
from service.identity import Bearer, asker_of, audience_of
from service.library import Library
from service.openai_errors import OPENAI_CODES, openai_error
from service.openai_models import ANSWERING, check_model
from service.routes import Noted, OpenLibrary, answer_noted, answer_queue_of
from service.schemas.openai import ChatCompletionBody
from service.storage.staff import Person
from service.waiting import in_turn, while_there

STREAMED = (
    'data: {"id": "chatcmpl-5f2c9a7be4d1", "object": "chat.completion.chunk", "created": 1764000000, "model": "policy-knowledge-base", '
    '"choices": [{"index": 0, "delta": {"content": "整理出34项支持政策。[1]"}, "finish_reason": null}]}\n\n'
    "data: {...}\n\ndata: [DONE]\n\n"
)
"""With `stream`: a chunk a statement, then the footnotes; the last chunk of the answer holds `annotations` and the
whole `answer`."""

COMPLETED = openai_answers(ChatCompletionBody, 400, 404, 409, 413, 422, 503)
COMPLETED[200]["content"] = {"text/event-stream": {"schema": EVENT, "example": STREAMED}}
router = APIRouter()


class TextPart(BaseModel):
    """A part of a message."""

    type: Literal["text"]
    text: str


def _text(content: object) -> object:
    """Give the text of a message that may come in parts."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise ValueError("应当是文字，或文字片段的列表")
    if any(part.get("type") not in ("text", "refusal") for part in content):
        raise ValueError("只能有文字，这里不能读取图片、声音和文件")
    texts = [part.get(part["type"]) for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("文字片段里缺少文字")
    return "\n".join(texts)


class Message(BaseModel):
    """A message; of those of the assistant, whatever else a client sends back is left aside."""

    model_config = ConfigDict(extra="ignore", strict=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, BeforeValidator(_text, json_schema_input_type=str | list[TextPart] | None)] = ""

    @field_validator("role", mode="before")
    @classmethod
    def _no_tool(cls, role: object) -> object:
        if role in ("tool", "function"):
            raise ValueError("这里没有工具，不能接收工具的结果")
        return role


class StreamOptions(BaseModel):
    """What a stream holds beside the answer."""

    model_config = ConfigDict(extra="ignore", strict=True)

    include_usage: bool = False


def _not_here(reason: str, *harmless: object) -> BeforeValidator:
    """Refuse every value but those that ask for nothing."""

    def check(value: object) -> object:
        if value and value not in harmless:
            raise ValueError(reason)
        return value

    return BeforeValidator(check, json_schema_input_type=Any)


_NO_TOOLS = "这里不能调用工具，请去掉这一项"
_NO_FORM = "只能回答文字，请去掉这一项"
_NO_TOKENS = "这里没有词元的概率，请去掉这一项"


def _one(value: object) -> object:
    if isinstance(value, int) and value != 1:
        raise ValueError("每次只给出一个回答，请用 1")
    return value


class ChatRequest(Confined):
    """A conversation whose last message is the question; `as_of`, `doc_id`, `topic` and `level` confine it as they do
    for `/api/ask`.

    Everything from `temperature` on makes no difference.
    """

    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, BeforeValidator(_one)] = None
    tools: Annotated[list[Any] | None, _not_here(_NO_TOOLS)] = None
    tool_choice: Annotated[Any, _not_here(_NO_TOOLS, "none", "auto")] = None
    functions: Annotated[list[Any] | None, _not_here(_NO_TOOLS)] = None
    function_call: Annotated[Any, _not_here(_NO_TOOLS, "none", "auto")] = None
    response_format: Annotated[Any, _not_here(_NO_FORM, {"type": "text"})] = None
    modalities: Annotated[Any, _not_here(_NO_FORM, ["text"])] = None
    audio: Annotated[Any, _not_here(_NO_FORM)] = None
    logprobs: Annotated[bool | None, _not_here(_NO_TOKENS)] = None
    top_logprobs: Annotated[int | None, _not_here(_NO_TOKENS)] = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    user: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    service_tier: str | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None

    @field_validator("messages")
    @classmethod
    def _ends_with_a_question(cls, messages: list[Message]) -> list[Message]:
        if messages[-1].role != "user":
            raise ValueError("最后一条应当是用户的提问（role 为 user）")
        return messages

    def query(self) -> Query:
        """Give the question with those before it."""
        *before, question = [message.content for message in self.messages if message.role == "user"]
        return Query("chat", question, self.as_of, previous=leant_on(question, before))


@router.post("/v1/chat/completions", responses=COMPLETED)
async def complete(asked: ChatRequest, request: Request, library: OpenLibrary, person: Bearer) -> Response:
    """Answer the last message from the documents, or refuse with the nearest material; the bearer token of staff asks
    as staff."""
    check_model(asked.model, ANSWERING)
    check_question(asked.query().text)  # before it waits its turn: a stream that has begun can say no status
    turn = answer_queue_of(request).enter()
    try:
        return await _completed(turn, asked, request, library, person)
    except BaseException:
        turn.leave()
        raise


async def _completed(
    turn: QueuePlace, asked: ChatRequest, request: Request, library: Library, person: Person | None
) -> Response:
    caller = await audience_of(person)
    within, limits = await run_in_threadpool(documents_within, library, asked, caller)
    query = replace(asked.query(), audience=caller, within=within)
    finish = partial(_counted, answer_noted(request, await asker_of(person)), limits)
    head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": ANSWERING}
    site = f"{request.url.scheme}://{request.url.netloc}"
    if asked.stream:
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        chunks = _chunks(await begin_answer(turn, library, query, finish), library, asked, head, site, usage)
        return StreamingResponse(chunks, media_type="text/event-stream", headers=UNKEPT)
    stopped = threading.Event()
    work = partial(answer_whole, library, query, finish, stopped)
    answer = await while_there(request, in_turn(turn, work), stopped.set)
    content, annotations = _written(answer, site)
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations}
    return JSONResponse(
        {
            **head,
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": _usage(asked, content),
            "answer": answer,
        }
    )


def _counted(noted: Noted, limits: Limits, answer: dict[str, Any]) -> dict[str, Any]:
    noted(answer)
    return told_confined(answer, limits)


async def _chunks(
    answer: AnswerInProgress, library: Library, asked: ChatRequest, head: dict[str, Any], site: str, usage: bool
) -> AsyncIterator[bytes]:
    def chunk(delta: dict[str, Any], finish_reason: str | None = None, **beside: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
        return _data({**head, "object": "chat.completion.chunk", "choices": choices, **beside})

    sent = ""
    try:
        with library.use() as knowledge_base:
            may_be_replaced = knowledge_base.language_model is not None
        yield chunk({"role": "assistant", "content": ""})
        async for name, told in answer.items():
            # What a client has shown cannot be taken back, so sentences of a language model wait for the whole answer.
            if name == "statement" and not may_be_replaced:
                piece = ("\n\n" if sent else "") + marked_statement(told)
                sent += piece
                yield chunk({"content": piece})
            elif name == "answer":
                content, annotations = _written(told, site)
                yield chunk({"content": content[len(sent) :]})
                yield chunk({"annotations": annotations}, "stop", answer=told)
                if usage:
                    whole = {"object": "chat.completion.chunk", "choices": [], "usage": _usage(asked, content)}
                    yield _data({**head, **whole})
                break
        yield b"data: [DONE]\n\n"
    except Exception as error:
        code = OPENAI_CODES.get(error.sentence) if isinstance(error, KnowledgeBaseError) else None
        yield _data(openai_error(*stream_error(error), code)[1])
    finally:
        answer.stop()


def _data(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def _written(answer: dict[str, Any], site: str) -> tuple[str, list[dict[str, Any]]]:
    """Give the content, paragraph by paragraph, what may be said next among them, and where in it which citation is
    pointed at."""
    citations = {citation["number"]: citation for citation in answer["citations"]}
    content = answer["text"] if answer["refusal"] else ""
    annotations = []
    for statement in () if answer["refusal"] else answer["statements"]:
        at = len(content) + (2 if content else 0) + len(statement["text"])
        content += ("\n\n" if content else "") + marked_statement(statement)
        for number in statement["citations"]:
            end = at + len(f"[{number}]")
            cited = citations[number]
            place = {"start_index": at, "end_index": end, "title": cited["reference"], "url": site + cited["url"]}
            annotations.append({"type": "url_citation", "url_citation": place})
            at = end
    return "\n\n".join([content, *footnotes(answer), *next_lines(answer)]), annotations


def _usage(asked: ChatRequest, content: str) -> dict[str, int]:
    read = sum(len(message.content) for message in asked.messages)
    return {"prompt_tokens": read, "completion_tokens": len(content), "total_tokens": read + len(content)}
