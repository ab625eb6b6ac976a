"""Questions that say too little: a word that points at nothing, only words that fit many things, or words in no
Chinese.

它的联系电话是多少？ asked alone has no 它, and 补贴标准是多少？ fits many documents; English, and what is typed as the
initials of pinyin (gzf), is not understood. To answer from whatever comes first would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.text.fold import fold_text

# Words that say of no matter what it is, behind 这个.
_ANY = "文件|办法|方案|通知|意见|政策|规定|条例|补贴|补助|奖励|标准|条件|材料|费用|工作|项目|活动|业务|事项|事情?|问题|东西|钱|情况|计划|制度|证|款"
# Points at something that nothing before names; 这个小区 names itself what it is about.
_POINTER = re.compile(
    rf"它们?|他们|她们|(?:这|那)(?:个|些|份|项|条)(?:{_ANY})*(?=$|[^一-鿿]|[的是有能要可会应需由在到从和与对给算归属该还怎多什啥谁哪几何如为吗呢吧都也])|该(?:文件|办法|方案|通知|意见|政策|规定|条例)|上述|上面说?的?|刚才|前面说?的?"
)
_LEFT_OVER = re.compile(r"^那么?(?P<rest>.{1,10})呢[?]?$")  # 那补贴呢: says what, and not of what.
# Words that belong to any matter: a question of these alone asks of nothing.
_GENERAL = re.compile(
    r"补贴|补助|奖励|优惠|标准|条件|对象|时间|日期|流程|程序|手续|材料|金额|费用|收费|价格|电话|联系方式|联系人|地址|期限|范围|要求|规定|"
    r"政策|文件|申请|申领|办理|领取|享受|开始|结束|实施|施行|执行|生效|有效|内容|目标|任务|措施|数量|部门|单位|机构|负责|牵头|主管|"
    r"请问|一下|什么|时候|多少|怎么|怎样|如何|为什么|为何|哪里|哪儿|哪些|哪个|哪|谁|几|吗|呢|吧|啊|呀|啥|是|有|在|的|了|要|能|会|我|你|可以|需要|应该|[多大高久长办找去到和与及]"
)
_LATIN = re.compile(r"[a-z]{2,}")  # A question in English, or pinyin by its initials.
_HAN = re.compile(r"[一-鿿a-z0-9]")  # What is counted as a word of a question at all.


def points_nowhere(question: str) -> str | None:
    """Give the word of a question asked alone that points at something said before.

    >>> points_nowhere("它的联系电话是多少？"), points_nowhere("那2027年呢？"), points_nowhere("社区食堂这个项目谁负责？")
    ('它', '那2027年', None)
    >>> points_nowhere("这个项目谁负责？"), points_nowhere("这个小区能加装电梯吗？"), points_nowhere("那些人可以申请公租房？")
    ('这个项目', None, None)
    """
    folded = fold_text(question).strip()
    left = _LEFT_OVER.match(folded)
    if left:
        return f"那{left['rest']}"
    pointer = _POINTER.search(folded)
    return pointer[0] if pointer and not _HAN.search(_GENERAL.sub("", folded[: pointer.start()])) else None


def is_general(question: str) -> bool:
    """Say whether a question holds nothing but words that fit many things.

    >>> is_general("补贴标准是多少？"), is_general("高龄补贴标准是多少？")
    (True, False)
    """
    return not _HAN.search(_GENERAL.sub("", fold_text(question)))


def is_chinese(question: str, heard: Callable[[str], bool]) -> bool:
    """Say whether a question says in Chinese what it is about, or in Latin letters that documents write, too (`heard`).

    >>> [is_chinese(text, lambda word: word == "epc") for text in ("gzf怎么申请？", "EPC是什么？", "e床养老是什么？", "hello world")]
    [False, True, True, False]
    """
    folded = fold_text(question)
    latin = _LATIN.findall(folded)
    return not latin or any(map(heard, latin)) or not is_general(re.sub(r"[a-z0-9]+", " ", folded))
