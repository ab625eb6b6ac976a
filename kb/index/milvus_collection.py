"""The collection of a snapshot in Milvus: passages in one partition, whole documents in another.

    id        the number of a passage; -1 - that of a whole document
    document  its number       public  may everybody see it
    begins, ends               first and last day as ordinals of the calendar; 0 where no first day is known; `ends` is -1 for what has
                               ended on a day that nobody knows
    words_1                    BM25 (`kb.index.sparse_words`), counted over all documents
    words_public_1             the same counted over public ones, where some are not public
    meaning_<checksum>         the vector; the name tells the encoder, since not every Milvus keeps a description

No row is ever changed or taken out while a snapshot needs it. A snapshot that comes of another by a change adds rows to
its collection, with numbers that were never given; each snapshot sees the rows below the number that its records would
give next, without those of documents that are gone from it (`kb.index.milvus_store`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import get_args

from kb.errors import StoreError
from kb.index.manifest import EncoderIdentity
from kb.index.milvus_connection import NOT_REACHED, WRITING, MilvusAddress, MilvusConnection
from kb.index.sparse_words import NOTHING, Lengths, sparse_vector
from kb.index.store import IndexedPart
from kb.index.vectors import EXACT_UP_TO
from kb.types import Audience, Document
from kb.visibility import ENDED, begins

PASSAGES, WHOLE = "passages", "whole"
"""The partitions."""

LINKS, LINKS_TRIED = 32, 400
"""Neighbours that HNSW links a vector with, and candidates that it keeps while searching and building."""

_MEANING = "meaning_"
_FOREVER = date.max.toordinal()
_BATCH = 500


def words_field(audience: Audience) -> str:
    """Name the field whose words are weighed for an audience; the number is that of the schema."""
    return "words_1" if audience == "staff" else "words_public_1"


def meaning_field(encoder: EncoderIdentity) -> str:
    """Name the field of the vectors of an encoder."""
    return f"{_MEANING}{encoder.checksum[:12]}"


def first_day(document: Document) -> int:
    """Give the first day of a document as it is kept."""
    starts = begins(document)
    return starts.first_day.toordinal() if starts else 0


def last_day(document: Document) -> int:
    """Give the last day of a document as it is kept, as `kb.visibility.in_force` sees it."""
    if document.expires is not None:
        return document.expires.last_day.toordinal()
    return -1 if document.status in ENDED else _FOREVER


@dataclass(frozen=True, slots=True)
class CollectionRows:
    """What becomes rows: `parts` by partition, of `documents` by number, their words weighed by `measures` (by
    partition and audience) and the `numbers` of terms."""

    encoder: EncoderIdentity
    documents: Mapping[int, Document]
    parts: Mapping[str, IndexedPart]
    measures: Mapping[tuple[str, Audience], Lengths]
    numbers: Mapping[str, int]

    def batches(self, partition: str, fields: Collection[str]) -> Iterator[list[dict[str, object]]]:
        """Give the rows of a partition with these fields of words."""
        part = self.parts[partition]
        measured = {
            words_field(audience): (audience, self.measures[partition, audience])
            for audience in get_args(Audience)
            if words_field(audience) in fields
        }
        entries = iter(part.entries)
        for at in range(0, len(part.entries), _BATCH):
            rows: list[dict[str, object]] = []
            for entry, vector in zip(islice(entries, _BATCH), part.vectors[at : at + _BATCH], strict=True):
                number, owner, _, _ = entry
                words = {
                    field: sparse_vector(entry, self.numbers, averages)
                    if audience == "staff" or owner not in part.concealed
                    else NOTHING
                    for field, (audience, averages) in measured.items()
                }
                rows.append(
                    {
                        "id": number if partition == PASSAGES else -1 - number,
                        "document": owner,
                        "public": owner not in part.concealed,
                        "begins": first_day(self.documents[owner]),
                        "ends": last_day(self.documents[owner]),
                        meaning_field(self.encoder): vector,
                        **words,
                    }
                )
            yield rows


def write_collection(address: MilvusAddress, snapshot: str, rows: CollectionRows) -> None:
    """Write a new collection and load it; raises StoreError and leaves none behind where that fails."""
    with closing(MilvusConnection(address)) as connection:
        name = address.collection(snapshot)
        drop(connection, name)
        fields = [words_field(audience) for partition, audience in rows.measures if partition == PASSAGES]
        try:
            _create(connection, name, rows.encoder, fields, rows.parts[PASSAGES].public_count())
            for partition in rows.parts:
                connection.call("create_partition", name, partition, patience=WRITING)
                _insert(connection, name, partition, rows, fields)
            connection.call("flush", name, patience=WRITING)
            connection.load(name)
        except StoreError:
            drop(connection, name)
            raise


def add_to_collection(address: MilvusAddress, collection: str, rows: CollectionRows) -> None:
    """Add rows to the collection of another snapshot. What is left of an attempt that failed is seen by no snapshot,
    and nothing is added above it (`may_add`); raises StoreError."""
    with closing(MilvusConnection(address)) as connection:
        name = address.collection(collection)
        fields = check_collection(connection, collection, rows.encoder)
        for partition in rows.parts:
            _insert(connection, name, partition, rows, fields)
        connection.call("flush", name, patience=WRITING)


def may_add(address: MilvusAddress, collection: str, encoder: EncoderIdentity, first: int) -> bool:
    """Say whether a collection is there and has no document of a number from `first` on: another index, a later
    snapshot that was left, or a run that was cut off may have added it. Raises StoreError where Milvus cannot be
    reached."""
    with closing(MilvusConnection(address)) as connection:
        try:
            check_collection(connection, collection, encoder)
        except StoreError as error:
            if error.sentence in NOT_REACHED:
                raise
            return False
        name = address.collection(collection)
        connection.load(name)
        return not connection.call("query", name, filter=f"document >= {first}", output_fields=["id"], limit=1)


def _insert(
    connection: MilvusConnection, name: str, partition: str, rows: CollectionRows, fields: Collection[str]
) -> None:
    for batch in rows.batches(partition, fields):
        connection.call("insert", name, batch, partition_name=partition, patience=WRITING)


def _create(
    connection: MilvusConnection, name: str, encoder: EncoderIdentity, words: Sequence[str], public: int
) -> None:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    for field, kind in _SCALARS.items():
        schema.add_field(field, DataType[kind])
    indexes = MilvusClient.prepare_index_params()
    schema.add_field(meaning_field(encoder), DataType.FLOAT_VECTOR, dim=encoder.dimensions)
    # How exactly vectors are searched is settled by the public ones alone, so that what is hidden shows in no score.
    if public <= EXACT_UP_TO:
        indexes.add_index(meaning_field(encoder), index_type="FLAT", metric_type="IP")
    else:
        links = {"M": LINKS, "efConstruction": LINKS_TRIED}
        indexes.add_index(meaning_field(encoder), index_type="HNSW", metric_type="IP", params=links)
    for field in words:
        schema.add_field(field, DataType.SPARSE_FLOAT_VECTOR)
        indexes.add_index(field, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    connection.call(
        "create_collection", name, schema=schema, index_params=indexes, consistency_level="Strong", patience=WRITING
    )


_SCALARS = {"document": "INT64", "public": "BOOL", "begins": "INT64", "ends": "INT64"}


def check_collection(connection: MilvusConnection, snapshot: str, encoder: EncoderIdentity) -> frozenset[str]:
    """Give the fields of the collection of a snapshot; raise StoreError where it is not there, or has another schema,
    encoder or length of vectors."""
    name = connection.address.collection(snapshot)
    if not connection.call("has_collection", name):
        raise StoreError.of("store_collection_missing", name=name, uri=connection.address.uri)
    found = {field["name"]: field for field in connection.call("describe_collection", name)["fields"]}
    meaning = next((field for field in found if field.startswith(_MEANING)), "")
    wanted = {"id", *_SCALARS, words_field("staff")}
    if not meaning or found.keys() - {meaning, words_field("public")} != wanted:
        raise StoreError.of("store_other_schema", name=name, found=sorted(found), wanted=sorted(wanted))
    if meaning != meaning_field(encoder):
        built = meaning.removeprefix(_MEANING)
        raise StoreError.of("store_other_encoder", name=name, built=built, wanted=encoder.checksum[:12])
    dimensions = int(found[meaning]["params"]["dim"])
    if dimensions != encoder.dimensions:
        raise StoreError.of("store_dimensions", name=name, found=dimensions, wanted=encoder.dimensions)
    return frozenset(found)


def point_alias(address: MilvusAddress, snapshot: str, encoder: EncoderIdentity) -> None:
    """Make the alias name the collection of a snapshot, in one step, having checked that it is there and the
    snapshot's."""
    with closing(MilvusConnection(address)) as connection:
        check_collection(connection, snapshot, encoder)
        name = address.collection(snapshot)
        known = address.alias in connection.call("list_aliases")["aliases"]
        connection.call("alter_alias" if known else "create_alias", name, address.alias)


def drop_collections(address: MilvusAddress, snapshots: Sequence[str]) -> None:
    """Remove the collections of snapshots that are gone."""
    if snapshots:
        with closing(MilvusConnection(address)) as connection:
            for snapshot in snapshots:
                drop(connection, address.collection(snapshot))


def drop(connection: MilvusConnection, name: str) -> None:
    """Remove a collection where it is there."""
    if connection.call("has_collection", name):
        connection.call("drop_collection", name, patience=WRITING)
