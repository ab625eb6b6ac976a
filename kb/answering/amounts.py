"""What a number that is asked for must look like: money, a time span, an age, a count. A sentence without one is no answer."""

from __future__ import annotations

import re

_FORMS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"多少钱|几块|[费金款].{0,6}(?:多少|几)(?!项|个|种|类|家|人|次|年|天|平)|(?:收|发|罚|补|贴|领|拿|掏|给)(?:到|了)?多少(?!项|个|种|类|家|人|次|年|天|平)|每(?:平方米|平米).{0,8}多少"),
        re.compile(r"\d[\d.]*[万亿]?(?:多|余)?(?:元|块)|[\d一二三四五六七八九]折|\d%|免费|免收|免征|免缴|不收|全额|半价|倍"),
    ),
    (re.compile(r"\d[\d.]*[万亿]?元.{0,8}(?:吗|对吧|对不对|是不是)|是不是.{0,12}元"), re.compile(r"\d[\d.]*[万亿]?(?:多|余)?元|免费|免收|免缴|不收")),
    (
        re.compile(r"多久|多长时间|[几多][少]?个?(?:天|工作日|小时)|(?:(?<!月)几|多少)个?日(?!期)|(?:几|多少)个月"),
        re.compile(r"\d[\d.]*(?:多|余)?个?(?:年|月|天|日|小时|分钟|周|工作日|星期)|当[天日场]|随时|即时|长期"),
    ),
    (
        re.compile(r"几点(?!意见|建议|要求|措施|内容|体会)|(?:开门|关门|营业|开放|上班|下班|就餐|供餐)(?:的)?时间"),
        re.compile(r"\d{1,2}(?::\d\d|[点时]|小时)|全天|全年(?!龄)|节假日|双休|周末|工作日"),
    ),
    (re.compile(r"多少分(?!钟)|几分(?!钟)"), re.compile(r"\d分(?!钟|之)")),
    (re.compile(r"年份"), re.compile(r"(?:19|20)\d\d")),
    (re.compile(r"多少(?=[个家所处座套张户台条项名位人])"), re.compile(r"\d")),
    (re.compile(r"多少岁|几岁|多大年纪|多大岁数"), re.compile(r"\d周?岁|婴幼儿|老年人")),
)  # fmt: skip


def forms_asked(folded: str) -> tuple[re.Pattern[str], ...]:
    """Give the forms that a folded question asks for; every one has to be in a sentence that answers.

    >>> [bool(form.search("每月发给125元")) for form in forms_asked("每月能领多少？")]
    [True]
    >>> [bool(form.search("180日内提出申请")) for form in forms_asked("多少日内可以申请?")]
    [True]
    """
    return tuple(form for asks, form in _FORMS if asks.search(folded))
