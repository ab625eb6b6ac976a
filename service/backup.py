"""Backup and restore of all that the service keeps, in one TAR file: the snapshot in use, what staff decided,
originals, the database.

    backup.json             its form, the snapshot in use, where originals lay, and size and SHA-256 of every other file
    index/                  the snapshot, deleted.json, decided.json ..., uploads/
    originals/N             files that documents were read from and that lie elsewhere
    database/TABLE.jsonl    rows, a JSON object each, which go into SQLite and PostgreSQL alike

The index is held while it is copied, so that all belongs together. A restore is checked whole before anything is put in
its place.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.orm import Session

from ingest.base_index import indexed_documents
from ingest.build import index_lock
from ingest.readers.archive import archive_of
from ingest.settings import Settings
from kb.durable import rename, sync, sync_tree
from kb.errors import BackupError, SnapshotError
from kb.index.manifest import FileChecksum, checksum
from kb.index.snapshot import current_name, point_to, snapshot_folder, verify
from service.storage.audit import COMMAND, AuditEntry, append
from service.storage.audit_chain import Anchor
from service.storage.database import close_database, database_url, one_moment, open_database
from service.storage.rows import AuditHeadRow, StoredRow

_CONTENTS = "backup.json"
_FORM: Literal[1] = 1
_UPLOADS = "uploads"
_ROWS_AT_ONCE = 1000


class _Contents(BaseModel):
    """What stands in `backup.json`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    form: Literal[1]
    made: str
    snapshot: Annotated[str, Field(min_length=1, pattern=r"^[^/\\]+$")]
    originals: dict[str, str]
    files: dict[str, FileChecksum]


@dataclass(frozen=True, slots=True)
class BackupReport:
    """How much was saved or put back; `left` are originals that were not put back, since their place is taken or cannot
    be written, `anchor` is the last entry of the audit record that was saved."""

    snapshot: str
    files: int
    rows: int
    left: tuple[str, ...] = ()
    anchor: str = ""


def back_up(settings: Settings, target: Path) -> BackupReport:
    """Write a backup, which is named `target` when it is whole; raise SnapshotError where the index cannot be read or
    is being written, BackupError where the file is there already or cannot be written."""
    if target.exists():
        raise BackupError.of("backup_there", file=target)
    whole = target.with_name(f".{target.name}.{os.getpid()}")
    with index_lock(settings.index_dir):
        try:
            report = _write(settings, whole)
            sync(whole)
            rename(whole, target)
            _note(settings, AuditEntry(COMMAND, "exported", "backup", report.snapshot))
        except OSError as error:
            raise BackupError.of("backup_not_written", file=target, cause=error.strerror) from error
        finally:
            whole.unlink(missing_ok=True)
    return report


def _write(settings: Settings, target: Path) -> BackupReport:
    index = settings.index_dir
    name = current_name(index)
    verify(index, name)
    files: dict[str, FileChecksum] = {}
    originals: dict[str, str] = {}
    rows = 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds what people asked
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:

        def add(path: Path, place: str) -> None:
            files[place] = checksum(path)
            archive.add(path, place, recursive=False)

        for path in _of_index(index, name):
            add(path, f"index/{path.relative_to(index)}")
        for number, path in enumerate(_elsewhere(index)):
            originals[str(number)] = str(path)
            add(path, f"originals/{number}")
        with TemporaryDirectory() as folder, _database(settings) as engine, one_moment(engine) as connection:
            head = connection.execute(select(AuditHeadRow.number, AuditHeadRow.checksum)).first()
            for table in StoredRow.metadata.sorted_tables:
                path = Path(folder) / f"{table.name}.jsonl"
                with path.open("w", encoding="utf-8") as lines:
                    for row in connection.execute(select(table)).mappings():
                        lines.write(json.dumps(dict(row), ensure_ascii=False) + "\n")
                        rows += 1
                add(path, f"database/{table.name}.jsonl")
        made = datetime.now(UTC).isoformat(timespec="seconds")
        contents = _Contents(form=_FORM, made=made, snapshot=name, originals=originals, files=files)
        written = contents.model_dump_json(indent=1).encode()
        entry = tarfile.TarInfo(_CONTENTS)
        entry.size = len(written)
        archive.addfile(entry, BytesIO(written))
    return BackupReport(name, len(files), rows, anchor=str(Anchor(*head) if head else Anchor(0)))


