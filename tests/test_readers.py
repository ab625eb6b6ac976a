"""Reading files of any kind: the right reader, the bytes against the name, and one line for what cannot be read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from documents import pdf_of_content
from hypothesis import given
from hypothesis import strategies as st
from indexing import CORPUS

from ingest.readers import SUFFIXES, read_file, readable
from ingest.readers.canonical import canonical
from kb.errors import DocumentError

NOBODY = 65534
SENTENCE = "第一条　为了方便老年人就餐，制定本办法。"


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refusal(path: Path) -> str:
    """Give the one line that says why `path` is refused."""
    with pytest.raises(DocumentError) as caught:
        read_file(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    assert "; " in line, f"{line} names no remedy"
    return line


def test_the_response_is_read_character_for_character() -> None:
    path = CORPUS / "responses" / "hz-2024-343.txt"
    read = read_file(path)
    assert read.text.encode() == path.read_bytes()
    assert (read.page_starts, read.front_matter, read.media_type) == ((), None, "text/plain")


def test_every_document_of_the_corpus_can_be_read() -> None:
    files = [path for path in CORPUS.rglob("*") if readable(path)]
    assert len(files) > 50
    for path in files:
        read = read_file(path)
        assert read.text == canonical(read.text)
        assert "<!--" not in read.text
        assert (read.front_matter is not None) == (path.suffix == ".md")


def test_the_name_decides_which_files_are_readable() -> None:
    assert {".txt", ".md", ".html", ".htm", ".pdf"} <= SUFFIXES
    assert readable(Path("通知.PDF"))
    assert not readable(Path("通知.bin"))
    assert not readable(Path("README"))


def zip_of(folder: Path, member: str) -> bytes:
    path = folder / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "member", "words"),
    [
        ("a.pdf", "content.txt", "looks like a ZIP archive, not a PDF as its name says"),
        (
            "a.pdf",
            "word/document.xml",
            "looks like a DOCX file, not a PDF as its name says; rename it to a.docx",
        ),
        ("a.txt", "xl/workbook.xml", "looks like an XLSX file, not plain text"),
        ("a.html", "OFD.xml", "looks like an OFD file, not an HTML page"),
    ],
)
def test_archives_under_another_name_are_recognised(tmp_path: Path, name: str, member: str, words: str) -> None:
    assert words in refusal(written(tmp_path, name, zip_of(tmp_path, member)))


HTML = "<!DOCTYPE html><html><body><p>文</p></body></html>"
MISNAMED = [
    ("a.txt", pdf_of_content(b""), "looks like a PDF, not plain text as its name says; rename it to a.pdf"),
    ("a.md", pdf_of_content(b""), "looks like a PDF, not Markdown as its name says; rename it to a.pdf"),
    ("a.txt", HTML, "looks like an HTML page, not plain text as its name says; rename it to a.html"),
    ("a.md", "\n<!-- x -->\n<HTML>", "looks like an HTML page, not Markdown as its name says; rename it to a.html"),
    ("a.txt", "\ufeff" + HTML, "looks like an HTML page"),
    ("a.txt", b"\xff\xfe" + HTML.encode("utf-16-le"), "looks like an HTML page"),
    ("a.pdf", HTML, "looks like an HTML page, not a PDF as its name says; rename it to a.html"),
    ("a.pdf", SENTENCE, "is no PDF (it begins with bytes e7 ac ac"),
    ("a.html", SENTENCE, "has no HTML tag, it looks like plain text; rename it to a.txt"),
    ("a.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "legacy Office file (DOC, PPT or WPS), not plain"),
    ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(99), "looks like a PNG picture"),
    ("a.html", b"\xff\xd8\xff\xe0" + bytes(99), "looks like a JPEG picture"),
    (
        "a.txt",
        b"{\\rtf1\\ansi x}",
        "looks like an RTF file, not plain text as its name says; rename it to a.rtf",
    ),
    ("a.docx", b"PK\x03\x04", "looks like a ZIP archive, not a DOCX file as its name says"),
    ("a.pages", b"PK\x03\x04", "files named .pages cannot be read; convert it to one of .csv, .doc, .docm,"),
    (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "locked with a password; save a copy without",
    ),
    ("README", "x", "files without a suffix cannot be read"),
]


@pytest.mark.parametrize(("name", "data", "words"), MISNAMED)
def test_a_file_under_the_wrong_name_is_refused_with_the_right_one(
    tmp_path: Path, name: str, data: bytes | str, words: str
) -> None:
    assert words in refusal(written(tmp_path, name, data))


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_empty_and_blank_files_are_refused(tmp_path: Path, suffix: str) -> None:
    for data in (b"", b" \r\n\t\n", b"\xef\xbb\xbf"):
        line = refusal(written(tmp_path, f"a{suffix}", data))
        assert (
            "is empty" in line
            or "holds no text" in line
            or any(
                one in line
                for one in (
                    "is no PDF",
                    "does not begin as a saved mail",
                    "does not begin as a web archive",
                    "broken Outlook mail",
                    "file (it begins with bytes",
                    "has no HTML tag",
                    "broken picture",
                    "broken or truncated",
                )
            )
        )


@pytest.mark.parametrize("data", ["\u3000\u3000\n\u200b\ufeff", "\u200b"])
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_files_of_nothing_but_blanks_and_invisible_characters_are_refused(
    tmp_path: Path, data: str, suffix: str
) -> None:
    assert "holds no text" in refusal(written(tmp_path, f"a{suffix}", data))


@pytest.mark.parametrize(
    "page", ["<p></p>", "<script>alert('第一条')</script>", "<nav>首页</nav><input value=搜索>", "<img src=x>"]
)
def test_pages_without_any_text_are_refused(tmp_path: Path, page: str) -> None:
    if "首页" in page:
        page = f"<div hidden>{page}</div>"
    assert "holds no text" in refusal(written(tmp_path, "a.html", page))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "there is no such file or folder; check the path" in refusal(tmp_path / "a.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    assert "is a folder, not a file; give the files in it" in refusal(tmp_path / "a.txt")


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert "is not a regular file" in refusal(tmp_path / "a.txt")


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert "cannot be opened" in refusal(tmp_path / "a.txt")


def test_names_that_no_file_can_have_are_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / "a\0.txt")
    assert "cannot be opened" in refusal(tmp_path / f"{'长' * 300}.txt")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", SENTENCE)
    os.truncate(path, 201 * 2**20)
    assert "has 201 MB, more than the 200 MB that are read; split it" in refusal(path)


@contextmanager
def without_rights() -> Iterator[None]:
    """Drop the rights of root, who may read everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", SENTENCE)
    path.chmod(0)
    with without_rights():
        assert "may not be read; give yourself permission" in refusal(path)


def test_canonical_text_has_one_kind_of_line_end_and_nothing_invisible() -> None:
    assert (
        canonical("\ufeff一\r\n二\r三\u2028四\f五\u200b六\x07\u202e七\ud800\t八\u00ad") == "一\n二\n三\n四\n五六七\t八"
    )


def test_canonical_text_keeps_width_script_and_radicals_as_they_are() -> None:
    text = "製定２０２７年（Ａ）㎡ ①　⺠ \u00a0著力"
    assert canonical(text) == text


@given(st.text())
def test_canonical_text_stays_as_it_is(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    once.encode("utf-8")
