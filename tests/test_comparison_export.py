"""The Word file of two editions: a row an article, what went struck through, what came underlined."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest

from service.comparison_export import write_comparison


def side(label: str, *pieces: tuple[str, bool]) -> dict[str, Any]:
    return {"label": label, "clause_id": "law#a1", "pieces": [{"text": t, "changed": c} for t, c in pieces]}


def compared() -> dict[str, Any]:
    same = side("第一条", ("第一条　制定本条例。", False))
    return {
        "before": {"title": "养犬条例", "begins": "2021-06-01", "ends": "2030-08-31"},
        "after": {"title": "养犬条例", "begins": "2030-09-01", "ends": None},
        "counts": {"same": 1, "changed": 1, "added": 1, "deleted": 0},
        "articles": [
            {"change": "same", "before": same, "after": same},
            {
                "change": "changed",
                "before": side("第二条", ("限养", False), ("一", True), ("只。\n\n另款。", False)),
                "after": side("第二条", ("限养", False), ("两", True), ("只。\n\n另款。", False)),
            },
            {"change": "added", "before": None, "after": side("第三条", ("第三条　导盲犬除外。", False))},
        ],
    }


@pytest.mark.parametrize(("only_changed", "changes"), [(True, ["修改", "增加"]), (False, ["未改", "修改", "增加"])])
def test_the_file_has_a_row_for_every_article_that_is_wanted(only_changed: bool, changes: list[str]) -> None:
    data = write_comparison(compared(), date(2031, 1, 2), only_changed=only_changed)
    written = docx.Document(BytesIO(data))
    assert [p.text for p in written.paragraphs] == [
        "养犬条例新旧条文对照",
        "导出日期：2031年1月2日",
        "未改1条，修改1条，增加1条",
    ]
    rows = written.tables[0].rows
    assert [cell.text for cell in rows[0].cells] == [
        "变化",
        "2021年6月1日起的版本，至2030年8月31日",
        "2030年9月1日起的版本",
    ]
    assert [row.cells[0].text for row in rows[1:]] == changes


def test_what_went_is_struck_through_and_what_came_underlined() -> None:
    written = docx.Document(BytesIO(write_comparison(compared(), date(2031, 1, 2), only_changed=True)))
    before, after = (cell.paragraphs[0].runs for cell in written.tables[0].rows[1].cells[1:])
    assert [(run.text, bool(run.font.strike)) for run in before] == [
        ("限养", False),
        ("一", True),
        ("只。\n另款。", False),
    ]
    assert [run.text for run in after if run.font.underline] == ["两"]
    assert written.tables[0].rows[2].cells[1].text == ""
