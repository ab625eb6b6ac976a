"""Where the service lies for those who ask: at the root of a name, or below a path that a proxy in front of it strips.

`KB_ROOT_PATH` tells the path, or the proxy does with every request (`X-Forwarded-Prefix`); what is no path counts as
none, and a path names no other host, so that whoever sends that header leads but himself astray.
https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import re
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.web_address import path_below

HEADER = "X-Forwarded-Prefix"
_current: ContextVar[str] = ContextVar("root_path", default="")
_ADDRESS = re.compile(r'( (?:href|src|action)=")/')


class Below:
    """Tell the app inside, as ASGI has it, what path it lies below: `root_path`, with which `path` begins."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request by the app inside."""
        if scope["type"] == "http":
            root = self._root_path or path_below(Headers(scope=scope).get(HEADER, "")) or ""
            _current.set(root)
            scope["root_path"], scope["path"] = root, root + scope["path"]
        await self._app(scope, receive, send)


def lie_below(scope: Scope) -> None:
    """Take over what an app inside was told, where it answers in a task that is older than the request."""
    _current.set(scope.get("root_path", ""))


def root_path() -> str:
    """Give the path below which the request that is answered came, without a slash at its end; empty at the root."""
    return _current.get()


def below(address: str) -> str:
    """Give an address of this service, from its root, as the one who asks has to write it."""
    return root_path() + address


def page_below(body: str) -> str:
    """Put the addresses in a page below that path, and tell its scripts."""
    root = root_path()
    if not root:
        return body
    return _ADDRESS.sub(rf"\1{root}/", body).replace("<html ", f'<html data-root="{root}" ', 1)
