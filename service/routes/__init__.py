"""The routes of the service, one file a resource. Each borrows the knowledge base for one request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.library import Library


async def library_of(request: Request) -> Library:
    """Give the library of the application that serves `request`."""
    library: Library = request.app.state.library
    return library


Shelf = Annotated[Library, Depends(library_of)]
