"""What the form of a document tells of it where it has no header table: 版头, title, 落款.

The letterhead names issuer and 文号, the note under the title of a law the order that published it, the signature
issuer and date, 此件公开发布 the 公开方式. A title may take several lines. Every value keeps its place in the text, as
those of a header table do.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.enactment import issuer_span, read_enactment
from ingest.header import Header
from ingest.parts import DISCLOSED, Line, letterhead_lines, signature_lines
from kb.text.fold import fold_text
from kb.text.markers import read_marker
from kb.text.periods import find_days
from kb.types import HeaderField

_TITLE_LENGTH = 120  # characters; what begins behind them is no longer the head
_TITLE_LINES = 3  # that a title may be broken into
_HEAD_LINES = 20  # among which a paper names whom it is for and its number
_BY_LETTERHEAD = re.compile(r"\s*(?P<issuer>[^\s\d★]{4,40}?)\s*文\s*件\s*")
_NUMBER = re.compile(r"\s*(?P<doc_no>[一-龥]{1,12}\s?\[\d{4}\]\s?第?\d{1,5}\s?号)(?:\s+签\s*发\s*人\s*:.*)?\s*")
# 中华人民共和国国务院令第554号, 某市人民代表大会常务委员会公告第57号.
_ORDER = re.compile(
    r"(?:中华人民共和国)?(?P<doc_no>[一-龥]{1,30}?(?:令|公告)\s*\(?\s*第\s*[\d〇零一二三四五六七八九十百]{1,6}\s*号)"
)
_NO_TITLE = re.compile(r"目\s*[录次]|[(（].*(?:通过|公布|修正|修订|批准|施行).*")
_SIGNED = re.compile(
    r"\s*(?P<issuer>[^\d〇]*?)\s*(?P<issued>(?:\d{4}|[二一][〇零○一二三四五六七八九]{3})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*日)\s*"
)
# A document is called by its kind at the end of its title.
_KIND = re.compile(
    r"(?:通知|意见|办法|条例|细则|公告|通告|批复|复函|函|答复|方案|规划|规定|决定|决议|解读|问答|报告|计划|标准|指南|导则|规范|纲要|要点"
    r"|规则|法|措施|政策|制度|章程|纪要|公报|清单|目录)(?:\([^()]{1,30}\))*"
)


def with_formalities(text: str, header: Header) -> Header:
    """Give `header` with what the form of the document tells beyond it."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text)]
    found: list[HeaderField] = []
    for line in lines[:_HEAD_LINES]:
        raw = text[slice(*line)].strip()
        if "号" in raw or "號" in raw:
            found += _fields(_NUMBER, text, line)
    for line in lines[: letterhead_lines(text, lines)]:
        found += _fields(_BY_LETTERHEAD, text, line)
    enactment = read_enactment(text)
    if enactment.made is not None:
        found += _order(text, enactment.made.start, enactment.made.end)
    maker = issuer_span(text, enactment)
    for numbers in signature_lines(text, lines):
        found += _signature(text, [lines[number] for number in numbers])
    found += [HeaderField("issuer", text[slice(*maker)], *maker)] if maker else []
    kept = list(header.fields)
    for field in found:
        if field.name == "disclosure" or not any(other.name == field.name for other in kept):
            kept.append(field)
    return replace(header, fields=tuple(sorted(kept, key=lambda field: field.start)))


def read_title(text: str, header: Header) -> str | None:
    """Give the title above the header, else behind it: the first line that is no letterhead, and what it goes on
    with."""
    start, end = header.block if header.block and header.block[0] < _TITLE_LENGTH else (0, 0)
    for offset, part in ((0, text[:start]), (end, text[end:])):
        lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", part[: 40 * _TITLE_LENGTH])]
        lines = lines[letterhead_lines(part, lines) :]
        if lines and _may_be_title(text, *lines[0], offset):
            return _joined(text, lines, offset)
    return None


def _joined(text: str, lines: list[Line], offset: int) -> str:
    """Join the first lines up to the one that ends with the kind of the document."""
    taken: list[str] = []
    for start, end in lines[:_TITLE_LINES]:
        if taken and (not _may_be_title(text, start, end, offset) or read_marker(text, offset + start, offset + end)):
            break
        taken.append(text[offset + start : offset + end].strip())
        joined = "".join(taken)
        if re.search(rf"{_KIND.pattern}$", fold_text(taken[-1])) and len(joined) <= _TITLE_LENGTH:
            return joined
        if len(taken) == 1 and read_marker(text, offset + start, offset + end):
            break
    return taken[0]


def _may_be_title(text: str, start: int, end: int, offset: int) -> bool:
    line = text[offset + start : offset + end].strip()
    return (
        0 < len(line) <= _TITLE_LENGTH
        and line[-1] not in "。；，：！？;,:!?"
        and not _NO_TITLE.fullmatch(line)
        and " | " not in line
    )


def _order(text: str, start: int, end: int) -> list[HeaderField]:
    """Give the number of the order by which a law was published, as the note of its making tells it (国务院令第554号)."""
    days = [after for _, _, after in find_days(text[start:end])]
    match = _ORDER.search(text, start + max(days, default=0), end)
    return [HeaderField("doc_no", match["doc_no"], *match.span("doc_no"))] if match else []


def _fields(pattern: re.Pattern[str], text: str, line: Line) -> list[HeaderField]:
    """Give the named groups of `pattern` where it matches the whole folded line."""
    start, end = line
    folded = fold_text(text[start:end]) if end - start <= _TITLE_LENGTH else ""
    match = pattern.fullmatch(folded) if len(folded) == end - start else None
    if match is None:
        return []
    spans = [(name, start + match.start(name), start + match.end(name)) for name in match.groupdict() if match[name]]
    return [HeaderField(name, text[first:last], first, last) for name, first, last in spans]


def _signature(text: str, lines: list[Line]) -> list[HeaderField]:
    fields: list[HeaderField] = []
    for number, line in enumerate(lines):
        signed = _fields(_SIGNED, text, line)
        if signed and number and not any(field.name == "issuer" for field in signed):
            first, last = lines[0][0], lines[number - 1][1]
            office = text[first:last].strip()
            at = text.index(office, first)
            signed.append(HeaderField("issuer", office, at, at + len(office)))
        fields += signed + _fields(DISCLOSED, text, line)
    return fields
