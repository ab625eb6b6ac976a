from dataclasses import replace
from pathlib import Path

from ingest.document import make_document
from ingest.readers import ReadText
from kb.index.record_writing import RecordedPart, RecordWriter
from kb.index.records import Records
from kb.layout import NO_LAYOUT, Box, Cell, Layout, Page, PlacedTable, layout_fields, read_layout_fields

TEXT = "类别 | 标准\n一类 | 500元"
LAYOUT = Layout(
    (Page(1, 595.0, 842.0, (Box(0, 7, 72.0, 72.5, 200.0, 86.0),)), Page(2, 595.0, 842.0, (), 0.93)),
    (PlacedTable(0, 17, 1, (Cell(0, 0, 0, 2), Cell(1, 1, 13, 17, ((5, 7), (8, 10))))),),
)


def test_a_layout_survives_as_json_values() -> None:
    assert read_layout_fields(layout_fields(LAYOUT)) == LAYOUT


def test_an_index_keeps_the_layout_of_each_document(tmp_path: Path) -> None:
    read = ReadText(TEXT, (0,), None, "application/pdf", LAYOUT)
    document = make_document(tmp_path / "标准.pdf", read)
    plain = replace(document, doc_id="plain", layout=NO_LAYOUT)
    with RecordWriter(tmp_path / "records.sqlite") as writer:
        writer.add(RecordedPart([document, plain]))
    records = Records(tmp_path / "records.sqlite")
    try:
        assert records.layout(document.doc_id) == LAYOUT
        assert records.layout("plain") == NO_LAYOUT
        assert records.layout("unknown") == NO_LAYOUT
    finally:
        records.close()
