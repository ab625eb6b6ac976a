"""One answer as a record to be printed or filed: when it was given and from what, its words, every quotation with its
document, place and validity, whom to ask, and what it is not.

The page prints it and the Word file is written from it, so that paper and file cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from kb.knowledge_base import KnowledgeBase
from kb.presentation import contact_of
from kb.provenance import worded
from kb.text.dates import chinese_day
from kb.text.names import titled
from kb.types import Provenance
from service.confinement import limits_told
from service.word_file import begin, in_bytes, write_statement
from service.xml_text import plain

DISCLAIMER = "本记录由政策知识库根据所列文件自动整理，供查阅参考，不作为行政决定或者享受待遇的凭证；办理事项以正式文件和主管部门的答复为准。"
HOTLINE = {"name": "政务服务便民热线", "phone": "12345", "title": ""}
_SOURCES: dict[Provenance, str] = {
    "original": "原文", "digest": "摘要，以正式文本为准", "consolidated": "整理文本，以正式公布的文本为准", "background": "不是文件条文",
}  # fmt: skip


def record(answer: Mapping[str, Any], knowledge_base: KnowledgeBase, say: Callable[[str], str] = str) -> dict[str, Any]:
    """Give the record of a kept answer; `say` puts our own words into the script wanted."""
    citations = [worded(citation, say) for citation in answer["citations"]]
    return {
        "question": answer["question"],
        "about": [{"name": say(name), "text": say(text)} for name, text in about(answer)],
        "refusal": say(answer["refusal"]["message"]) if answer["refusal"] else None,
        "statements": [
            {name: statement[name] for name in ("text", "citations", "focus")} for statement in answer["statements"]
        ],
        "table": answer.get("table"),
        "quotations": [_quotation(cited, say(_SOURCES[cited["source"]])) for cited in citations],
        "contacts": [*_contacts(answer, knowledge_base), HOTLINE],
        "disclaimer": say(DISCLAIMER),
    }


def _quotation(cited: Mapping[str, Any], kind: str) -> dict[str, Any]:
    told = {name: cited.get(name) for name in ("number", "title", "doc_no", "label", "page", "validity", "quote")}
    return told | {"kind": kind, "reference": named_source(told | {"kind": kind})}


def about(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say when the answer was given, from which index, and under what limits; answers of before these were kept do not
    know."""
    within = dict(answer.get("within") or {})
    day = within.pop("as_of", None)
    told = []
    if answer.get("answered"):
        moment = datetime.fromisoformat(answer["answered"])
        told.append(("回答时间", f"{chinese_day(moment.date())}{moment:%H:%M}"))
        told.append(("按哪一天的规定", chinese_day(date.fromisoformat(day) if day else moment.date())))
    elif day:
        told.append(("按哪一天的规定", chinese_day(date.fromisoformat(day))))
    if answer.get("indexed"):
        told.append(("文件库更新日期", chinese_day(date.fromisoformat(answer["indexed"]))))
    return [*told, ("限定范围", "，".join(limits_told(within)) or "全部文件")]


def _contacts(answer: Mapping[str, Any], knowledge_base: KnowledgeBase) -> list[dict[str, str]]:
    """Name whom the documents that are cited name to be asked, each once."""
    cited = dict.fromkeys(citation["doc_id"] for citation in answer["citations"])
    found = [contact_of(knowledge_base.describe(doc_id)) for doc_id in cited if knowledge_base.shows(doc_id, "staff")]
    return [contact for contact in found if contact]


def write_record(told: Mapping[str, Any], exported: date) -> bytes:
    """Write a record as a Word file on the day `exported`."""
    document = begin("政策咨询记录")
    document.add_heading("问题", 2)
    document.add_paragraph(plain(told["question"]))
    document.add_heading("回答", 2)
    if told["refusal"]:
        document.add_paragraph(plain(told["refusal"]))
    for statement in told["statements"][: 1 if told["table"] else None]:
        write_statement(document, statement)
    if told["table"]:
        _write_table(document, told["table"])
    if told["quotations"]:
        document.add_heading("最接近的材料" if told["refusal"] else "引用的文件", 2)
    for cited in told["quotations"]:
        paragraph = document.add_paragraph(plain(f"[{cited['number']}] "))
        paragraph.add_run(plain(cited["reference"])).bold = True
        document.add_paragraph(plain(cited["quote"]), style="Quote")
    document.add_heading("说明", 2)
    for one in told["about"]:
        document.add_paragraph(plain(f"{one['name']}：{one['text']}"))
    document.add_paragraph(f"导出日期：{chinese_day(exported)}")
    for contact in told["contacts"]:
        document.add_paragraph(plain(f"咨询电话：{contact_line(contact)}"))
    document.add_paragraph(told["disclaimer"])
    return in_bytes(document)


def named_source(cited: Mapping[str, Any]) -> str:
    """Name what is quoted in one line.

    >>> cited = {"title": "某办法", "doc_no": "某政〔2024〕1号", "label": "第二条", "page": 3, "validity": "现行有效", "kind": "原文"}
    >>> named_source(cited)
    '《某办法》，某政〔2024〕1号，第二条，第3页，现行有效，原文'
    """
    title = titled(cited["title"]) if cited["validity"] else cited["title"]  # background is no part of a document
    page = f"第{cited['page']}页" if cited["page"] else None
    return "，".join(filter(None, (title, cited["doc_no"], cited["label"], page, cited["validity"], cited["kind"])))


def contact_line(contact: Mapping[str, str]) -> str:
    """Write whom to call, and which document says so."""
    listed = f"（{titled(contact['title'])}所列）" if contact["title"] else ""
    return " ".join(filter(None, (contact["phone"], contact["name"]))) + listed


def _write_table(document: Any, table: Mapping[str, Any]) -> None:
    drawn = document.add_table(rows=1, cols=len(table["columns"]) + 1, style="Table Grid")
    rows = [(*row["cells"], "".join(f"[{number}]" for number in row["citations"])) for row in table["rows"]]
    for cell, head in zip(drawn.rows[0].cells, (*table["columns"], "出处"), strict=True):
        cell.paragraphs[0].add_run(plain(head)).bold = True
    for row in rows:
        for cell, text in zip(drawn.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(plain(text))
