"""Whether the service lives, and whether it can answer."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from service.schemas.body import Body


class AliveBody(Body):
    """The process answers; whether it can serve, `/readyz` tells."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "alive"}]})

    status: Literal["alive"]


class ReasonBody(Body):
    """Why a snapshot cannot be opened, for the operator."""

    code: str
    message: str


class ReadyBody(Body):
    """The snapshot that is served; `problem` says why a newer one is not."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ready", "snapshot": "20261126T101500-3f9a2b1c", "documents": 61}]}
    )

    status: Literal["ready"]
    snapshot: str
    documents: int
    problem: ReasonBody | None = None


class UnreadyBody(Body):
    """There is no snapshot to serve."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "unready", "error": {"code": "index_missing", "message": "正在打开索引。"}}]
        }
    )

    status: Literal["unready"]
    error: ReasonBody
