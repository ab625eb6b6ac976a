"""Ids of files that state none: the name, and where another document has it, the folder before the name.

Folders of an office are full of 附件1.docx and 通知.pdf; each is a document of its own. An id that a file was given
stays with it, whatever comes later; so what had the name first keeps it.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.document import document_id
from ingest.readers.archive import archive_of
from kb.types import Document


def tell_apart(
    found: Sequence[tuple[Path, Document]], roots: Sequence[Path], indexed: Mapping[str, Document]
) -> list[tuple[Path, Document]]:
    """Give the documents with ids of their own where two files of one name hold different texts.

    `roots` are the files and folders that are ingested, `indexed` what the index holds already. The text of one
    document in two files keeps one id, and so has an official text that takes the place of its digest.
    """
    sources = {document.source for _, document in found}
    earlier = {document.source: doc_id for doc_id, document in indexed.items()}
    folders = [root.resolve() for root in roots]
    taken: dict[str, Document] = {}

    def holder_of(name: str) -> Document | None:
        """Only the bearers of names that are wanted are looked for on the disk."""
        document = taken.get(name) or indexed.get(name)
        if name in taken or document is None:
            return document
        elsewhere = document.source not in sources and not is_below(document, folders)
        return document if elsewhere and _is_there(document) else None

    ids: dict[int, str] = {}
    for number in sorted(range(len(found)), key=lambda n: (found[n][1].source not in earlier, n)):
        path, document = found[number]
        own = document.doc_id
        if own == document_id(path):
            known = earlier.get(document.source, own)
            names = itertools.chain((known,) if known.endswith(own) else (), _names(path, roots))
            own = next(name for name in names if not _is_another(holder_of(name), document))
        taken[own] = holder_of(own) or document
        ids[number] = own
    return [(path, replace(document, doc_id=ids[number])) for number, (path, document) in enumerate(found)]


def _is_another(holder: Document | None, document: Document) -> bool:
    """Tell whether an id is that of another document: another text of the same kind from another file."""
    if holder is None or holder.source == document.source:
        return False
    return holder.sha256 != document.sha256 and (holder.kind == "digest") == (document.kind == "digest")


def _names(path: Path, roots: Sequence[Path]) -> Iterator[str]:
    """Give the ids that a file may have, the shortest first: 通知, 2025-通知, 民政局-2025-通知 ..., then with a number."""
    name = document_id(path)
    yield name
    root = next((root for root in roots if path.is_relative_to(root)), path)
    longer = name
    for folder in path.parents:
        if not folder.is_relative_to(root):
            break
        if part := document_id(folder) if folder.stem.strip("-. ") else "":
            longer = f"{part}-{longer}"
            yield longer
    yield from (f"{longer}-{number}" for number in itertools.count(2))


def is_below(document: Document, folders: Iterable[Path]) -> bool:
    """Tell whether a document was read from one of some files, or from below one of some folders, whose paths are
    resolved."""
    return any(
        document.source == str(folder) or document.source.startswith(str(folder).rstrip(os.sep) + os.sep)
        for folder in folders
    )


def _is_there(document: Document) -> bool:
    """Tell whether the file of a document still is where it was, or the archive that it was read out of."""
    source = Path(document.source)
    return source.exists() or archive_of(source) is not None
