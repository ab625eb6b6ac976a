"""A conversation as a Word file: each question with the day and the documents that it was confined to, its answer,
where every sentence of it stands, and at the end what such a record is and is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kb.provenance import worded
from kb.text.dates import chinese_day
from kb.text.names import titled
from service.answer_record import DISCLAIMER, HOTLINE, about, contact_line
from service.word_file import begin, in_bytes, write_statement
from service.xml_text import plain

_CHANGES = {
    "deleted": "在回答之后已经删除",
    "withdrawn": "在回答之后已经撤回",
    "replaced": "的文字在回答之后有改动",
    "ended": "在回答之后已经失效",
}


def write_docx(title: str, turns: Sequence[dict[str, Any]], exported: date) -> bytes:
    """Write answers, as `answer_payload` tells them, into a DOCX file on the day `exported`."""
    document = begin(title)
    document.add_paragraph(f"导出日期：{chinese_day(exported)}")
    for turn in turns:
        document.add_heading(plain(turn["question"]), 2)
        for change in turn.get("changes", ()):
            document.add_paragraph(plain(f"{titled(change['title'])}{_CHANGES[change['change']]}，下面是当时的回答。"))
        document.add_paragraph(plain("；".join(f"{name}：{text}" for name, text in about(turn))))
        if turn["refusal"]:
            document.add_paragraph(plain(turn["refusal"]["message"]))
        for statement in turn["statements"]:
            write_statement(document, statement)
        for citation in turn["citations"]:
            document.add_paragraph(plain(f"[{citation['number']}] {worded(citation)['note']}"))
    document.add_heading("说明", 2)
    document.add_paragraph(f"咨询电话：{contact_line(HOTLINE)}")
    document.add_paragraph(DISCLAIMER)
    return in_bytes(document)
