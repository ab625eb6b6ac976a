"""What must hold before any figure is worth reading, tried on a few documents made for it.

A tokenizer that splits Chinese at spaces, a dense arm that ranks at random, a deleted document that still
answers: each gives figures that look like figures. Here each is an error.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.document import text_checksum
from ingest.ingestion import writing
from kb.errors import DatasetError
from kb.index.encoder import Encoder
from kb.knowledge_base import KnowledgeBase
from kb.scope import Scope
from kb.text.dates import PartialDate
from kb.types import Disclosure, Document, Query, Status

# Of things that exist nowhere, so that whatever is found comes from here.
_TEXTS: dict[str, tuple[str, Status, Disclosure]] = {
    "planted": ("一、绿萝岭驿站\n绿萝岭驿站为过路的养蜂人提供十二张床位。\n", "in_force", "public"),
    "meals": ("一、助餐服务\n老年人在社区食堂用餐享受优惠。\n", "in_force", "public"),
    "noise": ("一、道路养护\n桥梁伸缩缝每季度检查一次并登记。\n", "in_force", "public"),
    "hidden": ("一、值班安排\n紫藤花开时换岗的口令是北斗。\n", "in_force", "withheld"),
    "ended": ("一、蜡烛补贴\n每户每月领取蜡烛补贴七角。\n", "expired", "public"),
}
_DAYS = {"ended": PartialDate.parse("2001-12-31")}  # The text that has ended says since when.


def check_system(encoder: Encoder) -> None:
    """Raise DatasetError naming what does not work."""
    with TemporaryDirectory(prefix="kb-selftest-", ignore_cleanup_errors=True) as folder:
        index_dir = Path(folder) / "index"
        knowledge_base = _open(index_dir, list(map(_document, _TEXTS)), encoder)
        _expect(_found(knowledge_base, "绿萝岭驿站")[:1] == ["planted"], "self_test_lexical_arm")
        _expect(_dense_order(knowledge_base), "self_test_dense_arm")
        everything = _found(knowledge_base, "紫藤花开时换岗的口令")
        _expect("hidden" not in everything, "self_test_public")
        _expect("hidden" in _found(knowledge_base, "紫藤花开时换岗的口令", "staff"), "self_test_staff")
        answer = knowledge_base.ask(Query("", "每户每月领取多少蜡烛补贴？"))
        _expect(answer.refusal is not None, "self_test_expired")
        knowledge_base.close()
        remaining = [_document(doc_id) for doc_id in _TEXTS if doc_id != "planted"]
        knowledge_base = _open(index_dir, remaining, encoder)
        _expect("planted" not in _found(knowledge_base, "绿萝岭驿站"), "self_test_deleted")
        knowledge_base.close()


def _open(index_dir: Path, documents: list[Document], encoder: Encoder) -> KnowledgeBase:
    with writing(index_dir, encoder, lambda step, done, total: None) as writer:
        writer.write(documents)
    return KnowledgeBase.open(index_dir, encoder)


def _found(knowledge_base: KnowledgeBase, text: str, audience: str = "public") -> list[str]:
    query = replace(Query("", text), audience="staff" if audience == "staff" else "public")
    return [hit.passage.doc_id for hit in knowledge_base.search(query, 5)]


def _dense_order(knowledge_base: KnowledgeBase) -> bool:
    retriever = knowledge_base.retriever
    found = retriever.search_dense("上了年纪的人吃饭便宜吗", Scope.of(Query("", "")), 5)
    order = [knowledge_base.snapshot.records.passages([row])[0].doc_id for row, _ in found]
    return order.index("meals") < order.index("noise")


def _document(doc_id: str) -> Document:
    text, status, disclosure = _TEXTS[doc_id]
    return Document(
        doc_id=doc_id, title=text.split("\n", 1)[0], short_title=None, aliases=(), issuers=(), doc_no=None, index_no=None,
        proposal_no=None, issued=None, effective=None, expires=_DAYS.get(doc_id), status=status, level=None, region=None,
        disclosure=disclosure, kind="full_text", topics=(), relations=(), header=(), page_starts=(),
        media_type="text/plain", source=f"/{doc_id}.txt", sha256=text_checksum(text), text=text,
    )  # fmt: skip


def _expect(holds: bool, sentence: str) -> None:
    if not holds:
        raise DatasetError.of(sentence)
