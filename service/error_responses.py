"""One JSON shape for everything that goes wrong: {"error": {"code", "message", "field"?}}.

The tree of `kb.errors`, what FastAPI finds wrong with a request, and accidents all end here. What a
caller can mend is told in plain Chinese; what only the operator can mend goes to the log and to
`/readyz`, so that no path and no stack trace leaves the machine.
"""

from __future__ import annotations

import errno
import html
import logging
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import Scope

from kb.errors import (
    BusyError,
    ConflictError,
    EncoderError,
    ForbiddenError,
    InputError,
    KnowledgeBaseError,
    LoginError,
    NotFoundError,
    ProviderError,
    ServiceError,
    SnapshotError,
)
from service.below import below, page_below
from service.display import cared_for, display_of, displayed, page, texts
from service.guards import security_headers
from service.openai_errors import OPENAI_CODES, openai_error

UNAVAILABLE = (
    "知识库暂时不可用，请稍后再试。"  # Which file or setting is at fault is for the operator, who reads the log.
)
BROKEN = "服务出了问题，请稍后再试。"
CONFLICT = "刚刚有人先处理了这份文件，请看过现在的内容后再决定。"  # Only staff decide, so only they meet it.

# The first that fits, so that a narrower class stands before its wider one. Everything else is 500.
_STATUS: tuple[tuple[type[KnowledgeBaseError], int], ...] = (
    (InputError, 422),
    (NotFoundError, 404),
    (ConflictError, 409),
    (ForbiddenError, 403),
    (LoginError, 401),
    (SnapshotError, 503),
    (EncoderError, 503),
    (ServiceError, 503),
)
# What Starlette answers by itself, in our shape and in Chinese.
_HTTP: dict[int, tuple[str, str]] = {
    400: ("bad_json", "发来的内容不是有效的 JSON。"),
    401: ("wrong_token", "访问密码不对，请核对后再试。"),
    403: ("staff_only", "这一步只有工作人员可以做，请先用访问密码登录。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法。"),
    408: ("too_slow", "等了太久没有收全内容，请检查网络后再试。"),
    413: ("too_large", "发来的内容太长，请缩短后再试。"),
    415: (
        "wrong_media_type",
        "请把文件的内容直接作为请求的正文发送，注明 Content-Type: application/octet-stream，不要用表单（multipart）。",
    ),
    429: ("too_many", "操作太频繁，请稍等一会儿再试。"),
}
OTHER_ORIGIN = ("other_origin", "这个操作是从别的网站发起的，没有执行，请在本站的页面上操作。")
# pydantic's codes; the words of its messages may change with a release, its codes are documented.
_VALIDATION: dict[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_type": "应当是文字",
    "string_unicode": "含有无法识别的字符",
    "string_too_long": "太长",
    "string_too_short": "太短，至少 {min_length} 个字",
    "string_pattern_mismatch": "格式不对，请按接口说明填写",
    "bool_type": "应当是 true 或 false",
    "bool_parsing": "应当是 true 或 false",
    "int_parsing": "应当是整数",
    "int_type": "应当是整数",
    "int_from_float": "应当是整数",
    "int_parsing_size": "这个数太大，请改小",
    "float_type": "应当是数",
    "list_type": "应当是列表",
    "dict_type": "应当是对象",
    "model_type": "应当是对象",
    "model_attributes_type": "应当是对象",
    "too_short": "不能是空的",
    "too_long": "最多 {max_length} 项",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是{expected}之一",
    "enum": "只能是{expected}之一",
}
# What the form for the data of a document calls its fields.
_CALLED = {
    "fields.title": "标题",
    "fields.doc_no": "文号",
    "fields.issuers": "发布机构",
    "fields.issued": "成文日期",
    "fields.effective": "施行日期",
    "fields.expires": "失效日期",
}
_WRONG = "值不正确，请按接口说明填写"
NAVIGATED = "/api/session/open-id"
"""Below this address browsers are sent to and fro by a login, and no script reads what is answered."""

