"""What was filled into a PDF: the values of its form fields and the words typed onto its pages, at the places where
they show.

They stand in annotations, not in the content of the page (ISO 32000-2, 12.5 and 12.7). A value goes behind the label
that it stands beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject

from ingest.pdfium import View
from ingest.readers.canonical import canonical
from ingest.readers.drawing_order import joined_line
from ingest.readers.paragraphs import Line
from kb.layout import Box

_HIDDEN, _NO_VIEW = 2, 32  # bits of the flags of an annotation
_PUSH_BUTTON = 1 << 16  # bit 17 of the flags of a button field, ISO 32000-1 12.7.4.2
_MOST_PARENTS = 20  # as a bound for a file whose fields are their own parents
_LARGEST, _OF_HEIGHT = 12.0, 0.7  # points of a character, and of the height of its field
_NEAR = 0.8  # of a field's height that its label may stand above or below its middle


@dataclass(frozen=True, slots=True)
class FilledField:
    """Words and the rectangle that they show in, in the units of the page: left, bottom, right, top."""

    words: str
    place: tuple[float, float, float, float]


def filled_fields(page: DictionaryObject) -> Iterator[FilledField]:
    """Give what was filled into a page, as pypdf has it."""
    for annotation in _annotations(page):
        place = annotation.get("/Rect")
        flags = annotation.get("/F", 0)
        if not isinstance(place, ArrayObject) or len(place) != 4 or int(flags) & (_HIDDEN | _NO_VIEW):
            continue
        kind = annotation.get("/Subtype")
        words = (
            _value(annotation) if kind == "/Widget" else annotation.get("/Contents") if kind == "/FreeText" else None
        )
        if words and (shown := canonical(str(words)).strip()):
            left, bottom, right, top = (float(one) for one in place)
            yield FilledField(shown, (min(left, right), min(bottom, top), max(left, right), max(bottom, top)))


def notes_and_attachments(page: DictionaryObject) -> Iterator[tuple[str, str]]:
    """Give the annotations of a page that say something beside its text: what kind, and the name of an attached
    file."""
    for annotation in _annotations(page):
        kind = annotation.get("/Subtype")
        if kind == "/FileAttachment":
            file = annotation.get("/FS", DictionaryObject()).get_object()
            yield "attachment", str(file.get("/UF") or file.get("/F") or "")
        elif kind not in ("/Widget", "/FreeText", "/Link", "/Popup") and str(annotation.get("/Contents", "")).strip():
            yield "annotation", ""


def with_fields(lines: Sequence[Line], fields: Sequence[FilledField], view: View) -> list[Line]:
    """Put filled fields among the lines of a page: behind the nearest label on their row, else where their height
    says."""
    found = list(lines)
    for field in sorted(fields, key=lambda field: (-field.place[3], field.place[0])):
        for line in reversed(_field_lines(field, view)):
            beside = [n for n, one in enumerate(found) if _stands_before(one, line, field)]
            if beside:
                label = max(beside, key=lambda n: found[n].right)
                found[label] = joined_line(found[label], line)
            else:
                below = next((n for n, one in enumerate(found) if one.y < line.y), len(found))
                found.insert(below, line)
    return found


def _stands_before(line: Line, value: Line, field: FilledField) -> bool:
    high = field.place[3] - field.place[1]
    right = max((box.x1 for box in line.boxes), default=line.right)
    return abs(line.y - value.y) <= _NEAR * high and right <= value.x + line.size


def _field_lines(field: FilledField, view: View) -> list[Line]:
    left, bottom, right, top = field.place
    (x0, y0), (x1, y1) = view.place(left, top), view.place(right, bottom)
    x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    texts = [one.strip() for one in field.words.split("\n") if one.strip()]
    step = (y1 - y0) / len(texts)
    size = max(min(_LARGEST, _OF_HEIGHT * step), 1.0)
    lines = []
    for number, text in enumerate(texts):
        high = y0 + number * step
        box = Box(0, len(text), x0, high, x1, high + step)
        lines.append(Line(text, x0, view.height - (high + (step + _OF_HEIGHT * size) / 2), size, (box,)))
    return lines


def _annotations(page: DictionaryObject) -> Iterator[DictionaryObject]:
    listed: Any = page.get("/Annots")
    listed = listed.get_object() if listed is not None else ()
    for entry in listed if isinstance(listed, ArrayObject) else ():
        annotation = entry.get_object()
        if isinstance(annotation, DictionaryObject):
            yield annotation


def _value(field: DictionaryObject) -> str:
    """Give what a field shows: typed or chosen words, a tick in a box."""
    kind, value = _inherited(field, "/FT"), _inherited(field, "/V")
    if kind == "/Btn":
        if int(_inherited(field, "/Ff") or 0) & _PUSH_BUTTON:
            return ""
        return "☑" if str(field.get("/AS", value or "/Off")) != "/Off" else "□"
    if kind == "/Tx":
        return str(value or "")
    if kind == "/Ch":
        chosen = [str(one) for one in value] if isinstance(value, ArrayObject) else [str(value)] if value else []
        shown = dict(_options(field))
        return "、".join(shown.get(one, one) for one in chosen)
    return ""


def _options(field: DictionaryObject) -> Iterator[tuple[str, str]]:
    """Give the entries of a list: what is stored, and what is shown for it."""
    for option in _inherited(field, "/Opt") or ():
        entry = option.get_object()
        if isinstance(entry, ArrayObject) and len(entry) == 2:
            yield str(entry[0]), str(entry[1])


def _inherited(field: DictionaryObject, name: str) -> Any:
    for _ in range(_MOST_PARENTS):
        if name in field:
            return field[name].get_object()
        parent = field.get("/Parent")
        if parent is None:
            return None
        field = parent.get_object()
    return None
