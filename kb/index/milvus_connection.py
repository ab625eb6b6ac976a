"""A connection to Milvus by its official client: every call with a deadline, every failure named.

The client tries again by itself until the deadline, which therefore bounds the attempts. It is an extra, imported with
the first connection. A path that ends in .db is Milvus Lite, which runs in this process: for tests and for a look,
since one process at a time can open it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kb.errors import StoreError

WRITING = 20.0
"""How many times as long as a search may take, a step of writing may: loading an index waits until it is built."""


NOT_REACHED = frozenset(("store_client_missing", "store_absent", "store_late"))
"""The sentences of failures that say nothing of what Milvus holds."""


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """Where Milvus is; its collections begin with `prefix`, one for every index that shares it. A search is given up
    after `seconds`."""

    uri: str
    token: str = ""
    prefix: str = "kb"
    seconds: float = 5.0

    @property
    def alias(self) -> str:
        """The alias of the collection in use, which is switched as CURRENT is: for other programs."""
        return f"{self.prefix}_current"

    def collection(self, snapshot: str) -> str:
        """Name the collection of a snapshot, in the characters that Milvus allows.

        >>> MilvusAddress("http://localhost:19530").collection("20260101T000000.000001-0a1b2c3d")
        'kb_20260101T000000_000001_0a1b2c3d'
        """
        return f"{self.prefix}_{snapshot}".replace(".", "_").replace("-", "_")


class MilvusConnection:
    """An open connection; raises StoreError where there is none to be had. One that is lost is opened again by the next
    call: the client of an engine that was stopped does not find it again by itself. Safe to use from several
    threads."""

    def __init__(self, address: MilvusAddress) -> None:
        self.address = address
        try:
            import grpc
            from pymilvus import MilvusClient
            from pymilvus.exceptions import MilvusException
        except ImportError as error:
            raise StoreError.of("store_client_missing", cause=error) from error
        # The client writes a traceback of every error that it also raises.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        self._failures = (MilvusException, grpc.RpcError, grpc.FutureTimeoutError, ConnectionError)
        self._lock = threading.Lock()
        self._loaded = ""
        self._connect: Callable[[], Any] = lambda: MilvusClient(
            address.uri, token=address.token, timeout=address.seconds, dedicated=True
        )
        self._client: Any = self._tried(self._connect, address.seconds)

    def call(self, method: str, *arguments: object, patience: float = 1.0, **named: object) -> Any:
        """Call a method of the client, with `patience` times the deadline of a search."""
        seconds = self.address.seconds * patience
        client = self._opened()
        try:
            return self._tried(lambda: getattr(client, method)(*arguments, timeout=seconds, **named), seconds)
        except StoreError as error:
            if error.sentence == "store_absent":
                self._lose(client)
            raise

    def load(self, name: str) -> None:
        """Have a collection loaded, now and whenever the connection is opened again: an engine that was started again
        may not have done it."""
        self._loaded = name
        self.call("load_collection", name, patience=WRITING)

    def close(self) -> None:
        """Close it."""
        if self._client is not None:
            self._client.close()

    def _opened(self) -> Any:
        """Give the client; a new one where it was lost, for which threads that call at once do not wait for each
        other."""
        with self._lock:
            if self._client is not None:
                return self._client
        client = self._tried(self._connect, self.address.seconds)
        if self._loaded:
            seconds = self.address.seconds * WRITING
            self._tried(lambda: client.load_collection(self._loaded, timeout=seconds), seconds)
        with self._lock:
            kept = self._client = self._client or client
        if kept is not client:  # another thread was first
            client.close()
        return kept

    def _lose(self, client: Any) -> None:
        with self._lock:
            if self._client is client:
                self._client = None
        client.close()

    def _tried(self, attempt: Callable[[], Any], seconds: float) -> Any:
        started = time.monotonic()
        try:
            return attempt()
        except self._failures as error:
            cause = _cause(error)
            if time.monotonic() - started >= seconds * 0.9 or "DEADLINE" in cause.upper():
                raise StoreError.of("store_late", uri=self.address.uri, seconds=round(seconds, 1)) from error
            if any(sign in cause for sign in ("Fail connecting", "UNAVAILABLE", "closed channel", "Illegal uri")):
                raise StoreError.of("store_absent", uri=self.address.uri, cause=cause) from error
            raise StoreError.of("store_refused", uri=self.address.uri, cause=cause) from error


def _cause(error: BaseException) -> str:
    return " ".join(str(getattr(error, "message", "") or error).split())[:300]
