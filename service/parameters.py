"""Query parameters that a route of the API does not have: refused, as unknown fields of a body are.

A misspelt `as_of` that is passed over would be answered for another day than was asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from service.below import below
from service.error_responses import NAVIGATED


async def refuse_unknown_parameters(request: Request) -> None:
    """Raise RequestValidationError for a GET below /api with a query parameter that its route does not declare.

    What a provider of OpenID Connect adds to the address that it sends a browser back to is its own affair.
    """
    path = request.url.path
    if request.method != "GET" or not path.startswith(below("/api/")) or path.startswith(below(NAVIGATED)):
        return
    declared = set(_names(request.scope["route"].dependant))
    unknown = next((name for name in request.query_params if name not in declared), None)
    if unknown is not None:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", unknown)}])


def _names(dependant: Dependant) -> Iterator[str]:
    """Name the query parameters of a route and of all that it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for part in dependant.dependencies:
        yield from _names(part)
