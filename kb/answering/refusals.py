"""What a refusal says: what was searched and what came of it, never that something is not there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kb.naming import Named
from kb.provenance import compiled_from, name_of, title_of
from kb.text.dates import chinese_day
from kb.text.names import titled
from kb.text.references import LEADING
from kb.types import Citation, Document, RefusalKind

UNCLEAR = "这个问题没有说明问的是哪一件事，下面几处都有相关内容；请写明事项或文件名称后再问。"
WITH_ITSELF = "要比较的两边是同一个，没有可以对比的另一方；请写明另一份文件或者另一件事项后再问。"
_NOT_CHINESE = "目前只能看懂中文的提问，英文和拼音缩写还看不懂；请用中文把要问的事项写出来再问。"

_LEADING_UP = re.compile(rf"^[^\[]*[{LEADING}](?=[^{LEADING}\[]+\[)")

_FOUND: dict[RefusalKind, str] = {
    "no_evidence": "没有找到直接的规定",
    "out_of_scope": "没有找到直接的规定",
    "weak_evidence": "没有找到足以回答这个问题的内容",
}


@dataclass(frozen=True, slots=True)
class Searched:
    """What a question was looked for in: the documents that it names or was confined to, on the day that it asks
    about, and what of place, year or number (`pinned`) the evidence had to speak of."""

    titles: tuple[str, ...] = ()
    confined: bool = False
    day: date | None = None
    pinned: tuple[str, ...] = ()

    @property
    def limits(self) -> bool:
        """Say whether the search was confined to some documents, a day, a year or a place."""
        return bool(self.titles or self.confined or self.day or self.pinned)

    def __str__(self) -> str:
        """
        >>> str(Searched(("甲办法",), day=date(2018, 1, 1), pinned=("南京",)))
        '在《甲办法》中查找（按2018年1月1日有效的文件），没有找到针对“南京”的规定'
        """
        where = "、".join(map(titled, self.titles)) or ("所选的文件" if self.confined else "资料库")
        day = f"（按{chinese_day(self.day)}有效的文件）" if self.day else ""
        about = "、".join(f"“{word}”" for word in self.pinned)
        return f"在{where}中查找{day}" + (f"，没有找到针对{about}的规定" if about else "")


def no_such_day(why: str) -> str:
    """Say that a day of the question does not exist, and `why`."""
    return f"{why}；请核对日期后再问。"


def not_found(kind: RefusalKind, searched: Searched, *, near: bool, outside: bool) -> str:
    """Say that the search did not answer; `near` that the nearest material is shown, `outside` that it is not
    all that the question limits its answer to.

    >>> not_found("no_evidence", Searched(), near=False, outside=False)
    '在资料库中查找，没有找到能回答这个问题的内容。'
    """
    lead = "这个问题可能不在资料库的范围内：" if kind == "out_of_scope" else ""
    if not near:
        return f"{lead}{searched}" + ("。" if searched.pinned else "，没有找到能回答这个问题的内容。")
    found = str(searched) if searched.pinned else f"{searched}，{_FOUND[kind]}"
    care = "但不全符合问题的限定" if outside and searched.limits else "不一定相关" if kind != "weak_evidence" else ""
    return f"{lead}{found}；下面是最接近的材料，{care and f'{care}，'}请自行核对。"


def not_stated(titles: Sequence[str], labels: Sequence[str]) -> str:
    """Say that the headers of documents do not give what is asked of them.

    >>> not_stated(["甲办法"], ["文号"])
    '《甲办法》的文件信息中没有载明文号。'
    """
    return f"{'、'.join(map(titled, titles))}的文件信息中没有载明{'、'.join(labels)}。"


def not_in_articles(document: Document, called: str) -> str:
    """Say that articles which a question names do not answer it, and that they follow in their own words."""
    return f"在{name_of(document)}{called}中没有找到足以回答这个问题的内容；下面是原文，请自行核对。"


def ended(document: Document, words: str, successors: Sequence[Document]) -> str:
    """Say that what fits best stands in a document that has ended, and what holds in its place."""
    after = "、".join(titled(other.title) for other in successors)
    in_place = f"接续它的是{after}，其中没有找到足以回答这个问题的内容；" if after else ""
    return f"最符合这个问题的内容出自{titled(title_of(document))}，该文件{words}，不能作为现在的依据。{in_place}下面是最接近的材料，请自行核对。"


def unknown_name(named: Named) -> str:
    """Say that a number that the question names was not found: in marks, since words that lead up to it may stand
    before it.

    >>> unknown_name(Named(unknown=("想看看关于旧改的浙政发[2019]99号",)))
    '按编号查找，没有找到“浙政发〔2019〕99号”；请核对编号，或者写明文件名称后再问。'
    """
    said = [_LEADING_UP.sub("", name).replace("[", "〔").replace("]", "〕") for name in named.unknown]
    return f"按编号查找，没有找到{''.join(f'“{number}”' for number in said)}；请核对编号，或者写明文件名称后再问。"


def left_out(titles: Sequence[str]) -> str:
    """Say that a comparison goes without some of what it names.

    >>> left_out(["丙办法"])
    '按名称没有找到《丙办法》，以上没有比较它；请核对名称。'
    """
    return f"按名称没有找到{'、'.join(map(titled, titles))}，以上没有比较它；请核对名称。"


def one_sided(sides: Sequence[str]) -> str:
    """Say that an answer to a comparison does not speak of some of its sides.

    >>> one_sided(["廉租房"])
    '关于“廉租房”没有找到能回答的内容，以上没有比较它。'
    """
    return f"关于{'、'.join(f'“{side}”' for side in sides)}没有找到能回答的内容，以上没有比较它。"


def not_held(names: Sequence[str], titles: Sequence[str]) -> str:
    """Say that laws that a question speaks of are not among the documents, and where what follows is from.

    >>> not_held(["劳动法"], ["工伤保险条例"])
    '资料库中没有名称为“劳动法”的文件；以下内容出自《工伤保险条例》。'
    """
    said = "".join(f"“{name}”" for name in names)
    return f"资料库中没有名称为{said}的文件；" + (f"以下内容出自{'、'.join(map(titled, titles))}。" if titles else "")


def not_chinese(*, near: bool) -> str:
    """Say that a question is in no language that can be read; `near` that what shares words with it is shown."""
    return _NOT_CHINESE + ("下面是可能有关的材料，请自行核对。" if near else "")


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
        case "consolidated":
            return f"{name_of(document)}的整理文本写的是：{said}"
        case "digest":
            return f"{name_of(document)}的摘要写的是：{said}"
        case _:
            return f"据{compiled_from(document)}整理的背景情况是：{said}"
