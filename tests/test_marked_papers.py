"""The readers hand over whatever may bear a mark: headers, footers, watermarks, properties, pictures (a part of the
bench)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.ingest_bench.marked_papers import BODY, MAKERS, PICTURED, Maker
from ingest.document import make_document
from ingest.readers import read_file
from ingest.secrecy import marks_of
from kb.types import MarkKind, MarkPlace

Command = Callable[..., subprocess.CompletedProcess[str]]
PDF_OF_TEXT = ("top.pdf", "own-key.pdf")  # each takes a second to make; `make bench-ingest` makes them all
WAYS = [way for way in MAKERS if not way[0].endswith(".pdf") or way[0] in PDF_OF_TEXT]


def marks_in(path: Path, data: bytes) -> list[tuple[MarkKind, MarkPlace]]:
    path.write_bytes(data)
    return [(mark.kind, mark.place) for mark in make_document(path, read_file(path)).marks]


@pytest.mark.parametrize(("name", "place", "make"), WAYS, ids=[name for name, _, _ in WAYS])
def test_a_mark_is_found_where_it_stands(tmp_path: Path, name: str, place: MarkPlace, make: Maker) -> None:
    assert marks_in(tmp_path / name, make("祕 密 ★ 三 年")) == [("state_secret", place)]
    if not name.endswith(".pdf"):
        assert marks_in(tmp_path / name, make("（內部資料，請勿外傳）")) == [("internal", place)]
        assert marks_in(tmp_path / name, make("")) == []


@pytest.mark.parametrize(("name", "make"), [(name, make) for name, place, make in WAYS if place == "page"])
def test_a_mark_over_several_lines_is_found(tmp_path: Path, name: str, make: Maker) -> None:
    kinds = {kind for kind, _ in marks_in(tmp_path / name, make("秘密\n★\n1年"))}
    assert kinds == {"state_secret"}


@pytest.mark.parametrize("name", ["header-of-one-page.pdf", "header-of-five-pages.pdf", "footer-of-two-pages.pdf"])
def test_edges_of_pages_are_searched_whether_or_not_they_run(tmp_path: Path, name: str) -> None:
    make = next(make for other, _, make in MAKERS if other == name)
    found = marks_in(tmp_path / name, make("内部资料"))
    assert [kind for kind, _ in found] == ["internal"]
    read = read_file(tmp_path / name)
    assert BODY[2] in read.text.split("\n")
    assert [mark.page for mark in marks_of(read)] == [1]


@pytest.mark.parametrize(("name", "place", "make"), PICTURED, ids=[name for name, _, _ in PICTURED])
def test_a_mark_in_a_picture_is_read(tmp_path: Path, name: str, place: MarkPlace, make: Maker) -> None:
    assert marks_in(tmp_path / name, make("机密★10年")) == [("state_secret", place)]


def test_the_command_refuses_a_paper_marked_beside_its_text(kb_command: Command, tmp_path: Path) -> None:
    make = next(make for name, _, make in MAKERS if name == "header.docx")
    (tmp_path / "a.docx").write_bytes(make("秘密★1年"))
    done = kb_command("ingest", tmp_path / "a.docx", "--index", tmp_path / "index")
    assert done.returncode == 1
    assert "bears the mark of a state secret, 秘密★1年 (in a header), which the law forbids" in done.stderr
