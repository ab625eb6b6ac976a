"""What staff decided of documents: whether one is public, and what of its data was read wrongly.

A decision is made on one file and kept beside the snapshots, so that it holds when the same file is read again, whoever
reads it. A file that was changed has to be decided on anew: until then it is no more public than its own text says, and
what was withheld stays so. A document that bears other marks than it was decided with is held back again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kb.document_fields import document_fields, read_document_fields
from kb.durable import replace_text
from kb.types import Disclosure, Document, HeaderField

FILE_NAME = "decisions.json"
CORRECTABLE = ("title", "doc_no", "issuers", "issued", "effective", "expires", "status", "kind")
"""The fields of a document that staff may correct, named as in `document_fields`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`file` is the checksum of the file that it was made on, `read` what the file itself said of the `corrections`
    (both JSON values by field), `marks` what the document bore then, `by` and `at` who made it and when (ISO)."""

    file: str
    disclosure: Disclosure
    by: str
    at: str
    corrections: dict[str, Any] = field(default_factory=dict)
    read: dict[str, Any] = field(default_factory=dict)
    marks: tuple[str, ...] = ()


class Decisions:
    """The decisions on the documents of an index, by doc_id."""

    def __init__(self, index_dir: Path) -> None:
        self._path = index_dir / FILE_NAME
        known: dict[str, dict[str, Any]] = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}
        self._made = {
            doc_id: Decision(**{**fields, "marks": tuple(fields["marks"])}) for doc_id, fields in known.items()
        }
        self._on_files = {decision.file: doc_id for doc_id, decision in self._made.items()}

    def __contains__(self, doc_id: str) -> bool:
        return doc_id in self._made

    def doc_id_of(self, decision: Decision) -> str:
        """Give the document that a decision is about."""
        return self._on_files[decision.file]

    def on(self, document: Document) -> Decision | None:
        """Give the decision that was made on this very file, if there is one."""
        doc_id = self._on_files.get(file_checksum(document))
        return self._made[doc_id] if doc_id else None

    def apply(self, document: Document) -> Document:
        """Give a document that was read from a file as staff decided that it is."""
        decision = self.on(document)
        if decision is not None:
            held = decision.disclosure == "public" and set(words_of_marks(document)) - set(decision.marks)
            document = replace(
                correct(document, decision.corrections),
                doc_id=self._on_files[decision.file],
                disclosure="unstated" if held else decision.disclosure,
            )
        elif document.doc_id in self._made and self._made[document.doc_id].disclosure != "public":
            document = replace(document, disclosure=self._made[document.doc_id].disclosure)
        return document

    def settle(self, document: Document, decision: Decision) -> None:
        """Keep a decision on a document in place of those before it on this document and on this file."""
        made = {doc_id: one for doc_id, one in self._made.items() if one.file != decision.file}
        made[document.doc_id] = decision
        self._made = made
        self._on_files = {decision.file: doc_id for doc_id, decision in made.items()}
        fields = {doc_id: asdict(decision) for doc_id, decision in made.items()}
        replace_text(self._path, json.dumps(fields, ensure_ascii=False, indent=0) + "\n")


def words_of_marks(document: Document) -> tuple[str, ...]:
    """Give the marks that a document bears, each once."""
    return tuple(sorted({mark.words for mark in document.marks}))


def file_checksum(document: Document) -> str:
    """Give what a decision on a document is known by: the bytes of its file, or its text where the file holds others
    too."""
    return document.file_sha256 or document.sha256


def correct(document: Document, corrections: dict[str, Any]) -> Document:
    """Give a document with corrected data; what its header says otherwise is no data of it any more, though it stands
    in the text."""
    if not corrections:
        return document
    corrected = read_document_fields(document_fields(document) | corrections, document.text)
    header = tuple(one for one in document.header if one.name not in corrections or _agrees(one, corrections[one.name]))
    return replace(corrected, layout=document.layout, header=header)


def uncorrected(document: Document, read: dict[str, Any]) -> Document:
    """The inverse of `correct`: give a document as its file says, of which `read` holds what was corrected."""
    return replace(read_document_fields(document_fields(document) | read, document.text), layout=document.layout)


def as_read(document: Document, corrections: dict[str, Any]) -> dict[str, Any]:
    """Give what a document said before it was corrected, as `uncorrected` takes it."""
    fields = document_fields(document)
    return {name: fields[name] for name in (*corrections, "header")} if corrections else {}


def _agrees(field: HeaderField, value: Any) -> bool:
    return field.value == ("、".join(value) if isinstance(value, list | tuple) else value)
