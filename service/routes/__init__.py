"""The routes of the service, one file a resource. Each borrows the knowledge base for one request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.library import Library
from service.publishing import Publishing


async def library_of(request: Request) -> Library:
    """Give the library of the application that serves `request`."""
    library: Library = request.app.state.library
    return library


async def publishing_of(request: Request) -> Publishing:
    """Give what uploads, publishes, withdraws and deletes for the application that serves `request`."""
    publishing: Publishing = request.app.state.publishing
    return publishing


Desk = Annotated[Publishing, Depends(publishing_of)]
OpenLibrary = Annotated[Library, Depends(library_of)]
