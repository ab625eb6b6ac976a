"""The homes of an index, held to one behaviour: the snapshot's folder, written whole, come to by changes of other
snapshots, and with its vectors in lists; and Milvus (its Lite edition, in this process)."""

from __future__ import annotations

import hashlib
import itertools
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import silent

from ingest.build import index_lock
from ingest.ingestion import writing
from ingest.settings import read_settings
from kb.errors import SettingError, SnapshotMismatchError, StoreError
from kb.index.encoder import STATIC, open_encoder
from kb.index.lexical import LexicalIndex, wanted_terms, write_lexical
from kb.index.manifest import EncoderIdentity
from kb.index.milvus_collection import CollectionRows, meaning_field, point_alias, write_collection
from kb.index.milvus_connection import MilvusAddress, MilvusConnection
from kb.index.snapshot import KEPT, collection_of, current_name, identify, roll_back, snapshot_folder
from kb.index.sparse_words import SparseLexicon, SparseTerms, WordStatistics, sparse_vector, write_terms
from kb.index.store import IndexedPart
from kb.knowledge_base import KnowledgeBase
from kb.text.dates import PartialDate
from kb.types import Document, Hit, Query
from service.library import Library

HOMES = ("local", "changed", "listed", "milvus", "changed milvus")
NEAR = {"local": 5e-4, "changed": 2e-2, "listed": 5e-3, "milvus": 5e-4, "changed milvus": 2e-2}
"""How far scores may be from those of the local home: where an index was changed, the average length of a passage knows
of what was taken out; in lists vectors are kept in half precision."""
ENCODER = open_encoder(STATIC)
_SUBJECTS = (
    "社区食堂",
    "老旧小区加装电梯",
    "婴幼儿照护",
    "公共租赁住房",
    "噪声污染防治",
    "体育场地开放",
    "物业服务收费",
    "育儿补贴",
)
_RULES = (
    "补贴每人每月三百元",
    "应当在三十日内备案",
    "由街道办事处受理申请",
    "年满六十周岁的可以享受",
    "违反规定的处五百元罚款",
)
QUESTIONS = (
    "老年人食堂补贴多少",
    "装电梯找谁申请",
    "租房备案期限",
    "邻居太吵怎么罚",
    "带孩子有补贴吗",
    "三十日内",
    "收费",
)

MakeIndex = Callable[..., KnowledgeBase]


def document(doc_id: str, text: str, **fields: object) -> Document:
    sums = hashlib.sha256(text.encode()).hexdigest()
    made = Document(doc_id=doc_id, title=text.split("\n", 1)[0], source=f"{doc_id}.txt", sha256=sums, text=text)
    return replace(made, disclosure="public", **fields)  # type: ignore[arg-type]


def documents() -> list[Document]:
    made = []
    for n, (subject, rule) in enumerate(itertools.product(_SUBJECTS, _RULES)):
        other = _RULES[(n * 3 + 1) % len(_RULES)]
        text = f"{subject}管理办法（{n}）\n第一条　{subject}{rule}。\n第二条　{subject}的事项，{other}。\n第三条　自公布之日起施行。"
        fields: dict[str, object] = {"effective": PartialDate(2015 + n % 10, 1, 1)}
        if n % 7 == 0:
            fields["expires"] = PartialDate(2022, 12, 31)
        if n % 11 == 3:
            fields = {}
        if n % 13 == 5:
            fields["status"] = "repealed"
        if n % 5 == 4:
            fields["disclosure"] = "unstated"
        made.append(replace(document(f"d{n:02}", text), **fields))  # type: ignore[arg-type]
    return made


def address(folder: Path) -> MilvusAddress:
    return MilvusAddress(str(folder / "milvus.db"))


