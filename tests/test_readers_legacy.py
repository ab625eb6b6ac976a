"""Older office files through a real LibreOffice, and archives of documents."""

from __future__ import annotations

import time
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
import pytest
from indexing import index_folder
from libreoffice import converted, office

from ingest.build import Progress
from ingest.collection import collect_files
from ingest.readers import read_file
from ingest.readers.archive import members_of
from ingest.readers.docx import DocxReader
from ingest.readers.legacy import LegacyReader
from kb.errors import DocumentError, NotFoundError
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query
from service.source_file import source_file

TEXT = "杭州市社区食堂管理办法\n第一条 社区食堂面向老年人开放。\n第二条 补助标准为每餐5元。"


def silent(step: str, done: int, total: int) -> None:
    """Nobody watches."""


PROGRESS: Progress = silent


@pytest.fixture(scope="module")
def word_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "办法.docx"
    document = docx.Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    document.save(str(path))
    return path


@pytest.fixture(scope="module")
def old_word_file(word_file: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return converted(word_file, tmp_path_factory.mktemp("old"), "doc").read_bytes()


@office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "wps"])
def test_a_legacy_word_file_reads_like_the_new_one(word_file: Path, tmp_path: Path, suffix: str) -> None:
    path = converted(word_file, tmp_path, "doc" if suffix == "wps" else suffix)
    path = path.rename(path.with_suffix(f".{suffix}"))
    read = read_file(path)
    assert read.text == TEXT
    assert read.media_type == "application/msword"


@office
def test_a_legacy_spreadsheet_keeps_its_headers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "标准"
    for row in (["区", "标准"], ["上城", "30元"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    read = read_file(converted(tmp_path / "a.xlsx", tmp_path, "xls"))
    assert read.text == "标准\n区 | 标准\n上城 | 30元\n"
    cell = read.layout.tables[0].cells[-1]
    assert [read.text[start:end] for start, end in cell.headers] == ["标准", "上城"]


@office
def test_without_libreoffice_the_remedy_is_named(
    word_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = converted(word_file, tmp_path, "doc")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DocumentError, match=r"needs LibreOffice .* install LibreOffice .* or save it as \.docx"):
        read_file(path)


@office
def test_what_libreoffice_cannot_open_in_time_is_given_up_with_all_it_started(word_file: Path, tmp_path: Path) -> None:
    path = converted(word_file, tmp_path, "doc")
    reader = LegacyReader((".doc",), "application/msword", "a DOC file", DocxReader(), seconds_a_file=0.05)
    began = time.monotonic()
    with pytest.raises(DocumentError, match="takes LibreOffice more than"):
        reader.read(path, path.read_bytes())
    assert time.monotonic() - began < 20


def pack(path: Path, members: dict[str, bytes | str], *, gbk: bool = False) -> Path:
    """Make an archive; with `gbk` as Chinese Windows does, which zipfile cannot: names in GBK and nothing that says
    so."""
    if gbk:
        path.write_bytes(_unmarked(members))
        return path
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def _unmarked(members: dict[str, bytes | str]) -> bytes:
    """Write an archive by hand: stored members under their GBK names, with no flag."""
    out, directory = b"", b""
    for name, content in members.items():
        data = content.encode() if isinstance(content, str) else content
        encoded = name.encode("gb18030")
        crc, size = zlib.crc32(data), len(data)
        head = b"\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00" + b"".join(
            number.to_bytes(4, "little") for number in (crc, size, size)
        )
        lengths = len(encoded).to_bytes(2, "little") + b"\x00\x00"
        directory += b"PK\x01\x02\x14\x00" + head + lengths + b"\x00" * 10 + len(out).to_bytes(4, "little") + encoded
        out += b"PK\x03\x04" + head + lengths + encoded + data
    count = len(members).to_bytes(2, "little")
    end = b"PK\x05\x06\x00\x00\x00\x00" + count * 2 + len(directory).to_bytes(4, "little")
    return out + directory + end + len(out).to_bytes(4, "little") + b"\x00\x00"


def test_names_in_utf8_are_read_though_the_archive_does_not_say_so(tmp_path: Path) -> None:
    archive = tmp_path / "资料.zip"
    packed = pack(archive, {"通知/食堂办法.txt": "第一条", "__MACOSX/._a": "x"}).read_bytes()
    archive.write_bytes(packed.replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00"))
    assert not any(member.flag_bits & 0x800 for member in zipfile.ZipFile(archive).infolist())
    assert archive / "通知" / "食堂办法.txt" in members_of(archive)


@pytest.mark.parametrize("gbk", [False, True])
def test_the_documents_of_an_archive_are_read_and_cited(tmp_path: Path, word_file: Path, gbk: bool) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    members: dict[str, bytes | str] = {
        "文件/食堂办法.docx": word_file.read_bytes(),
        "文件/通知.txt": "一、托育\n托育机构应当备案。\n",
    }
    archive = pack(folder / "资料.zip", members, gbk=gbk)
    index_folder(folder, tmp_path / "index")
    knowledge_base = KnowledgeBase.open(tmp_path / "index", open_encoder())
    answer = knowledge_base.ask(Query("", "社区食堂的补助标准是每餐多少元？"))
    document = knowledge_base.document(answer.citations[0].doc_id)
    assert "5元" in answer.text
    assert document.source == str((archive / "文件" / "食堂办法.docx").resolve())
    assert source_file(document).read_bytes() == word_file.read_bytes()


def test_the_originals_of_an_archive_are_unpacked_once_however_many_are_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    archive = pack(folder / "资料.zip", {f"{number}.txt": f"一、第{number}项\n内容。\n" for number in range(70)})
    documents = collect_files([folder], {}, PROGRESS).documents
    asked = [[source_file(document) for document in documents.values()] for _ in range(2)]
    assert asked[0] == asked[1] and len(set(asked[0])) == 70
    archive.unlink()
    pack(archive, {"1.txt": "一、别的\n别的。\n"})
    with pytest.raises(NotFoundError, match="was changed"):
        source_file(documents["1"])


def test_what_leaves_an_archive_leaves_the_collection(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"one.txt": "一、甲\n甲。", "two.txt": "一、乙\n乙。"})
    first = collect_files([tmp_path], {}, PROGRESS)
    assert sorted(first.documents) == ["one", "two"]
    archive.unlink()
    pack(archive, {"one.txt": "一、甲\n甲。"})
    second = collect_files([tmp_path], first.documents, PROGRESS)
    assert (second.unchanged, second.removed) == (["one"], ["two"])


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "..\\..\\evil.txt", "C:/evil.txt"])
def test_a_name_that_leads_out_stays_inside(tmp_path: Path, name: str) -> None:
    archive = pack(tmp_path / "a.zip", {name: "一、甲\n甲。"})
    before = sorted(tmp_path.rglob("*"))
    for member in members_of(archive):
        assert archive in member.parents
    collection = collect_files([archive], {}, PROGRESS)
    assert [document.text for document in collection.documents.values()] == ["一、甲\n甲。"]
    assert sorted(tmp_path.rglob("*")) == before


