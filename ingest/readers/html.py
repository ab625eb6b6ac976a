"""Saved web pages (.html, .htm): the document without the page around it.

What is not the document goes by structure: scripts and styles, navigation, site header and footer,
form controls, whatever is hidden. A block is a line. A row of a table is a line with its cells
between ` | `, which is how the header tables of government pages (索引号 | 公开方式) are read. The
page's title stands in only where the document has no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from ingest.readers.canonical import canonical
from ingest.readers.encoding import decode
from ingest.readers.file_reader import ReadText, Unread, UnreadKind
from ingest.readers.furniture import named_furniture
from ingest.readers.grid import GridCell
from ingest.readers.html_lists import write_numbers, write_pairs
from ingest.readers.page_furniture import without_furniture
from ingest.readers.tables import row_line, set_table
from kb.errors import DocumentError, TableSizeError
from kb.layout import Layout, PlacedTable

# Elements whose characters are no text of the page.
_DROPPED = {
    "script", "style", "noscript", "template", "iframe", "frame", "frameset", "object", "embed", "applet", "svg",
    "canvas", "audio", "video", "map", "head", "select", "button", "input", "textarea", "option", "datalist", "dialog",
}  # fmt: skip
# WAI-ARIA roles of what stands around the text.
_FURNITURE_ROLES = {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "toolbar"}
# Classes and ids that content systems give to what stands around the text.
_FURNITURE_NAMES = {
    "nav", "navbar", "navigation", "menu", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "footer", "foot",
    "copyright", "share", "sharebox", "sidebar", "toolbar", "pagination", "pager",
}  # fmt: skip
# Elements that begin a line of their own, by the HTML standard's default style sheet.
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Hidden text is none that anybody was shown.
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# As `meta` and XML declarations have it.
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,30})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")  # lxml refuses a str with one.
# A page has at least one tag; anything else is text under a wrong name.
_TAG = re.compile(r"<[a-z!/]", re.IGNORECASE)
_BLANKS = " \t\n\r\f"  # The blanks that HTML folds; U+3000 indents Chinese paragraphs and is no such blank.
_SPACES = re.compile(f"[{_BLANKS}]+")
_WRAP = "\x00"  # stands for a line end of the source, until it is known what it stands between
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_WRAP_BETWEEN_WIDE = re.compile(rf"(?<={_WIDE})[ {_WRAP}]*{_WRAP}[ {_WRAP}]*(?={_WIDE})")
_WRAPS = re.compile(rf" *{_WRAP}[ {_WRAP}]*")
_FRAMES = ("iframe", "frame", "embed", "object")
_SMALL = 60  # dots of a side; signs and buttons are no larger
_LAYOUT_CELL = 600  # a cell with more characters holds a page, not a datum
_FURNITURE_SHARE = 0.3  # what holds more of the page's text is the document, whatever its name


class HtmlReader:
    """Reads HTML; malformed pages are read as browsers read them.

    Without `titled` the page's own title does not stand in for a heading, for pages that are a part of another file;
    without `pictures` its pictures are not named, for the file names them.
    """

    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml")
    media_type = "text/html"
    format_name = "an HTML page"

    def __init__(self, titled: bool = True, pictures: bool = True) -> None:
        self._titled = titled
        self._pictures = pictures

    def read(self, path: Path, data: bytes, charset: str | None = None) -> ReadText:
        """Read a page; `charset` is what stands beside it, in the mail that it came with, and goes before its own
        word."""
        declared = _CHARSET.search(data[:4096])
        source = decode(path, data, charset or (declared[1].decode("ascii") if declared else None))
        if not _TAG.search(source):
            raise DocumentError.of("html_not", file=path, name=f"{path.stem}.txt")
        root = _parse(path, source)
        if root is None:
            raise DocumentError.of("html_empty", file=path)
        title = _title(root) if self._titled else ""
        unread = _unread(root, self._pictures)
        grids = _write_grids(root)
        text, furniture = _text(root)
        if title and title not in text.split("\n") and not _has_heading(root):
            text = f"{title}\n{text}"
        text = canonical(text)
        return ReadText(
            text,
            (),
            None,
            self.media_type,
            Layout(tables=tuple(_found(text, grids))),
            unread=(*unread, *named_furniture(furniture)),
        )


def _unread(root: etree._Element, with_pictures: bool) -> tuple[Unread, ...]:
    """Name what a page shows beside its text, pictures and frames, and what it hides; its furniture is cleared on the
    way."""
    frames = tuple(Unread("part", frame.get("src", "")) for frame in root.iter(*_FRAMES) if frame.get("src"))
    hidden = sum(any(map(_length, element.itertext())) for element in _hidden_elements(root))
    _clear_furniture(root)
    pictures = sum(not _is_small(picture) for picture in root.iter("img")) if with_pictures else 0
    counts: tuple[tuple[UnreadKind, int], ...] = (("picture", pictures), ("hidden", hidden))
    return (*frames, *(Unread(kind, count=count) for kind, count in counts if count))


def _hidden_elements(root: etree._Element) -> list[etree._Element]:
    """Give the elements that hide what is in them, none of which is in another."""
    found: list[etree._Element] = []
    within: set[etree._Element] = set()
    for element in list(root.iter(etree.Element)):  # the list keeps them the same objects
        if element.getparent() in within:
            within.add(element)
        elif element.tag not in _DROPPED and _is_hidden(element):
            within.add(element)
            found.append(element)
    return found


def _is_small(picture: etree._Element) -> bool:
    """Tell whether a picture is too small to show words, as far as the page says how large it is."""
    sides = (picture.get(side, "").removesuffix("px") for side in ("width", "height"))
    return any(side.isdecimal() and int(side) < _SMALL for side in sides)


def fragment_text(path: Path, source: str) -> str:
    """Give the text of a piece of HTML, such as a table inside Markdown; empty where there is none.

    >>> fragment_text(Path("x.md"), "<table><tr><td>索引号:<td>0024/2024</table><script>alert(1)</script>")
    '索引号: | 0024/2024'
    """
    root = _parse(path, source)
    return "" if root is None else _text(root)[0]


def _parse(path: Path, source: str) -> etree._Element | None:
    """Parse as browsers do; the encoding is settled before, so that a declared one is not read again."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    source = source.replace("\x00", "")
    if declaration := _DECLARATION.match(source):
        source = source[declaration.end() :]
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None
    if any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise DocumentError.of("html_too_deep", file=path)
    return root


