"""What can be a question at all, and what kind of answer it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from kb.errors import QuestionError
from kb.text.fold import fold_text
from kb.text.lexicon import Translation
from kb.text.numerals import normalize_numbers
from kb.text.terms import bigrams, terms

LONGEST = 10_000
"""Characters that a question may have; what is longer is a document."""

AnswerKind = Literal["quantity", "time", "person", "place", "definition", "list", "polar", "manner", "reason", "fact"]

KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)

# The first pattern that matches decides; they are read on folded text.
_KINDS: tuple[tuple[AnswerKind, str], ...] = (
    (
        "definition",
        r"什么是|什么叫|(什么|啥)(意思|概念|涵义)|指(的)?是?(什么|啥)|何谓|含义|定义|是指|哪些特征|怎么理解",
    ),
    (
        "time",
        r"(?:什么|啥)时[候侯后]|何时|哪(一)?[天年月日]|[几己][月号日]|多久|多长时间|截至|期限|日期|时间是|哪个(年|月)",
    ),
    (
        "quantity",
        r"多少|[几己][个项条类种家名人元岁平年次批处所套万千]|多大|多高|比例|数量|总数|多长|多远|几折|几成|率(是|为|达)",
    ),
    (
        "person",
        r"谁|哪(个|些|几个|家)?(部门|单位|机构|机关|领导|委员会|政府|人)|由.{0,8}(负责|牵头|主管|办理)|主办|牵头",
    ),
    ("place", r"哪里|哪儿|在哪|何处|什么地方|哪个(区|城市|街道|社区)|哪些(区|城市|街道|社区|地区)|地址"),
    ("list", r"哪些|哪几|包括(什么|啥)|有什么|有啥|分别是|列举"),
    ("manner", r"怎么|如何|怎样|咋|什么(流程|程序|办法|方式|手续)"),
    ("reason", r"为什么|为何|为啥|原因"),
    ("polar", r"吗|是否|是不是|能不能|可不可以|可否|能否|有没有|会不会|要不要|行不行"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_ASKING = re.compile(
    r"请问|你好|您好|我想(问|知道|了解)(一下)?|想问|麻烦|告诉我|一下|能不能|可不可以|可否|能否|是不是|有没有|是否|"
    r"(?:什么|啥)叫|叫(?:什么|啥)|是?(?:什么|啥)(?:意思|概念)|[怎如][么何]定义|[是在]?(?:什么|啥)时[候侯后]|什么是|是什么意思|是什么|什么|多少|多久|多长时间|多大|哪些|哪几|哪里|哪儿|哪个|哪[1一]?|几|谁|怎么样|怎么办|"
    r"怎么|怎样|如何|为什么|为何|吗|呢|啊|吧|呀|嘛|么|啥|咋|一共|总共|具体|分别|[?!,。]"
)
_UNIT = re.compile(r"(?:多少|[几己])(?:万|亿|千|百)?([^\W\d])")
_INTERROGATIVE = re.compile(
    r"什么|多少|多久|多长|多大|多高|多远|哪1?[一-鿿]|几[一-鿿]|谁|怎么|怎样|如何|何[时处地人种年]|为何|为什么|啥|咋|吗"
)
_ASKED_TIME = re.compile(r"(?:哪|几|何|什么)[一个]?[年月日天号]|(?:什么|啥)时[候间]|何时|日期")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_COUNT = re.compile(r"(?<!\d)(\d{1,2})(?:个|大|种|类|项|样|条|点|方面|部分|步|家|级|件|者)(?!月|工作日)")
_NEAR = 5  # characters around the word that asks, in which the words say what is asked for


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the reader sees it: `content` are its terms without the words that only ask.

    `plain` is its folded form with numbers in digits, `runs` its stretches between words that only ask, `near`
    the terms beside the word that asks, `numbers` the numbers it holds. `unit` is the measure word of a quantity
    that is asked for (项 in 多少项), `asked_units` are the parts of a date (年, 月, 日) that are, `items` is how many
    things a list is expected to have (7 in 七类服务有哪些). `meant` says in other words what some of the content
    means: terms of the question, and the terms of each wording that the documents have for them.
    """

    text: str
    kind: AnswerKind
    content: tuple[str, ...]
    unit: str | None
    plain: str
    runs: tuple[str, ...]
    near: frozenset[str]
    numbers: frozenset[str]
    asked_units: str
    items: int | None
    meant: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...] = ()


def check_question(text: str) -> None:
    """Raise QuestionError where `text` cannot be searched for."""
    if not text.strip():
        raise QuestionError("问题是空的：请输入要问的内容", field="question")
    if len(text) > LONGEST:
        raise QuestionError(f"问题有{len(text):,}个字，最多{LONGEST:,}个：请缩短后再问", field="question")
    if not terms(text):
        raise QuestionError("问题里没有文字：请用文字写出要问的内容", field="question")


def understand(text: str, translations: Iterable[Translation] = ()) -> Question:
    """Tell what a question asks for; `translations` are what the lexicon knows of its words.

    >>> understand("杭州梳理了多少项支持政策？").kind, understand("托育设施由谁负责？").kind
    ('quantity', 'person')
    """
    folded = normalize_numbers(fold_text(text))
    kind: AnswerKind = next((kind for kind, pattern in _COMPILED if pattern.search(folded)), "fact")
    runs = tuple(run for run in _ASKING.sub("\n", folded).split("\n") if run.strip())
    content = terms(" , ".join(runs)) or terms(folded)
    unit = _UNIT.search(folded)
    counted = _COUNT.search(folded)
    return Question(
        text=text,
        kind=kind,
        content=tuple(dict.fromkeys(content)),
        unit=unit[1] if unit else None,
        plain=folded,
        runs=runs or (folded,),
        near=_terms_near(folded),
        numbers=frozenset(_NUMBER.findall(folded)),
        asked_units=_asked_units(folded),
        items=int(counted[1]) if counted and int(counted[1]) > 1 else None,
        meant=tuple((frozenset(terms(t.said)), _wordings(t.official)) for t in translations),
    )


def _wordings(official: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(bigrams(word) or terms(word)) for word in official)


def _terms_near(folded: str) -> frozenset[str]:
    asks = list(_INTERROGATIVE.finditer(folded))
    if not asks:
        return frozenset()
    last = asks[-1]
    after = last.end() - (last[0][0] in "哪几何" and len(last[0]) == 2)  # the 个 of 几个 says what is asked for
    around = folded[max(last.start() - _NEAR, 0) : last.start()] + " , " + folded[after : after + _NEAR]
    return frozenset(terms(_ASKING.sub(" , ", around)))


def _asked_units(folded: str) -> str:
    match = _ASKED_TIME.search(folded)
    if match is None:
        return ""
    asked = match[0]
    return "年" if "年" in asked else "月" if "月" in asked else "日" if asked[-1] in "日天号" else "年月日"
