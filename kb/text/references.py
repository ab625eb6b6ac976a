"""References as they stand in a text: 《title》, 文号, 第十二条第二款第（三）项.

A marker at the start of a line (第十二条　……) names its own clause and is no reference. What a
reference points at is for `kb.relations` to say, which knows the documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.text.fold import fold
from kb.text.markers import read_marker
from kb.text.numerals import parse_numeral

_NUMERAL = r"[零〇一二三四五六七八九十百千\d]{1,7}"  # Up to 第一千二百六十条.
# A title may hold another one: 《关于修改〈甲法〉的决定》, folded to < and >.
_TITLE = re.compile(r"<(?:[^<>]|<[^<>]*>){2,120}>")
LEADING = "据照按见和与及或的依同条款项号为是问询较"
"""What ends the words that lead up to a 文号 and is never one of the letters of its office (依据, 的, 查询, 比较)."""
_OFFICE = rf"(?:(?![{LEADING}])[一-鿿]){{1,12}}"
_NUMBER = re.compile(rf"{_OFFICE}\s?[\[(](?:19|20)\d\d[\])]\s?第?\d{{1,5}}号|公告(?:19|20)\d\d年第\d{{1,4}}号")
_ARTICLE = re.compile(
    rf"第({_NUMERAL})条(?:之({_NUMERAL}))?(?:第({_NUMERAL})款)?(?:第?\(?({_NUMERAL})\)?项)?"
)  # fmt: skip
_SIGNS = re.compile(r"[《<〈号號条條]")
# A law named without brackets right before its article (个人所得税法第六条), behind what leads up to it.
_UNMARKED = re.compile(
    r"(?:违反|适用|符合|执行|遵守)?(?P<name>(?:共和国|(?![据照按见和与及或的依为])[一-鿿]){1,30}?"
    r"(?:法典|(?<!办)法|条例|办法|细则|规则|(?<=[一-鿿]{4})规定))$"
)
_OWN = re.compile("(?<!基)[本该此][一-鿿]{0,4}$")  # 本法 and 本实施办法 are the text itself.
_KIND = re.compile("(?:法典|法|条例|办法|细则|规则|规定)$")
_LONGEST = 40  # characters in which such a name is looked for
_BETWEEN = re.compile(r"[\s(),、和及与或至到中的]*")


@dataclass(frozen=True, slots=True)
class ArticlePath:
    """An article and the parts of it that are named; 条 with 之 is "12-1"."""

    article: str
    paragraph: int | None
    item: int | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A span of the text that names a document (`name`) or an article (`article`).

    An article that follows the name of a document (《…》第十二条) carries that name too.
    """

    start: int
    end: int
    name: str | None
    article: ArticlePath | None


def find_references(text: str) -> list[Reference]:
    """Find what a text refers to, in its order.

    >>> [(r.name, r.article and r.article.article) for r in find_references("按照《物業條例》第十二條和國辦函〔2023〕121號執行。")]
    [('《物業條例》', None), ('《物業條例》', '12'), ('國辦函〔2023〕121號', None)]
    >>> [(r.name, r.article.article) for r in find_references("按个人所得税法第六条和本办法第八条计算，符合第九条的除外。")]
    [('个人所得税法', '6'), (None, '8'), (None, '9')]
    >>> find_references("第十二条　物业服务人应当公示收费标准。")
    []
    """
    if not _SIGNS.search(text):
        return []
    folded = fold(text)
    found: list[Reference] = []
    named: tuple[int, str] | None = None  # where the last name of a document ends in the folded text, and the name
    for match in sorted(_matches(folded.text), key=lambda match: match.start()):
        start, end = folded.span(*match.span())
        if found and start < found[-1].end:
            continue
        if match.re is _ARTICLE:
            path = _article(match)
            if path is None or _is_marker(text, start):
                continue
            owner = named[1] if named and _BETWEEN.fullmatch(folded.text, named[0], match.start()) else None
            owner = owner or _unmarked(folded.text, match.start())
            found.append(Reference(start, end, owner, path))
            if owner:
                named = (match.end(), owner)
        else:
            name = text[start:end]
            found.append(Reference(start, end, name, None))
            named = (match.end(), name)
    return found


def _unmarked(folded: str, end: int) -> str | None:
    """Give the name of a law, without brackets, that stands right before a place; None where it is the text's own."""
    named = _UNMARKED.search(folded, max(end - _LONGEST, 0), end)
    bare = _KIND.sub("", named["name"]) if named else ""
    return named["name"] if named and bare and not _OWN.search(bare) else None


def _matches(folded: str) -> Iterator[re.Match[str]]:
    for pattern in (_TITLE, _NUMBER, _ARTICLE):
        yield from pattern.finditer(folded)


def _article(match: re.Match[str]) -> ArticlePath | None:
    article, insertion, paragraph, item = (_value(written) for written in match.groups())
    if not article:
        return None
    return ArticlePath(f"{article}-{insertion}" if insertion else str(article), paragraph, item)


def _value(written: str | None) -> int | None:
    if written is None:
        return None
    value = int(written) if written.isdigit() else parse_numeral(written)
    return int(value) if value else None


def _is_marker(text: str, start: int) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    marker = read_marker(text, line_start, len(text) if line_end < 0 else line_end)
    return marker is not None and start < marker.end
