"""公开方式: what a document says about who may read it, and what follows where it says nothing or several things.

Every statement counts: the header's (公开方式：主动公开), that below the signature (此件公开发布), that of a line of its
own, and that of the front matter, which stands in the text as well. The narrowest decides, so front matter can narrow
what the document says but never widen it. A value that is not understood is no leave to publish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.header import KEYS, Header
from kb.text.fold import fold_text
from kb.types import Disclosure, HeaderField, Mark, StatedDisclosure

# From open to closed: of several statements the last in this order holds.
_NARROWING: tuple[StatedDisclosure, ...] = ("public", "on_request", "withheld")
_NOT_WORDS = re.compile(r"[^\w√☑■✓✔□☐○●]+")  # Ticks are kept: they tell which of the options holds.
_REMARK = re.compile(r"(?<=\S)\([^()]*\)\s*$")  # 主动公开（删减后）: the remark does not change the kind.
_TICKED = re.compile(r"[√☑■✓✔●](\w+)|(\w+?)[√✓✔]")  # √主动公开 □依申请公开
# The ways in which papers say that everybody may read them.
_PUBLIC = re.compile(r"(?:此件|本件)?(?:可以?|予以)?(?:主动公开|公开发布|全文公开|公开)(?:类|全文)?")
# 依申请公开: whoever asks for it gets it, so it is not on the web.
_ON_REQUEST = re.compile(r"(?:此件|本件)?(?:依|经)申请(?:予以)?公开(?:类)?")
_KEYS = "|".join(map(r"\s*".join, KEYS["disclosure"]))  # Letters stand apart in old papers: 公 开 属 性.
_LINE = re.compile(rf"\s*(?:{_KEYS})\s*:\s*([^|]{{2,40}}?)\s*")  # One line of a header, or a cell of one.
# Lines of another header, which may stand between.
_LINES = re.compile(r"^[^\n:：]{4,14}[:：][^\n]{2,50}$", re.MULTILINE)


def read_disclosure(value: str) -> StatedDisclosure:
    """Read one statement; of boxes to tick, what is ticked counts.

    >>> read_disclosure("主動公開"), read_disclosure("□主动公开 ☑依申请公开"), read_disclosure("此件删减后公开")
    ('public', 'on_request', 'withheld')
    """
    folded = fold_text(value)
    words = _NOT_WORDS.sub("", _REMARK.sub("", folded) or folded)
    ticked = _TICKED.search(words)
    if ticked:
        words = ticked[1] or ticked[2]
    if _PUBLIC.fullmatch(words):
        return "public"
    return "on_request" if _ON_REQUEST.fullmatch(words) else "withheld"


def stated_disclosures(text: str, header: Header) -> tuple[HeaderField, ...]:
    """Give what a document states, the first field of each kind; `header` holds those of its header and signature."""
    found = {field.start: field for field in header.fields if field.name == "disclosure"}
    for line in _LINES.finditer(text):
        match = _LINE.fullmatch(fold_text(line[0]))
        if match and len(match.string) == len(line[0]):
            start, end = line.start() + match.start(1), line.start() + match.end(1)
            found.setdefault(start, HeaderField("disclosure", text[start:end], start, end))
    kinds: dict[StatedDisclosure, HeaderField] = {}
    for start in sorted(found):
        kinds.setdefault(read_disclosure(found[start].value), found[start])
    return tuple(kinds.values())


def decide_disclosure(stated: Iterable[HeaderField], marks: Sequence[Mark], otherwise: Disclosure) -> Disclosure:
    """Say who may read a document: nobody of the public where it bears marks, else as it states most narrowly, and
    `otherwise` where it states nothing."""
    if marks:
        return "withheld"
    values = {read_disclosure(field.value) for field in stated}
    return max(values, key=_NARROWING.index) if values else otherwise
