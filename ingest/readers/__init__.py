"""Readers: from a file to its canonical text, one format a file.

    read_file(path) -> ReadText

A new format is a class with `suffixes`, `media_type`, `format_name` and `read` in a file of its own,
and a place in `registry.READERS`.
"""

from ingest.readers.file_reader import FileReader, ReadText
from ingest.readers.front_matter import FrontMatter, FrontRelation
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
