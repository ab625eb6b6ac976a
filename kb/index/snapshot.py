"""Snapshots: an index is an immutable folder, and `CURRENT` names the one in use.

    index/
      CURRENT               the name of the snapshot in use, replaced atomically
      snapshots/<name>/     manifest.json  records.sqlite  vectors.faiss  lexical/  [documents/  documents.faiss]  [lexicon.toml]  [home.toml]

`lexical` ranks passages, `documents` whole documents; what the public may not see is left out of `lexical-public` and
`documents-public`. Where words and vectors are kept in Milvus, `terms.sqlite` stands for these four. A snapshot is
written beside the others under a temporary name and renamed when it is complete, so that a reader sees either the old
one or the new one. Rolling back moves the pointer.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from kb.durable import replace_text
from kb.errors import SnapshotDamagedError, SnapshotError, SnapshotMismatchError, SnapshotMissingError
from kb.home import FILE_NAME as HOME
from kb.home import Home
from kb.index.encoder import Encoder
from kb.index.local_store import LocalStore
from kb.index.manifest import SCHEMA, EncoderIdentity, Manifest, checksum
from kb.index.milvus_connection import MilvusAddress
from kb.index.milvus_store import MilvusStore
from kb.index.records import Records
from kb.index.store import Store
from kb.text.lexicon import FILE_NAME as LEXICON
from kb.text.lexicon import Lexicon
from kb.text.terms import ANALYZER

POINTER = "CURRENT"  # Names the snapshot in use; replaced in one step, so that no reader ever sees half an index.
_STAMP = "%Y%m%dT%H%M%S.%f"  # by which names are in the order of their making
KEPT = 5
"""Snapshots that stay for a rollback."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open snapshot; `store` is where its words and vectors are searched."""

    name: str
    folder: Path
    manifest: Manifest
    records: Records
    store: Store
    lexicon: Lexicon
    home: Home

    @property
    def cache(self) -> Path:
        """The folder of the index where vectors are kept by content (`VectorCache`), for all its snapshots."""
        return self.folder.parent.parent / "cache"

    def close(self) -> None:
        """Close its records and its store."""
        self.store.close()
        self.records.close()


def identify(encoder: Encoder) -> EncoderIdentity:
    """Give what the manifest says of an encoder."""
    return EncoderIdentity(name=encoder.name, dimensions=encoder.dimensions, checksum=encoder.checksum)


def current_name(index_dir: Path) -> str:
    """Read which snapshot is in use; raise SnapshotMissingError where nothing was built yet or it is no folder,
    SnapshotDamagedError where snapshots are there and the pointer names none."""
    try:
        name = (index_dir / POINTER).read_text("utf-8").strip()
    except FileNotFoundError:
        folders = [path for path in (index_dir / "snapshots").glob("*") if not path.name.startswith(".")]
        if folders:
            raise SnapshotDamagedError.of("pointer_missing", file=index_dir / POINTER, count=len(folders)) from None
        raise SnapshotMissingError.of("index_missing", file=index_dir) from None
    except NotADirectoryError:
        raise SnapshotMissingError.of("index_no_folder", file=index_dir) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SnapshotDamagedError.of("pointer_unreadable", file=index_dir / POINTER, cause=error) from error
    if not name or Path(name).name != name:
        raise SnapshotDamagedError.of("pointer_names_none", file=index_dir / POINTER, name=name)
    return name


def snapshot_folder(index_dir: Path, name: str) -> Path:
    """Give the folder of a snapshot by its name."""
    return index_dir / "snapshots" / name


def snapshot_names(index_dir: Path) -> list[str]:
    """List the complete snapshots, oldest first."""
    folder = index_dir / "snapshots"
    return sorted(path.parent.name for path in folder.glob("*/manifest.json") if not path.parent.name.startswith("."))


def collection_of(index_dir: Path, name: str) -> str:
    """Give the snapshot whose collection in Milvus holds the rows of another; itself where it was written whole, or
    nothing else is known."""
    try:
        return read_manifest(index_dir, name).collection or name
    except SnapshotError:
        return name


def new_name(index_dir: Path, made: datetime, corpus: str) -> str:
    """Name a snapshot of `corpus` (a checksum) after when it was made, and behind all that are there already, however
    the clock was set back since."""
    latest = next((day for name in reversed(snapshot_names(index_dir)) if (day := _made(name))), None)
    if latest is not None and made <= latest:
        made = latest + timedelta(microseconds=1)
    return f"{made:{_STAMP}}-{corpus[:8]}"


def _made(name: str) -> datetime | None:
    try:
        return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def point_to(index_dir: Path, name: str) -> None:
    """Make `name` the snapshot in use, atomically and for good."""
    replace_text(index_dir / POINTER, name + "\n")


def remove_old(index_dir: Path) -> list[str]:
    """Remove all but the newest `KEPT` snapshots and the one in use; give the names of those that are gone."""
    in_use = current_name(index_dir)
    old = [name for name in snapshot_names(index_dir)[:-KEPT] if name != in_use]
    for name in old:
        shutil.rmtree(snapshot_folder(index_dir, name))
    return old