def _text(root: etree._Element) -> tuple[str, list[str]]:
    """Give the text of a page, and the lines that only serve the page."""
    _clear_furniture(root)
    write_pairs(root)
    write_numbers(root)
    _write_rows(root)
    lines = _lines(root)
    kept = [without_furniture(line) for line in lines]
    return "\n".join(filter(None, kept)), [line for line, words in zip(lines, kept, strict=True) if not words]


def _write_grids(root: etree._Element) -> list[list[GridCell]]:
    """Fill the merged cells of tables that hold data; give the cells of each. Tables of keys and values (索引号: …) and
    those that lay out the page are left as they are."""
    grids = []
    for table in list(root.iter("table")):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        if next(table.iterdescendants("table"), None) is not None or len(rows) < 2:
            continue
        cells = _grid_cells(rows)
        texts = [cell.text for cell in cells]
        if max((cell.column + cell.columns for cell in cells), default=0) < 2 or any(
            len(text) > _LAYOUT_CELL or text.endswith((":", "：")) for text in texts
        ):
            continue
        try:
            written, found = set_table(cells, 0)
        except TableSizeError:
            continue  # spans beyond reason: its rows are written as they come
        if found.cells:
            for row, line in zip(rows, written.split("\n"), strict=False):
                row.clear(keep_tail=True)
                row.text = canonical(line)
            grids.append(cells)
    return grids


def _grid_cells(rows: Sequence[etree._Element]) -> list[GridCell]:
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in taken:
                column += 1
            height = min(_span(cell, "rowspan") or len(rows), len(rows) - number)
            width = _span(cell, "colspan") or 1
            cells.append(GridCell(number, column, " ".join(_lines(cell)), height, width, cell.tag == "th"))
            taken |= {(number + down, column + right) for down in range(height) for right in range(width)}
            column += width
    return cells


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), 1000) if value.isdecimal() else 1


