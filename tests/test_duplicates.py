"""The same document twice, nearly the same documents, and newer versions of older ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from documents import PARAGRAPHS, typeset_pdf
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import index_folder, silent

from ingest.base_index import indexed_documents
from ingest.collection import Collection, collect_files
from ingest.duplicates import near_duplicates, words_checksum
from kb.types import Document, Relation
from kb.visibility import in_force
from service.ingestion_process import change

NOTICE = "\n".join(PARAGRAPHS) + "\n"
OLD = "东湖市长者食堂管理办法\n文号：东政发〔2025〕7号\n发布机构：东湖市人民政府\n成文日期：2025年4月2日\n第一条　年满七十周岁的老年人每餐补贴三元。\n"
NEW = "{title}\n文号：东政发〔2031〕9号\n发布机构：{issuer}\n成文日期：2031年4月2日\n第一条　年满七十周岁的老年人每餐补贴五元。\n第二条　{last}\n"
TITLE_OF_OLD = "东湖市长者食堂管理办法"


def collect(folder: Path, indexed: dict[str, Document] | None = None) -> Collection:
    return collect_files([folder], indexed or {}, silent)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    (made / "old.txt").write_text(OLD, encoding="utf-8")
    return made


def add_new(
    folder: Path, title: str = TITLE_OF_OLD, last: str = "本办法自2031年5月1日起施行。", issuer: str = "东湖市人民政府"
) -> None:
    (folder / "new.txt").write_text(NEW.format(title=title, last=last, issuer=issuer), encoding="utf-8")


def test_one_document_in_two_formats_is_one_document(tmp_path: Path) -> None:
    typeset_pdf(tmp_path / "notice.pdf")
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    collection = collect(tmp_path)
    assert collection.refused == []
    (document,) = collection.documents.values()
    assert document.media_type == "application/pdf"  # it can name the page
    states = {Path(line.path).name: (line.state, line.doc_id) for line in collection.files}
    assert states == {"notice.pdf": ("read", "notice"), "notice.txt": ("duplicate", "notice")}


def test_the_other_format_takes_its_place_when_the_richer_file_is_gone(tmp_path: Path) -> None:
    typeset_pdf(tmp_path / "printed.pdf")
    (tmp_path / "typed.txt").write_text(NOTICE, encoding="utf-8")
    first = collect(tmp_path).documents
    assert list(first) == ["printed"]
    (tmp_path / "printed.pdf").unlink()
    second = collect(tmp_path, first)
    assert list(second.documents) == ["typed"]
    assert second.removed == ["printed"]


def test_what_is_there_from_elsewhere_stays(tmp_path: Path) -> None:
    (tmp_path / "typed").mkdir()
    (tmp_path / "printed").mkdir()
    (tmp_path / "typed" / "a.txt").write_text(NOTICE, encoding="utf-8")
    typeset_pdf(tmp_path / "printed" / "b.pdf")
    collection = collect(tmp_path / "printed", collect(tmp_path / "typed").documents)
    assert list(collection.documents) == ["a"]
    assert [(line.state, line.doc_id) for line in collection.files] == [("duplicate", "a")]


def test_an_upload_of_the_same_text_is_told_and_a_deletion_gives_the_older_version_back(
    folder: Path, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    add_new(folder, f"{TITLE_OF_OLD}（2031年修订）")
    index_folder(folder, index_dir)
    (tmp_path / "same.md").write_text(f"{OLD}", encoding="utf-8")
    told = change(index_dir, "embedded", {"action": "add", "path": str(tmp_path / "same.md")})
    assert (told["unchanged"], told["titles"]) == (["old"], ["东湖市长者食堂管理办法"])
    assert indexed_documents(index_dir)["old"].status == "superseded"
    change(index_dir, "embedded", {"action": "remove", "doc_id": "new"})
    assert indexed_documents(index_dir)["old"].status == "unknown"


def test_one_word_more_makes_another_document(tmp_path: Path) -> None:
    typeset_pdf(tmp_path / "printed.pdf")
    (tmp_path / "typed.txt").write_text(NOTICE + "附则。\n", encoding="utf-8")
    collection = collect(tmp_path)
    assert sorted(collection.documents) == ["printed", "typed"]
    (pair,) = near_duplicates(collection.documents.values())
    assert {pair.one, pair.other} == {"printed", "typed"}
    assert 0.95 < pair.similarity < 1


def test_different_documents_are_no_near_duplicates(folder: Path) -> None:
    (folder / "notice.txt").write_text(NOTICE, encoding="utf-8")
    assert near_duplicates(collect(folder).documents.values()) == []


@settings(deadline=None)  # the first call makes the folding table
@given(st.text(alphabet="為为了老年人就餐，。 \n（）1２", min_size=30, max_size=80))
def test_blanks_marks_and_script_are_no_difference(text: str) -> None:
    spaced = "\n".join(text).replace("為", "为").replace("２", "2").replace("，", ",")
    assert words_checksum(text) == words_checksum(spaced)


def test_a_title_with_a_mark_of_revision_takes_the_place_of_the_older(folder: Path) -> None:
    add_new(folder, f"{TITLE_OF_OLD}（2031年修订）")
    documents = collect(folder).documents
    assert documents["old"].status == "superseded"
    assert documents["old"].relations == (Relation("superseded_by", "new"),)
    assert documents["new"].relations == (Relation("supersedes", "old"),)
    assert not in_force(documents["old"], date(2032, 1, 1))
    assert in_force(documents["old"], date(2030, 1, 1)), "what was asked about an earlier day is still answered"


@pytest.mark.parametrize(
    "last",
    [
        f"本办法自2031年5月1日起施行，《{TITLE_OF_OLD}》（东政发〔2025〕7号）同时废止。",
        "本办法自2031年5月1日起施行。东政发〔2025〕7号文件同时废止。",
        f"本办法自公布之日起施行，《{TITLE_OF_OLD}》《东湖市其他办法》自公布之日起废止。",
    ],
)
def test_a_text_that_ends_the_older_takes_its_place(folder: Path, last: str) -> None:
    add_new(folder, "东湖市社区助餐服务规定", last)
    collection = collect(folder)
    (version,) = collection.versions
    assert (version.newer, version.older) == ("new", "old")
    assert version.says is not None and "废止" in version.says
    assert collection.documents["old"].status == "superseded"


@pytest.mark.parametrize(
    "last",
    [
        "本办法自2031年5月1日起施行。",
        f"《{TITLE_OF_OLD}》第一条同时废止。",
        f"根据《关于废止部分文件的决定》，《{TITLE_OF_OLD}》继续执行。",
    ],
)
def test_what_does_not_say_so_is_only_told(folder: Path, last: str) -> None:
    add_new(folder, last=last)
    collection = collect(folder)
    assert [(v.newer, v.older, v.says) for v in collection.versions] == [("new", "old", None)]
    assert {document.status for document in collection.documents.values()} == {"unknown"}


def test_another_issuer_makes_another_document(folder: Path) -> None:
    add_new(folder, f"{TITLE_OF_OLD}（2031年修订）", issuer="西山市人民政府")
    assert collect(folder).versions == []


def test_when_the_newer_is_gone_the_older_is_what_its_text_says(folder: Path, tmp_path: Path) -> None:
    add_new(folder, f"{TITLE_OF_OLD}（2031年修订）")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "new.txt").rename(elsewhere / "new.txt")
    both = collect(elsewhere, collect(folder).documents).documents
    assert both["old"].status == "superseded"
    assert collect(folder, both).unchanged == ["old"], "read again, it is superseded as before"
    (elsewhere / "new.txt").unlink()
    left = collect(elsewhere, both).documents
    assert (left["old"].status, left["old"].relations, left["old"].expires) == ("unknown", (), None)
