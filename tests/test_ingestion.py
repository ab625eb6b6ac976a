"""From folders to snapshots: what is added, unchanged, removed and refused."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from indexing import CORPUS, index_folder, silent

from cli.ingest import ingest
from ingest.bars import Bars
from ingest.base_index import indexed_documents
from ingest.build import index_lock
from ingest.collection import collect_files
from ingest.ingestion import IngestionSettings
from ingest.ingestion import ingest as ingest_files
from kb.errors import SnapshotError
from kb.index.encoder import open_encoder
from kb.index.snapshot import current_name, snapshot_names
from kb.knowledge_base import KnowledgeBase
from kb.types import Query
from service.ingestion_process import change


def ask(index_dir: Path, question: str) -> str:
    knowledge_base = KnowledgeBase.open(index_dir, open_encoder())
    answer = knowledge_base.ask(Query("", question))
    knowledge_base.close()
    return answer.text


def test_the_response_is_kept_character_for_character(corpus: KnowledgeBase) -> None:
    document = corpus.document("hz-2024-343")
    assert document.text == (CORPUS / "responses/hz-2024-343.txt").read_bytes().decode()
    assert document.title == "關於深入推進老舊社區“嵌入式服務設施建設”的建議"
    assert document.proposal_no == "市政協十二屆三次會議第343號"
    assert document.index_no == "002489444/2024-276097"
    assert document.issuers == ("市發改委",)
    assert document.kind == "response"
    assert document.doc_no is None


def test_ingesting_the_same_folder_twice_changes_nothing(small_folder: Path, tmp_path: Path) -> None:
    first = index_folder(small_folder, tmp_path / "index")
    second = index_folder(small_folder, tmp_path / "index")
    assert first.changed
    assert not second.changed
    assert second.snapshot == first.snapshot
    assert snapshot_names(tmp_path / "index") == [first.snapshot]


def test_adding_a_document_embeds_that_document_alone(small_folder: Path, tmp_path: Path) -> None:
    first = index_folder(small_folder, tmp_path / "index")
    (small_folder / "added.txt").write_text("一、新增事项\n社区影院每周放映两场。\n", encoding="utf-8")
    second = index_folder(small_folder, tmp_path / "index")
    assert first.embedded == first.counts.passages
    assert second.embedded == 1
    assert second.counts.documents == first.counts.documents + 1
    assert "每周放映两场" in ask(tmp_path / "index", "社区影院每周放映几场？")


def test_a_removed_file_is_gone_from_the_answers(small_folder: Path, tmp_path: Path) -> None:
    index_folder(small_folder, tmp_path / "index")
    assert "二十万元" in ask(tmp_path / "index", "每台电梯补助多少万元？")
    (small_folder / "lift.txt").unlink()
    index_folder(small_folder, tmp_path / "index")
    assert ask(tmp_path / "index", "每台电梯补助多少万元？") == ""


def test_an_ingestion_reports_what_became_of_every_file(small_folder: Path, tmp_path: Path) -> None:
    settings = IngestionSettings(open_encoder(), unstated="public")
    first = ingest_files([small_folder], tmp_path / "index", settings, Bars())
    assert first.build is not None and first.build.counts.documents == len(first.collection.added) == 3
    (small_folder / "lift.txt").write_bytes(b"")
    again = ingest_files([small_folder], tmp_path / "index", settings, Bars())
    assert again.build is not None and not again.build.changed
    assert [file.state for file in again.collection.files].count("refused") == 1
    nothing = ingest_files([small_folder / "lift.txt"], tmp_path / "other", settings, Bars())
    assert nothing.build is None and len(nothing.collection.refused) == 1
    assert not (tmp_path / "other" / "CURRENT").exists()


def test_documents_from_elsewhere_stay(small_folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    index_folder(small_folder, index_dir)
    other = tmp_path / "other"
    other.mkdir()
    (other / "pool.txt").write_text("一、开放时间\n社区泳池每天开放十小时。\n", encoding="utf-8")
    index_folder(other, index_dir)
    assert set(indexed_documents(index_dir)) == {"measures", "lift", "internal", "pool"}


def test_a_file_that_can_no_longer_be_read_keeps_its_last_good_text(small_folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    index_folder(small_folder, index_dir)
    (small_folder / "lift.txt").write_bytes(b"")
    collection = collect_files([small_folder], indexed_documents(index_dir), silent)
    assert [error.path for error in collection.refused] == [str(small_folder / "lift.txt")]
    assert "每台电梯补助二十万元" in collection.documents["lift"].text
    assert collection.removed == []


def test_a_link_to_a_file_that_is_gone_is_told_and_keeps_its_last_good_text(small_folder: Path, tmp_path: Path) -> None:
    aim = tmp_path / "elsewhere" / "lift.txt"
    aim.parent.mkdir()
    (small_folder / "lift.txt").rename(aim)
    (small_folder / "lift.txt").symlink_to(aim)
    before = collect_files([small_folder], {}, silent)
    aim.unlink()
    collection = collect_files([small_folder], before.documents, silent)
    (refused,) = collection.refused
    assert refused.message == (
        f"{small_folder / 'lift.txt'}: is a link to a file that is not there; restore that file, or remove the link"
    )
    assert [file.state for file in collection.files if file.path.endswith("lift.txt")] == ["refused"]
    assert "lift" in collection.documents


def test_an_archive_that_can_no_longer_be_read_keeps_the_last_good_texts_of_its_files(tmp_path: Path) -> None:
    folder, index_dir = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "文件.zip", "w") as archive:
        archive.writestr("通知.txt", "关于补贴的通知\n第一条　每餐补贴三元。\n")
    index_folder(folder, index_dir)
    (folder / "文件.zip").write_bytes((folder / "文件.zip").read_bytes()[:40])
    collection = collect_files([folder], indexed_documents(index_dir), silent)
    assert [error.path for error in collection.refused] == [str(folder / "文件.zip")]
    assert "每餐补贴三元" in collection.documents["通知"].text and collection.removed == []


def test_a_proposal_number_without_digits_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "reply.txt").write_text("关于提案的答复\n提案号：市政协重点提案\n已办结。\n", "utf-8")
    index_folder(tmp_path / "documents", tmp_path / "index")
    assert set(indexed_documents(tmp_path / "index")) == {"reply"}


def test_one_text_in_two_folders_is_one_document(small_folder: Path) -> None:
    (small_folder / "sub").mkdir()
    shutil.copy(small_folder / "lift.txt", small_folder / "sub" / "lift.txt")
    collection = collect_files([small_folder], {}, silent)
    assert {Path(file.path).parent.name: file.state for file in collection.files if file.doc_id == "lift"} == {
        small_folder.name: "read", "sub": "duplicate",
    }  # fmt: skip


def write_notice(folder: Path, words: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "通知.txt").write_text(f"{words}通知\n一、时间\n{words}在五月十二日。\n", "utf-8")
    return folder


def test_files_of_one_name_in_two_folders_are_two_documents_and_keep_their_ids(tmp_path: Path) -> None:
    write_notice(tmp_path / "all" / "2025", "演练")
    first = collect_files([tmp_path / "all"], {}, silent)
    assert list(first.documents) == ["通知"]
    write_notice(tmp_path / "all" / "2024", "慰问")
    second = collect_files([tmp_path / "all"], first.documents, silent)
    assert {doc_id: Path(one.source).parent.name for doc_id, one in second.documents.items()} == {
        "通知": "2025", "2024-通知": "2024",
    }  # fmt: skip
    again = collect_files([tmp_path / "all"], second.documents, silent)
    assert sorted(again.unchanged) == ["2024-通知", "通知"]


def test_a_folder_that_is_ingested_later_takes_no_document_of_another_one(tmp_path: Path) -> None:
    older = collect_files([write_notice(tmp_path / "2024", "慰问")], {}, silent)
    both = collect_files([write_notice(tmp_path / "2025", "演练")], older.documents, silent)
    assert sorted(both.documents) == ["2025-通知", "通知"]


def test_a_file_that_was_moved_and_changed_keeps_its_id(tmp_path: Path) -> None:
    older = collect_files([write_notice(tmp_path / "all" / "new", "慰问")], {}, silent)
    shutil.rmtree(tmp_path / "all" / "new")
    write_notice(tmp_path / "all" / "done", "慰问结束")
    assert list(collect_files([tmp_path / "all"], older.documents, silent).documents) == ["通知"]


def test_what_has_no_reader_is_named_in_the_report_and_the_data_of_programs_is_not(tmp_path: Path) -> None:
    write_notice(tmp_path, "慰问")
    for name in ("汇报.key", "说明", "内网.ceb", "settings.toml", ".hidden.key"):
        (tmp_path / name).write_bytes(b"x")
    states = {Path(file.path).name: file.state for file in collect_files([tmp_path], {}, silent).files}
    assert states == {"通知.txt": "read", "汇报.key": "refused", "说明": "refused", "内网.ceb": "refused"}


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with index_lock(tmp_path), pytest.raises(SnapshotError, match="another `kb ingest`"), index_lock(tmp_path):
        pass


def test_an_interrupted_build_leaves_the_index_as_it_was(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tmp_path / "index"
    index_folder(small_folder, index_dir)
    before = current_name(index_dir)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("kb.index.local_store.write_lexical", fail)
    (small_folder / "added.txt").write_text("一、新增\n内容更多。\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match="disk is full"):
        index_folder(small_folder, index_dir)
    assert current_name(index_dir) == before
    assert snapshot_names(index_dir) == [before]
    assert "二十万元" in ask(index_dir, "每台电梯补助多少万元？")


def test_what_staff_deleted_stays_away_until_it_changes_or_is_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, index = tmp_path / "files", tmp_path / "index"
    folder.mkdir()
    (folder / "canteen.txt").write_text("长者食堂管理办法\n第一条　每餐补贴三元。\n", "utf-8")
    (folder / "lift.txt").write_text("加装电梯办法\n第一条　每台电梯补助二十万元。\n", "utf-8")
    ingest(paths=[folder], index=index)
    change(index, "embedded", {"action": "remove", "doc_id": "lift"})

    def held() -> set[str]:
        return set(indexed_documents(index))

    assert held() == {"canteen"}
    capsys.readouterr()
    report = tmp_path / "report.json"
    ingest(paths=[folder], index=index, report=[report])
    assert held() == {"canteen"}
    assert "1 left out, because staff deleted the text; --restore" in capsys.readouterr().err
    assert {Path(line["path"]).name: line["state"] for line in json.loads(report.read_text("utf-8"))["files"]} == {
        "canteen.txt": "unchanged", "lift.txt": "deleted",
    }  # fmt: skip
    ingest(paths=[folder], index=index, restore=True)
    assert held() == {"canteen", "lift"}
    change(index, "embedded", {"action": "remove", "doc_id": "lift"})
    (folder / "lift.txt").write_text("加装电梯办法\n第一条　每台电梯补助二十五万元。\n", "utf-8")
    ingest(paths=[folder], index=index)
    assert held() == {"canteen", "lift"}
