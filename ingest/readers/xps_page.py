"""What stands on a page of an XPS file: its characters, rules and pictures, in points from the upper left corner.

A run of characters (Glyphs) has an origin on its base line, a size and, for each character, the step to the next where
it is not the one of the font. Canvases and runs have matrices. Source: ECMA-388, chapters 10 to 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.readers.archive_parts import resolved
from ingest.readers.drawn_twice import DrawnTexts
from ingest.readers.glyphs import Glyph, LineSetter, is_rubbish
from ingest.readers.matrices import Matrix
from ingest.readers.paragraphs import Line
from ingest.readers.ruled_tables import MOST_RULES, Rule
from ingest.readers.xps_package import Element, XpsPage
from kb.errors import DocumentError
from kb.layout import Box
from kb.text.widths import ems

MAX_CHARACTERS = 1_000_000  # of one page: a bound on what a broken or hostile file can cost
_POINTS = Matrix(a=0.75, d=0.75)
_DEEP = 50  # canvases within canvases, as a bound for a file whose canvases are nested to no end
_NO_NAME = "\ufffd"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"([MmLlHhVvCcQqSsAaZz])([^MmLlHhVvCcQqSsAaZz]*)")
_CLUSTER = re.compile(r"\((\d{1,4})(?::(\d{1,4}))?\)")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "S": 4, "A": 7, "Z": 0}
_PICTURE = re.compile(r"\{ColorConvertedBitmap\s+(\S+)\s")


@dataclass(frozen=True, slots=True)
class PlacedChar:
    """One character: the place of its base line, how far it reaches along it, its size, whether it stands upright, and
    its run."""

    char: str
    x: float
    y: float
    reach: float
    size: float
    upright: bool
    run: Element


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture: the place of its part, and the box that it fills: x0, y0, x1, y1."""

    place: str
    box: tuple[float, float, float, float]


def page_lines(page: XpsPage) -> tuple[list[Line], float]:
    """Give the lines of a page, and the share of characters that nobody can read."""
    setter = LineSetter(page.size[1])
    rubbish = count = 0
    last: PlacedChar | None = None
    for char in characters(page):
        count += not char.char.isspace()
        rubbish += is_rubbish(char.char)
        if last is not None and last.run is not char.run and not (last.upright and char.upright):
            setter.end_line()
        setter.begins(char.x, char.y, "")
        last = char
        half = char.size / 2
        turned = None if char.upright else Box(0, 0, char.x - half, char.y - half, char.x + half, char.y + half)
        setter.add(Glyph(char.char, char.x, char.x + max(char.reach, 0.0)), char.y, char.size, False, turned)
    setter.end_line()
    return setter.lines, rubbish / count if count else 0.0


def characters(page: XpsPage) -> Iterator[PlacedChar]:
    """Give the characters of a page in the order in which they are drawn; raise DocumentError where there are too
    many."""
    count = 0
    drawn = DrawnTexts()
    for run, matrix in _objects(page.element, _POINTS, "Glyphs", 0):
        size = _float(run.get("FontRenderingEmSize"))
        origin = matrix.place(_float(run.get("OriginX")), _float(run.get("OriginY")))
        if size <= 0 or drawn.again(run.get("UnicodeString") or run.get("Indices") or "", *origin, size * matrix.d):
            continue
        for char in _run(run, matrix, size):
            count += 1
            if count > MAX_CHARACTERS:
                raise DocumentError.of("page_too_full", file=page.package.path, page=page.number, most=MAX_CHARACTERS)
            yield char


def page_rules(page: XpsPage) -> list[Rule]:
    """Give the straight pieces of all paths of a page, none where it draws more lines than any table has."""
    rules: list[Rule] = []
    for path, matrix in _objects(page.element, _POINTS, "Path", 0):
        if path.get("Stroke") or path.get("Fill"):
            rules += (
                (*matrix.place(x0, y0), *matrix.place(x1, y1)) for x0, y0, x1, y1 in _pieces(path.get("Data") or "")
            )
        if len(rules) > MOST_RULES:
            return []
    return rules


