"""Readers: from a file to its canonical text, one format a file.

    read_file(path) -> ReadText

A new format is a class with `suffixes`, `media_type`, `format_name` and `read` in a file of its own,
and a place in `registry.READERS`.
"""

from typing import TYPE_CHECKING, Any

from ingest.readers.file_reader import FileReader, ReadText
from ingest.readers.front_matter import FrontMatter, FrontRelation

if TYPE_CHECKING:
    from ingest.readers.registry import MAX_BYTES, READERS, SUFFIXES, read_file, readable

__all__ = [
    "MAX_BYTES",
    "READERS",
    "SUFFIXES",
    "FileReader",
    "FrontMatter",
    "FrontRelation",
    "ReadText",
    "read_file",
    "readable",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the registry, and with it every reader and its libraries, when something of it is wanted: the service
    starts without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ingest.readers import registry

    return getattr(registry, name)
