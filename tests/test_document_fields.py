"""A field of a document is declared once: records, front matter, the API and citations are made of the declaration."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from indexing import CORPUS

from ingest.collection import collect_files
from kb.document_fields import document_fields, read_document_fields
from kb.home import Home
from kb.provenance import named, source_fields
from kb.text.dates import PartialDate
from kb.types import Document, HeaderField, Mark, Relation
from service.document_presentation import metadata
from service.schemas.answers import Source
from service.schemas.documents import MetadataBody

FULL = Document(
    doc_id="a", title="甲办法", issuers=("市民政局", "市财政局"), issued=PartialDate(2001, 3), effective=PartialDate(2001, 5, 1),
    expires=PartialDate(2006, 4, 30), status="in_force", relations=(Relation("implements", "b"),),
    header=(HeaderField("title", "甲办法", 0, 3),), marks=(Mark("internal", "内部资料", "page", 2),), page_starts=(0, 9),
    source="收件/甲.pdf", sha256="0" * 64, text="甲办法\n第一条　补助。",
)  # fmt: skip


def test_every_field_comes_back_from_json() -> None:
    assert read_document_fields(json.loads(json.dumps(document_fields(FULL))), FULL.text) == FULL


def test_documents_of_the_corpus_come_back_from_json() -> None:
    for document in collect_files([CORPUS / "responses"], {}, lambda step, done, total: None).documents.values():
        assert read_document_fields(json.loads(json.dumps(document_fields(document))), document.text) == document


def test_what_was_written_before_a_field_was_declared_gets_its_default() -> None:
    stored = {name: value for name, value in document_fields(FULL).items() if name not in ("amended", "background")}
    assert read_document_fields(stored, FULL.text) == FULL


def test_front_matter_fills_the_fields_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        '+++\ntitle = "甲办法"\nproposal_no = "第9号"\nregion = "东湖市"\nexpires = "2036-04"\ntopics = ["养老"]\n+++\n正文。\n', "utf-8"
    )  # fmt: skip
    (document,) = collect_files([tmp_path], {}, lambda step, done, total: None).documents.values()
    assert (document.proposal_no, document.region, document.topics) == ("第9号", "东湖市", ("养老",))
    assert document.expires == PartialDate(2036, 4) and "失效日期：2036年4月" in document.text


def test_the_api_tells_of_a_document_what_its_schema_declares_and_nothing_else() -> None:
    told = metadata(FULL, Home())
    assert MetadataBody.model_validate(told).model_dump() == told
    assert not told.keys() & {"text", "source", "layout", "marks", "file_sha256"}
    made = {"is_consolidated", "url", "corrected"}
    assert told.keys() - made <= {one.name for one in fields(Document)}


def test_a_citation_says_in_words_until_when_its_document_holds() -> None:
    told = named({**source_fields(FULL, "original", "第一条"), "url": "/documents/a"})
    assert Source.model_validate(told).validity == "已失效，有效期至2006年4月30日"
    background = named(source_fields(FULL, "background", "背景情况"))
    assert background["validity"] is None and background["expires"] is None
