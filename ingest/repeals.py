"""The sentences with which a text ends other documents: 《某办法》（某政〔2025〕7号）同时废止, 决定废止《某办法》, and
the lists behind 废止下列文件：."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.text.fold import fold_text
from kb.text.references import find_references

# What may stand between the name of a document and the words that end it: other names, brackets, a day.
_OTHERS = r"(?><[^\n]{2,80}?>)|\([^()\n]{0,60}\)|[一-龥]{1,12}\[\d{4}\]\d+号|[\s、,和及与]"
_ENDED = re.compile(
    rf"(?>{_OTHERS}|等?\d*[件个项]?文件|自[^,<]{{1,20}}?起)*+(?:同时|予以|即行|一并|相应|自行)*+(?:废止|停止执行|失效)"
)
# 建议废止 ends nothing, nor does the title of a decision that is spoken of (关于废止<甲办法>的决定).
_ENDS = re.compile(rf"(?:^|[,:、.\s)]|决定|现|同时|一并|并|起)废止(?>{_OTHERS})*$")
_LIST_FOLLOWS = re.compile(
    r"(?:废止|停止执行|失效)[^:]{0,12}(?:下列|以下|如下)[^:]{0,30}:$|(?:下列|以下)[^:]{0,30}(?:废止|停止执行|失效):$"
)
_LISTED = re.compile(r"(?:\(?[一二三四五六七八九十\d]{1,3}\)?[、.\s]*)?(?=<)")
_SENTENCE = re.compile(r"[^。;；\n]+")
_WORDS = ("废止", "廢止", "停止执行", "停止執行", "失效")


@dataclass(frozen=True, slots=True)
class Repeal:
    """A document, by name or 文号, that a text ends: text[start:end] is the sentence that does so, `says` is it
    folded."""

    name: str
    says: str
    start: int
    end: int


def read_repeals(text: str) -> Iterator[Repeal]:
    """Find the documents that a text ends as a whole, in its order.

    >>> [repeal.name for repeal in read_repeals("本办法自印发之日起施行。《甲办法》和《乙办法》同时废止。《丙办法》第三条废止。")]
    ['<甲办法>', '<乙办法>']
    >>> [repeal.name for repeal in read_repeals("决定废止下列文件：\\n1.《甲办法》\\n2.《乙办法》\\n建议废止《丙办法》。")]
    ['<甲办法>', '<乙办法>']
    """
    if not any(word in text for word in _WORDS):
        return
    listed = False
    for match in _SENTENCE.finditer(text):
        sentence = fold_text(match.group())
        if listed and sentence.strip():
            listed = _LISTED.match(sentence.strip()) is not None
        if not listed and not any(word in match.group() for word in _WORDS):
            continue
        references = find_references(sentence)
        lead = len(match.group()) - len(match.group().lstrip())
        for reference in references:
            in_part = any(other.article and other.name == reference.name for other in references)
            ended = (
                (listed and reference is references[0])
                or _ENDED.match(sentence, reference.end)
                or _ENDS.search(sentence[: reference.start])
            )
            if reference.name and not in_part and ended:
                yield Repeal(reference.name, sentence.strip(), match.start() + lead, match.end())
        listed = listed or _LIST_FOLLOWS.search(sentence.strip()) is not None
