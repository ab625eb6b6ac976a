"""PDF: text, paragraphs and pages of real files; broken and hostile files are refused in one line."""

from __future__ import annotations

import time
from pathlib import Path

import pypdf
import pytest
from documents import (
    PARAGRAPHS,
    TITLE,
    blank_pdf,
    characters,
    encrypted,
    pdf_of_content,
    pdf_of_form,
    pdf_of_objects,
    print_to_pdf,
    typeset_pdf,
)

from ingest.readers import read_file
from ingest.readers.pdf import PdfReader
from kb.errors import DocumentError

HELLO = b"BT /F1 12 Tf 50 700 Td (Article 1 applies) Tj ET"
NOTICE = (TITLE, *PARAGRAPHS)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pdf")


@pytest.fixture(scope="session")
def printed(folder: Path) -> Path:
    """The notice printed by Chromium, paragraphs indented as officials do."""
    return print_to_pdf(folder / "printed.pdf", "text-indent: 2em; margin: 0; text-align: justify")


@pytest.fixture(scope="session")
def typeset(folder: Path) -> Path:
    return typeset_pdf(folder / "typeset.pdf")


def test_a_page_printed_by_chromium_comes_out_in_whole_paragraphs(printed: Path) -> None:
    read = read_file(printed)
    assert read.text == "\n".join(NOTICE)
    assert read.media_type == "application/pdf"
    assert read.front_matter is None


def test_paragraphs_that_are_spaced_instead_of_indented_are_joined_too(folder: Path) -> None:
    printed = print_to_pdf(folder / "spaced.pdf", "margin: 1em 0")
    assert read_file(printed).text == "\n".join(NOTICE)


def test_a_page_of_two_columns_comes_out_column_by_column_in_whole_paragraphs(folder: Path) -> None:
    columns = "text-indent: 2em; margin: 0; text-align: justify } h1 { column-span: all } body { column-count: 2; font-size: 11pt"
    printed = print_to_pdf(folder / "columns.pdf", columns)
    assert read_file(printed).text == "\n".join(NOTICE)


def test_a_document_set_as_officials_set_it_comes_out_whole_and_without_page_numbers(typeset: Path) -> None:
    assert read_file(typeset).text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("name", ["printed", "typeset"])
def test_every_character_knows_its_page(name: str, request: pytest.FixtureRequest) -> None:
    read = read_file(request.getfixturevalue(name))
    assert read.page_starts[0] == 0
    assert len(read.page_starts) >= 2
    assert list(read.page_starts) == sorted(read.page_starts)
    assert "有效期三年" in read.text[read.page_starts[-1] :]
    assert "常务会议" in read.text[: read.page_starts[1]]


def test_a_paragraph_that_runs_over_a_page_end_stays_one_line(typeset: Path) -> None:
    read = read_file(typeset)
    inside = [start for start in read.page_starts[1:] if read.text[start - 1] != "\n"]
    assert inside, "the sample has a paragraph across a page end"


def test_no_radical_is_left_in_the_text_of_a_printed_page(printed: Path) -> None:
    text = read_file(printed).text
    assert not [char for char in text if "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff"]
    assert "民政部门" in text


def test_pages_without_text_between_pages_with_text_are_empty(folder: Path, printed: Path) -> None:
    writer = pypdf.PdfWriter(printed)
    writer.insert_blank_page(595, 842, 1)
    writer.write(folder / "gap.pdf")
    read = read_file(folder / "gap.pdf")
    assert read.page_starts[1] == read.page_starts[2]
    assert characters([read.text]) == characters(NOTICE)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_locked_with_an_empty_password_opens(algorithm: str, tmp_path: Path, typeset: Path) -> None:
    path = tmp_path / "open.pdf"
    path.write_bytes(encrypted(typeset.read_bytes(), "", algorithm))
    assert read_file(path).text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_refused(algorithm: str, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(encrypted(pdf_of_content(HELLO), "geheim", algorithm))
    with pytest.raises(DocumentError, match="is encrypted and needs a password; save a copy without one"):
        read_file(path)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.99])
def test_a_truncated_pdf_is_refused(share: float, tmp_path: Path, printed: Path) -> None:
    data = printed.read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DocumentError, match=r"broken or truncated PDF \(.+\); fetch or export it again"):
        read_file(path)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R>>"
REFUSED = {
    "a scan": (blank_pdf(3), "its 3 pages hold no text, nor do their pictures; scan it again"),
    "no pages": (blank_pdf(0), "has no pages"),
    "a loop in the page tree": (
        pdf_of_objects(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        "broken or truncated PDF .*cyclic",
    ),
    "a page tree that is its own kid": (
        pdf_of_objects(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        "broken or truncated PDF .*cyclic",
    ),
    "a root that is itself": (pdf_of_objects(b"1 0 R"), "broken or truncated PDF"),
    "no page tree": (pdf_of_objects(b"<</Type/Catalog>>"), "broken or truncated PDF"),
    "arrays in arrays": (pdf_of_objects(b"<</Type/Catalog/Pages " + b"[" * 100_000), "broken or truncated PDF"),
    "too many pages": (
        pdf_of_objects(CATALOG, b"<</Type/Pages/Count 20000/Kids[" + b"3 0 R " * 20_000 + b"]>>", PAGE),
        "has 20000 pages, more than the 10000 that are read; split it",
    ),
    "a decompression bomb": (pdf_of_content(HELLO + b" " * 100_000_000), "page 1: takes more time or memory"),
    "a decompression bomb in a form": (pdf_of_form(b" " * 100_000_000), "page 1: takes more time or memory"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_pdf_that_cannot_be_read_says_what_is_wrong(what: str, tmp_path: Path) -> None:
    data, words = REFUSED[what]
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=words) as caught:
        read_file(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_page_that_takes_too_long_is_given_up() -> None:
    data = pdf_of_content(HELLO + b"BT /F1 12 Tf " + b"(slow) Tj " * 50_000 + b"ET")
    began = time.process_time()
    with pytest.raises(DocumentError, match=r"slow.pdf: page 1: takes more time .* \(the time is over\)"):
        PdfReader(seconds_a_page=0.1).read(Path("slow.pdf"), data)
    assert time.process_time() - began < 20


def test_endless_operators_are_passed_over_in_time() -> None:
    began = time.process_time()
    read = PdfReader().read(Path("endless.pdf"), pdf_of_content(b"q " * 600_000 + HELLO))
    assert read.text == "Article 1 applies"
    assert time.process_time() - began < 10


def test_a_form_that_draws_itself_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf_of_form(b"/X Do "))
    assert read_file(path).text == "Article 1 applies"


def test_characters_that_no_font_names_and_nobody_sees_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.pdf"
    path.write_bytes(pdf_of_content(b"BT /F1 12 Tf 50 700 Td <010203040506070801020304> Tj ET"))
    with pytest.raises(DocumentError, match=r"page 1: 100% of the characters are unreadable.* and OCR finds none"):
        read_file(path)


def test_reading_a_broken_pdf_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.pdf"
    path.write_bytes(pdf_of_content(HELLO).replace(b"startxref\n", b"startxref\n1"))
    read_file(path)
    assert capfd.readouterr() == ("", "")
