"""What clients of the OpenAI API may ask for as `model`: the knowledge base itself, and the encoder of its index."""

from __future__ import annotations

from typing import Any

from kb.errors import NotFoundError
from kb.knowledge_base import KnowledgeBase

ANSWERING = "policy-knowledge-base"


def models_of(knowledge_base: KnowledgeBase) -> tuple[str, str]:
    """Name the model that answers and the one that embeds."""
    return ANSWERING, knowledge_base.retriever.encoder.name


def check_model(name: str, model: str) -> None:
    """Raise NotFoundError where a model is asked for that a route has not."""
    if name != model:
        raise NotFoundError.of("model_unknown", field="model", name=name[:100], models=[model])


def model_payload(name: str, created: int) -> dict[str, Any]:
    """Tell a model; it was created when the index was."""
    return {"id": name, "object": "model", "created": created, "owned_by": ANSWERING}
