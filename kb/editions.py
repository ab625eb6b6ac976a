"""Editions: the texts that one law had one after the other, each with its days.

Which document follows which is settled when documents are ingested and told by their relations; here the chain of one
law is put in order. A document of another name that took the place of one is its successor, no edition of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.types import Document
from kb.visibility import begins

# What tells editions of one title apart: （2023年修订）, 2020年版, （2021-6-1）.
_MARK = re.compile(
    r"\((?:\d{4}年?)?(?:第[一二三四五六七八九十\d]+次)?(?:修订|修正|修改|新修订)(?:版|本|稿)?\)|\(?\d{4}年?(?:版|修订版|修订|修正)\)?|(?:修订|修正)(?:版|本)?$"
    r"|\(\d{4}-\d{1,2}-\d{1,2}\)$"
)
# A paper that ends others, and is no edition of one.
_REPEAL = re.compile(r"(?:废止|停止执行|失效).*(?:决定|公告|通知|通告|命令)$")
_STATE = re.compile("^中华人民共和国(?=.)")  # 中华人民共和国公司法 is called 公司法.


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a law: it holds from `begins` to `ends`, both included; `None` is unknown, and for `ends` open."""

    doc_id: str
    title: str
    begins: PartialDate | None
    ends: PartialDate | None


def core_title(title: str) -> str:
    """Give a title without its mark of revision and the name of the state, ready to be compared.

    >>> core_title("中华人民共和国某法（2024年修正）") == core_title("《某法》")
    True
    """
    return _STATE.sub("", normal_name(_MARK.sub("", fold_text(title))))


def is_repeal(title: str) -> bool:
    """Say whether a title is that of a decision which ends other documents and takes the place of none.

    >>> is_repeal("关于废止部分文件的决定"), is_repeal("关于修改《某办法》的决定")
    (True, False)
    """
    return _REPEAL.search(fold_text(title)) is not None


def revision_marks(title: str) -> tuple[str, ...]:
    """Give the marks of revision that a title bears: （2024年修订）, 2024年版."""
    return tuple(match.group() for match in _MARK.finditer(fold_text(title)))


def editions_of(document: Document, documents: Iterable[Document]) -> list[Edition]:
    """Give the editions of the law that a document is one of, in their order; the document alone where there are no
    others."""
    known = {other.doc_id: other for other in documents if core_title(other.title) == core_title(document.title)}
    known[document.doc_id] = document
    found: dict[str, Document] = {}
    waiting = [document.doc_id]
    while waiting:
        doc_id = waiting.pop()
        if doc_id in found or doc_id not in known:
            continue
        found[doc_id] = known[doc_id]
        waiting += [r.target for r in known[doc_id].relations if r.type in ("supersedes", "superseded_by")]
    return [Edition(d.doc_id, d.title, begins(d), d.expires) for d in sorted(found.values(), key=_order)]


def _order(document: Document) -> tuple[str, str, str]:
    first, last = begins(document), document.expires
    return (first.iso if first else "", last.iso if last else "9999", document.doc_id)