def index(folder: Path, held: Sequence[Document], home: str) -> None:
    """Index documents; for the home that is changed, first others, of which some go, some get another text and some
    were not there."""
    versions = [held]
    if "changed" in home and not (folder / "index").exists():
        other = [replace(one, text=f"{one.text}\n第四条　旧的规定。", sha256="0" * 64) for one in held[2:4]]
        gone = document("d03x", "废止的办法\n第一条　社区食堂三十日内申请收费补贴，飞机也有。")
        versions = [[held[0], *other, gone, *held[5:]], [*held[:3], *other[1:], *held[4:]], held]
    with pytest.MonkeyPatch.context() as changed:
        if "changed" in home:
            for limit, value in (("CHANGED_FROM", 0), ("MOST_CHANGED", 1), ("MOST_WASTE", 1)):
                changed.setattr(f"ingest.index_files.{limit}", value)
            changed.setattr("kb.index.milvus_store.MOST_DRIFT", 1)
        if home == "listed":
            changed.setattr("kb.index.vectors.EXACT_UP_TO", 0)
            changed.setattr("kb.index.vectors.LISTED_FROM", 0)
        for version in versions:
            with writing(folder / "index", ENCODER, silent, address(folder) if "milvus" in home else None) as writer:
                writer.write(version)


