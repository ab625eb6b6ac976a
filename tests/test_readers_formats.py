"""Slides, mail, web archives, books and OpenDocument files; office files under a name that programs give to
anything."""

from __future__ import annotations

import zipfile
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import pytest
from format_samples import ARCHIVE, PAGE, book, mail, slides
from libreoffice import converted, office
from word_files import word_bytes

from ingest.readers import read_file
from ingest.readers.epub import EpubReader
from ingest.readers.file_reader import Unread
from ingest.readers.mail import EmlReader
from ingest.readers.mht import MhtReader
from ingest.readers.office_program import OfficeProgram
from ingest.readers.signatures import recognise
from ingest.readers.slides import SlidesReader
from kb.errors import DocumentError


def test_slides_are_read_title_first_with_their_tables_and_what_is_not_shown_is_named() -> None:
    found = SlidesReader().read(Path("a.pptx"), slides())
    assert found.text.split("\n") == ["便民服务汇报", "一、总体情况", "建成120家", "街道 | 数量", "甲街道 | 12"]
    cell = found.layout.tables[0].cells[-1]
    assert [found.text[slice(*span)] for span in cell.headers] == ["数量", "甲街道"]
    assert found.unread == (Unread("comment", page=1), Unread("hidden", page=2))


@pytest.mark.parametrize("as_page", [False, True])
def test_a_mail_is_its_subject_its_heads_and_its_letter_and_names_what_is_attached(as_page: bool) -> None:
    found = EmlReader().read(Path("a.eml"), mail(as_page))
    assert found.text.split("\n") == [
        "关于补贴的来信", "发件人：甲 <a@example.com>", "收件人：b@example.com", "每餐补贴多少？",
    ]  # fmt: skip
    assert (found.title, found.unread) == ("关于补贴的来信", (Unread("attachment", "申请表.pdf"),))


def test_a_mail_that_is_attached_is_named_and_no_part_of_the_letter() -> None:
    letter = message_from_bytes(mail(False), policy=policy.default)
    letter.add_attachment(message_from_bytes(mail(False).replace(b"Subject", b"Comments"), policy=policy.default))
    found = EmlReader().read(Path("a.eml"), letter.as_bytes())
    assert found.text.count("每餐补贴多少？") == 1
    assert found.unread == (Unread("attachment", "申请表.pdf"), Unread("attachment", "message/rfc822"))


def test_a_letter_whose_parts_cannot_be_told_apart_is_named_as_not_read() -> None:
    found = EmlReader().read(Path("a.eml"), "MIME-Version: 1.0\nContent-Type: multipart/mixed\n\n每餐三元".encode())
    assert found.unread == (Unread("attachment", "multipart/mixed"),)


def test_a_web_archive_is_its_page() -> None:
    found = MhtReader().read(Path("a.mht"), ARCHIVE)
    assert found.text == "便民服务通知\n第一条　每餐补贴3元。"
    assert found.unread == (Unread("picture"),)


def test_a_book_is_its_pages_in_the_order_of_its_spine() -> None:
    found = EpubReader().read(Path("a.epub"), book())
    assert found.text.split("\n") == ["便民服务通知", "第一条　每餐补贴3元。", "后一页"]
    assert (found.title, found.unread) == ("便民手册", (Unread("picture"),))


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".pptx", slides()[:900]),
        (".eml", b"\xff\xfe not a mail"),
        (".mht", mail(False)),
        (".mht", b"plain words"),
        (".msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
        (".epub", book()[:200]),
    ],
)
def test_a_broken_file_of_these_formats_is_refused_in_one_line(suffix: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    with pytest.raises(DocumentError) as refused:
        read_file(path)
    assert "\n" not in refused.value.message and "; " in refused.value.message


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (slides(), ".pptx"),
        (book(), ".epub"),
        (ARCHIVE, ".mht"),
        (mail(False), ".eml"),
        (word_bytes(lambda document: document.add_paragraph("通知")), ".docx"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', ".doc"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>', ".xls"),
    ],
)
def test_a_format_is_told_by_what_the_file_holds(data: bytes, suffix: str) -> None:
    found = recognise(data)
    assert found is not None and found[1] == suffix


