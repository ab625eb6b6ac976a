"""What a quotation is of, and how it is named wherever it goes: on the page, in every copy, in files, on the terminal.

The words of a document itself may stand behind its title, its clause and in quotation marks. A digest is ours: it is
called 摘要, its places are its own (摘要 二、（二）1.), and its words stand without quotation marks. A text that we put
together of a law and what amends it is called 整理文本: its places are the law's, but nobody published its words so.
Background is no part of any document, so it stands behind what it was compiled from, and behind no title. Words that
OCR read with doubt and nobody has held against the page are said to be so. All of this is worded here and nowhere else,
so that no outlet can tell it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kb.document_fields import json_value
from kb.layout import LOW_CONFIDENCE
from kb.text.dates import PartialDate
from kb.text.fold import fold_text, script_of
from kb.text.names import titled
from kb.types import Clause, Document, Level, Provenance, Status
from kb.visibility import status_on, told_status

STATUS_WORDS: dict[Status, str] = {
    "in_force": "现行有效", "trial": "试行", "planned": "计划出台", "draft": "征求意见稿", "expired": "已失效",
    "repealed": "已废止", "superseded": "已被替代", "unknown": "效力未注明",
}  # fmt: skip
LEVEL_WORDS: dict[Level, str] = {"national": "国家", "provincial": "省级", "municipal": "市级", "district": "区县"}
UNSTATED = "未载明"
"""What a table says where a document does not."""
# Behind the name wherever it goes: what is quoted is no text of the office itself.
_MARKS: dict[Provenance, str] = {"digest": "〔摘要〕", "consolidated": "〔整理文本〕"}
_NOT_TOLD: dict[str, Any] = {"doc_no": None, "effective": None, "expires": None}
"""The fields of its document that a citation tells as they are, and what stands for them where nothing is told."""
_ADDRESS = re.compile(r"\s*https?://\S+")  # A reference is read aloud and printed; the link stands beside it.
# The title that a notice passes on is the one by which people know it.
_FRAMED = re.compile(r"《([^《》]+)》|印发([^《》]+)的通知$")

Say = Callable[[str], str]
"""Puts our own words into the script that they are to be shown in; titles and quotations keep theirs."""


def provenance_of(document: Document, clause: Clause) -> Provenance:
    """Say what the words of a clause are."""
    if any(heading in document.background for heading in clause.headings):
        return "background"
    if document.consolidated_from:
        return "consolidated"
    return "digest" if document.kind == "digest" else "original"


def label_of(document: Document, clause: Clause) -> str:
    """Name the place of a clause as a citation gives it."""
    match provenance_of(document, clause):
        case "background":
            return "背景情况"
        case "digest":
            return f"摘要 {clause.label}"
        case _:
            return clause.label


def title_of(document: Document) -> str:
    """Give the title of a document; a reply that bears but the title of its proposal is named by what it replies to, in
    its own script.

    >>> reply = Document(doc_id="a", title="關於某事的建議", kind="response", proposal_no="市政協第343號", source="", sha256="", text="")
    >>> title_of(reply)
    '對市政協第343號提案的答復'
    """
    own = fold_text(document.title)
    if document.kind != "response" or not document.proposal_no or "答复" in own or "复函" in own:
        return document.title
    before, behind = ("對", "提案的答復") if script_of(document.proposal_no) == "traditional" else ("对", "提案的答复")
    return f"{before}{document.proposal_no}{behind}"


def name_of(document: Document) -> str:
    """Name a document shortly; only a title that it bears itself stands in 《》.

    A title may frame another: 关于印发A的通知 and 关于转发《A》的通知 bear the name A too.
    """
    short = document.short_title
    if short is None or short == document.title:
        return titled(document.title)
    framed = {name for match in _FRAMED.finditer(document.title) for name in match.groups()}
    return titled(short) if short in framed else short


def compiled_from(document: Document) -> str:
    """Say what a digest was compiled from, addresses left out."""
    return "、".join(_ADDRESS.sub("", origin) for origin in document.compiled_from)


def source_fields(document: Document, source: Provenance, label: str) -> dict[str, Any]:
    """Give the fields of the public interface that say what is quoted; background has neither title nor validity."""
    if source == "background":
        title = f"据{compiled_from(document)}整理的资料"
        fields = {"title": title, "status": "unknown", **_NOT_TOLD}
    else:
        told = {name: json_value(getattr(document, name)) for name in _NOT_TOLD}
        fields = {"title": title_of(document), "status": status_on(document, date.today()), **told}
    return {**fields, "label": label, "source": source}


def named(cited: Mapping[str, Any], say: Say = str) -> dict[str, Any]:
    """Add to the fields of a quotation the 效力 and 有效期 of its document in words (`validity`, as of today; null for
    background), and how it is named in a letter (`reference`)."""
    held = None if cited["source"] == "background" else say(validity(cited, date.today()))
    return {**cited, "validity": held, "reference": reference(cited, say)}


def worded(cited: Mapping[str, Any], say: Say = str) -> dict[str, Any]:
    """Name what is cited (`named`), and add its words behind its name (`note`).

    An answer that was kept before citations told what they quote told a digest by `kind`, and not all fields of its
    document.
    """
    source = "digest" if cited.get("kind") == "digest" else "original"
    cited = named({"source": source, **_NOT_TOLD, **cited}, say)
    quote = f"“{cited['quote']}”" if cited["source"] == "original" else cited["quote"]
    return {**cited, "note": f"{cited['reference']}：{quote}"}


def reference(cited: Mapping[str, Any], say: Say = str) -> str:
    """Name what is cited, with its validity as of today.

    >>> fields = {"title": "某办法", "doc_no": "某政〔2024〕1号", "status": "in_force", "effective": None, "expires": "2019-12-31"}
    >>> reference(fields | {"label": "第二条", "source": "original"})
    '《某办法》（某政〔2024〕1号，已失效，有效期至2019年12月31日）第二条'
    >>> reference(fields | {"label": "摘要 二、（二）1.", "source": "digest", "expires": None})
    '《某办法》〔摘要〕（某政〔2024〕1号，现行有效）摘要 二、（二）1.'
    >>> reference(fields | {"label": "第二条", "source": "consolidated", "expires": None})
    '《某办法》〔整理文本〕（某政〔2024〕1号，现行有效）第二条'
    >>> reference(fields | {"label": "第二条", "source": "original", "expires": None, "page": 3, "confidence": 0.8})
    '《某办法》（某政〔2024〕1号，现行有效）第二条，第3页，扫描件识别的文字没有把握，请核对原件'
    """
    page = say(f"，第{cited['page']}页") if cited.get("page") else ""
    page += say("，扫描件识别的文字没有把握，请核对原件") if is_doubtful(cited) else ""
    if cited["source"] == "background":
        return say(f"{cited['label']}，{cited['title']}，不是文件条文") + page
    mark = _MARKS.get(cited["source"], "")
    about = "，".join(part for part in (cited["doc_no"], say(validity(cited, date.today()))) if part)
    label = say(cited["label"]) if cited["source"] == "digest" else cited["label"]
    return f"{titled(cited['title'])}{mark}（{about}）{label}{page}"


def is_doubtful(cited: Mapping[str, Any]) -> bool:
    """Tell whether words are quoted that OCR read with doubt; an answer that was kept before this was told does not
    know."""
    confidence = cited.get("confidence")
    return confidence is not None and confidence < LOW_CONFIDENCE


def validity(cited: Mapping[str, Any], day: date) -> str:
    """Tell 效力 in words: what the document's status is on `day`, and until when it holds or held.

    >>> validity({"status": "trial", "effective": "2031-05-01", "expires": None}, date(2031, 4, 30))
    '尚未施行，自2031年5月1日起施行'
    """
    effective, expires = (PartialDate.parse(cited[name]) if cited[name] else None for name in ("effective", "expires"))
    if effective and effective.first_day > day:
        return f"尚未施行，自{effective.chinese}起施行"
    until = f"，有效期至{expires.chinese}" if expires else ""
    return STATUS_WORDS[told_status(cited["status"], expires, day)] + until
