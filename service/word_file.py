"""What the Word files that go out have in common: a heading, statements with their numbers, and how one becomes a
file."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import docx

from service.xml_text import plain


def begin(title: str) -> Any:
    """Begin a document with its heading."""
    document = docx.Document()
    document.add_heading(plain(title), 1)
    return document


def write_statement(document: Any, statement: Mapping[str, Any]) -> None:
    """Write a statement as a paragraph, the words that answer in bold, its numbers raised."""
    paragraph = document.add_paragraph()
    text, (start, end) = statement["text"], statement.get("focus") or (0, 0)
    for words, is_bold in ((text[:start], False), (text[start:end], True), (text[end:], False)):
        if words:
            paragraph.add_run(plain(words)).bold = is_bold or None
    paragraph.add_run("".join(f"[{number}]" for number in statement["citations"])).font.superscript = True


def in_bytes(document: Any) -> bytes:
    """Give a document as a DOCX file."""
    target = BytesIO()
    document.save(target)
    return target.getvalue()
