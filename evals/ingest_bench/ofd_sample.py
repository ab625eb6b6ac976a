"""Writes OFD files (GB/T 33190) whose every line is known, in the ways in which programs write them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from evals.ingest_bench.typesetting import PAGE, SetLine
from kb.text.widths import ems

_MM = 25.4 / 72  # OFD counts in millimetres, PDF in points.
_NAMESPACE = "http://www.ofdspec.org/2016"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


Rule = tuple[float, float, float, float]
"""A line that is drawn across or down: x0, y0, x1, y1 in points from the upper left corner."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a program writes text: `scale` puts so much of the size into the matrix, `pieces` cuts lines into pieces of
    text.

    `runs` writes equal steps as `g 3 5.5`; `absolute` writes places from the root of the archive; `template` puts
    page numbers on template pages; `prefix` is what elements are called by; `subject` is a property of the file.
    """

    scale: float = 1.0
    pieces: int = 1_000
    runs: bool = True
    absolute: bool = False
    template: bool = False
    prefix: str = "ofd:"
    subject: str = ""


def ofd_of_lines(
    pages: Sequence[Sequence[SetLine]], style: Style = Style(), rules: Sequence[Sequence[Rule]] = ()
) -> bytes:
    """Give an OFD file with these lines on its pages, and these rules on each."""
    parts = {}
    for number, lines in enumerate(pages):
        body, marks = (lines[:-1], lines[-1:]) if style.template else (lines, ())
        if style.template:
            parts[f"Doc_0/Tpls/Tpl_{number}/Content.xml"] = _page(_texts(marks, style), style)
        used = f'<{style.prefix}Template TemplateID="{900 + number}" ZOrder="Background"/>' if style.template else ""
        drawn = "".join(_path(900 + n, rule, style) for n, rule in enumerate(rules[number] if rules else ()))
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _page(_texts(body, style) + drawn, style, used)
    return _package(parts, len(pages), style, {})


def ofd_of_pictures(pictures: Sequence[bytes]) -> bytes:
    """Give an OFD file whose pages are these PNG pictures, as a scanner makes it."""
    style = Style()
    width, height = (side * _MM for side in PAGE)
    parts = {
        f"Doc_0/Pages/Page_{number}/Content.xml": _page(
            f'<ofd:ImageObject ID="{number + 10}" ResourceID="{number + 500}" Boundary="0 0 {width:.4f} {height:.4f}" '
            f'CTM="{width:.4f} 0 0 {height:.4f} 0 0"/>',
            style,
        )
        for number in range(len(pictures))
    }
    media = {f"Doc_0/Res/image_{number}.png": picture for number, picture in enumerate(pictures)}
    return _package(parts, len(pictures), style, media)


def archive(parts: dict[str, bytes]) -> bytes:
    """Pack the parts of a package as OFD does, in a ZIP archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return target.getvalue()


def _package(parts: dict[str, str], pages: int, style: Style, media: dict[str, bytes]) -> bytes:
    p = style.prefix
    base = "/Doc_0/" if style.absolute else ""
    names = "".join(f'<{p}Page ID="{n + 1}" BaseLoc="{base}Pages/Page_{n}/Content.xml"/>' for n in range(pages))
    templates = "".join(
        f'<{p}TemplatePage ID="{900 + n}" BaseLoc="{base}Tpls/Tpl_{n}/Content.xml"/>' for n in range(pages)
    )
    width, height = (side * _MM for side in PAGE)
    document = (
        f"<{p}CommonData><{p}MaxUnitID>9999</{p}MaxUnitID>"
        f"<{p}PageArea><{p}PhysicalBox>0 0 {width:.4f} {height:.4f}</{p}PhysicalBox></{p}PageArea>"
        f"<{p}DocumentRes>DocumentRes.xml</{p}DocumentRes>{templates if style.template else ''}</{p}CommonData>"
        f"<{p}Pages>{names}</{p}Pages>"
    )
    files = "".join(
        f'<{p}MultiMedia ID="{n + 500}" Type="Image"><{p}MediaFile>image_{n}.png</{p}MediaFile></{p}MultiMedia>'
        for n in range(len(media))
    )
    index = (
        f"<{p}DocBody><{p}DocInfo><{p}DocID>0</{p}DocID>"
        f"<{p}Subject>{escape(style.subject)}</{p}Subject></{p}DocInfo>"
        f"<{p}DocRoot>{'/' if style.absolute else ''}Doc_0/Document.xml</{p}DocRoot></{p}DocBody>"
    )
    texts = {
        "OFD.xml": _root("OFD", index, style, ' Version="1.0" DocType="OFD"'),
        "Doc_0/Document.xml": _root("Document", document, style),
        "Doc_0/DocumentRes.xml": _root("Res", f"<{p}MultiMedias>{files}</{p}MultiMedias>", style, ' BaseLoc="Res"'),
        **parts,
    }
    return archive({name: text.encode() for name, text in texts.items()} | media)


def _root(name: str, content: str, style: Style, attributes: str = "") -> str:
    p = style.prefix
    declared = f"xmlns{':' if p else ''}{p.rstrip(':')}={quoteattr(_NAMESPACE)}"
    return f"{_HEAD}<{p}{name} {declared}{attributes}>{content}</{p}{name}>"


def _page(objects: str, style: Style, template: str = "") -> str:
    p = style.prefix
    layer = f'<{p}Content><{p}Layer ID="5" Type="Body">{objects}</{p}Layer></{p}Content>'
    return _root("Page", template + layer, style)


def _texts(lines: Sequence[SetLine], style: Style) -> str:
    return "".join(_text(number, line, style) for number, line in enumerate(lines, 10))


def _path(number: int, rule: Rule, style: Style) -> str:
    p = style.prefix
    x0, y0, x1, y1 = (place * _MM for place in rule)
    box = f"{x0:.4f} {y0:.4f} {max(x1 - x0, 0.1):.4f} {max(y1 - y0, 0.1):.4f}"
    data = f"M 0 0 L {x1 - x0:.4f} {y1 - y0:.4f}"
    return f'<{p}PathObject ID="{number}" Boundary="{box}" LineWidth="0.2"><{p}AbbreviatedData>{data}</{p}AbbreviatedData></{p}PathObject>'


def _text(number: int, line: SetLine, style: Style) -> str:
    """Write a line: its box begins one size above the base line, and steps count before the matrix."""
    p = style.prefix
    size = line.size * _MM
    step = size / style.scale
    codes = []
    for first in range(0, len(line.text), style.pieces):
        piece = line.text[first : first + style.pieces]
        start = ems(line.text[:first]) * step
        deltas = _deltas([ems(char) * step for char in piece[:-1]], style)
        codes.append(f'<{p}TextCode X="{start:.4f}" Y="{step:.4f}"{deltas}>{escape(piece)}</{p}TextCode>')
    boundary = f"{line.x * _MM:.4f} {line.y * _MM - size:.4f} {ems(line.text) * size:.4f} {1.2 * size:.4f}"
    matrix = f' CTM="{style.scale} 0 0 {style.scale} 0 0"' if style.scale != 1 else ""
    opening = f'<{p}TextObject ID="{number}" Font="3" Size="{step:.4f}" Boundary="{boundary}"{matrix}>'
    return f"{opening}{''.join(codes)}</{p}TextObject>"


def _deltas(steps: Sequence[float], style: Style) -> str:
    if not steps:
        return ""
    written = []
    for step, run in groupby(f"{step:.4f}" for step in steps):
        times = len(list(run))
        written += ["g", str(times), step] if style.runs and times > 1 else [step] * times
    return f' DeltaX="{" ".join(written)}"'
