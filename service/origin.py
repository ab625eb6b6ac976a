"""Only this site's own pages may change something: what another site makes a browser send is refused.

A browser says where a request comes from, by `Sec-Fetch-Site` or by `Origin`; a program says neither and holds no
cookie of a person.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.error_responses import OTHER_ORIGIN, refusal

_SAFE = ("GET", "HEAD", "OPTIONS")


class SameOrigin:
    """Refuse with 403 what a page of another origin sends that could change something."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, as ASGI has it, what is safe or from here."""
        if scope["type"] == "http" and scope["method"] not in _SAFE and _from_elsewhere(Headers(scope=scope)):
            await refusal(scope, 403, OTHER_ORIGIN)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _from_elsewhere(headers: Headers) -> bool:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True
