"""How things are shown: in simplified Chinese as they are written, in traditional Chinese, or with English texts.

A cookie tells. Pages are turned on the server, so that nothing flickers; documents always keep their own words and
script.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

import opencc
from fastapi import Depends, Request

from kb.provenance import worded
from service.addresses import addressed
from service.frame import WEB, framed

Display = Literal["zh-CN", "zh-Hant", "en"]

COOKIE = "kb_display"
CARE = "kb_care"
"""The cookie of the 关怀版: large type, strong contrast, fewer things."""
_TRADITIONAL = "s2tw"  # the plain "s2t" writes 喫 and 纔, which nobody does today
_TEXT = re.compile(
    r'(?<=>)[^<>]+(?=<)|(?<=placeholder=")[^"]+|(?<=aria-label=")[^"]+|(?<=title=")[^"]+|(?<=content=")[^"]+'
)
_DOCUMENT_WORDS = frozenset(
    (
        "quote",
        "title",
        "label",
        "reference",
        "note",
        "url",
        "doc_id",
        "clause_id",
        "id",
        "fact",
        "value",
        "said",
        "contacts",
    )
)
"""What a document, a person or a program said, by key; it is never put into another script. What of a `reference` is
ours has been already."""

_BENEFIT_WORDS = frozenset(("gives", "missing", "benefit"))
"""Only a benefit has one of these, and its title is ours."""
_TITLE_MARKED = re.compile(r"《[^《》]*》")


def display_of(request: Request) -> Display:
    """Read how the browser wants things shown; simplified where it does not say."""
    wanted = request.cookies.get(COOKIE)
    return wanted if wanted in get_args(Display) else "zh-CN"  # type: ignore[return-value]


def cared_for(request: Request, body: str) -> str:
    """Mark a page for the 关怀版 where the browser wants it; its style does the rest."""
    return body.replace("<html ", "<html data-care ", 1) if request.cookies.get(CARE) == "1" else body


async def _shown(request: Request) -> Display:
    return display_of(request)


Shown = Annotated[Display, Depends(_shown)]


@cache
def texts(display: Display) -> dict[str, str]:
    """Give the interface's texts, by what they are in simplified Chinese."""
    english: dict[str, str] = json.loads((WEB / "texts" / "en.json").read_text("utf-8"))
    if display == "en":
        return english
    return {text: traditional(text) if display == "zh-Hant" else text for text in english}


def traditional(text: str) -> str:
    """Put a text into traditional script."""
    return str(_converter(_TRADITIONAL).convert(text))


@cache
def _converter(direction: str) -> opencc.OpenCC:
    return opencc.OpenCC(direction)


@cache
def page(name: str, display: Display) -> str:
    """Give a page with its texts as they are to be shown."""
    if display == "zh-CN":
        return framed(name)
    known = texts(display)

    def told(match: re.Match[str]) -> str:
        text = match.group()
        bare = html.unescape(text.strip())
        return text.replace(text.strip(), html.escape(known[bare])) if bare in known else text

    return _TEXT.sub(told, framed(name)).replace('<html lang="zh-CN"', f'<html lang="{display}"', 1)


def displayed(value: Any, display: Display) -> Any:
    """Put our own words of a payload into traditional script where that is wanted; documents keep theirs."""
    if display != "zh-Hant":
        return value
    if isinstance(value, str):
        return traditional(value)
    if isinstance(value, list):
        return [displayed(one, display) for one in value]
    if isinstance(value, dict) and "reference" in value:
        value = worded(value, traditional)
    if isinstance(value, dict):
        kept = _DOCUMENT_WORDS - {"title"} if _BENEFIT_WORDS & value.keys() else _DOCUMENT_WORDS
        return {key: one if key in kept else displayed(one, display) for key, one in value.items()}
    return value


def displayed_answer(answer: dict[str, Any], display: Display) -> dict[str, Any]:
    """Show an answer: what is in our own words and what names its sources as wanted, validity as of today, quotations
    as they are, which `script_kept` tells where it shows."""
    shown: dict[str, Any] = {
        name: displayed(answer[name], display) for name in ("refusal", "suggestions", "offers") if name in answer
    }
    direction = _TRADITIONAL if display == "zh-Hant" else "t2s"
    citations = [_displayed_citation(citation, display) for citation in answer["citations"]]
    if display == "zh-Hant":
        shown["statements"] = _own_words_in_traditional(
            answer["statements"], answer["citations"], answer.get("question", "")
        )
        if asked := answer.get("eligibility"):  # what was chosen goes back as it came
            shown["eligibility"] = asked | {"question": displayed(asked["question"], display)}
    quotes = "\n".join(citation["quote"] for citation in citations)
    kept = _converter(direction).convert(quotes) != quotes
    return answer | shown | {"citations": citations} | ({"script_kept": True} if kept else {})


class DisplayedPieces:
    """Shows the pieces of the answer to a question, as they come, the way that the whole answer will show them."""

    def __init__(self, question: str, display: Display) -> None:
        self._question = question
        self.display = display
        self._citations: list[dict[str, Any]] = []

    def shown(self, name: str, piece: dict[str, Any]) -> dict[str, Any]:
        """Show a piece by the name of its event: a statement behind the citations that it points at."""
        if name == "citation":
            self._citations.append(piece)
            return _displayed_citation(piece, self.display)
        if name != "statement":
            return displayed_answer(piece, self.display)
        if self.display != "zh-Hant":
            return piece
        return _own_words_in_traditional([piece], self._citations, self._question)[0]


def _displayed_citation(citation: dict[str, Any], display: Display) -> dict[str, Any]:
    # An answer that was kept may have been asked for below another path.
    return worded(addressed(citation), traditional if display == "zh-Hant" else str)


def _own_words_in_traditional(
    statements: list[dict[str, Any]], citations: list[dict[str, Any]], question: str
) -> list[dict[str, Any]]:
    """Put what statements say in our own words into traditional script, not what they quote, names of documents, and
    what whoever asks had said."""
    theirs = {cited[key] for cited in citations for key in ("quote", "title", "doc_no") if cited[key]}
    told = "\n".join(statement["text"] for statement in statements)
    theirs |= {said for said in re.findall("“([^”]+)”", told) if said in question}
    words = sorted(theirs, key=len, reverse=True)
    kept = re.compile("|".join((*map(re.escape, words), _TITLE_MARKED.pattern)))
    return [_with_text(statement, _outside(kept, statement["text"])) for statement in statements]


def _outside(kept: re.Pattern[str], text: str) -> str:
    """Put into traditional script what of a text does not match."""
    ends = [0, *(at for match in kept.finditer(text) for at in match.span()), len(text)]
    pieces = [text[start:end] for start, end in pairwise(ends)]
    return "".join(piece if number % 2 else traditional(piece) for number, piece in enumerate(pieces))


def _with_text(statement: dict[str, Any], text: str) -> dict[str, Any]:
    """Give a statement another text of the same length; in one of another length nothing stands out."""
    same = len(text) == len(statement["text"])
    return statement | {"text": text} | ({} if same else {"focus": None})
