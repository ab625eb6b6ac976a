"""An event loop for a test: in a thread of its own, since the browser of other tests keeps one running in the main
thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_apart(work: Callable[..., Coroutine[Any, Any, T]], *arguments: object) -> T:
    """Run a coroutine function to its end and give what it gives."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work(*arguments))).result()