def roll_back(index_dir: Path) -> str:
    """Point to the last good snapshot before the one in use and give its name; where the pointer names none, to the
    last good one of all. Raises SnapshotError where there is none."""
    try:
        current = current_name(index_dir)
    except SnapshotDamagedError:
        current = None
    earlier = last_good(index_dir, current)
    if earlier is None and current is not None and not any(name < current for name in snapshot_names(index_dir)):
        raise SnapshotError.of("snapshot_oldest", file=index_dir, name=current)
    if earlier is None:
        raise SnapshotError.of("snapshot_none_whole", file=index_dir)
    point_to(index_dir, earlier)
    return earlier


def last_good(index_dir: Path, before: str | None = None) -> str | None:
    """Find the newest snapshot that is whole and of this version, of those `before` another where one is given."""
    for name in reversed(snapshot_names(index_dir)):
        if before is not None and name >= before:
            continue
        try:
            _check_analyzer(index_dir, name, verify(index_dir, name))
        except SnapshotError:
            continue
        return name
    return None


def read_manifest(index_dir: Path, name: str) -> Manifest:
    """Read the manifest of a snapshot and check that this version of the program can read the rest."""
    path = snapshot_folder(index_dir, name) / "manifest.json"
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise SnapshotDamagedError.of("snapshot_half_written", file=path) from None
    except (OSError, ValidationError) as error:
        raise SnapshotDamagedError.of("manifest_broken", file=path, cause=_first_line(error)) from error
    if manifest.schema_version != SCHEMA:
        raise SnapshotMismatchError.of("snapshot_other_schema", file=path, found=manifest.schema_version, wanted=SCHEMA)
    return manifest


def check_encoder(folder: Path, built_with: EncoderIdentity, encoder: Encoder) -> None:
    """Raise SnapshotMismatchError where an index was built with another encoder than the one at hand."""
    if built_with != identify(encoder):
        raise SnapshotMismatchError.of(
            "snapshot_other_encoder",
            file=folder,
            built=built_with.name,
            built_sum=built_with.checksum[:12],
            built_dimensions=built_with.dimensions,
            name=encoder.name,
            sum=encoder.checksum[:12],
            dimensions=encoder.dimensions,
        )


def _check_analyzer(index_dir: Path, name: str, manifest: Manifest) -> None:
    """Raise SnapshotMismatchError where the terms of a snapshot are not those of this program; its documents are."""
    if manifest.configuration.analyzer != ANALYZER:
        folder = snapshot_folder(index_dir, name)
        built_with = manifest.configuration.analyzer
        raise SnapshotMismatchError.of("snapshot_other_analyzer", file=folder, found=built_with, wanted=ANALYZER)


def verify(index_dir: Path, name: str | None = None) -> Manifest:
    """Check every file of a snapshot against its manifest; raise SnapshotDamagedError naming the first that differs."""
    name = name or current_name(index_dir)
    manifest = read_manifest(index_dir, name)
    folder = snapshot_folder(index_dir, name)
    for relative, expected in manifest.files.items():
        path = folder / relative
        try:
            found = checksum(path)
        except FileNotFoundError:
            raise SnapshotDamagedError.of("snapshot_file_missing", file=path) from None
        except OSError as error:
            raise SnapshotDamagedError.of("snapshot_file_unreadable", file=path, cause=error.strerror) from error
        if found.bytes != expected.bytes:
            raise SnapshotDamagedError.of("snapshot_file_cut", file=path, found=found.bytes, wanted=expected.bytes)
        if found.sha256 != expected.sha256:
            raise SnapshotDamagedError.of("snapshot_file_changed", file=path)
    return manifest


def open_snapshot(
    index_dir: Path,
    encoder: Encoder,
    withdrawn: frozenset[str] = frozenset(),
    name: str | None = None,
    milvus: MilvusAddress | None = None,
) -> Snapshot:
    """Open a snapshot, the one in use where none is named, for questions encoded with `encoder`; documents that were
    `withdrawn` after it was built are public no more. One whose words and vectors are kept in Milvus needs to know
    where that is.

    Raises SnapshotMissingError, SnapshotDamagedError (a file differs from its checksum),
    SnapshotMismatchError (built by another encoder, analyzer or schema, or for another store) or StoreError.
    """
    name = name or current_name(index_dir)
    manifest = verify(index_dir, name)
    _check_analyzer(index_dir, name, manifest)
    check_encoder(index_dir, manifest.configuration.late or manifest.configuration.encoder, encoder)
    folder = snapshot_folder(index_dir, name)
    if manifest.configuration.store != ("milvus" if milvus else "local"):
        raise SnapshotMismatchError.of("snapshot_other_store", file=folder, built=manifest.configuration.store)
    records = Records(folder / "records.sqlite", withdrawn)
    return Snapshot(
        name=name,
        folder=folder,
        manifest=manifest,
        records=records,
        store=MilvusStore(milvus, manifest.collection or name, folder, records, manifest.configuration.encoder)
        if milvus
        else LocalStore(folder, records),
        lexicon=Lexicon.read(folder / LEXICON) if (folder / LEXICON).exists() else Lexicon(),
        home=Home.of(folder / HOME if (folder / HOME).exists() else None),
    )


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