def opened(folder: Path, home: str, **more: object) -> KnowledgeBase:
    milvus = address(folder) if "milvus" in home else None
    return KnowledgeBase.open(folder / "index", ENCODER, milvus=milvus, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module", autouse=True)
def every_list_is_compared() -> Iterator[None]:
    """So few passages lie two in a list; how many lists are enough for many is measured, not tested."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("kb.index.vectors.COMPARED", 1)
        yield


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, KnowledgeBase]]:
    """The same documents in both homes."""
    both = {}
    for home in HOMES:
        folder = tmp_path_factory.mktemp(home)
        index(folder, documents(), home)
        both[home] = opened(folder, home)
    yield both
    for knowledge_base in both.values():
        knowledge_base.close()


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def scores(hits: Sequence[Hit]) -> dict[str, float]:
    """Scores by passage: the same ones are the same ranking but for ties, whose order no home promises."""
    found = {hit.passage.passage_id: hit.score for hit in hits}
    assert list(found.values()) == sorted(found.values(), reverse=True)
    return found


def near(expected: Sequence[Hit], home: str = "local") -> object:
    return pytest.approx(scores(expected), abs=NEAR[home])


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("audience", ["public", "staff"])
@pytest.mark.parametrize("as_of", [None, date(2014, 6, 1), date(2019, 6, 1)])
def test_all_homes_give_the_same_ranking(
    homes: dict[str, KnowledgeBase], question: str, audience: str, as_of: date | None
) -> None:
    query = Query("", question, as_of, audience)  # type: ignore[arg-type]
    local = homes["local"].retriever
    best = local.retrieve_documents(query, 10)
    for home in HOMES[1:]:
        other = homes[home].retriever
        for ended, only in ((False, None), (True, None), (False, frozenset({1, 4, 7}))):
            hits = [one.retrieve(query, 1000, ended=ended, only=only) for one in (local, other)]
            assert scores(hits[1]) == near(hits[0], home)
        found = other.retrieve_documents(query, 10)
        assert [score for _, score in found] == pytest.approx([score for _, score in best], abs=NEAR[home])


def test_what_is_counted_of_terms_is_the_same(homes: dict[str, KnowledgeBase]) -> None:
    for audience in ("public", "staff"):
        counts = [homes[home].snapshot.store.counts(audience) for home in HOMES]  # type: ignore[arg-type]
        assert len({len(one) for one in counts} - {0}) == 1
        for term in ("补", "补贴", "电梯", "申请", "飞机", "旧的"):
            assert len({one.frequency(term) for one in counts}) == 1, term


def test_an_answer_is_the_same(homes: dict[str, KnowledgeBase]) -> None:
    for question in QUESTIONS:
        answers = [homes[home].ask(question) for home in HOMES]
        first = answers[0]
        for other in answers[1:]:
            assert (first.text, first.citations, first.refusal) == (other.text, other.citations, other.refusal)


def test_filters_come_before_ranking(homes: dict[str, KnowledgeBase], home: str) -> None:
    """However few of many pass, all of those that do are found."""
    knowledge_base = homes[home]
    query = Query("", "补贴", within=frozenset({"d08", "gone"}))
    store_hits = knowledge_base.retriever.retrieve(query, 3)
    assert {hit.passage.doc_id for hit in store_hits} == {"d08"}
    assert knowledge_base.retriever.retrieve(replace(query, within=frozenset({"gone"})), 3) == []
    assert knowledge_base.retriever.retrieve(Query("", "补贴"), 3, only=frozenset()) == []
    for hit in knowledge_base.retriever.retrieve(Query("", "补贴", date(2019, 6, 1)), 1000):
        found = knowledge_base.describe(hit.passage.doc_id)
        assert found.disclosure == "public"
        assert found.status != "repealed"
        assert found.effective is None or found.effective.year <= 2019


def test_what_is_hidden_leaves_no_trace(tmp_path: Path, homes: dict[str, KnowledgeBase], home: str) -> None:
    index(tmp_path, [one for one in documents() if one.disclosure == "public"], home)
    with closing(opened(tmp_path, home)) as without:
        for question in QUESTIONS:
            expected = without.search(Query("", question), 1000)
            assert scores(homes[home].search(Query("", question), 1000)) == near(expected, home)


def test_what_was_withdrawn_is_found_no_more(tmp_path: Path, home: str) -> None:
    index(tmp_path, documents(), home)
    with closing(opened(tmp_path, home, withdrawn=frozenset({"d08"}))) as knowledge_base:
        found = {hit.passage.doc_id for hit in knowledge_base.retriever.retrieve(Query("", "加装电梯"), 1000)}
        assert found
        assert "d08" not in found
        query = Query("", "加装电梯", audience="staff")
        assert "d08" in {hit.passage.doc_id for hit in knowledge_base.retriever.retrieve(query, 1000)}


def current_collection(folder: Path) -> str:
    with closing(MilvusConnection(address(folder))) as connection:
        return str(connection.call("describe_alias", address(folder).alias)["collection_name"])


def collection_in_use(folder: Path) -> str:
    index = folder / "index"
    return address(folder).collection(collection_of(index, current_name(index)))


def test_a_document_is_removed_and_comes_back_with_its_snapshot(tmp_path: Path, home: str) -> None:
    held = documents()[:12]
    index(tmp_path, held, home)
    first = current_name(tmp_path / "index")
    with closing(opened(tmp_path, home)) as before:
        index(tmp_path, held[1:], home)
        with closing(opened(tmp_path, home)) as after:
            query = Query("", "社区食堂", audience="staff", as_of=date(2020, 1, 1))
            assert "d00" not in {hit.passage.doc_id for hit in after.retriever.retrieve(query, 1000)}
            # The one that was open goes on as it was.
            assert "d00" in {hit.passage.doc_id for hit in before.retriever.retrieve(query, 1000)}
    if "milvus" in home:
        assert current_collection(tmp_path) == collection_in_use(tmp_path)
    assert roll_back(tmp_path / "index") == first
    if "milvus" in home:
        point_alias(address(tmp_path), collection_of(tmp_path / "index", first), identify(ENCODER))
        assert current_collection(tmp_path) == collection_in_use(tmp_path)
    with closing(opened(tmp_path, home)) as knowledge_base:
        assert knowledge_base.snapshot_name == first


def collections(folder: Path) -> set[str]:
    with closing(MilvusConnection(address(folder))) as connection:
        return set(connection.call("list_collections"))


def test_collections_go_with_their_snapshots(tmp_path: Path) -> None:
    held = documents()[:4]
    for n in range(KEPT + 2):
        index(tmp_path, [*held, document("x", f"第{n}版\n第一条　食堂开放。")], "milvus")
    names = {path.name for path in (tmp_path / "index" / "snapshots").iterdir()}
    assert len(names) == KEPT
    assert collections(tmp_path) == {address(tmp_path).collection(name) for name in names}
    # Another run was killed while it wrote.
    killed = "20200101T000000.000000-00000000"
    part = IndexedPart([(0, 0, "", "食堂")], ENCODER.encode_passages(["食堂"]), frozenset())
    statistics = WordStatistics.of(part.entries)
    numbers = write_terms(tmp_path / "terms", {"passages": statistics})
    measures = {("passages", "staff"): statistics.averages}
    rows = CollectionRows(identify(ENCODER), {0: held[0]}, {"passages": part}, measures, numbers)  # type: ignore[arg-type]
    write_collection(address(tmp_path), killed, rows)
    snapshot_folder(tmp_path / "index", f".{killed}").mkdir()
    with index_lock(tmp_path / "index", address(tmp_path)):
        assert address(tmp_path).collection(killed) not in collections(tmp_path)


def test_nothing_is_written_again_without_a_change(tmp_path: Path) -> None:
    index(tmp_path, documents()[:4], "milvus")
    first = current_name(tmp_path / "index")
    index(tmp_path, documents()[:4], "milvus")
    assert current_name(tmp_path / "index") == first
    with closing(MilvusConnection(address(tmp_path))) as connection:
        connection.call("drop_alias", address(tmp_path).alias)
        connection.call("drop_collection", address(tmp_path).collection(first))
    with pytest.raises(StoreError, match=r"there is no collection kb_.*write it with `kb ingest --fresh PATH...`"):
        opened(tmp_path, "milvus")
    index(tmp_path, documents()[:4], "milvus")
    opened(tmp_path, "milvus").close()


def test_an_index_for_another_store_is_refused(tmp_path: Path) -> None:
    index(tmp_path, documents()[:4], "local")
    with pytest.raises(SnapshotMismatchError, match="built for the store 'local'; set KB_STORE to local"):
        opened(tmp_path, "milvus")


def remade(folder: Path, encoder: EncoderIdentity, dimensions: int, *, scalars: bool = True) -> None:
    """Put another collection in the place of the one in use."""
    from pymilvus import DataType, MilvusClient

    name = address(folder).collection(current_name(folder / "index"))
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    if scalars:
        for field, kind in (("document", "INT64"), ("public", "BOOL"), ("begins", "INT64"), ("ends", "INT64")):
            schema.add_field(field, DataType[kind])
        schema.add_field("words_1", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field(meaning_field(encoder), DataType.FLOAT_VECTOR, dim=dimensions)
    with closing(MilvusConnection(address(folder))) as connection:
        connection.call("drop_alias", address(folder).alias)
        connection.call("drop_collection", name)
        connection.call("create_collection", name, schema=schema)


def test_a_collection_that_is_another_is_named(tmp_path: Path) -> None:
    index(tmp_path, documents()[:4], "milvus")
    own = identify(ENCODER)
    remade(tmp_path, own, ENCODER.dimensions, scalars=False)
    with pytest.raises(StoreError, match=r"this program reads .*begins.*; write it again"):
        opened(tmp_path, "milvus")
    index(tmp_path, documents()[:5], "milvus")
    remade(tmp_path, own.model_copy(update={"checksum": "f" * 64}), ENCODER.dimensions)
    with pytest.raises(StoreError, match=f"built with the encoder ffffffffffff, the index with {own.checksum[:12]}"):
        opened(tmp_path, "milvus")
    index(tmp_path, documents()[:6], "milvus")
    remade(tmp_path, own, 8)
    with pytest.raises(StoreError, match=f"have 8 dimensions, those of the encoder {ENCODER.dimensions}"):
        opened(tmp_path, "milvus")


@pytest.mark.parametrize("listens", [False, True])
def test_an_absent_or_silent_engine_is_named_within_its_time(tmp_path: Path, listens: bool) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        nowhere = MilvusAddress(f"http://127.0.0.1:{server.getsockname()[1]}", seconds=1.0)
        started = time.monotonic()
        with pytest.raises(StoreError, match=r"cannot be reached|did not answer within"):
            MilvusConnection(nowhere)
        assert time.monotonic() - started < 20
        with (
            pytest.raises(StoreError),
            writing(tmp_path / "index", ENCODER, silent, nowhere) as writer,
        ):
            writer.write(documents()[:4])
    assert not (tmp_path / "index" / "CURRENT").exists()
    assert list((tmp_path / "index" / "snapshots").iterdir()) == []


def test_an_engine_that_stops_in_use_is_named_and_serves_again(tmp_path: Path) -> None:
    from milvus_lite.server_manager import server_manager_instance as engines

    index(tmp_path, documents()[:4], "milvus")
    with closing(opened(tmp_path, "milvus")) as knowledge_base:
        assert knowledge_base.search("食堂")
        engines.release_server(address(tmp_path).uri)
        started = time.monotonic()
        with pytest.raises(StoreError):
            knowledge_base.search("电梯")
        assert time.monotonic() - started < 30
    with closing(opened(tmp_path, "milvus")) as knowledge_base:
        assert knowledge_base.search("电梯")


def test_the_old_index_keeps_serving_where_the_new_one_cannot_be_opened(tmp_path: Path) -> None:
    index(tmp_path, documents()[:4], "milvus")

    class Snapshots:
        """The index folder, without what a service has beside it."""

        def current(self) -> str:
            return current_name(tmp_path / "index")

        def open(self, name: str, hidden: frozenset[str]) -> KnowledgeBase:
            return opened(tmp_path, "milvus", snapshot_name=name, withdrawn=hidden)

        def harmed(self, name: str) -> bool:
            return False

        broken = harmed

        def last_good(self) -> str | None:
            return None

    library = Library(Snapshots())
    library.refresh()
    index(tmp_path, documents()[:5], "milvus")
    with closing(MilvusConnection(address(tmp_path))) as connection:
        connection.call("drop_alias", address(tmp_path).alias)
        connection.call("drop_collection", address(tmp_path).collection(current_name(tmp_path / "index")))
    library.refresh()
    assert isinstance(library.problem, StoreError)
    with library.use() as knowledge_base:
        assert knowledge_base.search("食堂")
    library.close()


def test_settings_name_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().milvus() is None
    monkeypatch.setenv("KB_STORE", "milvus")
    with pytest.raises(SettingError, match="KB_STORE=milvus needs KB_MILVUS_URI"):
        read_settings()
    monkeypatch.setenv("KB_MILVUS_URI", "http://127.0.0.1:19530")
    assert read_settings().milvus() == MilvusAddress("http://127.0.0.1:19530")


WORDS = st.text("食堂老人电梯补贴，", min_size=1, max_size=60)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS.map(lambda text: text * 9)), min_size=1, max_size=6), WORDS)
def test_sparse_vectors_score_as_tantivy_does(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]], question: str
) -> None:
    folder = tmp_path_factory.mktemp("sparse")
    entries = [(row, row, context, text) for row, (context, text) in enumerate(texts)]
    write_lexical(folder / "lexical", entries)
    statistics = WordStatistics.of(entries)
    numbers = write_terms(folder / "terms.sqlite", {"passages": statistics})
    with closing(SparseTerms(folder / "terms.sqlite")) as terms_of_snapshot:
        asked = SparseLexicon(terms_of_snapshot, "passages").vector(wanted_terms(question, {}))
    vectors = [sparse_vector(entry, numbers, statistics.averages) for entry in entries]
    products = {row: sum(asked.get(place, 0.0) * part for place, part in v.items()) for row, v in enumerate(vectors)}
    expected = dict(LexicalIndex(folder / "lexical").search(question, len(entries)))
    assert {row: score for row, score in products.items() if score} == pytest.approx(expected, rel=1e-5)
