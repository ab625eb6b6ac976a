"""What stands on a page of an OFD file: its characters and pictures, in points from the upper left corner.

A text object has a place (Boundary), a matrix (CTM) and pieces of text (TextCode), each with the place of its
first character and the steps to the others (DeltaX, DeltaY), where `g 3 5.5` stands for three steps of 5.5.
Source: GB/T 33190-2016, chapters 8, 10 and 11.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.readers.drawn_twice import DrawnTexts
from ingest.readers.glyphs import Glyph, LineSetter, is_rubbish
from ingest.readers.matrices import Matrix
from ingest.readers.ofd_package import Element, OfdDocument, OfdPage, children, local_name, numbers
from ingest.readers.paragraphs import Line
from kb.errors import DocumentError
from kb.layout import Box
from kb.text.widths import ems

POINTS = 72 / 25.4
"""Points in a millimetre, the unit of OFD."""

MAX_CHARACTERS = 1_000_000  # of one page: a bound on what a broken or hostile file can cost
_DEEP = 50  # blocks within blocks, as a bound for a file whose blocks hold themselves
_DOTS = ".·…‥・"


@dataclass(frozen=True, slots=True)
class PlacedText:
    """One character: the place of its base line, how far it is to the next, its size, and whether it stands upright."""

    char: str
    x: float
    y: float
    advance: float
    size: float
    upright: bool
    element: Element


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """A picture or a path and how its own places are shown, in points."""

    element: Element
    matrix: Matrix


def page_size(page: OfdPage) -> tuple[float, float]:
    """Give width and height in points."""
    return page.area[2] * POINTS, page.area[3] * POINTS


def page_lines(page: OfdPage) -> tuple[list[Line], float]:
    """Give the lines of a page, and the share of characters that nobody can read; dots and blanks do not count."""
    setter = LineSetter(page_size(page)[1])
    rubbish = count = 0
    last: PlacedText | None = None
    for text in texts(page):
        count += text.char not in _DOTS and not text.char.isspace()
        rubbish += is_rubbish(text.char)
        if last is not None and last.element is not text.element and not (last.upright and text.upright):
            setter.end_line()
        setter.begins(text.x, text.y, "")
        last = text
        turned = None
        if not text.upright:
            half = text.size / 2
            turned = Box(0, 0, text.x - half, text.y - half, text.x + half, text.y + half)
        setter.add(Glyph(text.char, text.x, text.x + max(text.advance, 0.0)), text.y, text.size, False, turned)
    setter.end_line()
    return setter.lines, rubbish / count if count else 0.0


def texts(page: OfdPage) -> Iterator[PlacedText]:
    """Give the characters of a page in the order in which they are drawn; raise DocumentError where there are too
    many."""
    count = 0
    drawn = DrawnTexts()
    for placed in objects(page, "TextObject"):
        if _is_drawn_again(placed, drawn):
            continue
        for text in _characters(placed):
            count += 1
            if count > MAX_CHARACTERS:
                raise DocumentError.of("page_too_full", file=page.document.path, page=page.number, most=MAX_CHARACTERS)
            yield text


def _is_drawn_again(placed: PlacedObject, drawn: DrawnTexts) -> bool:
    words = "".join(code.text or "" for code in children(placed.element, "TextCode"))
    (size,) = numbers(placed.element.get("Size"), 1) or (4.0,)
    return drawn.again(words, *placed.matrix.place(0, 0), size * POINTS)


def objects(page: OfdPage, *names: str) -> Iterator[PlacedObject]:
    """Give the visible objects of these names in the order in which they are drawn."""
    shown = Matrix(POINTS, 0, 0, POINTS, -page.area[0] * POINTS, -page.area[1] * POINTS)
    for layer in page.layers:
        yield from _objects(layer, shown, names, page.document, 0)


def _objects(
    holder: Element, shown: Matrix, names: tuple[str, ...], document: OfdDocument, depth: int
) -> Iterator[PlacedObject]:
    for element in holder:
        if not isinstance(element.tag, str) or element.get("Visible") == "false":
            continue
        name = local_name(element)
        if name == "PageBlock" and depth < _DEEP:
            yield from _objects(element, shown, names, document, depth + 1)
        elif name == "CompositeObject" and depth < _DEEP:
            drawn = document.composite(element.get("ResourceID", ""))
            if drawn is not None:
                yield from _objects(drawn, _shown(element, shown, name), names, document, depth + 1)
        elif name in names:
            yield PlacedObject(element, _shown(element, shown, name))


def _shown(element: Element, shown: Matrix, name: str) -> Matrix:
    """Give how the places of an object are shown that stands on something that is `shown` so."""
    x, y, width, height = numbers(element.get("Boundary"), 4) or (0.0, 0.0, 0.0, 0.0)
    usual = (width, 0.0, 0.0, height, 0.0, 0.0) if name == "ImageObject" else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    own = Matrix(*(numbers(element.get("CTM"), 6) or usual))
    return shown.after(Matrix(e=x, f=y)).after(own)


def _characters(placed: PlacedObject) -> Iterator[PlacedText]:
    element, matrix = placed.element, placed.matrix
    (size,) = numbers(element.get("Size"), 1) or (4.0,)
    (stretch,) = numbers(element.get("HScale"), 1) or (1.0,)
    high = size * math.hypot(matrix.c, matrix.d)
    x = y = 0.0
    for code in children(element, "TextCode"):
        text = (code.text or "").strip("\r\n")
        (x,) = numbers(code.get("X"), 1) or (x,)
        (y,) = numbers(code.get("Y"), 1) or (y,)
        across = _steps(code.get("DeltaX"), len(text) - 1)
        down = _steps(code.get("DeltaY"), len(text) - 1)
        at_x, at_y = x, y
        for number, char in enumerate(text):
            usual = ems(char) * size * stretch
            step_x = across[min(number, len(across) - 1)] if across else 0.0 if down else usual
            step_y = down[min(number, len(down) - 1)] if down else 0.0
            reach = usual if number == len(text) - 1 and not down else step_x
            here, there = matrix.place(at_x, at_y), matrix.place(at_x + reach, at_y + step_y)
            along = there[0] - here[0]
            upright = along >= 5 * abs(there[1] - here[1]) and matrix.a > 5 * abs(matrix.b)
            yield PlacedText(char, *here, along, max(high, 0.1), upright, element)
            at_x, at_y = at_x + step_x, at_y + step_y


def _steps(written: str | None, count: int) -> list[float]:
    """Read the steps between characters; more than there are characters are not read."""
    steps: list[float] = []
    parts = iter((written or "").split())
    for part in parts:
        if len(steps) >= count:
            break
        try:
            if part != "g":
                steps.append(_number(part))
                continue
            times, step = int(next(parts, "0")), _number(next(parts, "0"))
        except ValueError:
            break
        steps += [step] * min(max(times, 0), count - len(steps))
    return steps


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) < 1e6:
        raise ValueError(text)
    return value