def _of_index(index: Path, name: str) -> Iterator[Path]:
    """Give what belongs to an index and cannot be made anew."""
    yield from sorted(path for path in index.glob("*.json") if path.is_file())
    for folder in (snapshot_folder(index, name), index / _UPLOADS):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(index).parts):
                yield path


def _elsewhere(index: Path) -> list[Path]:
    """List the files that documents were read from, as far as they are still there and lie outside of the index."""
    sources = (Path(document.source) for document in indexed_documents(index).values())
    files = {(archive_of(path) or path).absolute() for path in sources}
    return sorted(path for path in files if path.is_file() and not path.is_relative_to(index.absolute()))


def restore(settings: Settings, source: Path) -> BackupReport:
    """Put a backup in the place of an index and a database that are not there or empty.

    Raises BackupError where the file is no whole backup, or something is there already.
    """
    index = settings.index_dir.absolute()
    if index.exists() and any(index.iterdir()):
        raise BackupError.of("restore_index_there", file=index)
    index.parent.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix=f".{index.name}.", dir=index.parent) as folder:
            contents = _unpacked(source, Path(folder))
            restored = Path(folder) / "index"
            point_to(restored, contents.snapshot)
            try:
                verify(restored)
            except SnapshotError as error:
                raise BackupError.of("backup_damaged", file=source, part=contents.snapshot) from error
            with _database(settings) as engine, engine.begin() as connection:
                rows = _load(connection, Path(folder) / "database", database_url(settings))
                left = tuple(_put_back(Path(folder) / "originals", contents.originals))
                sync_tree(restored)
                if index.exists():
                    index.rmdir()
                rename(restored, index)
            _note(settings, AuditEntry(COMMAND, "restored", "backup", contents.snapshot))
    except OSError as error:
        raise BackupError.of("restore_not_written", file=index, cause=error.strerror) from error
    return BackupReport(contents.snapshot, len(contents.files), rows, left)


def _unpacked(source: Path, folder: Path) -> _Contents:
    """Unpack a backup and hold every file against its checksum."""
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        contents = _Contents.model_validate_json((folder / _CONTENTS).read_bytes())
    except FileNotFoundError:
        raise BackupError.of("backup_missing", file=source) from None
    except (tarfile.TarError, ValidationError, EOFError) as error:
        raise BackupError.of("backup_none", file=source, cause=str(error).split("\n")[0]) from error
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {_CONTENTS}
    for place in sorted(found ^ contents.files.keys()):
        raise BackupError.of("backup_damaged", file=source, part=place)
    for place, expected in contents.files.items():
        if checksum(folder / place) != expected:
            raise BackupError.of("backup_damaged", file=source, part=place)
    return contents


def _load(connection: Connection, folder: Path, url: str) -> int:
    """Fill the empty tables; raise BackupError where one is not."""
    count = 0
    for table in StoredRow.metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            raise BackupError.of("restore_database_there", name=table.name)
        path = folder / f"{table.name}.jsonl"
        if not path.exists():
            continue  # a table that the version lacked which wrote the backup
        with path.open(encoding="utf-8") as lines:
            for rows in _batches(map(json.loads, lines)):
                connection.execute(insert(table), rows)
                count += len(rows)
        if connection.dialect.name == "postgresql" and table.autoincrement_column is not None:
            column = table.autoincrement_column.name
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column}'),"
                    f" (SELECT COALESCE(MAX({column}), 0) + 1 FROM {table.name}), false)"
                )
            )
    return count


def _batches(rows: Iterable[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _put_back(folder: Path, originals: dict[str, str]) -> Iterator[str]:
    """Put originals where they lay, unless something lies there; give those that were left."""
    for number, place in originals.items():
        target = Path(place)
        try:
            if target.exists():
                if checksum(target) != checksum(folder / number):
                    yield place
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / number, target)
            sync(target)
        except OSError:
            yield place


def _note(settings: Settings, entry: AuditEntry) -> None:
    with _database(settings) as engine, Session(engine) as session, session.begin():
        append(session, entry)


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    sessions = open_database(database_url(settings))
    try:
        engine: Engine = sessions.kw["bind"]
        yield engine
    finally:
        close_database(sessions)
