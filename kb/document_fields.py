"""A document as JSON values and back, made of the declaration of `Document` alone.

Dates are ISO, tuples are lists, and so are the small values of which some fields hold many (a relation is [type,
target]). What was written before a field was declared is read with the default of that field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from kb.layout import NO_LAYOUT, Layout
from kb.text.dates import PartialDate
from kb.types import Document

_BESIDE = ("text", "layout")
"""What is kept beside the other fields, since it is large."""


def json_value(value: object) -> Any:
    """Give a field of a document as a JSON value.

    >>> json_value(PartialDate(2024, 3)), json_value(("市民政局",))
    ('2024-03', ['市民政局'])
    """
    if isinstance(value, PartialDate):
        return value.iso
    if isinstance(value, tuple):
        return [list(astuple(one)) if is_dataclass(one) and not isinstance(one, type) else one for one in value]
    return value


def document_fields(document: Document) -> dict[str, Any]:
    """Give everything but the text and its layout."""
    return {name: json_value(getattr(document, name)) for name in _READ}


def read_document_fields(stored: Mapping[str, Any], text: str, layout: Layout = NO_LAYOUT) -> Document:
    """The inverse of `document_fields`."""
    known = {name: read(stored[name]) for name, read in _READ.items() if name in stored}
    return Document(**known, text=text, layout=layout)


def _reader(declared: Any) -> Callable[[Any], Any]:
    """Give what makes the value of a field of its JSON value, by the type that it is declared with."""
    if get_origin(declared) is tuple:
        kind: Any = get_args(declared)[0]
        return (lambda rows: tuple(_made(kind, row) for row in rows)) if is_dataclass(kind) else tuple
    if isinstance(declared, UnionType) and PartialDate in get_args(declared):
        return lambda iso: PartialDate.parse(iso) if iso else None
    return lambda value: value


def _made(kind: Any, row: list[Any]) -> Any:
    return kind(*row)


_TYPES = get_type_hints(Document)  # Read once: annotations are strings until they are asked for.
_READ = {one.name: _reader(_TYPES[one.name]) for one in fields(Document) if one.name not in _BESIDE}
