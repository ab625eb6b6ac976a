"""POST /mcp: the tools of `service/tools.py` over the Model Context Protocol, streamable HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from service.contract import answers
from service.error_responses import OTHER_ORIGIN, ErrorBody
from service.identity import Bearer, asker_of, audience_of
from service.mcp_endpoint import AUDIENCE, NOTED, McpEndpoint
from service.routes import answer_noted
from service.schemas.mcp import RpcErrorBody, RpcResultBody

_FOREIGN = {"code": OTHER_ORIGIN[0], "message": OTHER_ORIGIN[1]}
_CALL: dict[str, Any] = {
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": "杭州市梳理了多少项支持政策？"}},
}  # fmt: skip
_ANSWERED = answers(RpcResultBody) | {
    400: {"model": RpcErrorBody, "description": "不是这个协议的请求"},
    403: {
        "model": ErrorBody,
        "description": "其他网站的页面",
        "content": {"application/json": {"example": {"error": _FOREIGN}}},
    },
}
_BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}, "example": _CALL}}}
router = APIRouter()


class _Handed(Response):
    """A response that another application gives."""

    def __init__(self, endpoint: McpEndpoint) -> None:
        super().__init__()
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._endpoint.handle(scope, receive, send)


@router.post("/mcp", responses=_ANSWERED, openapi_extra={"requestBody": _BODY})
async def mcp(request: Request, person: Bearer) -> Response:
    """Answer a client of the Model Context Protocol (streamable HTTP, without sessions): tools `search`, `ask`,
    `get_document`, `check_eligibility` and `list_documents`, as staff with the bearer token of staff."""
    request.scope[AUDIENCE] = await audience_of(person)
    request.scope[NOTED] = answer_noted(request, await asker_of(person))
    return _Handed(request.app.state.mcp)
