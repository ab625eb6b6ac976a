"""Requests of a page that are held back until a test lets go of them."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Route

PATIENCE = 60.0
"""Seconds: the browser tells that it stopped a request some time after the page has made it."""


class Held:
    """What is asked for by an address of this pattern; nothing comes of it until `let_go`."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._waiting: list[Route] = []
        self._is_let_go = False
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._is_let_go:
            route.continue_()
        else:
            self._waiting.append(route)

    def wait(self) -> None:
        """Wait until a request is held."""
        given_up = time.monotonic() + PATIENCE
        while not self._waiting and time.monotonic() < given_up:
            self._page.wait_for_timeout(20)
        assert self._waiting, "nothing was asked for"

    def let_go(self) -> None:
        """Let through what is held, one request at least, and from now on whatever comes."""
        self.wait()
        self._is_let_go = True
        for route in self._waiting:
            route.continue_()