def _found(text: str, grids: Sequence[list[GridCell]]) -> Iterator[PlacedTable]:
    """Give the tables that the text holds, in their order."""
    at = 0
    for cells in grids:
        written, table = set_table(cells, 0)
        start = text.find(written, at)
        if start >= 0:
            _, table = set_table(cells, start)
            at = table.end
            yield table


def _clear_furniture(root: etree._Element) -> None:
    """Empty what is not the document; the emptied elements stay, so that text behind them does."""
    for element in list(root.iter(etree.Element)):
        if element.tag in _DROPPED or _is_hidden(element):
            element.clear(keep_tail=True)
    furniture: list[tuple[etree._Element, int]] = []
    lengths = [0]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            lengths.append(_length(element.text))
            continue
        length = lengths.pop()
        if _is_furniture(element):
            furniture.append((element, length))
        lengths[-1] += length + _length(element.tail)
    for element, length in furniture:
        if length <= _FURNITURE_SHARE * lengths[0]:
            element.clear(keep_tail=True)


def _is_hidden(element: etree._Element) -> bool:
    if element.tag in ("html", "body"):
        return False  # some pages hide all until their script has run
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return hidden or _HIDDEN.search(element.get("style", "")) is not None


def _is_furniture(element: etree._Element) -> bool:
    if element.tag in ("html", "body", "main", "article"):
        return False
    if element.tag in ("header", "footer"):
        return next(element.iterancestors("article", "main"), None) is None
    if element.tag in ("nav", "menu", "form") or element.get("role") in _FURNITURE_ROLES:
        return True
    names = f"{element.get('id', '')} {element.get('class', '')}".lower().split()
    return not _FURNITURE_NAMES.isdisjoint(names)


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0


def _write_rows(root: etree._Element) -> None:
    """Put every row that holds data, not a part of the page's layout, on one line."""
    for row in list(_rows_without_tables(root)):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if len(cells) < 2 or any(sum(map(_length, cell.itertext())) > _LAYOUT_CELL for cell in cells):
            continue
        line = row_line([" ".join(_lines(cell)) for cell in cells])[0]
        row.clear(keep_tail=True)
        row.text = canonical(line)


def _rows_without_tables(root: etree._Element) -> Iterator[etree._Element]:
    holds_table: list[bool] = []  # for every row that is open
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=("table", "tr")):
        if element.tag == "table":
            if holds_table:
                holds_table[-1] = True
        elif event == "start":
            holds_table.append(False)
        elif not holds_table.pop():
            yield element


def _lines(root: etree._Element) -> list[str]:
    """Give the lines of an element as a browser would set them, without indents and blank lines."""
    text = "".join(_pieces(root))
    lines = (_WRAPS.sub(" ", _WRAP_BETWEEN_WIDE.sub("", line)).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def _pieces(root: etree._Element) -> Iterator[str]:
    preformatted = 0
    blank = True  # whether a blank now would stand behind another or open a line
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        starts = event == "start"
        if tag in _BLOCKS or (tag == "br" and starts):
            yield "\n"
            blank = True
        if tag == "pre":
            preformatted += 1 if starts else -1
        text = element.text if starts else element.tail if element is not root else None
        if not text:
            continue
        if not preformatted:
            # A line end inside an element may cut a word; between two elements it is the blank that browsers show.
            inside = text.strip(_BLANKS)
            wrapped = _SPACES.sub(lambda match: _WRAP if "\n" in match[0] else " ", inside)
            text = " " * (text[0] in _BLANKS) + wrapped + " " * (bool(inside) and text[-1] in _BLANKS)
            text = text.lstrip(" " + _WRAP) if blank else text
        if text:
            yield text
            blank = text[-1] in " \n" + _WRAP


def _has_heading(root: etree._Element) -> bool:
    return any(_lines(heading) for heading in root.iter(*_HEADINGS))


def _title(root: etree._Element) -> str:
    """Give the article's title that government pages name in a meta element, or the page's."""
    for meta in root.iter("meta"):
        if meta.get("name", "").lower() == "articletitle" and meta.get("content", "").strip():
            return " ".join(meta.get("content", "").split())
    title = next(root.iter("title"), None)
    return "" if title is None else " ".join("".join(title.itertext()).split())
