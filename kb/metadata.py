"""Questions about a document itself (文号, 成文日期, 发布单位, 联系人 ...), answered from its header."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.text.periods import find_days
from kb.types import Document, HeaderField

_WHEN = r"(什么时[候侯后]|啥时[候侯后]?|何时|几时|哪(一)?[天年月日]|几月|几号)"  # Asked for a day. 侯 and 后 are frequent typing errors for 候.
_DATE = rf"({_WHEN}|日期|时间(?!是?(多[长久少]|几|期限|有多)))"  # Or named; 答复时间多久 asks how long it takes.
_IN_FORCE = r"(施行|实施|实行|生效|执行|起效|算数|作数|管用|有效(?!期))"  # One thing under many names.
FIELDS: dict[str, tuple[str, str]] = {
    "doc_no": ("文号", r"文号|发文字号|文件号|字号"),
    "index_no": ("索引号", r"索引号"),
    "phone": ("联系电话", r"电话|号码|怎么联系|如何联系|联系方式"),
    "contact": ("联系人", r"联系人|经办人|联系谁|(答复|提案|文件|通知|疑问|疑义|咨询).{0,12}找谁|联系方式|怎么联系"),
    "issued": ("成文日期", rf"成文(日期|时间)|{_DATE}.{{0,6}}(成文|印发|发布|出台|发文|公布|答复|下发)|"
               rf"(成文|印发|发布|出台|发文|公布|答复|下发)(于|的)?.{{0,4}}{_DATE}"),
    "effective": ("施行日期", rf"{_IN_FORCE}(的)?(日期|时间)|({_WHEN}|从哪).{{0,6}}{_IN_FORCE}"),
    "amended": ("修改日期", rf"({_WHEN}|几次|历次|最近|最后|上次).{{0,6}}(修改|修正|修订|改过|改的)|(修改|修正|修订)(的|过)?(日期|时间|历史|情况|几次|多少次)"),
    "expires": ("失效日期", rf"有效期.{{0,4}}(到|至|多久|多长|几年|是|为)|{_WHEN}.{{0,4}}(失效|到期|作废|废止|期满)|(失效|到期|废止)(的)?(日期|时间)"),
    "repeals": ("废止的文件", r"废止(了)?(哪|什么|啥)|(哪些|什么)文件.{0,6}同时废止|(取代|代替|替代)(了)?(哪|什么|啥)"),
    "issuer": ("发布单位", r"发布单位|发文(单位|机关|机构)|发布(机构|机关)|(谁|哪.{0,4}(单位|部门|机关|机构|厅|委|局)).{0,6}(发布|印发|印的|发的|发文|出台|制定|下发|答复|联合发|通过|颁布|公布)"),
    "status": ("效力状态", r"效力|是否(有效|失效|废止|作废)|(还|仍|现在|今年|是不是|是否仍).{0,3}(有效|管用)|有效(吗|么|没)|(失效|废止|作废)了?(吗|么|没)|"
               r"(出台|印发|发布|公布|施行|实施|生效|过期|到期)(了(吗|么|没)|没有?$|没有?[?,。])"),
    "region": ("适用地区", r"适用(于)?(哪|什么)(里|些)?(地区|地方|范围|城市)"),
    "disclosure": ("公开方式", r"公开方式|公开属性|主动公开|依申请公开"),
    "topic": ("主题分类", r"主题(分类|词)|什么主题"),
    "title": ("标题", r"(标题|全称|名称)(是|叫)?什么|号(这份|这个)?(文件)?(讲|说|管|规定)(的|了)?(是)?(什么|啥)|是(关于)?(什么|啥)(文件|事)"),
    "proposal_title": ("提案题目", r"提案.{0,4}(题目|名称|标题|案由)|(题目|名称)是什么"),
}  # fmt: skip
"""Per field of a header: its name in Chinese, and how people ask for it (on folded text)."""

HEADER_ALONE = frozenset(("doc_no", "index_no", "phone", "contact", "issued", "issuer", "disclosure", "topic"))
"""The fields that nothing but its header states of a document: a number or a date in its text is another's."""

_COMPILED = {name: re.compile(pattern) for name, (_, pattern) in FIELDS.items()}

# Who handled a proposal (主办, 会办) is told by the text and is no issuer.
_HANDLING = re.compile(r"会办|主办|承办|协办|(提案|建议).{0,12}(会议|提的|提出)")
# Numbers and names that are another's where the text holds them.
_ONES_OWN = ("doc_no", "contact", "index_no", "phone")


@dataclass(frozen=True, slots=True)
class Metadatum:
    """A field of a document's header that answers a question."""

    label: str
    field: HeaderField


def fields_asked(question: str) -> list[str]:
    """Name the fields that a question asks for.

    >>> fields_asked("第343号提案答复的成文日期是哪天？联系人是谁？")
    ['contact', 'issued']
    """
    folded = fold_text(question)
    return [name for name, pattern in _COMPILED.items() if pattern.search(folded)]


def without_fields(question: str) -> str:
    """Leave out the words that ask for any field.

    >>> without_fields("哪天起施行？")
    '?'
    """
    folded = fold_text(question)
    for pattern in _COMPILED.values():
        folded = pattern.sub("", folded)
    return folded


def asks_about_document(question: str) -> bool:
    """Say whether a question is about a document itself, or about how a proposal was handled."""
    return bool(fields_asked(question)) or _HANDLING.search(fold_text(question)) is not None


def fields_without_answer(question: str, documents: Iterable[Document]) -> list[str]:
    """Name, in Chinese, the fields asked for that nothing but the header of a document can give, a number or a
    telephone in its text being another's, and that none of the documents has there."""
    held = {field.name for document in documents for field in document.header}
    return [FIELDS[name][0] for name in fields_asked(question) if name in _ONES_OWN and name not in held]


def told(document: Document, field: HeaderField) -> str:
    """Give the words of a field; the day that they come to before them, where they do not name it (有效期三年), and in
    place of them, where they are this day in figures alone (2024-10-17)."""
    days = {"issued": document.issued, "effective": document.effective, "expires": document.expires}
    day = days.get(field.name)
    if day is None or day.day is None or any(find_days(fold_text(field.value))):
        return field.value
    return day.chinese if PartialDate.read(field.value) == day else f"{day.chinese}（{field.value}）"


def look_up(document: Document, names: list[str]) -> list[Metadatum]:
    """Give the asked fields that the document's header holds."""
    return [
        Metadatum(FIELDS[field.name][0], field) for name in names for field in document.header if field.name == name
    ]
