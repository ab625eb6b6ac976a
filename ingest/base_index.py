"""The index as it is when an ingestion begins: what it holds, and what the next snapshot can be made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb.errors import SnapshotDamagedError, SnapshotMissingError
from kb.index.manifest import Manifest
from kb.index.records import Records
from kb.index.snapshot import current_name, last_good, snapshot_folder, verify
from kb.types import Document


@dataclass(frozen=True, slots=True)
class BaseIndex:
    """The snapshot in use, every file of it checked, with its `documents` whole, by id."""

    folder: Path
    manifest: Manifest
    records: Records
    documents: dict[str, Document]

    @classmethod
    def open(cls, index_dir: Path) -> BaseIndex | None:
        """Open the snapshot in use; None where nothing was built there yet.

        Raises SnapshotError where there is something that cannot be read: it is never taken for nothing.
        """
        try:
            name = current_name(index_dir)
            manifest = verify(index_dir, name)
            folder = snapshot_folder(index_dir, name)
            records = Records(folder / "records.sqlite", whole=True)
        except SnapshotMissingError:
            return None
        except SnapshotDamagedError as error:
            good = last_good(index_dir)
            known = "index_with_good_snapshot" if good else "index_without_good_snapshot"
            raise SnapshotDamagedError.of(known, damage=error.message, damage_zh=error.chinese, good=good) from error
        return cls(folder, manifest, records, {document.doc_id: document for document in records.catalogue})

    def close(self) -> None:
        """Close its records."""
        self.records.close()


def indexed_documents(index_dir: Path) -> dict[str, Document]:
    """Read the documents of the snapshot in use, as `BaseIndex.open` does; none where nothing was built there yet."""
    base = BaseIndex.open(index_dir)
    if base is None:
        return {}
    base.close()
    return base.documents
