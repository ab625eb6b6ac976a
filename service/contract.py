"""What a route answers, as `/openapi.json` tells it: the schema of its success, and its errors with an example each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from kb.errors import NotFoundError
from service.error_responses import CONFLICT, UNAVAILABLE, ErrorBody, http_problem
from service.openai_errors import openai_error
from service.schemas.body import Body
from service.schemas.openai import OpenAIErrorBody

Responses = dict[int | str, dict[str, Any]]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The media type of a Word file."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a spreadsheet."""

EVENT = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string", "contentMediaType": "application/json"}},
    "required": ["data"],
}
"""One event of a stream, as those who read `text/event-stream` by a schema take it."""

# One of each status, as the handlers write it, for /openapi.json.
_EXAMPLES: dict[int, tuple[str, dict[str, Any]]] = {
    404: (
        "没有所要的内容，或者它不对外公开",
        {"code": "not_found", "message": NotFoundError.of("document_unknown", doc_id="").chinese},
    ),
    409: ("别人先处理了", {"code": "conflict", "message": CONFLICT}),
    422: ("参数不能使用", {"code": "bad_request", "message": "k：不能小于 1。", "field": "k"}),
    503: ("知识库暂时不可用", {"code": "index_missing", "message": UNAVAILABLE}),
}
# What no error of ours says, because FastAPI or a guard answers before a route does.
_MEANINGS = {
    400: "不是有效的 JSON",
    401: "访问密码、账号密码、链接或密钥不对",
    403: "只有工作人员可以做",
    413: "内容太长",
    415: "文件是用表单（multipart）发来的",
    429: "太频繁，见 Retry-After",
}


class DescribedApi(FastAPI):
    """An application whose `/openapi.json` keeps examples as they are written; FastAPI leaves null values out of
    them."""

    def openapi(self) -> dict[str, Any]:
        """Give the description of all routes, which `/openapi.json` serves."""
        spec = super().openapi()
        schemas = spec["components"]["schemas"]
        for model in _models(Body):
            written = model.model_config.get("json_schema_extra")
            if model.__name__ in schemas and isinstance(written, dict):
                schemas[model.__name__] |= written
        return spec


def answers(model: type[BaseModel], *errors: int, status: int = 200) -> Responses:
    """Describe a route that answers JSON."""
    summary = (model.__doc__ or "").split("\n\n")[0].strip()
    return {status: {"model": model, "description": " ".join(summary.split())}} | failures(*errors)


def empty(*errors: int) -> Responses:
    """Describe a route that answers 204 and nothing."""
    return {204: {"description": "已完成"}} | failures(*errors)


def sends_on(meaning: str, *errors: int) -> Responses:
    """Describe a route that sends a browser to another address."""
    return {303: {"description": meaning, "content": {}}} | failures(*errors)


def gives(media_type: str, what: str, *errors: int, example: str | None = None) -> Responses:
    """Describe a route that answers something else than JSON."""
    binary = not media_type.startswith("text/") and example is None
    content: dict[str, Any] = {"schema": {"type": "string"} | ({"format": "binary"} if binary else {})}
    if example is not None:
        content["example"] = example
    return {200: {"description": what, "content": {media_type: content}}} | failures(*errors)


def openai_answers(model: type[BaseModel], *errors: int) -> Responses:
    """Describe a route for clients of the OpenAI API, whose errors have the shape that these expect."""
    described = answers(model, *errors)
    for status in errors:
        example = openai_error(status, described[status]["content"]["application/json"]["example"])[1]
        described[status] |= {"model": OpenAIErrorBody, "content": {"application/json": {"example": example}}}
    return described | {"default": {"model": OpenAIErrorBody, "description": "出错时的统一格式"}}


def failures(*statuses: int) -> Responses:
    """Describe errors by status; all have the one shape."""
    described: Responses = {}
    for status in statuses:
        if status in _EXAMPLES:
            meaning, problem = _EXAMPLES[status]
        else:
            meaning, problem = _MEANINGS[status], http_problem(status)
        content = {"application/json": {"example": {"error": problem}}}
        described[status] = {"model": ErrorBody, "description": meaning, "content": content}
    return described


def _models(root: type[Body]) -> Iterator[type[Body]]:
    for model in root.__subclasses__():
        yield model
        yield from _models(model)
