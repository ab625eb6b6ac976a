"""The collection of a snapshot in Milvus: passages in one partition, whole documents in another.

    id        the row of a passage; -1 - ordinal of a whole document
    document  ordinal          public  may everybody see it
    begins, ends               first and last day as ordinals of the calendar; 0 where no first day is known; `ends` is -1 for what has
                               ended on a day that nobody knows
    words_1                    BM25 (`kb.index.sparse_words`), counted over all documents
    words_public_1             the same counted over public ones, where some are not public
    meaning_<checksum>         the vector; the name tells the encoder, since not every Milvus keeps a description

A collection is written once and never changed, as a snapshot is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date

from kb.errors import StoreError
from kb.index.manifest import EncoderIdentity
from kb.index.milvus_connection import WRITING, MilvusAddress, MilvusConnection
from kb.index.sparse_words import NOTHING, WordStatistics
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


def write_collection(
    address: MilvusAddress,
    snapshot: str,
    encoder: EncoderIdentity,
    documents: Sequence[Document],
    parts: Mapping[str, IndexedPart],
    counted: Mapping[str, Mapping[Audience, WordStatistics]],
    numbers: Mapping[str, int],
) -> None:
    """Write `parts` by partition into a new collection and load it; raises StoreError and leaves none behind where that fails."""
    with closing(MilvusConnection(address)) as connection:
        name = address.collection(snapshot)
        drop(connection, name)
        try:
            audiences = list(counted[PASSAGES])
            _create(connection, name, encoder, audiences, len(parts[PASSAGES].public_vectors()))
            for partition, part in parts.items():
                connection.call("create_partition", name, partition, patience=WRITING)
                for at in range(0, len(part.entries), _BATCH):
                    rows = []
                    for entry, vector in zip(part.entries[at : at + _BATCH], part.vectors[at:], strict=False):
                        row, ordinal, _, _ = entry
                        rows.append(
                            {
                                "id": row if partition == PASSAGES else -1 - row,
                                "document": ordinal,
                                "public": ordinal not in part.concealed,
                                "begins": first_day(documents[ordinal]),
                                "ends": last_day(documents[ordinal]),
                                meaning_field(encoder): vector,
                                **{
                                    words_field(audience): counted[partition][audience].vector(entry, numbers)
                                    if audience == "staff" or ordinal not in part.concealed
                                    else NOTHING
                                    for audience in audiences
                                },
                            }
                        )
                    connection.call("insert", name, rows, partition_name=partition, patience=WRITING)
            connection.call("flush", name, patience=WRITING)
            connection.call("load_collection", name, patience=WRITING)
        except StoreError:
            drop(connection, name)
            raise


def _create(
    connection: MilvusConnection, name: str, encoder: EncoderIdentity, audiences: Sequence[Audience], public: int
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
    for audience in audiences:
        schema.add_field(words_field(audience), DataType.SPARSE_FLOAT_VECTOR)
        indexes.add_index(words_field(audience), index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    connection.call(
        "create_collection", name, schema=schema, index_params=indexes, consistency_level="Strong", patience=WRITING
    )


_SCALARS = {"document": "INT64", "public": "BOOL", "begins": "INT64", "ends": "INT64"}


def check_collection(connection: MilvusConnection, snapshot: str, encoder: EncoderIdentity) -> None:
    """Raise StoreError where the collection of a snapshot is not there, or has another schema, encoder or length of vectors."""
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


def point_alias(address: MilvusAddress, snapshot: str, encoder: EncoderIdentity) -> None:
    """Make the alias name the collection of a snapshot, in one step, having checked that it is there and the snapshot's."""
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
