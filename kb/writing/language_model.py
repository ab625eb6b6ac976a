"""A language model behind an OpenAI-compatible server, reached through llama-index.

Whatever goes wrong there (no server, silence, an error page, a broken stream, no end) becomes one
LanguageModelError, so that the answer can be had without it. llama-index is imported when a model is
opened, not before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from kb.errors import LanguageModelError


class LanguageModel(Protocol):
    """Writes text for an instruction and a request; `name` is for people."""

    @property
    def name(self) -> str: ...

    def stream(self, instruction: str, request: str) -> Iterator[str]:
        """Give the text in pieces as they come; raise LanguageModelError when it cannot be had or breaks off."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds until the server must have sent its next piece, and all of them; how long a text may grow, as the server
    is told (tokens) and as it is held to (characters)."""

    silence: float = 15.0
    whole: float = 60.0
    tokens: int = 1024
    characters: int = 8000


class ServedModel:
    """A model on any server that speaks the OpenAI chat protocol.

    `base_url` ends in /v1; `api_key` may be empty, most local servers ask for none.
    """

    def __init__(self, base_url: str, model: str, api_key: str = "", limits: Limits = Limits()) -> None:
        from llama_index.llms.openai_like import OpenAILike

        self.name = model
        self._where = f"{model} at {base_url}"
        self._limits = limits
        self._llm = OpenAILike(
            model=model,
            api_base=base_url,
            api_key=api_key or "none",
            is_chat_model=True,
            temperature=0.0,
            max_tokens=limits.tokens,
            max_retries=0,
            timeout=limits.silence,
        )

    def stream(self, instruction: str, request: str) -> Iterator[str]:
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=instruction),
            ChatMessage(role=MessageRole.USER, content=request),
        ]
        deadline = time.monotonic() + self._limits.whole
        written = 0
        pieces = None
        try:
            # The client raises whatever its parser meets in a broken reply, so nothing narrower is safe.
            pieces = self._llm.stream_chat(messages)
            for piece in pieces:
                delta = piece.delta or ""
                written += len(delta)
                if written > self._limits.characters:
                    raise LanguageModelError(
                        f"{self._where}: wrote more than {self._limits.characters} characters; it does not stop"
                    )
                if time.monotonic() > deadline:
                    raise LanguageModelError(f"{self._where}: not done after {self._limits.whole:g} seconds")
                yield delta
        except LanguageModelError:
            raise
        except Exception as error:
            raise LanguageModelError(f"{self._where}: {type(error).__name__}: {error}") from error
        finally:
            if pieces is not None and hasattr(pieces, "close"):
                pieces.close()
        if not written:
            raise LanguageModelError(f"{self._where}: an empty reply")
