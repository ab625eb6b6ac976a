"""What staff deleted: a text that was deleted stays away, though its file still lies in a folder that is ingested
again.

It comes back when it is uploaded, when its text has changed, or by `kb ingest --restore`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from kb.durable import replace_text
from kb.types import Document

FILE_NAME = "deleted.json"


class Deletions:
    """The texts that were deleted from an index, by checksum, with the titles that they had; kept beside its
    snapshots."""

    def __init__(self, index_dir: Path) -> None:
        self._path = index_dir / FILE_NAME
        self._titles: dict[str, str] = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}

    @property
    def texts(self) -> frozenset[str]:
        """The checksums of the texts that staff deleted."""
        return frozenset(self._titles)

    def add(self, text: str, title: str) -> None:
        """Keep that staff deleted the document with the text of this checksum, so that its text stays away."""
        self._titles[text] = title
        self._write()

    def forget(self, documents: Iterable[Document]) -> None:
        """Let documents be there again."""
        back = {document.sha256 for document in documents} & self.texts
        if back:
            self._titles = {text: title for text, title in self._titles.items() if text not in back}
            self._write()

    def _write(self) -> None:
        replace_text(self._path, json.dumps(self._titles, ensure_ascii=False, indent=0) + "\n")
