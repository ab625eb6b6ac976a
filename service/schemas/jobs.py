"""Jobs that change the index, and what they changed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from kb.types import Disclosure
from service.schemas.body import Body

JOB: dict[str, Any] = {
    "job_id": "q7Yt2mXz", "action": "add", "name": "通知.pdf", "state": "done", "step": "writing", "done": 3, "total": 3,
    "report": {"added": ["通知"], "changed": [], "unchanged": [], "removed": [], "documents": 62, "titles": ["某通知"],
               "disclosure": "unstated"},
    "problem": None,
}  # fmt: skip


class ChangesBody(Body):
    """What a job changed in the index: ids of documents, and how many there are now."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    documents: int
    titles: list[str]
    disclosure: Disclosure


class JobBody(Body):
    """How a job stands: `done` of `total` of a step; a report where it is done, a problem where it failed."""

    model_config = ConfigDict(json_schema_extra={"examples": [JOB]})

    job_id: str
    action: Literal["add", "remove", "decide", "correct"]
    name: str
    state: Literal["queued", "running", "done", "failed"]
    step: str
    done: int
    total: int
    report: ChangesBody | None
    problem: str | None
