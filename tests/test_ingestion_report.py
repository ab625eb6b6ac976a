"""The report of an ingestion, as JSON and as a page."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from documents import typeset_pdf
from indexing import silent
from lxml import html

from ingest.collection import collect_files
from ingest.ingestion import IngestionReport
from ingest.ingestion_report import make_report, report_fields
from ingest.report_page import report_page
from kb.layout import Layout, Page

Command = Callable[..., subprocess.CompletedProcess[str]]


def test_the_command_writes_what_became_of_every_file(kb_command: Command, small_folder: Path, tmp_path: Path) -> None:
    index, as_json, as_page = tmp_path / "index", tmp_path / "report.json", tmp_path / "report.html"
    kb_command("ingest", small_folder, "--index", index)
    (small_folder / "lift.txt").write_text("一、加装电梯\n每台补助三十万元。\n", encoding="utf-8")
    (small_folder / "torn.pdf").write_bytes(typeset_pdf(tmp_path / "whole.pdf").read_bytes()[:3000])
    (small_folder / "empty<b>.txt").write_bytes(b"")
    (small_folder / "added.txt").write_text("一、新增事项\n社区影院每周放映两场。\n", encoding="utf-8")
    done = kb_command("ingest", small_folder, "--index", index, "--report", as_json, "--report", as_page)
    assert done.returncode == 1
    report = json.loads(as_json.read_text("utf-8"))
    assert report["counts"] == {"read": 1, "replaced": 1, "unchanged": 2, "duplicate": 0, "deleted": 0, "refused": 2}
    files = {Path(line["path"]).name: line for line in report["files"]}
    assert files["lift.txt"]["state"] == "replaced"
    assert files["measures.txt"]["state"] == "unchanged" and files["measures.txt"]["kept"]
    torn = files["torn.pdf"]
    assert (torn["code"], torn["remedy"]) == ("pdf_broken", "fetch or export it again")
    assert torn["reason"].startswith("is a broken or truncated PDF") and torn["reason_zh"] == "文件已损坏或不完整"
    assert report["snapshot"] in done.stdout
    page = as_page.read_text("utf-8")
    assert "<b>.txt" not in page and "empty&lt;b&gt;.txt" in page
    shown = html.fromstring(page).text_content()
    assert "没有读入的文件" in shown and "文件已损坏或不完整" in shown and "文件是空的" in shown


def test_pages_read_by_ocr_are_told_with_how_sure_it_was(small_folder: Path) -> None:
    collection = collect_files([small_folder], {}, silent)
    pages = tuple(Page(n, 595, 842, (), confidence) for n, confidence in ((1, 0.99), (2, 0.71), (3, 0.95), (4, None)))
    collection.documents["lift"] = replace(collection.documents["lift"], layout=Layout(pages))
    report = make_report(IngestionReport(collection, None, 1.0))
    (line,) = (line for line in report_fields(report)["files"] if line["doc_id"] == "lift")
    assert line["ocr"] == ((1, 0.99), (2, 0.71), (3, 0.95))
    assert line["low_confidence_pages"] == (2,)
    cells = [cell.text_content() for cell in html.fromstring(report_page(report)).iterfind(".//td")]
    assert "1–3" in cells and "0.71" in cells


def test_a_report_on_nothing_readable_is_still_written(kb_command: Command, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "empty.txt").write_bytes(b"")
    target = tmp_path / "report.json"
    done = kb_command("ingest", tmp_path / "files", "--index", tmp_path / "index", "--report", target)
    assert done.returncode == 1
    assert json.loads(target.read_text("utf-8"))["counts"]["refused"] == 1


def test_a_report_of_another_format_is_refused_before_anything_is_read(kb_command: Command, tmp_path: Path) -> None:
    done = kb_command("ingest", tmp_path, "--index", tmp_path / "index", "--report", tmp_path / "report.pdf")
    assert done.returncode == 1
    assert "must end in .html or .json" in done.stderr
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"", "文件是空的"),
        ("a.txt", "　\n".encode(), "文件里没有文字"),
        ("a.pdf", b"%PDF-1.7\nnothing", "文件已损坏"),
        ("a.pdf", "第一条　制定本办法。".encode(), "文件内容与扩展名不符"),
        ("a.txt", b"\x89PNG\r\n\x1a\n0000", "文件内容与扩展名不符"),
        ("a.xyz", b"text", "不支持这种格式"),
        ("a.md", b"+++\ntitel = 1\n+++\ntext", "文件开头的说明"),
    ],
)
def test_what_readers_refuse_is_said_in_chinese(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    (refused,) = collect_files([tmp_path / name], {}, silent).refused
    assert refused.chinese is not None and told in refused.chinese


def test_what_a_file_holds_beyond_its_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "通知.eml"
    path.write_bytes(b"From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLetter\r\n"
                     b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=rates.pdf\r\n\r\nx\r\n--b--\r\n")  # fmt: skip
    report = make_report(IngestionReport(collect_files([tmp_path], {}, silent), None, 1.0))
    (line,) = report_fields(report)["files"]
    assert line["unread"] == ({"kind": "attachment", "name": "rates.pdf", "page": None, "count": 1},)
    shown = html.fromstring(report_page(report)).text_content()
    assert "文件中没有读入的部分" in shown and "附带的文件：rates.pdf" in shown
