"""Whether a document holds on a day, in words, with the spans of its own header that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.text.dates import PartialDate
from kb.text.sentences import sentence_spans
from kb.types import Document, HeaderField, Status
from kb.visibility import ENDED, begins, has_begun, in_force

_ENDED: dict[Status, str] = {"expired": "已失效", "repealed": "已废止", "superseded": "已被替代"}


@dataclass(frozen=True, slots=True)
class Validity:
    """How a document stands on a day, in words, and the spans of its text that say so."""

    words: str
    spans: tuple[tuple[int, int], ...]


def validity(document: Document, day: date) -> Validity:
    """Tell how a document stands on a day, by its status and dates; where it states none, that it does not."""
    held = {field.name: field for field in document.header}
    status, ends = held.get("status"), held.get("expires")
    impossible = _ends_before_it_begins(document)
    if impossible:
        return Validity(impossible, _spans(document, held.get("effective"), ends))
    if not has_begun(document, day):
        starts = held.get("effective") or held.get("issued")
        return Validity(_with("尚未施行", "，{}起施行", begins(document)), _spans(document, held.get("title"), starts))
    if not in_force(document, day):
        words = _ENDED.get(document.status, "已失效")
    elif document.status in ENDED:
        words, status = "在所问的日期有效", None
    elif status:
        words = status.value
    else:
        status = held.get("effective")
        words = _with("未注明效力状态", "，自{}起施行", begins(document) if status else None)
    return Validity(_with(words, "，有效期至{}", document.expires), _spans(document, held.get("title"), status, ends))


def ending(document: Document, day: date) -> Validity | None:
    """Tell that a document has ended by a day; nothing where it has not, or has not begun."""
    if in_force(document, day) or not has_begun(document, day):
        return None
    held = {field.name: field for field in document.header}
    ends = held.get("expires")
    impossible = _ends_before_it_begins(document)
    if impossible:
        return Validity(impossible, _spans(document, held.get("effective"), ends))
    words = _with(_ENDED.get(document.status, "已失效"), "，有效期至{}", document.expires)
    return Validity(words, _spans(document, ends or held.get("status")))


def _ends_before_it_begins(document: Document) -> str | None:
    """Say of a document that ends before it begins, by its own dates, that nothing follows from them."""
    first, last = begins(document), document.expires
    if document.status == "superseded" or first is None or last is None or last.last_day >= first.first_day:
        return None
    return f"写明的失效日期（{last.chinese}）早于施行日期（{first.chinese}），不能据此判断是否有效，请核对原文"


def _with(words: str, more: str, day: PartialDate | None) -> str:
    return words + (more.format(day.chinese) if day else "")


def _spans(document: Document, *fields: HeaderField | None) -> tuple[tuple[int, int], ...]:
    """Give the spans of the fields that there are; of the first sentence where there are none."""
    spans = tuple((field.start, field.end) for field in fields if field)
    return spans or tuple(sentence_spans(document.text)[:1])
