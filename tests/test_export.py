"""The Word file of a conversation says under what limits each question was asked, and when it was exported."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest

from service.conversation_export import write_docx


def turn(question: str, **more: Any) -> dict[str, Any]:
    statement = {"text": "已失效。", "citations": [1], "focus": None}
    citation = {"number": 1, "title": "未来社区指南", "doc_no": None, "label": "一、", "quote": "已失效。"}
    citation |= {"source": "original", "status": "expired"}
    answer = {"question": question, "refusal": None, "statements": [statement], "citations": [citation]}
    return answer | more


def test_an_answer_whose_text_has_changed_since_says_so() -> None:
    changed = [{"change": "replaced", "title": "停车收费办法", "url": "/documents/parking"}]
    data = write_docx("对话", [turn("每小时几元？", changes=changed)], date(2026, 11, 26))
    lines = [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]
    assert lines[lines.index("每小时几元？") + 1] == "《停车收费办法》的文字在回答之后有改动，下面是当时的回答。"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ufffe", "\uffff", "\ud83d"])
def test_what_xml_cannot_hold_is_left_out(character: str) -> None:
    data = write_docx("对话", [turn(f"每小时{character}几元？")], date(2026, 11, 26))
    assert "每小时几元？" in [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]


def test_the_day_and_the_filters_of_a_question_stand_below_it() -> None:
    limits = {"as_of": "2024-06-30", "level": "municipal", "topic": "社区建设", "doc_id": "x", "title": "未来社区指南"}
    data = write_docx("对话", [turn("还有效吗？", within=limits), turn("那今天呢？")], date(2026, 11, 26))
    lines = [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]
    assert lines[:2] == ["对话", "导出日期：2026年11月26日"]
    at = lines.index("还有效吗？")
    assert lines[at + 1] == "按哪一天的规定：2024年6月30日；限定范围：市级，社区建设，《未来社区指南》"
    at = lines.index("那今天呢？")
    assert lines[at + 1 : at + 3] == ["限定范围：全部文件", "已失效。[1]"]


def test_the_file_ends_with_what_it_is_and_whom_to_ask() -> None:
    data = write_docx("对话", [turn("还有效吗？", answered="2026-11-26T09:30:00")], date(2026, 11, 26))
    *_, about, call, disclaimer = [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]
    assert (about, call) == ("说明", "咨询电话：12345 政务服务便民热线")
    assert "不作为行政决定" in disclaimer
