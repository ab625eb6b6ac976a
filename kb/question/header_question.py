"""Whether a question for data of a header is about the document, or about something that its text speaks of.

什么时候公布, 由谁制定 and 什么时候生效 are asked of documents and of all sorts of things. A header answers them where,
beside the words for its fields, nothing is left but what names the document, points at it or fills the sentence; any
other noun (调解书什么时候生效) is what the text has to answer of. A thing alone (育儿补贴由谁下发) names no document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.metadata import without_fields
from kb.question.vocabulary import PAPERS
from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.types import Document

OF_THINGS_TOO = frozenset(("issued", "effective", "amended", "expires", "issuer", "status", "region", "disclosure"))
"""The fields whose words are said of more than documents."""

# Said of documents alone, whatever else the question says.
_OF_PAPERS = re.compile(r"成文|印发|发文|发布(?:单位|机关|机构)|效力状态")
_PAPER = re.compile(rf"{'|'.join(PAPERS)}|文件|政策|新政|法规|导则|纲要|提案|法(?![律人院官定制])|函|\d号")
_POINTER = r"[这那该此本](?:[份部个项件篇]|1份)?"
_FILLER = re.compile(
    rf"{_POINTER}|提案|答复|文件|政策|新政|法规|法律|规定|新?修[订改正](?:后|过)?|现行|最[新早近后]|目前|眼下|现在|当前|今年|去年|"
    r"国家|全国|[省市区县](?:里|级|政府)?|\d{1,4}年|先后|顺序|分别|各自|同时|标注|正式|开始|处于|期?内|作出|联合|共同|会同|已经|"
    r"请问|你好|您好|麻烦|想?(?:问|知道|了解|看看)|1?下|告诉我|帮我查?|查|究竟|到底|具体|多少|什么|啥|怎[么样]|如何|何|"
    r"哪[些个位几天年月]?|几[个家天年月]|单位|部门|机关|机构|日期|时间|时候|情况|是不是|是否|有没有|"
    r"[的由是在从于到自对被将已会要应该就又都也还和与及、为起以来所给让我\d?!。,;:|吗呢吧呀啊嘛么了没有过新旧各]"
)
_SHORTEST = 2  # characters of a name that are known in a question


def is_of_document(question: str, documents: Sequence[Document], *, points: bool = False) -> bool:
    """Say whether the words of a question for a header's data are about the documents themselves; `points` says that
    it points at them from a conversation, so that it need not call them a paper.

    >>> law = Document(doc_id="a", title="某市调解条例", kind="full_text", source="", sha256="", text="")
    >>> is_of_document("调解条例什么时候生效？", [law]), is_of_document("调解书什么时候生效？", [law])
    (True, False)
    """
    folded = fold_text(question)
    if _OF_PAPERS.search(folded):
        return True
    if not points and not _PAPER.search(folded):
        return False
    beside = _without_names(normal_name(without_fields(question)), documents)
    issuers = [issuer for document in documents for issuer in document.issuers]
    runs = filter(None, re.split(r"\|", _FILLER.sub("", beside)))
    return all(any(_is_within(run, issuer) for issuer in issuers) for run in runs)


def _is_within(run: str, issuer: str) -> bool:
    """Say whether the characters of words stand in the name of an office in their order (建委)."""
    rest = iter(issuer)
    return len(run) >= _SHORTEST and all(char in rest for char in run)


def _without_names(words: str, documents: Sequence[Document]) -> str:
    """Put a bar in the place of the parts of names that words hold, the longest first from the left."""
    names = [normal_name(name) for document in documents for name in _names(document)]
    rest, at = "", 0
    while at < len(words):
        length = 0
        while at + length < len(words) and any(words[at : at + length + 1] in name for name in names):
            length += 1
        known = length >= _SHORTEST
        rest += "|" if known else words[at]
        at += length if known else 1
    return rest


def _names(document: Document) -> list[str]:
    names = (
        document.title,
        document.short_title,
        document.doc_no,
        document.proposal_no,
        document.region,
        *document.aliases,
        *document.issuers,
    )
    return [name for name in names if name]
