"""Draws tables with merged headers by chance, and writes them as DOCX, XLSX and HTML.

What heads each cell is known from how the table was drawn, not from how it is read.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from io import BytesIO

import docx
import openpyxl

_WORDS = (
    "城市",
    "住宿费",
    "伙食费",
    "一类人员",
    "二类人员",
    "旺季",
    "淡季",
    "补贴标准",
    "对象",
    "区县",
    "企业类型",
    "上限",
    "新建",
    "改建",
    "养老机构",
    "助餐点",
)


@dataclass(frozen=True)
class Area:
    """A cell: its words, its first place, and how many rows and columns it fills."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass
class Sample:
    """A table as its cells, and by the words of each value the words that head it; no two cells have the same words."""

    areas: list[Area] = field(default_factory=list)
    heads: dict[str, list[str]] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


def draw(seed: int) -> Sample:
    """Draw a table: one to three rows of headers that part downwards, one or two columns that name its rows."""
    chance = random.Random(seed)
    sample = Sample()
    count = iter(range(1000))
    deep, named = chance.randint(1, 3), chance.randint(1, 2)

    def words() -> str:
        return f"{chance.choice(_WORDS)}{'甲乙丙丁戊己庚辛壬癸'[next(count) // 10 % 10]}{'子丑寅卯辰巳午未申酉'[next(count) % 10]}{_tail(next(count))}"

    above: dict[int, list[str]] = {}
    for column in range(named):
        area = Area(words(), 0, column, deep)
        sample.areas.append(area)
        above[column] = [area.text]

    def part(row: int, column: int, width: int, heads: list[str]) -> None:
        at = column
        while at < column + width:
            own = chance.randint(1, width - (at - column)) if row < deep - 1 else 1
            tall = deep - row if own == 1 else 1
            area = Area(words(), row, at, tall, own)
            sample.areas.append(area)
            if row + tall < deep:
                part(row + 1, at, own, [*heads, area.text])
            else:
                above[at] = [*heads, area.text]
            at += own

    width = chance.randint(2, 5)
    part(0, named, width, [])
    sample.columns = named + width
    row = deep
    for _ in range(chance.randint(2, 4)):
        group = chance.randint(2, 3) if named == 2 else 1
        first = Area(words(), row, 0, group)
        sample.areas.append(first)
        for at in range(row, row + group):
            names = [first.text]
            if named == 2:
                second = Area(words(), at, 1)
                sample.areas.append(second)
                names.append(second.text)
            for column in range(named, sample.columns):
                value = f"{100 + next(count)}{chance.choice(('', '元', '.5', '%'))}"
                sample.areas.append(Area(value, at, column))
                sample.heads[value] = [*above[column], *names]
        row += group
    sample.rows = row
    return sample


def _tail(number: int) -> str:
    return "".join("东西南北中上下左右前"[int(digit)] for digit in str(number))


def docx_of(sample: Sample) -> bytes:
    """Write a sample as a Word file."""
    document = docx.Document()
    table = document.add_table(sample.rows, sample.columns)
    for area in sample.areas:
        first = table.cell(area.row, area.column)
        last = table.cell(area.row + area.rows - 1, area.column + area.columns - 1)
        (first.merge(last) if first is not last else first).text = area.text
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def xlsx_of(sample: Sample) -> bytes:
    """Write a sample as a workbook."""
    book = openpyxl.Workbook()
    for area in sample.areas:
        book.active.cell(area.row + 1, area.column + 1, area.text)
        if area.rows > 1 or area.columns > 1:
            book.active.merge_cells(
                start_row=area.row + 1, start_column=area.column + 1,
                end_row=area.row + area.rows, end_column=area.column + area.columns,
            )  # fmt: skip
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def html_of(sample: Sample) -> bytes:
    """Write a sample as a page."""
    rows = [
        "".join(
            f'<td rowspan="{area.rows}" colspan="{area.columns}">{area.text}</td>'
            for area in sorted(sample.areas, key=lambda area: area.column)
            if area.row == row
        )
        for row in range(sample.rows)
    ]
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<html><body><h1>标准</h1><table>{table}</table></body></html>".encode()
