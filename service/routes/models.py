"""GET /v1/models: what clients of the OpenAI API may ask for as `model`."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from kb.errors import NotFoundError
from kb.knowledge_base import KnowledgeBase
from service.contract import openai_answers
from service.openai_models import model_payload, models_of
from service.routes import OpenLibrary
from service.schemas.openai import ModelBody, ModelsBody

router = APIRouter()


@router.get("/v1/models", responses=openai_answers(ModelsBody, 503))
def models(library: OpenLibrary) -> Response:
    """List the model that answers questions and the one that embeds texts."""
    with library.use() as knowledge_base:
        created = _created(knowledge_base)
        told = [model_payload(name, created) for name in models_of(knowledge_base)]
    return JSONResponse({"object": "list", "data": told})


@router.get("/v1/models/{model:path}", responses=openai_answers(ModelBody, 404, 422, 503))
def model(library: OpenLibrary, model: str) -> Response:
    """Tell one of them; an encoder may be named by a folder."""
    with library.use() as knowledge_base:
        names = models_of(knowledge_base)
        if model not in names:
            raise NotFoundError.of("model_unknown", field="model", name=model[:100], models=names)
        return JSONResponse(model_payload(model, _created(knowledge_base)))


def _created(knowledge_base: KnowledgeBase) -> int:
    return int(datetime.fromisoformat(knowledge_base.snapshot.manifest.created).timestamp())
