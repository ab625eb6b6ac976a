"""Which rows of a table head its columns, and which columns name its rows.

Marked rows do (`th`, repeated rows of Word). Else it is the first row below the captions whose cells are words, or
classes such as months and ages, and the rows that its merged cells reach into or stand over. A caption is a row with
one cell in it, or with keys and their values (单位：万元) in some of its places.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.readers.grid import Grid, GridCell, Row, is_band

_DATUM = re.compile(r"[\W_]*[-+]?[\d,，.]+\s*(?:%|‰|[^\W\d]{0,4})[\W_]*")  # A cell of figures is no head.
_COUNT = re.compile(r"[\W_]*[\d,，.]+[\W_]*")  # 12 counts and names nothing, 12月 is a name.
_YEAR = re.compile(r"(?:19|20|21)\d\d年?(?:度|上半年|下半年)?")  # A year may be one: columns go by years.
# 60-69岁, 第1档: columns may be classes of figures.
_CLASS = re.compile(r"第?(\d+(?:\.\d+)?)(?:[-—–~～至到](\d+(?:\.\d+)?))?\s*([^\W\d])[^\W\d]{0,5}")
_STATED = re.compile(r"[^:：]{1,12}[:：].{1,40}")  # 单位：万元 is a remark to the table.
_ORDINALS = re.compile(r"序\s*号|编\s*号|No\.?", re.IGNORECASE)  # The column that counts the rows tells nothing.
_LEAST_CLASSES = 2  # One class in a row is a datum, two are heads.
_LEAST_ROWS = 2  # fewer do not show what a column holds
_LONGEST_NAME = 20


def header_rows(grid: Grid) -> int:
    """Count the rows at the top that head columns, captions above them among them; 0 where none does."""
    marked = 0
    while marked < len(grid) and all(cell is None or cell.header or not cell.text for cell in grid[marked]):
        marked += 1
    if marked:
        return min(marked, len(grid) - 1)
    first = caption_rows(grid)
    if len(grid) < first + 2 or not _names_columns(grid[first]):
        return 0
    if not _may_head(grid[first]) and not _names_classes(grid[first], grid[first + 1]):
        return 0
    end, row = first + 1, first
    while row < end < len(grid):
        lowest = max((cell.row + cell.rows for cell in grid[row] if cell), default=end)
        end = max(end, min(lowest, len(grid)))
        if row == end - 1 and end < len(grid) - 1 and _stands_over(grid[row], grid[end], grid[end + 1]):
            end += 1
        row += 1
    while end > first + 1 and (end == len(grid) or not _all_head(grid, first, end)):
        end -= 1
    return end if end < len(grid) else 0


def _all_head(grid: Grid, first: int, end: int) -> bool:
    """Tell whether every row behind the first of some may head what stands below them."""
    return all(
        _may_head(grid[row]) or _names_classes(grid[row], grid[end], grid[row - 1]) for row in range(first + 1, end)
    )


def caption_rows(grid: Grid) -> int:
    """Count the rows at the top that say something of the whole table."""
    first = 0
    while first < len(grid) - 1 and _is_caption(grid[first]):
        first += 1
    return first


def heads_data(grid: Grid) -> bool:
    """Tell whether the first row below the captions has words over a column of values: a table begins here beyond
    doubt."""
    first = caption_rows(grid)
    head, body = grid[first : first + 1], grid[first + 1 :]
    if not head or not body or not _may_head(head[0]):
        return False
    columns = (column for column, cell in enumerate(head[0]) if column and cell and cell.text)
    return any(all((cell := row[column]) is not None and is_datum(cell.text) for row in body) for column in columns)


def naming_columns(grid: Grid, headers: int) -> int:
    """Count the columns on the left that name a row: the first, the next behind ordinals and merged cells, and all that
    have words alone up to the first column of values (街道, 设施名称, then 床位数)."""
    body = [row for row in grid[headers:] if not is_band(row)]
    columns = min(headers, 1)  # a form names nothing by its first column
    while body and columns and columns < len(body[0]) - 1:
        heads = [row[columns - 1] for row in grid[:headers]]
        counts = any(cell and _ORDINALS.fullmatch(cell.text) for cell in heads)
        if not counts and not any(cell and cell.rows > 1 for cell in (row[columns - 1] for row in body)):
            break
        columns += 1
    return max(columns, _columns_of_names(body)) if columns else 0


def _columns_of_names(body: Grid) -> int:
    """Count the columns on the left that hold short words alone, where a column of values alone follows them; else
    0."""
    for column in range(len(body[0]) if len(body) >= _LEAST_ROWS else 0):
        texts = [cell.text if cell else "" for cell in (row[column] for row in body)]
        is_value = is_datum if column else is_count
        if all(map(is_value, texts)):
            return column
        if any(is_value(text) or not 0 < len(text) <= _LONGEST_NAME for text in texts):
            return 0
    return 0


def is_datum(text: str) -> bool:
    """Tell whether a cell holds a number with or without its unit; a year is a name.

    >>> is_datum("1,200元"), is_datum("2031年"), is_datum("街道")
    (True, False, False)
    """
    return _DATUM.fullmatch(text) is not None and _YEAR.fullmatch(text) is None


def is_count(text: str) -> bool:
    """Tell whether a cell holds a number alone, which names no row; 1月 and 70岁以上 do.

    >>> is_count("12"), is_count("85%"), is_count("1月")
    (True, True, False)
    """
    return _COUNT.fullmatch(text) is not None


def _is_caption(row: Row) -> bool:
    """Tell whether a row says something of the whole table: one cell alone, or keys with their values and free
    places."""
    words = {cell.text for cell in row if cell and cell.text}
    if len(row) < 2:
        return False
    stated = all(map(_STATED.fullmatch, words)) and any(cell is None or not cell.text for cell in row)
    alone = len(words) == 1 and (len(row) > 2 or bool(row[0] and row[0].text))
    return is_band(row) or alone or (bool(words) and stated)


def _names_columns(row: Row) -> bool:
    """Tell whether every column but the first has words, and none of them is a key with its value beside it."""
    words = [cell.text if cell else "" for cell in row]
    return all(words[1:]) and not any(word.endswith((":", "：")) for word in words)


def _may_head(row: Row) -> bool:
    words = [cell.text for cell in row if cell and cell.text]
    return not is_band(row) and not any(map(is_datum, words))


def _names_classes(row: Row, below: Row, above: Row | None = None) -> bool:
    """Tell whether the numbers of a row tell classes apart (1月, 2月; 60岁, 70岁以上): they go up or down under one unit,
    which no cell below has; below each cell of a row `above` anew."""
    classes: list[tuple[GridCell | None, float, str]] = []
    for column, head in enumerate(row[1:], 1):
        matched = _CLASS.fullmatch(head.text) if head else None
        if matched:
            classes.append((above[column] if above else None, float(matched[1]), matched[3]))
        elif head and is_datum(head.text):
            return False
    units = {unit for _, _, unit in classes}
    pairs = [(value, other) for (over, value, _), (under, other, _) in pairwise(classes) if over is under]
    steps = {one < other for one, other in pairs}
    if len(classes) < _LEAST_CLASSES or len(units) != 1 or len(steps) != 1 or any(one == other for one, other in pairs):
        return False
    under = [_CLASS.fullmatch(cell.text) for cell in below[1:] if cell]
    return not any(matched and matched[3] in units for matched in under)


def _stands_over(row: Row, below: Row, next_below: Row) -> bool:
    """Tell whether a wide cell of `row` heads several of the row below, and these are words or classes."""
    under: dict[GridCell, set[GridCell | None]] = {}
    for head, cell in zip(row, below, strict=True):
        if head is not None and head.columns > 1:
            under.setdefault(head, set()).add(cell)
    names = _may_head(below) or _names_classes(below, next_below, row)
    return any(len(cells) > 1 for cells in under.values()) and names
