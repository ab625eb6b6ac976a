"""What a client of the Model Context Protocol is answered: JSON-RPC 2.0, whose results the protocol describes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from service.schemas.answers import ANSWER
from service.schemas.body import Body


class RpcProblem(BaseModel):
    """An error of the protocol: -32700 no JSON, -32600 no request, -32601 no such method, -32602 no such tool, -32603
    an accident."""

    code: int
    message: str


class RpcResultBody(Body):
    """The result of a request, or the error that it ended in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"jsonrpc": "2.0", "id": 1, "result": {
                    "content": [{"type": "text", "text": "整理出34项支持政策。[1]"}], "structuredContent": ANSWER, "isError": False}},
                {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "没有“weather”这个工具，只有 search、ask。"}},
            ]
        }
    )  # fmt: skip

    jsonrpc: Literal["2.0"]
    id: int | str | None
    result: dict[str, Any] | None = None
    error: RpcProblem | None = None


class RpcErrorBody(Body):
    """An error of the protocol where no request was understood."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "Parse error"}}]
        }
    )

    jsonrpc: Literal["2.0"]
    id: int | str | None
    error: RpcProblem
