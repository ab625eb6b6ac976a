"""What a refusal says, by kind."""

from __future__ import annotations

from collections.abc import Sequence

from kb.answering.naming import Named
from kb.provenance import compiled_from, name_of
from kb.types import Citation, Document, RefusalKind

MESSAGES: dict[RefusalKind, str] = {
    "no_evidence": "资料库中没有找到能回答这个问题的内容。",
    "out_of_scope": "这个问题不在资料库的范围内，资料库里没有相关的文件。",
    "weak_evidence": "资料库中没有找到足以回答这个问题的内容，下面是最接近的材料，请自行核对。",
    "expired": "现行有效的文件中没有找到答案；下面的内容来自已经失效的文件，不能作为现在的依据。",
    "needs_clarification": "这个问题没有说明问的是哪一件事，下面几处都有相关内容；请写明事项或文件名称后再问。",
}


def unknown_name(named: Named) -> str:
    """Say that no document bears a number that the question names."""
    return f"资料库中没有编号为{'、'.join(named.unknown)}的文件，无法回答；请核对编号。"


def points_nowhere(word: str) -> str:
    """Say that a word of the question points at something that was not said."""
    return f"不清楚“{word}”指的是什么；请写明事项或文件名称，把问题写完整后再问。"


def conflicting(sides: Sequence[tuple[Document, Citation]]) -> str:
    """Say which documents tell it differently."""
    told = "；".join(f"{_side(document, citation)}[{citation.number}]" for document, citation in sides)
    return f"文件之间的说法不一致：{told}。请向发文单位核实。"


def _side(document: Document, citation: Citation) -> str:
    """Tell what one side says; only the words of the document itself stand in quotation marks."""
    said = citation.quote.rstrip("。；")
    match citation.source:
        case "original":
            return f"{name_of(document)}写的是“{said}”"
        case "digest":
            return f"{name_of(document)}的摘要写的是：{said}"
        case _:
            return f"据{compiled_from(document)}整理的背景情况是：{said}"