def test_archives_in_archives_and_links_are_refused_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    inner = pack(tmp_path / "inner.zip", {"deep.txt": "深。"}).read_bytes()
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner)
        archive.writestr("good.txt", "一、甲\n甲。")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    collection = collect_files([outer], {}, PROGRESS)
    assert list(collection.documents) == ["good"]
    lines = sorted(error.message for error in collection.refused)
    assert "inner.zip: cannot be read: it is an archive inside another; unpack it" in lines[0]
    assert "link.txt: is a link, not a file; pack the file itself" in lines[1]


def test_a_broken_archive_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、甲\n甲。", "utf-8")
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 broken")
    collection = collect_files([tmp_path], {}, PROGRESS)
    assert list(collection.documents) == ["a"]
    assert "broken or truncated ZIP archive" in collection.refused[0].message


@office
def test_an_old_word_file_with_a_password_is_refused(old_word_file: bytes, tmp_path: Path) -> None:
    data = bytearray(old_word_file)
    at = next(at for at in range(512, len(data), 512) if data[at : at + 2] == b"\xec\xa5")
    data[at + 11] |= 0x01
    path = tmp_path / "locked.doc"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match="is locked with a password; save a copy without"):
        read_file(path)


@office
def test_links_in_a_file_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET", "ascii")
    fields = "".join(
        rf'{{\field\flddirty{{\*\fldinst {{ {code} "{tmp_path}/secret.txt" }}}}{{\fldrslt {{shown}}}}}}\par '
        for code in ("INCLUDETEXT", "DDEAUTO cmd")
    )
    path = tmp_path / "a.rtf"
    path.write_text(rf"{{\rtf1\ansi First.\par {fields}Last.\par}}", "ascii")
    text = read_file(path).text
    assert "SECRET" not in text
    assert text.startswith("First.") and text.endswith("Last.")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.doc", "第一条 正文。".encode("gb18030"), "is no DOC, WPS or RTF file .it begins with bytes b5 da"),
        ("a.wps", b"PK\x03\x04", "looks like a ZIP archive"),
        ("a.xls", b"a\tb\n1\t2\n", "is no XLS"),
    ],
)
def test_what_only_has_the_name_of_an_old_file_is_not_guessed_at(
    name: str, data: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentError, match=words):
        read_file(tmp_path / name)


@office
@pytest.mark.parametrize("damage", ["cut", "overwritten"])
def test_a_damaged_old_file_is_read_or_refused_in_one_line(old_word_file: bytes, tmp_path: Path, damage: str) -> None:
    half = len(old_word_file) // 2
    rest = b"" if damage == "cut" else b"\xff" * 2000 + old_word_file[half + 2000 :]
    path = tmp_path / "damaged.doc"
    path.write_bytes(old_word_file[:half] + rest)
    try:
        assert isinstance(read_file(path).text, str)
    except DocumentError as error:
        assert str(path) in str(error) and "\n" not in str(error) and ";" in str(error)