def test_a_word_file_that_is_stored_in_a_spreadsheet_does_not_make_it_one() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/embeddings/a.docx", word_bytes(lambda document: document.add_paragraph("通知")))
    assert recognise(target.getvalue()) == ("an XLSX file", ".xlsx")


@pytest.mark.parametrize(
    "data",
    [
        ARCHIVE,
        PAGE.encode(),
        word_bytes(lambda d: [d.add_paragraph(w) for w in ("便民服务通知", "第一条　每餐补贴3元。")][-1]),
    ],
)
def test_what_other_programs_name_doc_is_read_as_what_it_is(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "export.doc"
    path.write_bytes(data)
    assert read_file(path).text == "便民服务通知\n第一条　每餐补贴3元。"


@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        (".ceb", "阿帕比阅读器"),
        (".caj", "CAJViewer"),
        (".uop", "另存为"),
        (".rar", "解压"),
        (".7z", "解压"),
        (".zip", "解压"),
    ],
)
def test_a_format_without_a_reader_is_refused_by_name_with_the_way_out(suffix: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(DocumentError) as refused:
        read_file(path)
    assert words in (refused.value.chinese or "")


@office
def test_an_opendocument_text_reads_like_the_word_file_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(word_bytes(lambda document: document.add_paragraph("第一条　每餐补贴3元。")))
    assert read_file(converted(tmp_path / "a.docx", tmp_path, "odt")).text == "第一条　每餐补贴3元。"


@office
@pytest.mark.parametrize("suffix", [".uot", ".uos", ".uof"])
def test_a_uof_file_of_the_second_version_is_refused_with_the_way_out(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"通知{suffix}"
    with zipfile.ZipFile(path, "w") as package:
        for name in ("_meta/meta.xml", "uof.xml", "rules.xml", "styles.xml", "content.xml"):
            package.writestr(name, "<?xml version='1.0' encoding='UTF-8'?><x/>")
    with pytest.raises(DocumentError) as refused:
        read_file(path)
    assert "UOF 2" in refused.value.message and ".docx" in refused.value.message and "WPS" in str(refused.value.chinese)


@pytest.mark.parametrize("suffix", [".uot", ".uof"])
def test_a_uof_text_reads_like_the_word_file_that_it_was(suffix: str, tmp_path: Path) -> None:
    lines = ["关于补贴的通知", "第一条　每餐补贴3元。"]
    source = tmp_path / "a.docx"
    source.write_bytes(word_bytes(lambda document: [document.add_paragraph(line) for line in lines]))
    path = converted(source, tmp_path, "uot:UOF text", ".uot")
    found = read_file(path.rename(path.with_suffix(suffix)))
    assert (found.text, found.media_type) == ("\n".join(lines), "application/vnd.uof.text")


@office
def test_a_uof_spreadsheet_is_told_from_a_text_by_its_content(tmp_path: Path) -> None:
    # LibreOffice fails to write UOF of a workbook, but not of a table of text.
    (tmp_path / "a.csv").write_text("区,标准\n上城,30元\n", "utf-8")
    path = converted(tmp_path / "a.csv", tmp_path, "uos:UOF spreadsheet", ".uos", "--infilter=CSV:44,34,76")
    found = read_file(path.rename(path.with_suffix(".uof")))
    assert (found.text, found.media_type) == ("a\n区 | 标准\n上城 | 30元\n", "application/vnd.uof.spreadsheet")


@office
def test_one_libreoffice_converts_many_files_and_ends_with_its_process(tmp_path: Path) -> None:
    program = OfficeProgram()
    data = word_bytes(lambda document: document.add_paragraph("每餐补贴3元"))
    made = [program.convert(data, ".docx", ".rtf", 90) for _ in range(3)]
    assert all(one and one.startswith(b"{\\rtf") for one in made)
    leader = program._leader
    assert leader is not None and leader.poll() is None
    assert leader.stdin is not None
    leader.stdin.close()  # as the system does when the process that converts is killed
    assert leader.wait(20) != 0
    assert not program._folder.exists()
