"""Files as documents of llama-index, for those who build with it: `SimpleDirectoryReader(file_extractor={".pdf":
PolicyReader()})`.

The ingestion itself does not go through llama-index: its pipeline would wrap every passage into a node and unwrap it
again, with nothing done to it between (docs/ingestion.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document as SourceDocument

from ingest.document import make_document
from ingest.readers import read_file
from kb.home import Home


class PolicyReader(BaseReader):
    """Reads every format that `kb ingest` reads; the text is the canonical one, so that offsets in it are those of
    citations."""

    def __init__(self, home: Home = Home()) -> None:
        self._home = home

    def load_data(self, file: Path, extra_info: dict[str, Any] | None = None, **_: Any) -> list[SourceDocument]:
        """Give the one document that a file holds, with title, number, issuers and disclosure as metadata. Raise
        DocumentError.

        Who may read it is for the caller to mind: llama-index knows no audiences.
        """
        path = Path(file)
        document = make_document(path, read_file(path), home=self._home)
        told = {
            "title": document.title,
            "doc_no": document.doc_no,
            "issuers": "、".join(document.issuers),
            "issued": document.issued.iso if document.issued else None,
            "disclosure": document.disclosure,
        }
        return [SourceDocument(id_=document.doc_id, text=document.text, metadata={**(extra_info or {}), **told})]
