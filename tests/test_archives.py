"""7z and RAR archives: their files come out by name as those of a ZIP do, and nothing in them does harm or gets
lost."""

from __future__ import annotations

import ctypes.util
import zipfile
from pathlib import Path

import pytest
from archive_samples import rar4, rar5, write_7z
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.collection import collect_files
from ingest.readers import read_file
from ingest.readers.archive import members_of, read_member
from kb.errors import DocumentError

# The library is the system's: `make test` installs it on Debian as root, elsewhere it says what to install and these
# are skipped.
pytestmark = pytest.mark.skipif(ctypes.util.find_library("archive") is None, reason="needs libarchive: make archives")

NOTICE = "关于补贴的通知\n第一条　每餐补贴3元。".encode()
MEMBERS = [("通知.txt", NOTICE), ("附件/表.txt", b"a" * 5_000), ("readme", b"x")]
KINDS = ["7z", "rar5", "rar4"]


def written(folder: Path, kind: str, members: list[tuple[str, bytes]] = MEMBERS) -> Path:
    path = folder / f"文件.{kind.rstrip('45')}"
    if kind == "7z":
        write_7z(path, members)
    else:
        path.write_bytes((rar5 if kind == "rar5" else rar4)(members))
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_of_an_archive_are_read_by_their_names(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    assert members_of(path) == [path / "通知.txt", path / "附件" / "表.txt", path / "readme"]
    assert read_file(path / "通知.txt").text == NOTICE.decode()
    assert [read_member(path, member) for member in members_of(path)] == [data for _, data in MEMBERS]


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_lead_out_of_the_archive_stay_in_it_and_equal_names_are_two_files(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind, [("../../a.txt", b"1"), ("/etc/passwd", b"2"), ("a.txt", b"3")])
    assert members_of(path) == [path / "a.txt", path / "etc" / "passwd", path / "a (2).txt"]
    assert read_member(path, path / "a (2).txt") == b"3"
    assert sorted(tmp_path.iterdir()) == [path]


def test_equal_names_in_a_zip_are_two_files(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/a.txt", "1")
        archive.writestr("../x/a.txt", "2")
    assert [read_member(path, member) for member in members_of(path)] == [b"1", b"2"]


def test_names_in_gbk_that_could_be_utf_8_are_read_as_gbk(tmp_path: Path) -> None:
    assert members_of(written(tmp_path, "rar4", [("通知.txt", NOTICE)]))[0].name == "通知.txt"
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xxxx.txt", NOTICE)
    path.write_bytes(path.read_bytes().replace(b"xxxx.txt", "通知.txt".encode("gbk")))
    assert members_of(path)[0].name == "通知.txt"


BROKEN = {
    "cut in a member": (lambda data: data[:-40], "ends before its end|Truncated"),
    "cut between members": (lambda data: data[:-8], "ends before its end|Truncated|broken"),
    "of another kind": (lambda data: b"PK\x03\x04" + data[4:], "is no .* archive"),
}


@pytest.mark.parametrize("kind", ["7z", "rar5"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_archive_is_refused_whole(how: str, kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    change, words = BROKEN[how]
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DocumentError, match=words) as caught:
        members_of(path)
    assert "\n" not in str(caught.value)


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.rar"
    path.write_bytes(rar5(MEMBERS, encrypted=True))
    with pytest.raises(DocumentError, match="locked with a password") as caught:
        members_of(path)
    assert caught.value.chinese


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "7z", [("a.txt", bytes(64 * 2**20))])
    assert path.stat().st_size < 2**16
    with pytest.raises(DocumentError, match="more than a document should") as caught:
        members_of(path)
    assert caught.value.chinese


def test_a_link_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.rar"
    path.write_bytes(rar4([("a.txt", b"/etc/passwd"), ("b.txt", NOTICE)], modes=[0o120777, 0o100644]))
    with pytest.raises(DocumentError, match="is a link"):
        read_member(path, path / "a.txt")
    assert read_member(path, path / "b.txt") == NOTICE


def test_one_volume_of_several_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.rar"
    path.write_bytes(rar4(MEMBERS, volume=True))
    with pytest.raises(DocumentError, match="is one volume of several"):
        members_of(path)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), piece=st.binary(min_size=1, max_size=8))
def test_a_damaged_archive_is_read_or_refused(kind: str, place: float, piece: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    data = path.read_bytes()
    at = int(place * len(data))
    path.write_bytes(data[:at] + piece + data[at + len(piece) :])
    try:
        for member in members_of(path):
            read_member(path, member)
    except DocumentError as error:
        assert "\n" not in str(error)


def test_every_file_of_a_folder_is_read_refused_or_passed_over_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("x")
    write_7z(
        folder / "文件.7z", [("通知.txt", NOTICE), ("Thumbs.db", b"x"), ("图.cdr", b"x"), ("内.rar", rar5(MEMBERS))]
    )
    collection = collect_files([folder], {}, lambda step, done, total: None)
    archive = folder / "文件.7z"
    assert {outcome.path: outcome.state for outcome in collection.files} == {
        str(archive / "通知.txt"): "read", str(archive / "图.cdr"): "refused", str(archive / "内.rar"): "refused",
    }  # fmt: skip
    assert sorted(collection.passed_over) == sorted([str(folder / ".git" / "HEAD"), str(archive / "Thumbs.db")])
