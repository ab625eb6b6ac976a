"""POST /v1/embeddings: texts into the vectors that the index searches with, for clients of the OpenAI API."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kb.errors import InputError
from service.contract import openai_answers
from service.openai_models import check_model
from service.routes import OpenLibrary
from service.schemas.openai import EmbeddingsBody

MOST_TEXTS = 1024
"""That one request may hold; LangChain sends a thousand at once."""

MOST_CHARACTERS = 8192
"""That one text may have; an encoder looks at the beginning alone, and what is longer should come in parts."""

router = APIRouter()


def _texts(value: object) -> object:
    """Give the texts of `input`, one or a list; tokens are those of another model and say nothing here."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(
            "应当是一段文字或文字的列表；这里不接受词元编号（LangChain 请设 check_embedding_ctx_length=False）"
        )
    if not all(text.strip() for text in texts):
        raise ValueError("含有空的文字")
    return texts


Texts = Annotated[
    list[str],
    Field(min_length=1, max_length=MOST_TEXTS),
    BeforeValidator(_texts, json_schema_input_type=str | list[str]),
]


class EmbeddingRequest(BaseModel):
    """Texts to embed. `input_type` says whether they are questions or passages to be found, which some encoders tell
    apart."""

    model_config = ConfigDict(extra="forbid", strict=True)

    model: str
    input: Texts
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    input_type: Literal["query", "passage"] = "passage"
    user: str | None = None


@router.post("/v1/embeddings", responses=openai_answers(EmbeddingsBody, 400, 404, 413, 422, 503))
def embeddings(library: OpenLibrary, asked: EmbeddingRequest) -> Response:
    """Embed texts with the encoder of the index."""
    for number, text in enumerate(asked.input, start=1):
        if len(text) > MOST_CHARACTERS:
            raise InputError.of(
                "embedding_too_long", field="input", number=number, length=len(text), most=MOST_CHARACTERS
            )
    with library.use() as knowledge_base:
        encoder = knowledge_base.retriever.encoder
    check_model(asked.model, encoder.name)
    if asked.dimensions not in (None, encoder.dimensions):
        raise InputError.of("embedding_dimensions", field="dimensions", dimensions=encoder.dimensions)
    encode = encoder.encode_queries if asked.input_type == "query" else encoder.encode_passages
    read = sum(map(len, asked.input))
    return JSONResponse(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": n, "embedding": _told(vector, asked.encoding_format)}
                for n, vector in enumerate(encode(asked.input))
            ],
            "model": asked.model,
            "usage": {"prompt_tokens": read, "total_tokens": read},
        }
    )


def _told(vector: NDArray[np.float32], encoding: str) -> Any:
    if encoding == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return vector.tolist()
