"""Server-sent events: the text format of an event stream (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import json

UNKEPT = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Headers by which a stream is neither stored nor held back on its way."""


def event(name: str, data: object) -> bytes:
    """Write one event; JSON escapes line breaks, so its data is one line.

    >>> event("statement", {"text": "共34项"}).decode()
    'event: statement\\ndata: {"text":"共34项"}\\n\\n'
    """
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
