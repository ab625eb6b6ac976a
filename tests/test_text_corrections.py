"""What staff put right in the text of a file: it holds for the same file, its places follow, and it is taken back
again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import silent

from cli.ingest import ingest
from ingest.base_index import indexed_documents
from ingest.certainty import certainty, doubts_of
from ingest.document import make_document
from ingest.ingestion import writing
from ingest.readers import ReadText
from ingest.text_corrections import TextCorrection, TextCorrections, corrected, revised
from kb.errors import InputError
from kb.index.encoder import STATIC, open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.layout import Box, Cell, Layout, Page, PlacedTable
from kb.presentation import answer_payload, hit_payload
from kb.provenance import named
from kb.types import Document, HandWritten, Query, Unread

TEXT = "长老食堂管理办法\n第一条　每餐补贴三元。\n第二条　留样四十八小时。\n对象 | 金额\n老人 | 二元\n"


def page(text: str, confidence: float | None, number: int = 1, start: int = 0) -> Page:
    """One box for every line."""
    boxes, at = [], start
    for line in text.splitlines(keepends=True):
        boxes.append(Box(at, at + len(line.rstrip()), 74, 100 + at, 74 + 16 * len(line), 116 + at))
        at += len(line)
    return Page(number, 595, 842, tuple(boxes), confidence)


def table(text: str) -> PlacedTable:
    def cell(row: int, column: int, words: str) -> Cell:
        at = text.index(words)
        return Cell(row, column, at, at + len(words))

    cells = (cell(0, 0, "对象"), cell(0, 1, "金额"), cell(1, 0, "老人"), cell(1, 1, "二元"))
    heads = tuple((one.start, one.end) for one in cells[:2])
    cells = (*cells[:2], replace(cells[2], headers=heads[:1]), replace(cells[3], headers=heads[1:]))
    return PlacedTable(text.index("对象"), text.index("二元") + 2, 1, cells)


READ = ReadText(TEXT, (0,), None, "image/png", Layout((page(TEXT, 0.8),), (table(TEXT),)), "f" * 64)


def correct(words: str, written: str | None, kept: tuple[TextCorrection, ...] = ()) -> tuple[TextCorrection, ...]:
    now = corrected(READ, kept).text
    return revised(READ, kept, now.index(words), words, written, "staff:3f9a", "2031-03-08")


def test_what_is_written_stands_in_the_text_and_everything_else_keeps_its_place() -> None:
    now = corrected(READ, correct("长老食堂管理办法", "某区长者食堂管理办法"))
    assert now.text == TEXT.replace("长老", "某区长者")
    assert [now.text[one.start : one.end] for one in now.layout.pages[0].boxes] == now.text.splitlines()
    assert [now.text[slice(*(cell.start, cell.end))] for cell in now.layout.tables[0].cells] == [
        "对象",
        "金额",
        "老人",
        "二元",
    ]
    assert now.text[slice(*now.layout.tables[0].cells[3].headers[0])] == "金额"
    assert now.by_hand == (HandWritten(0, 10, "长老食堂管理办法"),)


def test_the_cells_of_a_row_are_put_right_one_by_one_and_stay_cells() -> None:
    now = corrected(READ, correct("老人 | 二元", "七十周岁以上的老人 | 三十元"))
    assert [now.text[cell.start : cell.end] for cell in now.layout.tables[0].cells] == [
        "对象",
        "金额",
        "七十周岁以上的老人",
        "三十元",
    ]
    with pytest.raises(InputError, match="cells of a table"):
        correct("老人 | 二元", "老人三元")


def test_one_correction_over_another_is_one_from_what_was_read() -> None:
    once = correct("三元", "五元")
    (twice,) = correct("每餐补贴五元", "每餐补贴八元", once)
    assert (twice.read, twice.written) == ("每餐补贴三元", "每餐补贴八元")
    assert corrected(READ, (twice,)).text == TEXT.replace("三元", "八元")
    (beyond,) = correct("补贴五", "补助五", once)
    assert (beyond.read, beyond.written) == ("补贴三元", "补助五元")


def test_what_was_taken_back_reads_as_before_and_the_others_stay() -> None:
    both = correct("四十八", "七十二", correct("三元", "五元"))
    assert corrected(READ, correct("五元", None, both)).text == TEXT.replace("四十八", "七十二")
    gone = correct("第二条　留样四十八小时。", "")
    now = corrected(READ, gone)
    assert "第二条" not in now.text
    (place,) = now.by_hand
    assert revised(READ, gone, place.start, "", None, "", "") == ()
    with pytest.raises(InputError, match="no correction here"):
        correct("三元", None)


def test_words_that_the_text_does_not_show_are_refused() -> None:
    with pytest.raises(InputError, match="does not read so"):
        revised(READ, (), 0, "长者食堂", "长老食堂", "", "")


def test_a_correction_follows_its_words_and_is_named_where_they_are_gone() -> None:
    kept = correct("每餐补贴三元", "每餐补贴五元")
    before = replace(READ, text=f"某区\n{TEXT}", layout=Layout())
    assert corrected(before, kept).text == f"某区\n{TEXT.replace('三元', '五元')}"
    for text in ("每顿补贴三元。", "每餐补贴三元，每餐补贴三元。"):
        now = corrected(replace(READ, text=f"一、{text}", layout=Layout()), kept)
        assert now.text == f"一、{text}" and now.unread == (Unread("correction", "每餐补贴五元"),)


@given(
    st.lists(st.sampled_from(["长者食堂", "每餐三元。", "甲 | 乙", "第二条"]), min_size=1, max_size=6),
    st.data(),
)
def test_whatever_is_corrected_the_places_of_the_rest_hold_the_same_words(
    lines: list[str], data: st.DataObject
) -> None:
    text = "\n".join(lines)
    read = ReadText(text, (0,), None, "image/png", Layout((page(text, 0.8),)), "f" * 64)
    chosen = data.draw(st.integers(0, len(lines) - 1))
    written = data.draw(st.text("甲乙 |元\n", max_size=12))
    start = len("\n".join(lines[:chosen])) + bool(chosen)
    kept = revised(read, (), start, lines[chosen], written, "", "")
    now = corrected(read, kept)
    others = {number: line for number, line in enumerate(lines) if number != chosen}
    boxes = [now.text[box.start : box.end] for box in now.layout.pages[0].boxes]
    assert [words for words in boxes if words != written] == [line for line in others.values() if line != written]
    assert revised(read, kept, now.by_hand[0].start, written, None, "", "") == ()
    with_text = revised(read, kept, now.by_hand[0].start, written, lines[chosen], "", "") if written else ()
    assert corrected(read, with_text).text == text


def test_what_staff_wrote_or_confirmed_is_sure() -> None:
    confirmed = corrected(READ, correct("第一条　每餐补贴三元。", "第一条　每餐补贴三元。"))
    assert confirmed.text == TEXT and confirmed.by_hand[0].read is None
    before, after = (certainty(one.text, (0,), one.layout, one.by_hand) for one in (READ, confirmed))
    assert before == 0.8 < after < 1.0
    whole = corrected(READ, correct(TEXT, TEXT))
    assert certainty(whole.text, (0,), whole.layout, whole.by_hand) == 1.0
    assert [one.kind for one in doubts_of(READ.text, (0,), READ.layout)] == ["confidence"]
    assert doubts_of(whole.text, (0,), whole.layout, whole.by_hand) == []


def document(read: ReadText) -> Document:
    return make_document(Path("食堂.png"), read)


def test_a_quotation_says_how_sure_ocr_was_until_somebody_has_looked() -> None:
    start = TEXT.index("第一条")
    read = document(READ)
    assert read.confidence_of(start, start + 9) == 0.8
    looked_at = document(corrected(READ, correct("第一条　每餐补贴三元。", "第一条　每餐补贴三元。")))
    assert looked_at.confidence_of(start, start + 9) is None
    assert looked_at.confidence_of(0, start + 9) == 0.8
    cited = {"title": "甲", "doc_no": None, "status": "unknown", "effective": None, "expires": None, "label": "第一条",
             "source": "original", "page": 1}  # fmt: skip
    assert "请核对原件" in named(cited | {"confidence": 0.8})["reference"]
    for sure in ({"confidence": 0.95}, {"confidence": None}, {}):
        assert "核对" not in named(cited | sure)["reference"]


def test_the_least_sure_page_of_a_quotation_counts() -> None:
    pages = (page("甲甲\n", 0.95), page("乙乙\n", 0.7, 2, 3), page("丙丙\n", None, 3, 6))
    found = document(ReadText("甲甲\n乙乙\n丙丙\n", (0, 3, 6), None, "application/pdf", Layout(pages)))
    assert [found.confidence_of(*span) for span in ((0, 2), (0, 5), (3, 8), (6, 8))] == [0.95, 0.7, 0.7, None]


def test_an_answer_from_a_doubtful_page_says_so_until_staff_confirmed_it(tmp_path: Path) -> None:
    encoder = open_encoder(STATIC)
    for name, kept in (("before", ()), ("after", correct(TEXT, TEXT))):
        found = replace(document(corrected(READ, kept)), disclosure="public")
        with writing(tmp_path / name, encoder, silent) as writer:
            writer.write([found])
        knowledge_base = KnowledgeBase.open(tmp_path / name, encoder)
        told = answer_payload(knowledge_base.ask(Query("1", "长老食堂管理办法第二条是怎么规定的")), knowledge_base)
        (hit,) = knowledge_base.search(Query("2", "留样"), 1)
        assert "留样四十八小时" in told["citations"][0]["quote"]
        for named_so in (*told["citations"], hit_payload(hit, knowledge_base)):
            said = (named_so["confidence"], "请核对原件" in named_so["reference"])
            assert said == ((0.8, True) if name == "before" else (None, False))


def test_a_correction_holds_at_every_ingestion_of_the_same_file(tmp_path: Path) -> None:
    folder, index = tmp_path / "files", tmp_path / "index"
    folder.mkdir()
    (folder / "食堂.txt").write_text(TEXT, "utf-8")
    ingest(paths=[folder], index=index, disclosure="public")
    (before,) = indexed_documents(index).values()
    read = ReadText(before.text, (), None, "text/plain", before.layout, before.file_sha256)
    kept = revised(read, (), 0, "长老", "长者", "staff:3f9a", "2031-03-08")
    TextCorrections(index).settle(before.file_sha256, kept)
    for fresh in (False, True):
        ingest(paths=[folder], index=index, disclosure="public", fresh=fresh, report=[tmp_path / "report.json"])
        (now,) = indexed_documents(index).values()
        assert now.title == "长者食堂管理办法" and now.by_hand == (HandWritten(0, 2, "长老"),)
        assert '"by_hand": [["长老", "长者"]]' in " ".join(
            (tmp_path / "report.json").read_text("utf-8").split()
        ).replace("[ [ ", "[[").replace(" ] ]", "]]")
    (folder / "食堂.txt").write_text(TEXT.replace("三元", "四元"), "utf-8")
    ingest(paths=[folder], index=index, disclosure="public")
    (now,) = indexed_documents(index).values()
    assert now.title == "长老食堂管理办法" and now.by_hand == ()
