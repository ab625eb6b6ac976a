"""A conversation as a Word file: the day of export, each question with the day and the documents that it was confined to,
its answer, and where every sentence of it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import docx

from kb.provenance import LEVEL_WORDS, worded
from kb.text.names import titled

# XML 1.0 (2.2) has no place for these, and python-docx fails on them: control characters, halves of surrogate pairs, two noncharacters.
_UNWRITABLE = {code: None for code in (*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n"}


_CHANGES = {
    "deleted": "在回答之后已经删除",
    "withdrawn": "在回答之后已经撤回",
    "replaced": "的文字在回答之后有改动",
    "ended": "在回答之后已经失效",
}


def write_docx(title: str, turns: Sequence[dict[str, Any]], exported: date) -> bytes:
    """Write answers, as `answer_payload` tells them, into a DOCX file on the day `exported`."""
    document = docx.Document()
    document.add_heading(plain(title), 1)
    document.add_paragraph(f"导出日期：{chinese_day(exported)}")
    for turn in turns:
        document.add_heading(plain(turn["question"]), 2)
        if within := turn.get("within"):
            document.add_paragraph(plain(f"限定范围：{'，'.join(limits_told(within))}"))
        for change in turn.get("changes", ()):
            document.add_paragraph(plain(f"{titled(change['title'])}{_CHANGES[change['change']]}，下面是当时的回答。"))
        if turn["refusal"]:
            document.add_paragraph(plain(turn["refusal"]["message"]))
        for statement in turn["statements"]:
            paragraph = document.add_paragraph()
            write_statement(paragraph, statement)
            paragraph.add_run("".join(f"[{number}]" for number in statement["citations"])).font.superscript = True
        for citation in turn["citations"]:
            document.add_paragraph(plain(f"[{citation['number']}] {worded(citation)['note']}"))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def limits_told(within: Mapping[str, Any]) -> list[str]:
    """Say what a question was confined to, as the page does."""
    said = [f"按{chinese_day(date.fromisoformat(within['as_of']))}的规定"] if "as_of" in within else []
    said += [LEVEL_WORDS[within["level"]]] if "level" in within else []
    said += [within["topic"]] if "topic" in within else []
    return said + ([titled(within["title"])] if "title" in within else [])


def chinese_day(day: date) -> str:
    """Write a day as an office does."""
    return f"{day.year}年{day.month}月{day.day}日"


def write_statement(paragraph: Any, statement: Mapping[str, Any]) -> None:
    """Write a statement into a paragraph, the words that answer in bold."""
    text, focus = statement["text"], statement.get("focus")
    if not focus:
        paragraph.add_run(plain(text))
        return
    start, end = focus
    paragraph.add_run(plain(text[:start]))
    paragraph.add_run(plain(text[start:end])).bold = True
    paragraph.add_run(plain(text[end:]))


def plain(text: str) -> str:
    """Leave out what XML cannot hold."""
    return text.translate(_UNWRITABLE)
