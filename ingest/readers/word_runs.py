"""The words that Word shows for a paragraph: its runs, the results of fields, what is drawn as words.

What is hidden, by the run itself or by a style of its run or paragraph, is not shown, and counted. Text boxes are kept
for whoever writes the paragraph; notes are remembered in the order in which they are referred to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ingest.readers.word_fields import without_result
from ingest.readers.word_numbering import Element, W, switched_on

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
# Tracked deletions and readings of characters (ruby) are not what is on the page.
_DELETED = {f"{W}del", f"{W}moveFrom", f"{W}rt", f"{W}delText", f"{W}pPr", f"{W}rPr"}
# Signs that are elements.
_SIGNS = {
    f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t",
}  # fmt: skip
# Characters of Wingdings that forms are ticked with, by their private code points.
_SYMBOLS = {"F0A8": "□", "F06F": "□", "F0A3": "□", "F02A": "□", "F0FE": "☑", "F052": "☑", "F0FC": "√", "F0B7": "•"}
_MOST_STYLES = 20  # that are based on one another


@dataclass(slots=True)
class _Field:
    """A field between its marks: its code until its result begins, then whether that says anything."""

    form: Element | None
    code: str = ""
    in_result: bool = False
    said: bool = False


@dataclass(slots=True)
class WordRuns:
    """The runs of one document; `part` is its main part, `styles` the root of its styles."""

    part: Any
    styles: Element | None
    notes: dict[str, list[str]] = field(default_factory=lambda: {"footnote": [], "endnote": []})
    boxes: list[Element] = field(default_factory=list)
    hidden: int = 0
    _hidden_styles: set[str] = field(init=False)
    _fields: list[_Field] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hidden_styles = _hidden_styles(self.styles)

    def words(self, paragraph: Element) -> str:
        """Give the words of a paragraph, with line ends where it breaks a line."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        hides = style is not None and style.get(f"{W}val") in self._hidden_styles
        found = "".join(self._words(paragraph, hides))
        # A code goes on in no other paragraph: what stands there is text, should the file have lost the end of the
        # field.
        self._fields = [one for one in self._fields if one.in_result]
        return found

    def _words(self, element: Element, hides: bool) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in _DELETED:
                continue
            if tag == f"{W}r" and self._is_hidden(child, hides):
                self.hidden += any((one.text or "").strip() for one in child.iter(f"{W}t"))
            elif tag == f"{W}fldChar":
                yield self._at_field_mark(child)
            elif tag == f"{W}instrText":
                if self._fields:
                    self._fields[-1].code += child.text or ""
            elif tag == f"{W}txbxContent":
                self.boxes.append(child)
            elif tag == _ALTERNATIVES:
                yield from self._words(child[0], hides) if len(child) else ()
            elif (words := self._own_words(child)) is not None:
                yield self._shown(words)
            elif isinstance(tag, str):
                yield from self._words(child, hides)

    def _own_words(self, element: Element) -> str | None:
        """Give the words of an element that has no runs in it; None where it may have."""
        tag = element.tag
        if tag in (f"{W}t", f"{_M}t"):
            return element.text or ""
        if tag in _SIGNS:
            return _SIGNS[tag]
        if tag == f"{W}sym":
            return _symbol(element.get(f"{W}char", ""))
        if tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            self.notes[tag.removeprefix(W).removesuffix("Reference")].append(element.get(f"{W}id", ""))
            return ""
        if tag == f"{_VML}textpath":
            return f"\n{element.get('string', '')}\n"
        if tag == f"{_DIAGRAM}relIds":
            return "\n" + "\n".join(self._diagram_lines(element.get(f"{_RELATIONS}dm", ""))) + "\n"
        return None

    def _shown(self, words: str) -> str:
        """Give words unless they are the result of a field that stands in the code of another."""
        if any(not one.in_result for one in self._fields[:-1]):
            return ""
        for one in self._fields:
            one.said = one.said or bool(words.strip())
        return words

    def _at_field_mark(self, mark: Element) -> str:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field(mark.find(f"{W}ffData")))
        elif kind == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            ended = self._fields.pop()
            if not ended.said and all(one.in_result for one in self._fields):
                return self._shown(without_result(ended.code, ended.form))
        return ""

    def _is_hidden(self, run: Element, hides: bool) -> bool:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return hides
        own = properties.find(f"{W}vanish")
        style = properties.find(f"{W}rStyle")
        if own is not None:
            return switched_on(own)
        return hides or (style is not None and style.get(f"{W}val") in self._hidden_styles)

    def _diagram_lines(self, relation: str) -> list[str]:
        """Give the points of a diagram (SmartArt), in the order in which they are listed."""
        found = self.part.rels.get(relation)
        if found is None or found.is_external:
            return []
        root = parse_part(found.target_part)
        points = (point for point in root.iter(f"{_DIAGRAM}pt") if point.get("type", "node") in ("node", "asst"))
        lines = ("".join(one.text or "" for one in point.iter(f"{_DRAWING}t")) for point in points)
        return [line for line in lines if line.strip()]


def parse_part(part: Any) -> Element:
    """Give the root of a part of a Word file; nothing outside is ever opened."""
    if hasattr(part, "element"):
        return part.element
    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _hidden_styles(styles: Element | None) -> set[str]:
    """Give the styles that hide text, also by the style that they are based on."""
    known = {
        one.get(f"{W}styleId", ""): one for one in (styles.iterchildren(f"{W}style") if styles is not None else ())
    }
    return {name for name in known if _hides(name, known)}


def _hides(name: str, known: dict[str, Element]) -> bool:
    for _ in range(_MOST_STYLES):
        if name not in known:
            return False
        own = known[name].find(f"{W}rPr/{W}vanish")
        if own is not None:
            return switched_on(own)
        based = known[name].find(f"{W}basedOn")
        name = based.get(f"{W}val", "") if based is not None else ""
    return False


def _symbol(code: str) -> str:
    """Give the character of a symbol font that says the same; none for an ornament."""
    known = _SYMBOLS.get(code.upper())
    if known is not None or not 4 <= len(code) <= 5:
        return known or ""
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    return "" if 0xE000 <= point <= 0xF8FF or point > 0x10FFFF else chr(point)
