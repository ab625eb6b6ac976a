"""How often one address, account or key may ask anything at all, and how often an address may guess a secret.

Each process of the service counts for itself. Behind a proxy the address is the one that it forwards, where the service
trusts it.
"""

from __future__ import annotations

import ipaddress

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.error_responses import refusal
from service.token_buckets import TokenBuckets

GUESSES = 10
"""Wrong secrets that an address may send at once; after them one every `GUESS_SECONDS`."""

GUESS_SECONDS = 30.0
_BURST_SECONDS = 20.0  # of its rate that an address may use up at once: a page asks for many files
_FREE = ("/healthz", "/readyz", "/metrics")


class AddressRate:
    """Refuse with 429 what an address sends beyond `a_minute` requests."""

    def __init__(self, app: ASGIApp, a_minute: int) -> None:
        self._app = app
        self._buckets = _buckets(a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, as ASGI has it, what is within the rate."""
        wait = 0.0
        if self._buckets is not None and scope["type"] == "http" and scope["path"] not in _FREE:
            wait = self._buckets.take(address_of(scope))
        if wait:
            await refusal(scope, 429, retry_after=wait)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class PersonRate:
    """Refuse with 429 what somebody sends beyond `a_minute` requests, from however many addresses; each key is counted
    apart from its account, so that a program keeps nobody from their page."""

    def __init__(self, a_minute: int) -> None:
        self._buckets = _buckets(a_minute)

    def allow(self, actor: str) -> None:
        """Count a request of who acts under this name; raise 429 where there were too many."""
        wait = self._buckets.take(actor) if self._buckets is not None else 0.0
        if wait:
            raise HTTPException(429, headers={"Retry-After": str(int(wait) + 1)})


def _buckets(a_minute: int) -> TokenBuckets | None:
    return TokenBuckets(a_minute / 60, max(1.0, a_minute * _BURST_SECONDS / 60)) if a_minute else None


class Guesses:
    """Counts the wrong secrets that came from an address."""

    def __init__(self) -> None:
        self._buckets = TokenBuckets(1 / GUESS_SECONDS, GUESSES)

    def allow(self, request: Request) -> None:
        """Count a guess before it is looked at, so that many at once are no way around; raise 429 where there were too
        many."""
        wait = self._buckets.take(address_of(request.scope))
        if wait:
            raise HTTPException(429, headers={"Retry-After": str(int(wait) + 1)})

    def was_right(self, request: Request) -> None:
        """Do not count it after all."""
        self._buckets.give_back(address_of(request.scope))


def address_of(scope: Scope) -> str:
    """Name the address that is counted: of IPv6 the network, since one house has all of it.

    >>> address_of({"client": ("203.0.113.7", 5)}), address_of({"client": ("2001:db8:1:2:3:4:5:6", 5)})
    ('203.0.113.7', '2001:db8:1:2::')
    """
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return host