_SAID = "<!-- said -->"  # where the page of a refused login says why
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
logger = logging.getLogger("uvicorn.error")


class Problem(BaseModel):
    """What went wrong: a stable code, a sentence in Chinese, and the part of the request that it is about, where there
    is one."""

    model_config = ConfigDict(extra="forbid")

    code: str
    message: str
    field: str | None = None


class ErrorBody(BaseModel):
    """The shape of every error, for `/openapi.json`."""

    model_config = ConfigDict(extra="forbid")

    error: Problem


def http_problem(status: int) -> dict[str, object]:
    """Give code and message of what HTTP itself knows as an error."""
    code, message = _HTTP[status]
    return {"code": code, "message": message}


def refusal(
    scope: Scope, status: int, problem: tuple[str, str] | None = None, retry_after: float | None = None
) -> Response:
    """Give the response of a guard, which stands outside the handlers of errors; `problem` is by default what HTTP
    knows of the status."""
    headers = {"Retry-After": str(max(1, math.ceil(retry_after)))} if retry_after is not None else None
    return _respond(Request(scope), status, _shape(*(problem or _HTTP[status])), headers=headers)


def error_payload(error: KnowledgeBaseError) -> tuple[int, dict[str, object]]:
    """Give the HTTP status and the JSON of a deliberate error.

    >>> error_payload(NotFoundError.of("document_unknown", doc_id="x"))
    (404, {'error': {'code': 'not_found', 'message': '没有这份文件，或者它不对外公开。'}})
    """
    if isinstance(error, BusyError):
        return 503, _shape(error.code, error.chinese)
    if isinstance(error, ProviderError):
        logger.error("%s: %s", error.code, error.message)
        return 503, _shape(error.code, error.chinese)  # another way in is at hand, so it is told
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status >= 500:
        logger.error("%s: %s", error.code, error.message)
        return status, _shape(error.code, UNAVAILABLE if status == 503 else BROKEN)
    return status, _shape(error.code, error.chinese, error.field)


def stream_error(error: Exception) -> tuple[int, dict[str, object]]:
    """Give the HTTP status and the JSON of whatever ends a stream that has begun, past the handlers of errors; an
    accident goes to the log with its trace."""
    told = error if isinstance(error, KnowledgeBaseError) else _of_the_machine(error)
    if told is not None:
        return error_payload(told)
    logger.error("a stream broke off", exc_info=error)
    return 500, _shape("internal_error", BROKEN)


