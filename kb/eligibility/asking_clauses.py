"""Which clauses of a text ask: 能领育儿补助吗 tells nothing of whoever asks it, 孩子两岁归谁 does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.eligibility.spoken_text import SpokenText
from kb.text.people import people_in

CLAUSE = re.compile(r"[^,，。;；!！?？、\s]+")
QUESTION = re.compile(r"[吗么]$|怎[么样]|咋|什么|多少|能不能|可不可以|是否|哪|谁|如何")
_INDEFINITE = re.compile(
    r"(?:什么|谁|哪\w?)\w{0,4}(?:[都也]|还没)|(?<!有)没\w{0,6}(?:什么|谁|哪|多少)|哪[来有](?:什么)?"
)  # 什么都要人帮, 没跟谁签合同 and 哪来什么合同 ask nothing
_ENDS_ASKING = re.compile(r"[?？]\W*$")


def asks_something(clause: str) -> bool:
    """Say whether a clause has a word that asks.

    >>> asks_something("能领育儿补助吗"), asks_something("有没有什么补贴"), asks_something("没跟谁签合同"), asks_something("谁都不管")
    (True, True, False, False)
    """
    return QUESTION.search(_INDEFINITE.sub("", clause)) is not None


def clauses_that_only_ask(text: str) -> Iterator[tuple[int, int]]:
    """Give the clauses of a text that ask and speak of nobody, where others do not ask: what is told stands in those.

    >>> ["二孩，孩子两岁归谁，育儿补助能领吗？"[start:end] for start, end in clauses_that_only_ask("二孩，孩子两岁归谁，育儿补助能领吗？")]
    ['育儿补助能领吗']
    >>> list(clauses_that_only_ask("六十二岁能免费坐公交吗"))
    []
    """
    clauses = list(CLAUSE.finditer(text))
    asking = [one for one in clauses if asks_something(one[0]) or _ENDS_ASKING.match(text, one.end())]
    if len(asking) == len(clauses):
        return
    spoken = SpokenText.of(text)
    people = [spoken.span(one.start, one.end) for one in people_in(spoken.text)]
    for one in asking:
        if not any(start < one.end() and one.start() < end for start, end in people):
            yield one.span()
