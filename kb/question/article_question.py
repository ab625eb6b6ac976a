"""Questions for articles by their numbers: 物业条例22条第一款讲什么, 第二十二条之一, 该条第三项, 上一条, 附则, 第八条至第十条.

Such a question holds nothing but the name of a document, the numbers and words that ask for what stands there. One
that says more asks for something of the article (第八十六条滞纳金多少), or what follows from it elsewhere (违反第六条罚多少).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers

# Words of asking, which name nothing: what is left between document and number of a question made of these asks for the
# article itself, and anything else in it asks about the article's matter.
_ASKING = re.compile(
    r"请问|请|麻烦|劳驾|把|帮我|帮忙|告诉我|我?想?(?:知道|了解)|我们?想|查找?(?:一?下|1下)?|看(?:一?下|1下|看)?|给我|列出来?|"
    r"(?:找|翻|搜|调|念|读|讲|说|解释|解读|介绍|说明)(?:[1一]?下|出来?|到|看|给我|[1一]?[讲说])|念|再|往|接着|继续|然后|还有|另外|顺便|"
    r"具体|主要|到底|究竟|详细|规定|讲述?|说|写|内容|要求|情形|情况|事项|条文|原文|全文|正文|意思|是?指|关于|涉及|包括|方面|什么|啥|咋样?|哪?1?些|怎么样?|如何|怎样|"
    r"如下|是|的|了|过|有|都|里面?|中|当中|吗|呢|吧|呀|啊|嘛|么|那|呗|哈|哟|哦|噢|来着|[?!,.、:;。\s\"']"
)
_FROM_END = r"最后的?1?|倒数第?\s*\d{1,2}"
# The way down below an article: 第二款第（三）项第1目, 最后一款. Numbers are digits here, since the question was normalised
# before.
_PLACE = (
    rf"(?:(?P<paragraph>第?\s*\d{{1,3}}|{_FROM_END})\s*款)?"
    rf"(?:的?(?P<item>第?\s*\(?\s*\d{{1,3}}\s*\)?|{_FROM_END})\s*项)?"
    r"(?:的?(?P<point>第?\s*\d{1,3})\s*目)?"
)
# 三条措施 counts measures and names no article; 上一条, 这条 and 该条 point and are read by `_RELATIVE`.
_ARTICLE = re.compile(
    rf"(?:第\s*|(?<![上前下后这该本此那\d]))(?P<article>\d{{1,4}})\s*条(?:之\s*(?P<insertion>\d{{1,2}}))?(?!例|款项|措施|意见|建议)的?{_PLACE}"
)
# 最后一条, 倒数第二条
_LAST = re.compile(rf"(?:最后的?1?条(?!例|款项|措施|意见|建议)|倒数第?\s*(?P<from_end>\d{{1,2}})\s*条)的?{_PLACE}")
# 上一条, 这条第二款: counted from the article that the conversation stands at.
_RELATIVE = re.compile(rf"(?P<which>[上前]|[下后]|[这该本此那])\s*1?\s*条(?!例)的?{_PLACE}")
# 第二款 or 第三项 alone, of the article that the conversation stands at.
_PART = re.compile(
    rf"(?<![\d条])第?\s*(?:(?P<paragraph>\d{{1,3}}|{_FROM_END})\s*款(?:的?第?\s*\(?(?P<item>\d{{1,3}}|{_FROM_END})\)?\s*项)?"
    rf"|\(?(?P<only>\d{{1,3}}|{_FROM_END})\)?\s*项)"
)
# What goes on from an article to further ones: 和第十一条, 、12条, 至第十五条第二款; a part alone is one of the same article.
_FURTHER = re.compile(
    r"\s*(?P<joint>和|及|以及|与|或者?|、|,|跟|同|还有|至|到|-|~)\s*(?:第\s*)?"
    rf"(?:(?P<article>\d{{1,4}})\s*条(?:之\s*(?P<insertion>\d{{1,2}}))?(?!例|款项|措施|意见|建议)的?{_PLACE}"
    r"|(?P<part>\d{1,3})\s*款|\(?(?P<only>\d{1,3})\)?\s*项)"
)
# 第10、11条: the numbers before the one that has the sign.
_SHARING = re.compile(r"第\s*(\d{1,4})(?=(?:\s*(?:和|及|与|、|,|至|到|-|~)\s*(?:第\s*)?\d{1,4})+\s*条)")
# Who compares articles is helped by their words.
_COMPARING = re.compile("(?:比较|对比)(?:1?下)?|区别|差别|差异|不同|不1样")
_TO = "至到-~"
MOST = 10
"""Articles that are quoted at once: of more a reader would want the text itself."""
# What breaks or meets an article is told elsewhere than in it.
_BEHIND = re.compile(r"(?:违反|不符合?|不遵守|未遵守|未按|没按|没有按|符合|属于|具有)[^,.;]*$")
# 附则 and 总则 are chapters that are named and not numbered.
_CHAPTER = re.compile(r"(?P<chapter>附则|总则)|第\s*(?P<number>\d{1,3})\s*(?P<kind>编|章|节)")
# What titles of papers that have articles end in.
_KIND = "法典?|条例|办法|规定|细则|规则|意见|通知|方案|决定|解释|规划|计划|标准|章程|公约|规范|措施|指南|制度|纲要|要点"
# 该办法, 上述文件, 它: the document of the question before.
_POINTS = re.compile(rf"(?:[该本此这]|上述)(?:部|个|份|项)?(?:文件|法律|法规|政策|{_KIND})$|^(?:它|其)$")
# A title as it is said, without its marks: it ends in a kind, maybe with 试行 in brackets behind it.
_NAME = re.compile(rf"(?:{_KIND})(?:\([^()]{{1,20}}\))?$")

# 2020年的, 现行, 修订前的 before a title say which edition of it is meant.
_EDITION = re.compile(
    r"^(?:在|按照?|依照?|截[至止]到?)?(?:(?P<year>(?:19|20)\d\d)年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?)?(?:底|末|初|那?时候?|当时|的时候)?的?"
    r"|(?P<latest>现行|最新|新)|(?P<former>旧|老|修[改订正]之?前|上1?个?(?=版)))"
    r"(?:还|仍)?(?:有效|施行|实施|适用|执行|(?P<revised>修[改订正]|公布|通过|版本?))?后?的?(?=.{2})"
)

Step = Literal["none", "before", "same", "after"]


@dataclass(frozen=True, slots=True)
class ArticleAsked:
    """What is asked for: `article` is "22" or "22-1", "-1" for the last one, or None with `step` from the article
    spoken of before; `chapter` is 附则 or 第3章. `name` is what the question calls the document, empty where it names
    none or only points at it."""

    name: str
    article: str | None = None
    step: Step = "none"
    paragraph: int | None = None
    item: int | None = None
    point: int | None = None
    chapter: str | None = None


@dataclass(frozen=True, slots=True)
class EditionMeant:
    """Which text of a law is meant by words before its `name`: the one that held on `day` (2020年有效的), that was
    passed in the year `revised` (2018年修正的), or the one before the present one where `former` (旧)."""

    name: str
    day: date | None = None
    revised: int | None = None
    former: bool = False


def edition_meant(name: str) -> EditionMeant | None:
    """Read the words before a name that tell which edition is meant, else give None.

    >>> edition_meant("2020年有效的发票管理办法").day, edition_meant("2018年修正的公司法").revised, edition_meant("旧公司法").former
    (datetime.date(2020, 12, 31), 2018, True)
    >>> edition_meant("公司法") is None
    True
    """
    match = _EDITION.match(name)
    if match is None:
        return None
    rest = name[match.end() :]
    if match["year"] is None:
        return EditionMeant(rest, former=match["former"] is not None)
    year, month, day = int(match["year"]), _number(match["month"]), _number(match["day"])
    if match["revised"] and month is None:
        return EditionMeant(rest, revised=year)
    try:
        return EditionMeant(rest, day=PartialDate(year, month, day).last_day)
    except ValueError:
        return None  # 2月30日 is no day


def article_asked(question: str, *, whole: bool = True) -> ArticleAsked | None:
    """Read a question that asks for an article, else give None; unless it is the `whole` of it, it may ask for
    something of the article.

    >>> asked = article_asked("物业条例二十二条第一款讲什么")
    >>> asked.name, asked.article, asked.paragraph
    ('物业条例', '22', 1)
    >>> article_asked("上一条呢？").step, article_asked("该条第三项").item, article_asked("《某条例》第二十二条之一").article
    ('before', 3, '22-1')
    >>> article_asked("违反第六条的罚多少？") is None, article_asked("共有22条措施吗") is None
    (True, True)
    """
    folded = normalize_numbers(fold_text(question)).strip()
    matches = [pattern.search(folded) for pattern in (_LAST, _ARTICLE, _RELATIVE, _PART, _CHAPTER)]
    match = next((match for match in matches if match), None)
    if match is None or (whole and _ASKING.sub("", folded[match.end() :])):
        return None
    name = _name(folded[: match.start()])
    return _asked(match, name) if name is not None else None


def articles_asked(question: str) -> tuple[ArticleAsked, ...]:
    """Read a question that asks for several articles or parts of one and for nothing else, `MOST` and one at most.

    >>> [asked.article for asked in articles_asked("失业保险条例第十条和第十一条讲什么")]
    ['10', '11']
    >>> [asked.article for asked in articles_asked("条例第8至10条")], articles_asked("条例第八条")
    (['8', '9', '10'], ())
    >>> [(asked.article, asked.paragraph) for asked in articles_asked("某办法第八条第一款、第三款")]
    [('8', 1), ('8', 3)]
    """
    folded = _COMPARING.sub("", _spelled_out(question))
    match = _ARTICLE.search(folded)
    name = _name(folded[: match.start()]) if match else None
    if match is None or name is None:
        return ()
    found, end = _listed(folded, match, name)
    return tuple(found) if len(found) > 1 and not _ASKING.sub("", folded[end:]) else ()


def asked_of_articles(question: str) -> tuple[str, tuple[ArticleAsked, ...]] | None:
    """Read what a question asks of articles that it names, as its words without them; None where it names none, or
    asks for what follows from one.

    >>> asked_of_articles("第八十六条规定的滞纳金是多少？")
    ('滞纳金是多少?', (ArticleAsked(name='', article='86', step='none', paragraph=None, item=None, point=None, chapter=None),))
    >>> asked_of_articles("违反第六条的罚多少？") is None, asked_of_articles("滞纳金是多少？") is None
    (True, True)
    """
    folded = _spelled_out(question)
    match = _ARTICLE.search(folded)
    if match is None or folded[match.start()] != "第" or _BEHIND.search(folded[: match.start()]):
        return None
    name = _name(folded[: match.start()])
    found, end = _listed(folded, match, name or "")
    rest = re.sub(r"^(?:中|里面?|当中)?的?(?:所?(?:规定|说|讲|写|提到?|指)的?)?", "", folded[end:])
    before = re.sub(r"(?:在|按照?|根据|依照?)?$", "", folded[: match.start()]) if name is None else ""
    return f"{before}{rest}".strip(" ,"), tuple(found)


def _listed(folded: str, match: re.Match[str], name: str) -> tuple[list[ArticleAsked], int]:
    """Give an article and those that are named behind it, and where the last name ends."""
    found, end = [_asked(match, name)], match.end()
    while further := _FURTHER.match(folded, end):
        last = found[-1]
        if further["part"]:
            found.append(replace(last, paragraph=int(further["part"]), item=None, point=None))
        elif further["only"]:
            found.append(replace(last, item=int(further["only"]), point=None))
        else:
            asked = _asked(further, name)
            if further["joint"] in _TO and last.article and last.article.isdigit() and further["insertion"] is None:
                between = range(int(last.article) + 1, int(further["article"]))
                found += [ArticleAsked(name, str(n)) for n in between[:MOST]]
            found.append(asked)
        end = further.end()
    return found[: MOST + 1], end


def _spelled_out(question: str) -> str:
    """Fold a question, with numbers in digits and every number of articles with its sign: 第10条、11条."""
    return _SHARING.sub(r"第\1条", normalize_numbers(fold_text(question)).strip())


def spoken_of(earlier: str) -> ArticleAsked | None:
    """Give the article that earlier questions, one behind the other, came to.

    >>> spoken_of("物业条例第22条讲什么？上一条呢？").article, spoken_of("物业条例倒数第二条讲什么？上一条呢？").article
    ('21', '-3')
    """
    folded = normalize_numbers(fold_text(earlier))
    found: ArticleAsked | None = None
    ends = 0
    matches = [match for pattern in (_LAST, _ARTICLE, _RELATIVE) for match in pattern.finditer(folded)]
    for match in sorted(matches, key=lambda match: match.start()):
        if match.start() < ends:
            continue  # 第2条 of 倒数第2条
        name = _name(folded[ends : match.start()]) or (found.name if found else "")
        asked = _asked(match, name)
        if asked.article is None and found is not None and found.article is not None:
            asked = replace(asked, article=neighbour(found.article, asked.step), step="none")
        found, ends = asked, match.end()
    return found


def neighbour(article: str, step: Step) -> str:
    """Give the number of the article before or after one, or of itself. 22-1 stands behind 22, -2 before the last one,
    which is -1; behind that stands -0, which no law has.

    >>> neighbour("22", "before"), neighbour("22-1", "after"), neighbour("22-1", "before"), neighbour("22-2", "before")
    ('21', '23', '22', '22-1')
    >>> neighbour("-1", "before"), neighbour("-2", "after"), neighbour("22-1", "same")
    ('-2', '-1', '22-1')
    """
    if step == "same":
        return article
    if article.startswith("-"):
        return f"-{int(article[1:]) + (1 if step == 'before' else -1)}"
    number, _, insertion = article.partition("-")
    if insertion and step == "before":
        return number if insertion == "1" else f"{number}-{int(insertion) - 1}"
    return str(int(number) + (-1 if step == "before" else 1))


def _name(before: str) -> str | None:
    """Give what stands before the number: a name, nothing where it only points, None where it is something else."""
    words = before
    while words:
        lead = _ASKING.match(words)
        if lead is None or not lead.end():
            break
        words = words[lead.end() :]
    words = re.sub(r"^(?:违反|依照|按照?|根据|依据)", "", words)
    words = re.sub(r"^(?:我国|国家|国务院|全国|我们|咱们)的?|[的里中\s,、:?!]+$", "", words)
    if not words or _POINTS.search(words) or re.fullmatch(_KIND, words):
        return ""
    titled = re.search(r"<([^<>]+(?:<[^<>]*>[^<>]*)*)>$", words)
    if titled:
        return titled[1]
    return words if _NAME.search(words) else None


def _asked(match: re.Match[str], name: str) -> ArticleAsked:
    groups = match.groupdict()
    if match.re is _CHAPTER:
        return ArticleAsked(name, chapter=groups["chapter"] or f"第{groups['number']}{groups['kind']}")
    paragraph, item, only, point = (_number(groups.get(part)) for part in ("paragraph", "item", "only", "point"))
    asked = ArticleAsked(name, paragraph=paragraph, item=only if item is None else item, point=point)
    if match.re is _LAST:
        return replace(asked, article=f"-{groups['from_end'] or 1}")
    if match.re in (_ARTICLE, _FURTHER):
        number = str(int(groups["article"]))
        return replace(asked, article=f"{number}-{groups['insertion']}" if groups["insertion"] else number)
    which = groups.get("which") or "该"
    return replace(asked, step="before" if which in "上前" else "after" if which in "下后" else "same")


def _number(written: str | None) -> int | None:
    """Read a number: 第2, (3), and 最后1 and 倒数第2 as -1 and -2."""
    if not written:
        return None
    number = int(re.sub(r"\D", "", written) or 1)
    return -number if written.startswith(("最后", "倒数")) else number
