"""How far a file is read, told page by page to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int, float], None]
"""Called with the page that was read, how many there are, and the seconds that OCR took for it."""

# Readers are not handed a callback each: only those with pages would use it.
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have every page told to `listener` while the block runs."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def page_read(number: int, total: int, seconds_of_ocr: float = 0.0) -> None:
    """Tell that a page was read; readers call this."""
    listener = _listener.get()
    if listener is not None:
        listener(number, total, seconds_of_ocr)
