"""What can be a question at all, which of its words say what it is about, and whether it asks for a figure."""

from __future__ import annotations

import re

from kb.errors import QuestionError
from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers
from kb.text.terms import terms

LONGEST = 10_000
"""Characters that a question may have; what is longer is a document."""

# Asks what a word means, which a sentence with 是指 answers.
_MEANING = re.compile(
    r"什么是|什么叫|(什么|啥)(意思|概念|涵义)|指(的)?是?(什么|啥)|何谓|含义|定义|是指|哪些特征|怎么理解"
)
# Asks for a number or a day, which a sentence without a figure does not answer. 己月 is 几月 misspelt, as people type it.
_FIGURE = re.compile(
    r"(?:什么|啥)时[候侯后]|何时|哪(一)?[天年月日]|[几己][月号日]|多久|多长时间|截至|期限|日期|时间是|哪个(年|月)"
    "|"
    r"多少|[几己][个项条类种家名人元岁平年次批处所套万千]|多大|多高|比例|数量|总数|多长|多远|几折|几成|率(是|为|达)"
)
# Words that ask, left out where only what is asked about counts. They are many since spoken questions wrap them in
# courtesy.
_ASKING = re.compile(
    r"请问|你好|您好|我想(问|知道|了解)(一下)?|想问|麻烦|告诉我|一下|能不能|可不可以|可否|能否|是不是|有没有|是否|"
    r"(?:什么|啥)叫|叫(?:什么|啥)|是?(?:什么|啥)(?:意思|概念)|[怎如][么何]定义|[是在]?(?:什么|啥)时[候侯后]|什么是|是什么意思|是什么|什么|多少|多久|多长时间|多大|哪些|哪几|哪里|哪儿|哪个|哪[1一]?|几|谁|怎么样|怎么办|"
    r"怎么|怎样|如何|为什么|为何|吗|呢|啊|吧|呀|嘛|么|啥|咋|一共|总共|具体|分别|[?!,。]"
)


def check_question(text: str) -> None:
    """Raise QuestionError where `text` cannot be searched for."""
    if not text.strip():
        raise QuestionError.of("question_empty", field="question")
    if len(text) > LONGEST:
        raise QuestionError.of("question_too_long", field="question", length=len(text), most=LONGEST)
    if not terms(text):
        raise QuestionError.of("question_without_words", field="question")


def content_of(question: str) -> tuple[str, ...]:
    """Give the terms of a question without the words that only ask; all of them where there are no others.

    >>> "设施" in content_of("托育设施由谁负责？"), "谁" in content_of("托育设施由谁负责？")
    (True, False)
    """
    folded = normalize_numbers(fold_text(question))
    runs = [run for run in _ASKING.sub("\n", folded).split("\n") if run.strip()]
    return tuple(dict.fromkeys(terms(" , ".join(runs)) or terms(folded)))


def asks_figure(question: str) -> bool:
    """Say whether a question asks for an amount or a time, and not for what something means.

    >>> asks_figure("杭州梳理了多少项支持政策？"), asks_figure("托育设施由谁负责？"), asks_figure("什么是数量指标？")
    (True, False, False)
    """
    folded = normalize_numbers(fold_text(question))
    return _MEANING.search(folded) is None and _FIGURE.search(folded) is not None
