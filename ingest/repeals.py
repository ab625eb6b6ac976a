"""The sentences with which a text ends other documents: 《某办法》（某政〔2025〕7号）同时废止."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.text.fold import fold_text
from kb.text.references import find_references

# What may stand between the name of a document and the words that end it: other names, brackets, a day.
_ENDED = re.compile(
    r"(?>(?><[^\n]{2,80}?>)|\([^()\n]{0,60}\)|[一-龥]{1,12}\[\d{4}\]\d+号|[\s、,和及与]|等?\d*[件个项]?文件|自[^,<]{1,20}?起)*+"
    r"(?:同时|予以|即行|一并|相应|自行)*+(?:废止|停止执行|失效)"
)
_SENTENCE = re.compile(r"[^。;；\n]+")
_WORDS = ("废止", "廢止", "停止执行", "停止執行", "失效")


@dataclass(frozen=True, slots=True)
class Repeal:
    """A document, by name or 文号, that a text ends: text[start:end] is the sentence that does so, `says` is it folded."""

    name: str
    says: str
    start: int
    end: int


def read_repeals(text: str) -> Iterator[Repeal]:
    """Find the documents that a text ends as a whole, in its order.

    >>> [repeal.name for repeal in read_repeals("本办法自印发之日起施行。《甲办法》和《乙办法》同时废止。《丙办法》第三条废止。")]
    ['<甲办法>', '<乙办法>']
    """
    if not any(word in text for word in _WORDS):
        return
    for match in _SENTENCE.finditer(text):
        if not any(word in match.group() for word in _WORDS):
            continue
        sentence = fold_text(match.group())
        references = find_references(sentence)
        lead = len(match.group()) - len(match.group().lstrip())
        for reference in references:
            in_part = any(other.article and other.name == reference.name for other in references)
            if reference.name and not in_part and _ENDED.match(sentence, reference.end):
                yield Repeal(reference.name, sentence.strip(), match.start() + lead, match.end())
