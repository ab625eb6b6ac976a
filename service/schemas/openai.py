"""What clients of the OpenAI API are answered. `answer` is beyond it: the whole answer as `/api/ask` tells it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from service.schemas.answers import ANSWER, AnswerBody
from service.schemas.body import Body

_ID = "chatcmpl-5f2c9a7be4d1"
_MODEL = "policy-knowledge-base"
_ANNOTATION: dict[str, Any] = {
    "type": "url_citation",
    "url_citation": {
        "start_index": 10, "end_index": 13, "title": "《某提案答复》（某政函〔2024〕1号，现行有效）一、（一）",
        "url": "http://127.0.0.1:8000/documents/hz-2024-343#hz-2024-343%231.1",
    },
}  # fmt: skip
_CONTENT = f"整理出34项支持政策。[1]\n\n[1] {ANSWER['citations'][0]['note']}"
_COMPLETION: dict[str, Any] = {
    "id": _ID, "object": "chat.completion", "created": 1764000000, "model": _MODEL,
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": _CONTENT, "refusal": None, "annotations": [_ANNOTATION]},
            "logprobs": None, "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 14, "completion_tokens": 62, "total_tokens": 76}, "answer": ANSWER,
}  # fmt: skip
_MODEL_EXAMPLE: dict[str, Any] = {"id": _MODEL, "object": "model", "created": 1764000000, "owned_by": _MODEL}


class UrlCitationBody(Body):
    """Where a citation leads; its number stands in the content from `start_index` to `end_index`."""

    start_index: int
    end_index: int
    title: str
    url: str


class AnnotationBody(Body):
    """A citation in the content."""

    type: Literal["url_citation"]
    url_citation: UrlCitationBody


class ChatMessageBody(Body):
    """The answer with the numbers of its citations, and the citations below it as footnotes; a refusal is content,
    too."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[AnnotationBody]


class ChatChoiceBody(Body):
    """The one answer."""

    index: int
    message: ChatMessageBody
    logprobs: None
    finish_reason: Literal["stop"]


class UsageBody(Body):
    """What was read and written, in characters, since nothing is counted in tokens here."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletionBody(Body):
    """An answer to the last message of a conversation."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMPLETION]})

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChatChoiceBody]
    usage: UsageBody
    answer: AnswerBody


class ModelBody(Body):
    """What can be asked for as `model`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MODEL_EXAMPLE]})

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsBody(Body):
    """The model that answers questions, and the encoder of the index, which embeds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"object": "list", "data": [_MODEL_EXAMPLE, _MODEL_EXAMPLE | {"id": "embedded"}]}]
        }
    )

    object: Literal["list"]
    data: list[ModelBody]


class EmbeddingBody(Body):
    """The vector of one text, of length 1: numbers, or base64 of little-endian 32-bit floats."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsageBody(Body):
    """What was read, in characters."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsBody(Body):
    """Vectors in the order of the texts; their inner product says how near two texts are in meaning."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.6, -0.8]}],
                 "model": "embedded", "usage": {"prompt_tokens": 9, "total_tokens": 9}}
            ]
        }
    )  # fmt: skip

    object: Literal["list"]
    data: list[EmbeddingBody]
    model: str
    usage: EmbeddingUsageBody


class OpenAIProblem(Body):
    """What went wrong, and the parameter that it is about, where there is one."""

    message: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None = None
    code: str


class OpenAIErrorBody(Body):
    """The shape of every error under `/v1`."""

    error: OpenAIProblem
