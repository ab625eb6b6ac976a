"""Token buckets: so many requests a second over time, so many at once, to each that asks; those who ask seldom are
forgotten.

https://en.wikipedia.org/wiki/Token_bucket
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

_MOST = 10_000  # buckets that are remembered; one that is full again need not be


class TokenBuckets:
    """A bucket for every key, filled by `rate` tokens a second up to `burst`; thread-safe."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take a token and give 0, or the seconds until there is one."""
        now = time.monotonic()
        with self._lock:
            tokens = self._tokens(key, now)
            if tokens >= 1:
                self._put(key, tokens - 1, now)
                return 0.0
            return (1 - tokens) / self._rate

    def give_back(self, key: str) -> None:
        """Give back a token that was not used up."""
        now = time.monotonic()
        with self._lock:
            self._put(key, min(self._burst, self._tokens(key, now) + 1), now)

    def _tokens(self, key: str, now: float) -> float:
        tokens, then = self._buckets.get(key, (self._burst, now))
        return min(self._burst, tokens + (now - then) * self._rate)

    def _put(self, key: str, tokens: float, now: float) -> None:
        self._buckets[key] = (tokens, now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
