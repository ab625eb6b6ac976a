"""Lists of HTML as a browser shows them: the numbers of `<ol>`, terms beside what they mean, keys beside their values.

The numbers stand nowhere in the source, only how to count. A list whose entries bring numbers of their own is left as
it is.
"""

from __future__ import annotations

import re

from lxml import etree

from ingest.readers.tables import row_line
from ingest.readers.word_numbering import written
from kb.text.markers import read_marker

# The values of `type` on a list.
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
# The same by CSS.
_STYLES = {
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "cjk-ideographic": "chineseCounting",
    "simp-chinese-informal": "chineseCounting", "trad-chinese-informal": "chineseCounting", "none": "none",
}  # fmt: skip
_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(" + "|".join(_STYLES) + r")\b", re.IGNORECASE)
_IDEOGRAPHIC = "chineseCounting"  # 一、二、三、 as Word calls it, since one counter serves both.
_TERM, _MEANING = 24, 100  # characters of a pair that is written as a row
_INLINE = ("span", "em", "i", "b", "strong", "label", "a", "font", "time")
# 发布时间： begins a new piece of a line of keys and values.
_KEY = re.compile(r"\s*[^\s:：,，。；]{2,8}[:：]")


def write_numbers(root: etree._Element) -> None:
    """Put its number before every entry of the ordered lists below `root`."""
    for ordered in root.iter("ol"):
        entries = [entry for entry in ordered if entry.tag == "li"]
        form = _form(ordered)
        if form == "none" or any(_is_numbered(entry) for entry in entries):
            continue
        step = -1 if ordered.get("reversed") is not None else 1
        number = _whole(ordered.get("start"), len(entries) if step < 0 else 1)
        for entry in entries:
            number = _whole(entry.get("value"), number)
            first = _first_with_text(entry)
            mark = f"{written(number, form)}、" if form == _IDEOGRAPHIC else f"{written(number, form)}. "
            first.text = mark + (first.text or "").lstrip()
            number += step


def write_pairs(root: etree._Element) -> None:
    """Write the short terms of a list of several and their short meanings (`dt`, `dd`) on lines, as a table would, and
    so the entries that are two pieces each. Pages part such pieces by their style alone, so a blank is put before a key
    that stands right behind a value."""
    _write_entries(root)
    for piece in root.iter(*_INLINE):
        before = piece.getprevious()
        if before is not None and before.tag in _INLINE and not before.tail and _KEY.match("".join(piece.itertext())):
            before.tail = " "
    lists = [list(listed.iter("dt")) for listed in root.iter("dl")]
    for term in (term for terms in lists if len(terms) > 1 for term in terms):
        meaning = term.getnext()
        after = meaning.getnext() if meaning is not None else None
        if meaning is None or meaning.tag != "dd" or (after is not None and after.tag == "dd"):
            continue
        words = [" ".join("".join(one.itertext()).split()) for one in (term, meaning)]
        if (
            0 < len(words[0]) <= _TERM
            and 0 < len(words[1]) <= _MEANING
            and next(meaning.iterchildren("p", "div", "ul", "ol"), None) is None
        ):
            term.clear(keep_tail=True)
            meaning.clear(keep_tail=True)
            term.text = row_line(words)[0]


def _write_entries(root: etree._Element) -> None:
    """Write the entries of lists that are a short key and its value, without a colon, as rows."""
    for listed in root.iter("ul", "div"):
        entries = [
            entry
            for entry in listed
            if entry.tag in ("li", "div", "p")
            and [one.tag in _INLINE for one in entry] == [True, True]
            and not (entry.text or "").strip()
            and not (entry[0].tail or "").strip()
        ]
        for entry in entries if len(entries) > 1 else ():
            key, value = (" ".join("".join(one.itertext()).split()) for one in entry)
            if 0 < len(key) <= _TERM and 0 < len(value) <= _MEANING and not key.endswith((":", "：")):
                entry.clear(keep_tail=True)
                entry.text = row_line([key, value])[0]


def _form(ordered: etree._Element) -> str:
    style = _STYLE.search(ordered.get("style", ""))
    return _STYLES[style[1].lower()] if style else _FORMS.get(ordered.get("type", "1"), "decimal")


def _is_numbered(entry: etree._Element) -> bool:
    words = "".join(entry.itertext()).strip()
    return read_marker(words, 0, len(words)) is not None


def _first_with_text(entry: etree._Element) -> etree._Element:
    """Give the element in which the words of an entry begin: itself, or the first paragraph in it."""
    while not (entry.text or "").strip() and len(entry) and entry[0].tag in ("p", "div", "span", "strong", "b"):
        entry = entry[0]
    return entry


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise
