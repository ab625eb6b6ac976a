"""A connection that gives up a request whose head does not come: clients that send half of one hold nothing.

uvicorn has a time-out between two requests and none for the head of one.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class HeadTimeout(H11Protocol):
    """Closes the connection where a head is not complete `head_seconds` after the connection or its first byte; made by
    `with_head_seconds`."""

    head_seconds = 15.0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head from here on."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head, or rest where it is whole."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._rest()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for a head of which the beginning has come already."""
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Run the timer as long as a head is under way: one is begun, or none has come on this connection yet."""
        idle = self.conn.their_state is h11.IDLE
        begun = bool(self.conn.trailing_data[0])
        if not idle or (self.cycle is not None and not begun):
            self._rest()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self._give_up)

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        self.transport.close()


def with_head_seconds(seconds: float) -> type[HeadTimeout]:
    """Give the kind of connection that waits so long for a head."""
    return type("HeadTimeout", (HeadTimeout,), {"head_seconds": seconds})
