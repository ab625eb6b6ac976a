"""What all schemas of responses share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A JSON object with these keys and no other."""

    model_config = ConfigDict(extra="forbid")
