"""`kb status`, `kb verify` and `kb rollback`: the index in use."""

from __future__ import annotations

from cli.options import IndexOption, JsonOption, print_json
from ingest.settings import read_settings
from kb.errors import SnapshotDamagedError
from kb.index import snapshot


def status(index: IndexOption = None, json: JsonOption = False) -> None:
    """Show the index in use."""
    folder = read_settings(index).index_dir
    name = snapshot.current_name(folder)
    manifest = snapshot.read_manifest(folder, name)
    names = snapshot.snapshot_names(folder)
    if json:
        print_json({"snapshot": name, **manifest.model_dump(exclude={"files"}), "snapshots": names})
        return
    encoder = manifest.configuration.encoder
    size = sum(file.bytes for file in manifest.files.values()) / 1e6
    print(f"snapshot   {name} ({manifest.created})")
    print(f"documents  {manifest.counts.documents}")
    print(f"clauses    {manifest.counts.clauses}")
    print(f"passages   {manifest.counts.passages}")
    print(f"encoder    {encoder.name}, {encoder.dimensions} dimensions ({encoder.checksum[:12]})")
    print(f"store      {manifest.configuration.store}")
    print(f"size       {size:.1f} MB")
    print(f"earlier    {', '.join(earlier for earlier in names if earlier < name) or '-'}")


def verify(index: IndexOption = None) -> None:
    """Check every file of the index in use against its checksum."""
    folder = read_settings(index).index_dir
    name = snapshot.current_name(folder)
    manifest = snapshot.verify(folder, name)
    print(f"{name}: {len(manifest.files)} files, all as they were written")


def rollback(index: IndexOption = None) -> None:
    """Go back to the last good snapshot before the one in use."""
    settings = read_settings(index)
    folder = settings.index_dir
    try:
        before = snapshot.current_name(folder)
    except SnapshotDamagedError:
        before = "no snapshot"
    name = snapshot.roll_back(folder)
    configuration = snapshot.read_manifest(folder, name).configuration
    if configuration.store == "milvus" and (milvus := settings.milvus()):
        from kb.index.milvus_collection import point_alias

        point_alias(milvus, snapshot.collection_of(folder, name), configuration.encoder)
    print(f"{before} -> {name}")
