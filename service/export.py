"""A conversation as a Word file: each question, its answer, and where every sentence of it stands."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx

from kb.provenance import worded

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n"}


def write_docx(title: str, turns: Sequence[dict[str, Any]]) -> bytes:
    """Write answers, as `answer_payload` tells them, into a DOCX file."""
    document = docx.Document()
    document.add_heading(_plain(title), 1)
    for turn in turns:
        document.add_heading(_plain(turn["question"]), 2)
        if turn["refusal"]:
            document.add_paragraph(_plain(turn["refusal"]["message"]))
        for statement in turn["statements"]:
            paragraph = document.add_paragraph()
            _write_statement(paragraph, statement)
            paragraph.add_run("".join(f"[{number}]" for number in statement["citations"])).font.superscript = True
        for citation in turn["citations"]:
            document.add_paragraph(_plain(f"[{citation['number']}] {worded(citation)['note']}"))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _write_statement(paragraph: Any, statement: dict[str, Any]) -> None:
    text, focus = statement["text"], statement.get("focus")
    if not focus:
        paragraph.add_run(_plain(text))
        return
    start, end = focus
    paragraph.add_run(_plain(text[:start]))
    paragraph.add_run(_plain(text[start:end])).bold = True
    paragraph.add_run(_plain(text[end:]))


def _plain(text: str) -> str:
    """Leave out what XML cannot hold."""
    return text.translate(_CONTROL)
