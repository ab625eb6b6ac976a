"""Two editions of a law side by side as a Word file: what went is struck through, what came is underlined, both in
bold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kb.text.dates import PartialDate, chinese_day
from service.word_file import begin, in_bytes
from service.xml_text import plain

_BLANK_LINES = re.compile(r"\n\s*\n")  # Word has space between paragraphs of its own.
_NAMES = {"changed": "修改", "added": "增加", "deleted": "删去", "same": "未改"}


def write_comparison(compared: Mapping[str, Any], exported: date, *, only_changed: bool) -> bytes:
    """Write what `comparison` tells as a table of three columns, on the day `exported`."""
    document = begin(f"{compared['after']['title']}新旧条文对照")
    document.add_paragraph(f"导出日期：{chinese_day(exported)}")
    counts = compared["counts"]
    document.add_paragraph("，".join(f"{_NAMES[name]}{count}条" for name, count in counts.items() if count))
    rows = [one for one in compared["articles"] if not only_changed or one["change"] != "same"]
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    heads = ("变化", _days(compared["before"]), _days(compared["after"]))
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for row in rows:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(_NAMES[row["change"]])
        for cell, side, mark in ((cells[1], "before", "strike"), (cells[2], "after", "underline")):
            _write(cell.paragraphs[0], row[side]["pieces"] if row[side] else [], mark)
    return in_bytes(document)


def _write(paragraph: Any, pieces: Sequence[Mapping[str, Any]], mark: str) -> None:
    for piece in pieces:
        run = paragraph.add_run(_BLANK_LINES.sub("\n", plain(piece["text"])))
        if piece["changed"]:
            run.bold = True
            setattr(run.font, mark, True)


def _days(edition: Mapping[str, Any]) -> str:
    """Name an edition by its days: 2024年9月5日起的版本."""
    begins, ends = (PartialDate.parse(edition[name]).chinese if edition[name] else "" for name in ("begins", "ends"))
    until = f"，至{ends}" if ends else ""
    return f"{begins}起的版本{until}" if begins else f"日期不详的版本{until}"
