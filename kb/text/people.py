"""Whom a sentence speaks of: 我, a relative, a child, or somebody whose facts are nobody's here (房东, 邻居, 老板).

Words for relatives are a closed class, so they are listed whole. Somebody whom one lives with, brings or cares for is
named and not spoken of (跟我住, 带外孙, 女儿家).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["self", "spouse", "parent", "kin", "child", "stranger"]

_MY = "(?:(?<=我)|(?<=我家)|(?<=我的)|(?<=咱)|(?<=俺))"  # 先生, 男人, 对象 and 另一半 alone are anybody, or anything
_SPOUSE = {
    "female": "老婆|妻子|媳妇|太太",
    "male": f"老公|丈夫|{_MY}(?:先生|男人)",
    "": f"爱人|配偶|老伴儿?|{_MY}(?:对象|另一半|那口子)",
}
_PARENT = {
    "male": "爸爸?|父亲|老爸|老爹|爹",
    "female": "妈妈?|母亲|老妈|老娘|姆妈|娘",
    "": "父母|爸爸?妈妈?|爹妈|爹娘|老2口",
}
_KIN = {
    "male": "公公|岳父|老丈人|丈人|爷爷|外公|姥爷|太公|舅舅?|舅爷|叔叔?|大伯|伯伯|伯父|姑父|姨父|哥哥?|(?<!兄)弟弟?|侄子|外甥(?!女)|女婿|老汉|老爷子|老头子?|大爷|大叔",
    "female": "婆婆|岳母|丈母娘|奶奶|外婆|姥姥|太婆|姑姑|姑妈|姑(?!娘)|姨妈?|阿姨|婶婶?|舅妈|伯母|嫂子?|姐(?!妹)姐?|(?<!姐)妹妹?|侄女|外甥女|儿媳妇?|老太太?|大妈|大娘",
    "": "长辈",
}  # fmt: skip
_CHILD = "[大小]?(?:孩子?|宝宝?|儿子|女儿|闺女|娃娃?儿?|婴儿|外孙女?|孙子|孙女)|[2-5]宝|老[2-5](?!口)|小的"
_STRANGER = r"房东|邻居|隔壁[^,\d]{0,3}|楼[上下][^,\d]{0,8}|工友|战友|室友|老乡|熟人|对门|老板|雇主[^,\d]{0,4}|东家|同事[^,\d]{0,3}|同学|朋友|客户|师傅|领导|别人|人家"
_SELF = "本人|我们?|俺|咱们?|阿拉"
# Behind these a person is named and not spoken of.
_BESIDE = re.compile(
    r"(?:[跟和与同带给替随靠为养帮叫让]着?|照顾|照看|陪着?|伺候|在|(?:生|怀|添)了?[^,]{0,4}?|有[1-9两]?个?|没有?|全职|宝|子女|[她他])$"
)
_BESIDE_REACH = 8  # characters of the longest of these
_PLACE_OF = re.compile(r"家(?!庭|里有|是)|的(?:公司|单位|户口本)|那儿|这边")


def _said(words: dict[str, str]) -> str:
    return "|".join(words[sex] for sex in sorted(words))  # without a sex first: 爸妈 before 爸


GROWN_UP = "|".join(map(_said, (_KIN, _SPOUSE, _PARENT)))
"""Words for relatives of whom one tells an age in years."""


_PERSON = re.compile(
    rf"(?:我们?|俺|咱)?(?:家|的)?(?:(?P<stranger>{_STRANGER})|(?P<kin>{_said(_KIN)})|(?P<spouse>{_said(_SPOUSE)})|"
    rf"(?P<child>{_CHILD})|(?P<parent>{_said(_PARENT)}))|(?P<pronoun>[他她](?!们))|(?P<self>(?:{_SELF})家?|家里)"
)  # fmt: skip
_SEX = {
    kind: [(sex, re.compile(words)) for sex, words in listed.items() if sex]
    for kind, listed in (("parent", _PARENT), ("kin", _KIN), ("spouse", _SPOUSE))
}


@dataclass(frozen=True, slots=True)
class SpokenPerson:
    """Somebody who is spoken of from `start` on: `name` tells one from another, `sex` is empty where the word does not
    tell."""

    kind: Kind
    name: str
    sex: str
    start: int
    end: int

    @property
    def is_household(self) -> bool:
        """Whether the whole family is meant (我家是低保户)."""
        return self.kind == "self" and self.name.endswith(("家", "家里"))


def people_in(text: str) -> list[SpokenPerson]:
    """Give those whom a text speaks of, in its order; 他 and 她 are the last who was named.

    >>> [(one.kind, one.name, one.sex) for one in people_in("我公公73,跟我住滨江,房东80")]
    [('kin', '公公', 'male'), ('stranger', '房东', '')]
    """
    found: list[SpokenPerson] = []
    named: SpokenPerson | None = None
    for match in _PERSON.finditer(text):
        if match["pronoun"]:
            if named is not None:
                found.append(replace(named, start=match.start(), end=match.end()))
            continue
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        name = match[kind]
        sex = next((sex for sex, words in _SEX.get(kind, ()) if words.fullmatch(name)), "")
        person = SpokenPerson(kind, name, sex, *match.span())
        if kind != "self":
            named = person
        if not _BESIDE.search(text, max(match.start() - _BESIDE_REACH, 0), match.start()) and (
            kind == "self" or not _PLACE_OF.match(text, match.end())
        ):
            found.append(person)
    return found
