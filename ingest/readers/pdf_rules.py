"""The rules that a page of a PDF draws: the straight pieces of its paths that run across or down, as tables have
them."""

from __future__ import annotations

from ctypes import byref, c_float, c_int
from typing import Any

import pypdfium2.raw as raw

from ingest.pdfium import View
from ingest.readers.ruled_tables import MOST_RULES, Rule


def page_rules(page: Any, view: View) -> list[Rule]:
    """Give the rules of an open page, none where it draws more lines than any table has."""
    rules: list[Rule] = []
    for drawn in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=1):
        rules += _path_rules(drawn.raw, view)
        if len(rules) > MOST_RULES:
            return []
    return rules


def _path_rules(path: Any, view: View) -> list[Rule]:
    mode, stroked = c_int(), c_int()
    if not raw.FPDFPath_GetDrawMode(path, byref(mode), byref(stroked)) or not (mode.value or stroked.value):
        return []  # it only clips
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, byref(matrix))
    found: list[Rule] = []
    start = here = (0.0, 0.0)
    for number in range(min(raw.FPDFPath_CountSegments(path), MOST_RULES)):
        segment = raw.FPDFPath_GetPathSegment(path, number)
        x, y = c_float(), c_float()
        raw.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        point = view.place(
            matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            found.append((*here, *point))
        here = point
        if raw.FPDFPathSegment_GetClose(segment):
            found.append((*here, *start))
            here = start
    return found
