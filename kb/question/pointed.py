"""What points into the answer before: 第二份是什么时候施行的, 最后一份, 上面第一条是哪个文件说的, 这句话出自哪里.

An ordinal points where words of asking follow it, and not where it counts a noun of its own (第二个孩子, 第三批试点).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers

_LEAD = r"(?:那么?|请问|我?(?:想|要)?(?:问|说|要|选|指)的?是?|就)*"
_SAID = r"(?:你|您)?(?:刚才|刚刚|上面|上边|前面|以上|上述)(?:你|您)?(?:说|讲|提|列|写|回答)?(?:到|出)?的?"
_THESE = r"(?:这|那)(?:里面?|(?:些|几[份个条点项])(?:文件|规定|内容)?(?:里面?|当?中)?)的?|其中的?"
_WHICH = r"(?:第(?P<number>\d{1,2})|倒数第?(?P<from_end>\d{1,2})|(?P<last>最后)的?1?)(?P<counter>[份篇句点个种条项]?)"
_PAPER = r"(?:文件|办法|规定|政策|通知|意见|方案|条例|内容)?"
_ORDINAL = re.compile(rf"{_LEAD}(?P<back>{_SAID}|{_THESE})?{_WHICH}{_PAPER}(?P<rest>.*)")
# What stands behind an ordinal that counts no noun of its own: words of asking, verbs of papers, or 的.
_GOES_ON = re.compile(
    r"$|的|里面?|中|呢|吧|讲|说|写|规定|提到|关于|是?(?:在|从|由|关于)?(?:什么|啥|哪|谁|何|多[久少大长]|几)|怎|如何|为[什何啥]|能|可以|可否|要|"
    r"有(?:什么|哪|没|多|效)|适用|包括|还|主要|大概|大致|具体|出自|来自|印|发[布文的]|公布|下发|出台|制定|施行|实施|生效|成文|失效|到期|废止|"
    r"内容|全文|原文|文号|效力|出处|来源"
)
_ONLY_ORDINAL = re.compile(r"(?:的|是|呢|吧|[?!。,\s])*")
# Asks which document says something.
_SOURCE = re.compile(
    r"(?:的|是|就)*(?:(?:出自|来自|源自|引自)(?:于)?(?:什么|哪).{0,6}|"
    r"在?(?:什么|哪)(?:个|份|部|条|些|种)?(?:文件|规定|法律|法规|条例|政策|办法|地方)(?:里面?|中|上)?(?:这么|这样)?(?:说|规定|写|讲|提)?到?的?|"
    r"在?哪(?:里|儿)?(?:说|规定|写|讲|提|来)到?的?|(?:出处|来源)(?:是|在)?(?:什么|哪里?|哪儿)?)[?!。\s]*"
)
_THIS = re.compile(
    rf"{_LEAD}(?:{_SAID}(?:这|那)?|这|那)(?:[些几]?(?:句话?|段话?|话)|(?:个|些|条|项)?(?:说法|规定|结论|答案|回答|内容)|些|个|)(?P<rest>.+)"
)
_OF_PAPERS = "份篇"  # counts documents
_OF_WORDS = "句点"  # counts what was said; 个 counts children as well, 条 the articles of a law


@dataclass(frozen=True, slots=True)
class Pointed:
    """What points back: `number` counts what was told before, from 1, or from its end with -1 for the last, None for
    all of it; `rest` is what is asked of it. `source` asks which document says it. `surely` says that the words can
    point at nothing else."""

    number: int | None
    rest: str = ""
    counter: str = ""
    source: bool = False
    surely: bool = True

    @property
    def papers(self) -> bool:
        """Whether documents are counted and not what they say."""
        return bool(self.counter) and self.counter in _OF_PAPERS


def pointed_in(question: str) -> Pointed | None:
    """Read a question that points into the answer before, else give None.

    >>> asked = pointed_in("第二份是什么时候施行的？")
    >>> asked.number, asked.rest, asked.source, asked.surely
    (2, '是什么时候施行的?', False, True)
    >>> pointed_in("最后一份的文号是多少").number, pointed_in("上面第一条是哪个文件说的").source
    (-1, True)
    >>> pointed_in("这句话出自哪里？").source, pointed_in("我问的是第二个。").rest
    (True, '')
    >>> pointed_in("第二个孩子补贴多少？"), pointed_in("第三批试点有哪些"), pointed_in("物业条例第三条讲什么")
    (None, None, None)
    """
    folded = normalize_numbers(fold_text(question)).strip()
    match = _ORDINAL.fullmatch(folded)
    if match is None:
        this = _THIS.fullmatch(folded)
        return Pointed(None, source=True) if this and _SOURCE.fullmatch(this["rest"]) else None
    rest, counter = match["rest"], match["counter"]
    alone = _ONLY_ORDINAL.fullmatch(rest) is not None
    goes_on = match["back"] is not None or _GOES_ON.match(rest.lstrip(",")) is not None
    if match["number"] == "0" or not (alone or (counter and goes_on)):
        return None
    number = int(match["number"]) if match["number"] else -int(match["from_end"] or 1)
    surely = match["back"] is not None or (bool(counter) and counter in _OF_PAPERS + _OF_WORDS)
    return Pointed(number, "" if alone else rest, counter, _SOURCE.fullmatch(rest) is not None, surely)