def pictures(page: XpsPage) -> Iterator[PlacedPicture]:
    """Give the pictures of a page in the order in which they are drawn."""
    for path, matrix in _objects(page.element, _POINTS, "Path", 0):
        for brush in path.iter("{*}ImageBrush"):
            named = brush.get("ImageSource") or ""
            converted = _PICTURE.match(named)
            box = _floats(brush.get("Viewport") or "")
            if len(box) == 4:
                x0, y0 = matrix.place(box[0], box[1])
                x1, y1 = matrix.place(box[0] + box[2], box[1] + box[3])
                place = resolved(page.place, converted[1] if converted else named)
                yield PlacedPicture(place, (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def _objects(holder: Element, shown: Matrix, name: str, depth: int) -> Iterator[tuple[Element, Matrix]]:
    """Give the elements of a name that are drawn, with how their places are shown."""
    for element in holder:
        if not isinstance(element.tag, str) or _float(element.get("Opacity"), 1.0) <= 0:
            continue
        local = etree.QName(element).localname
        if local == name:
            yield element, shown.after(_matrix(element))
        elif local == "Canvas" and depth < _DEEP:
            yield from _objects(element, shown.after(_matrix(element)), name, depth + 1)


def _matrix(element: Element) -> Matrix:
    written = element.get("RenderTransform")
    if written is None:
        for child in element:
            if isinstance(child.tag, str) and etree.QName(child).localname.endswith(".RenderTransform"):
                written = next((one.get("Matrix") for one in child.iter("{*}MatrixTransform")), None)
    found = _floats(written or "")
    return Matrix(*found) if len(found) == 6 else Matrix()


def _run(run: Element, matrix: Matrix, size: float) -> Iterator[PlacedChar]:
    text = (run.get("UnicodeString") or "").removeprefix("{}")
    steps = list(_steps(run.get("Indices") or "", text))
    x, y = _float(run.get("OriginX")), _float(run.get("OriginY"))
    sideways = run.get("IsSideways") == "true"
    backwards = int(_float(run.get("BidiLevel"))) % 2
    for char, step in steps:
        reach = (step if step is not None else ems(char)) * size
        here, there = matrix.place(x, y), matrix.place(x + reach, y)
        along = there[0] - here[0]
        upright = not sideways and not backwards and along >= 5 * abs(there[1] - here[1])
        yield PlacedChar(char, *here, along, max(size * abs(matrix.d), 0.1), upright, run)
        x += -reach if backwards else reach


def _steps(indices: str, text: str) -> Iterator[tuple[str, float | None]]:
    """Give the characters of a run and how far each reaches in em, None where the font says so.

    A character may be drawn as several glyphs and several as one; glyphs behind the text are characters without a name.
    """
    entries = iter(indices.split(";") if indices.strip() else ())
    at = 0
    while at < len(text):
        entry = next(entries, "")
        chars = glyphs = 1
        if cluster := _CLUSTER.match(entry):
            chars, glyphs = max(int(cluster[1]), 1), int(cluster[2] or 1)
            entry = entry[cluster.end() :]
        reach = _advance(entry)
        for _ in range(glyphs - 1):
            more = _advance(next(entries, ""))
            reach = reach + more if reach is not None and more is not None else None
        together = text[at : at + chars]
        for char in together:
            yield char, reach / len(together) if reach is not None else None
        at += chars
    for entry in entries:
        if entry.strip():
            yield _NO_NAME, _advance(entry)


def _advance(entry: str) -> float | None:
    parts = entry.split(",")
    found = _floats(parts[1]) if len(parts) > 1 else []
    return found[0] / 100 if found and found[0] >= 0 else None


def _pieces(data: str) -> Iterator[Rule]:
    """Give the straight pieces of a path; a curve is none and ends where it ends."""
    start = here = (0.0, 0.0)
    for command, written in _COMMAND.findall(data.removeprefix("F0").removeprefix("F1")):
        kind, values = command.upper(), _floats(written)
        count = _ARGUMENTS[kind]
        if kind == "Z":
            yield (*here, *start)
            here = start
            continue
        for at in range(0, len(values) - count + 1, count):
            x, y = here if command.islower() else (0.0, 0.0)
            if kind == "H":
                end = values[at] + x, here[1]
            elif kind == "V":
                end = here[0], values[at] + y
            else:
                end = values[at + count - 2] + x, values[at + count - 1] + y
            if kind == "M" and at == 0:
                start = end
            elif kind in "MLHV":
                yield (*here, *end)
            here = end


def _floats(written: str) -> list[float]:
    """Read the numbers of a list, none where one is beyond any page."""
    found = [float(number) for number in _NUMBER.findall(written)]
    return found if all(abs(number) < 1e6 for number in found) else []


def _float(written: str | None, usual: float = 0.0) -> float:
    found = _floats(written or "")
    return found[0] if found else usual