def _of_the_machine(error: Exception) -> ServiceError | None:
    """Say what is wrong with the disk or the database, where that is what an exception says."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return ServiceError.of("storage_not_writable", cause=error.strerror)
    if isinstance(error, OperationalError):
        return ServiceError.of("database_failed", cause=error.orig)
    return None


def wrong_value(place: Sequence[object], wrong: Mapping[str, Any]) -> tuple[str, str]:
    """Name the field that pydantic finds wrong, and say what is wrong with it."""
    field = ".".join(map(str, place))[:100]
    context = {key: str(value) for key, value in wrong.get("ctx", {}).items()}
    kind = wrong["type"]
    if "expected" in context:
        context["expected"] = re.sub(", | or ", "、", context["expected"])  # as pydantic names the choices
    reason = context["error"] if kind == "value_error" else _VALIDATION.get(kind, _WRONG).format(**context)
    name = _CALLED.get(".".join(map(str, place[:2])), field)
    return field, f"{name}：{reason}。"


def install_error_handlers(app: FastAPI) -> None:
    """Turn every exception of `app` into the one shape."""
    app.exception_handler(KnowledgeBaseError)(_deliberate)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(OSError)(_machine_failed)
    app.exception_handler(OperationalError)(_machine_failed)
    app.exception_handler(DataError)(_unkeepable)
    app.exception_handler(ClientDisconnect)(_gone)
    app.exception_handler(UnicodeEncodeError)(_unsayable)
    app.exception_handler(Exception)(_accident)


async def _deliberate(request: Request, error: KnowledgeBaseError) -> Response:
    status, payload = error_payload(error)
    seconds = error.values.get("seconds", 5.0) if isinstance(error, BusyError) else 5.0
    headers = {"Retry-After": str(max(1, math.ceil(seconds)))} if status == 503 else None
    return _respond(request, status, payload, OPENAI_CODES.get(error.sentence), headers)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    first: Mapping[str, Any] = error.errors()[0]
    kind, place = first["type"], first["loc"]
    if kind == "json_invalid":
        return _respond(request, 400, _shape(*_HTTP[400]))
    if len(place) == 1:
        return _respond(
            request, 422, _shape("bad_request", "请发送 JSON 对象，并注明 Content-Type: application/json。")
        )
    field, message = wrong_value(place[1:], first)
    payload = _shape("bad_request", message, field)
    return _respond(request, 422, payload, OPENAI_CODES.get(kind, "invalid_value"))


async def _http(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404 and "text/html" in request.headers.get("Accept", ""):
        return HTMLResponse(
            page_below(cared_for(request, page("missing", display_of(request)))), 404
        )  # somebody follows a link, and no program asks
    code, message = _HTTP.get(error.status_code, ("http_error", BROKEN))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(
            _methods(request)
        )  # the framework names those of the first route of the path alone
    return _respond(request, error.status_code, _shape(code, message), headers=headers)


def _methods(request: Request) -> list[str]:
    matching = (one for one in request.app.state.routes if one.matches(request.scope)[0] != Match.NONE)
    return sorted({method for one in matching for method in one.methods})


async def _machine_failed(request: Request, error: OSError | OperationalError) -> Response:
    told = _of_the_machine(error)
    if told is None:
        raise error
    return await _deliberate(request, told)


async def _unkeepable(request: Request, _error: DataError) -> Response:
    """A value that JSON and addresses can bring and the database cannot hold: to PostgreSQL the NUL character in a
    text."""
    return _respond(request, 422, _shape("bad_request", "发来的内容里有数据库存不了的字符或数值，请改正后再试。"))


async def _unsayable(request: Request, error: UnicodeEncodeError) -> Response:
    """Half of a surrogate pair, which JSON can write: the validation of requests breaks where it would name it."""
    if error.reason != "surrogates not allowed":
        raise error
    return _respond(request, 422, _shape("bad_request", "发来的文字里含有无法识别的字符。"))


async def _gone(_request: Request, _error: ClientDisconnect) -> Response:
    return Response(status_code=400)  # nobody is there to read it


async def _accident(request: Request, _error: Exception) -> Response:
    # Written outside the guards, so it brings their headers itself.
    return _respond(request, 500, _shape("internal_error", BROKEN), headers=security_headers(request.scope))


def _respond(
    request: Request,
    status: int,
    payload: dict[str, object],
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer in the one shape, in the script of the page; under `/v1` as clients of the OpenAI API expect it, and by a
    page where a browser was sent to."""
    if request.url.path.startswith(below("/v1/")):
        status, payload = openai_error(status, payload, code)
    else:
        payload = displayed(payload, display_of(request))
        if request.url.path.startswith(below(NAVIGATED)) and "text/html" in request.headers.get("Accept", ""):
            return HTMLResponse(_refused(request, payload), status, headers)
    return JSONResponse(payload, status, headers=headers)


def _refused(request: Request, payload: Mapping[str, Any]) -> str:
    """Give the page that tells why somebody was not let in."""
    display, message = display_of(request), payload["error"]["message"]
    body = page_below(cared_for(request, page("refused", display)))
    return body.replace(_SAID, html.escape(texts(display).get(message, message)))


def _shape(code: str, message: str, field: str | None = None) -> dict[str, object]:
    error: dict[str, object] = {"code": code, "message": _encodable(message)}
    return {"error": error | {"field": _encodable(field)} if field else error}


def _encodable(text: str) -> str:
    """Put a question mark for what JSON can bring and UTF-8 cannot say: half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()
