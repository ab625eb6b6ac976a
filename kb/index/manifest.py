"""What shapes an index, frozen beside it: opening it with anything else is an error."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

StoreName = Literal["local", "milvus"]
"""Where words and vectors are kept: in the snapshot's folder, or in Milvus."""

SCHEMA = 8
"""Raised whenever a snapshot written by older code cannot be read any more."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderIdentity(_Frozen):
    """The encoder that made the vectors; another one cannot search them."""

    name: str
    dimensions: int
    checksum: str


class IndexConfiguration(_Frozen):
    """Everything that decides what an index of given documents looks like; `lexicon` is the checksum of its words,
    `home` that of its places and offices.

    `store` is where words and vectors are kept. `late` is the encoder that compares the candidates of a large index
    with a question (`kb.index.late_meaning`).
    """

    analyzer: str
    passage_length: int
    encoder: EncoderIdentity
    lexicon: str = ""
    home: str = ""
    late: EncoderIdentity | None = None
    store: StoreName = "local"


class Counts(_Frozen):
    """How much the snapshot holds."""

    documents: int
    clauses: int
    passages: int


class FileChecksum(_Frozen):
    """What a file of the snapshot has to be to be taken as whole."""

    bytes: int
    sha256: str


class Manifest(_Frozen):
    """`corpus` is one checksum over all documents; `files` covers every file of the snapshot but this one; `collection`
    is the snapshot whose collection in Milvus was added to, where it was not written whole."""

    schema_version: int
    created: str
    configuration: IndexConfiguration
    corpus: str
    counts: Counts
    files: dict[str, FileChecksum]
    collection: str | None = None


def checksum(path: Path) -> FileChecksum:
    """Give size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileChecksum(bytes=path.stat().st_size, sha256=digest)


def checksum_files(
    folder: Path, base: Path | None = None, known: Mapping[str, FileChecksum] = {}
) -> dict[str, FileChecksum]:
    """Checksum every file below `folder`, by relative path; lock files and the manifest left out. What is but a link to
    a file of the folder `base`, whose checksums are `known`, is not read again."""
    found: dict[str, FileChecksum] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.name != "manifest.json":
            name = path.relative_to(folder).as_posix()
            linked = base is not None and name in known and path.samefile(base / name)
            found[name] = known[name] if linked else checksum(path)
    return found
