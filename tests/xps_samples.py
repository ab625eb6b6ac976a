"""XPS files whose every line is known, as ECMA-388 describes them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import quoteattr

from evals.ingest_bench.typesetting import PAGE, SetLine
from kb.text.widths import ems

NAMESPACE = "http://schemas.microsoft.com/xps/2005/06"
_UNIT = 96 / 72


def xps_of_lines(pages: Sequence[Sequence[SetLine]], steps: bool = True) -> bytes:
    """Give an XPS file with these lines on its pages; `steps` writes how far every character reaches."""
    return xps_of_pages(["".join(glyphs(line, steps) for line in lines) for lines in pages])


def glyphs(line: SetLine, steps: bool = True) -> str:
    indices = ";".join(f"{number},{100 * ems(char):g}" for number, char in enumerate(line.text)) if steps else ""
    return (
        f'<Glyphs OriginX="{line.x * _UNIT:.3f}" OriginY="{line.y * _UNIT:.3f}" FontRenderingEmSize="{line.size * _UNIT:.3f}" '
        f'FontUri="/Resources/a.odttf" Fill="#ff000000" UnicodeString={quoteattr(line.text)} Indices="{indices}"/>'
    )


def rule(x0: float, y0: float, x1: float, y1: float) -> str:
    """A rule as Word prints it: a filled box half a point thick."""
    x0, y0, x1, y1 = (place * _UNIT for place in (x0, y0, max(x1, x0 + 0.5), max(y1, y0 + 0.5)))
    return (
        f'<Path Data="M {x0:.2f},{y0:.2f} L {x1:.2f},{y0:.2f} {x1:.2f},{y1:.2f} {x0:.2f},{y1:.2f} Z" Fill="#ff000000"/>'
    )


def picture(part: str) -> str:
    """A picture over the whole page."""
    width, height = (side * _UNIT for side in PAGE)
    return (
        f'<Path Data="M 0,0 L {width},0 {width},{height} 0,{height} Z"><Path.Fill><ImageBrush ImageSource="{part}" TileMode="None" '
        f'Viewbox="0,0,1,1" Viewport="0,0,{width},{height}" ViewportUnits="Absolute" ViewboxUnits="Absolute"/></Path.Fill></Path>'
    )


def xps_of_pages(pages: Sequence[str], parts: dict[str, bytes] | None = None, pieces: bool = False) -> bytes:
    """Give an XPS file whose pages hold these elements; `pieces` writes every page in two parts, as some drivers do."""
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    entries = {
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r" Target="/FixedDocumentSequence.fdseq" '
        f'Type="{NAMESPACE}/fixedrepresentation"/></Relationships>',
        "FixedDocumentSequence.fdseq": f'<FixedDocumentSequence xmlns="{NAMESPACE}"><DocumentReference Source="/Documents/1/d.fdoc"/>'
        "</FixedDocumentSequence>",
        "Documents/1/d.fdoc": f'<FixedDocument xmlns="{NAMESPACE}">'
        + "".join(f'<PageContent Source="Pages/{number}.fpage"/>' for number in range(1, len(pages) + 1))
        + "</FixedDocument>",
    }
    width, height = (side * _UNIT for side in PAGE)
    for number, content in enumerate(pages, 1):
        page = (
            f'<FixedPage xmlns="{NAMESPACE}" xml:lang="zh-CN" Width="{width}" Height="{height}">{content}</FixedPage>'
        )
        name = f"Documents/1/Pages/{number}.fpage"
        if pieces:
            entries[f"{name}/[0].piece"], entries[f"{name}/[1].last.piece"] = page[:40], page[40:]
        else:
            entries[name] = page
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return target.getvalue()
