"""A language model behind an OpenAI-compatible server, reached through llama-index.

Whatever goes wrong there (no server, silence, an error page, a broken stream, no end) becomes one
LanguageModelError, so that the answer can be had without it. llama-index is imported when a model is
opened, not before. What a model thinks aloud is left out (`kb.writing.thoughts`).
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from kb.errors import LanguageModelError
from kb.writing.thoughts import ThoughtFilter

if TYPE_CHECKING:
    import httpx


class LanguageModel(Protocol):
    """Writes text for an instruction and a request; `name` is for people."""

    @property
    def name(self) -> str:
        """How the server names the model."""

    def stream(self, instruction: str, request: str) -> Iterator[str]:
        """Give the text in pieces as they come; raise LanguageModelError when it cannot be had or breaks off."""
        ...


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """Seconds until the server must have sent its next piece, and all of them; how long a text may grow, as the server
    is told (tokens) and as it is held to (characters). An answer takes some 300 tokens; the rest is room for
    thoughts."""

    silence: float = 15.0
    whole: float = 60.0
    tokens: int = 4096
    characters: int = 16_000


class ServedModel:
    """A model on any server that speaks the OpenAI chat protocol.

    `base_url` ends in /v1; `api_key` may be empty, most local servers ask for none.
    """

    def __init__(self, base_url: str, model: str, api_key: str = "", limits: ModelLimits = ModelLimits()) -> None:
        from llama_index.llms.openai_like import OpenAILike

        self.name = model
        self._where = f"{model} at {base_url}"
        self._limits = limits
        direct = _direct_client(limits.silence) if is_loopback(base_url) else None
        if direct is not None:
            weakref.finalize(self, direct.close)
        self._opens_thoughts = False  # not known before a whole reply has been seen
        self._llm = OpenAILike(
            model=model,
            api_base=base_url,
            api_key=api_key or "none",
            is_chat_model=True,
            temperature=0.0,
            max_tokens=limits.tokens,
            max_retries=0,
            timeout=limits.silence,
            http_client=direct,
        )

    def stream(self, instruction: str, request: str) -> Iterator[str]:
        """Give the answer piece by piece, without what the model thinks aloud; raise LanguageModelError where it fails,
        says nothing or takes too long."""
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=instruction),
            ChatMessage(role=MessageRole.USER, content=request),
        ]
        deadline = time.monotonic() + self._limits.whole
        written = 0
        pieces = None
        thoughts = ThoughtFilter(held=not self._opens_thoughts)
        try:
            # The client raises whatever its parser meets in a broken reply, so nothing narrower is safe.
            pieces = self._llm.stream_chat(messages)
            for piece in pieces:
                delta = piece.delta or ""
                written += len(delta)
                if written > self._limits.characters:
                    raise LanguageModelError.of(
                        "language_model_endless", model=self._where, most=self._limits.characters
                    )
                if time.monotonic() > deadline:
                    raise LanguageModelError.of("language_model_late", model=self._where, seconds=self._limits.whole)
                if outside := thoughts.feed(delta):
                    yield outside
            if rest := thoughts.end():
                yield rest
        except LanguageModelError:
            raise
        except Exception as error:
            raise LanguageModelError.of(
                "language_model_broken_off", model=self._where, kind=type(error).__name__, cause=error
            ) from error
        finally:
            if pieces is not None and hasattr(pieces, "close"):
                pieces.close()
            if thoughts.unopened:
                self._opens_thoughts = False
        if not written:
            raise LanguageModelError.of("language_model_silent", model=self._where)
        self._opens_thoughts = not thoughts.unopened


def is_loopback(url: str) -> bool:
    """Say whether an address is of this machine itself.

    >>> is_loopback("http://127.0.0.1:8080/v1"), is_loopback("http://[::1]/v1"), is_loopback("https://example.org/v1")
    (True, True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _direct_client(timeout: float) -> httpx.Client:
    """Give a client that no proxy variable of the environment turns away from this machine."""
    import httpx

    return httpx.Client(trust_env=False, timeout=timeout, follow_redirects=True)
