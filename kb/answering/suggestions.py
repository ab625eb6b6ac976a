"""Questions to ask next, made of what documents say, so that they ask what can be answered.

Chinese asks in place: the figure, the day or the one who acts is left out of a sentence and 多少, 什么时候 or 谁 put
where it stood. What a sentence says may be done is asked as whether it may. No question is made of a heading, and each
is tried before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice

from kb.index.records import Records
from kb.provenance import name_of
from kb.question.follow_up import Turn
from kb.text.fold import Script, in_script, script_of
from kb.text.markers import read_marker
from kb.text.sentences import sentence_spans
from kb.types import Answer, Audience, Clause, Document, Query

# Asked of a document whose header holds the field, so that there is an answer.
_ABOUT = (("issued", "{name}是什么时候成文的？"), ("issuer", "{name}是哪个单位发布的？"))
_NEXT = 3  # questions to ask next
_REWORDED = 2  # wordings shown beside a refusal, which would be answered
_TRIED = 4  # questions that are tried for one answer
_LONGEST = 36  # characters of a suggested question, so that it stands on one line of the page
_SUBJECT = 4  # characters that stand before what is asked for at least
_POINTS_BACK = re.compile(r"其|该|这|那|上述|以上|但|而|并|同时|此外|因此|前款|本条|两项|二是|三是|一是|包括|对于")
_FIGURE = re.compile(
    r"(?<![\d.,至到~—\-第〔年月、])(?P<figure>\d[\d,]*(?:\.\d+)?[万亿]?)(?P<unit>%|％|[^\W\d_])(?![至到~—\-]\d|\w?\w?以[上下内])"
)
_OF_TIME_OR_PLACE = frozenset("年月日号岁周条款项时点届次批至到级字楼")
"""What a figure before them counts says when, where or of whom something holds, and is not asked for."""
# A day with something that happens on it; one alone is often that of another document.
_DAY = re.compile(r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?(?=起|前|以前|之前|施行|通过|印发|开始)")
# 由市房产部门负责审核: who, where what they do is named.
_BY_WHOM = re.compile(
    r"由(?P<who>[^,，。；;：:]{2,20}?)(?=(?:统一)?(?:负责|承担|牵头|组织(?!能力)|制定|审查|审核|初审|认定|批准|受理|提出))"
)
# A sentence that allows or obliges somebody can be asked for by 可以吗.
_MAY = re.compile(r"可以|可凭|可向|应当|必须|须|免费|免征|免收|优先")
# One that denies cannot: the question would say the opposite of what is found.
_DENIES = re.compile(r"不|没|无|未|非|除")
_PAUSE = re.compile(r"[，,；;。：:（(、]")  # A suggestion is made of one part of a sentence.
_LEADS_ON = re.compile(
    r"(?:时|的|后|前|下|中|内|外|者)$"
)  # Such a part only says when, where or of whom the next one holds.


class Suggester:
    """Makes questions about one snapshot; `respond` tries them."""

    def __init__(
        self, records: Records, document: Callable[[str], Document], respond: Callable[[Turn], Answer]
    ) -> None:
        self._records = records
        self._document = document
        self._respond = respond
        self._remembered = lru_cache(maxsize=4096)(self._about)

    def suggest(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Give questions to ask next, beside a refusal about the nearest clauses; each is tried, which takes longer
        than the answer did, and remembered."""
        script = script_of(answer.question)
        places = list(dict.fromkeys((cited.doc_id, cited.clause_id) for cited in answer.citations))
        if answer.refusal is None:
            return self._remembered(*places[0], True, script, audience, date.today()) if places else ()
        found = (self._remembered(*place, False, script, audience, date.today()) for place in places)
        return tuple(dict.fromkeys(question for questions in found for question in questions))[:_REWORDED]

    def _about(
        self, doc_id: str, clause_id: str, go_on: bool, script: Script | None, audience: Audience, today: date
    ) -> tuple[str, ...]:
        """Make questions about a clause, or to `go_on` from it about those beside it and the document, which are
        answered `today`."""

        def can_answer(question: str) -> bool:
            found = self._respond(Turn.alone(Query("", question, today, audience)))
            return found.refusal is None and any(cited.doc_id == doc_id for cited in found.citations)

        document, clauses = self._document(doc_id), self._records.clauses(doc_id)
        if not go_on:
            return suggest(document, [self._records.clause(clause_id)], script, can_answer, 1)
        return suggest(document, beside(clauses, clause_id), script, can_answer, _NEXT) or about_document(
            document, script
        )


def suggest(
    document: Document, clauses: Iterable[Clause], script: Script | None, can_answer: Callable[[str], bool], most: int
) -> tuple[str, ...]:
    """Give up to `most` questions that are answered about what the clauses say, one a clause, in their order and in a
    script."""
    made = (next(_questions_of(document, clause), None) for clause in clauses)
    asked = dict.fromkeys(in_script(question, script) for question in made if question)
    return tuple(islice((question for question in list(asked)[:_TRIED] if can_answer(question)), most))


def beside(clauses: Sequence[Clause], clause_id: str) -> list[Clause]:
    """Give the clauses of a document behind one of them, then those before it, the nearest first."""
    at = next((n for n, clause in enumerate(clauses) if clause.clause_id == clause_id), 0)
    return [*clauses[at + 1 :], *reversed(clauses[:at])]


def about_document(document: Document, script: Script | None) -> tuple[str, ...]:
    """Give questions about the header of a document that its header answers."""
    held = {field.name for field in document.header}
    name = name_of(document)
    return tuple(in_script(question.format(name=name), script) for field, question in _ABOUT if field in held)


def question_in(sentence: str) -> str | None:
    """Ask what a sentence says; None where it says nothing that can be asked by itself.

    >>> question_in("新建居住区的照护用房按每百户不少于15平方米配置，且总面积不少于200平方米。")
    '新建居住区的照护用房按每百户不少于多少平方米配置？'
    >>> question_in("修订后的条例自2022年3月1日起施行。"), question_in("补助经费由区、县（市）承担。")
    ('修订后的条例自什么时候起施行？', '补助经费由谁承担？')
    >>> question_in("业主可以申请提取住房公积金。"), question_in("其他事项另行规定。")
    ('业主可以申请提取住房公积金吗？', None)
    >>> question_in("本息余额低于首期交存额30%时，业主应当续筹。"), question_in("在优先保障老年人的前提下，食堂开放。")
    (None, None)
    """
    if _POINTS_BACK.match(sentence):
        return None
    for made in (_with_figure(sentence), _with_day(sentence), _with_actor(sentence), _whether(sentence)):
        if made is not None and len(made) <= _LONGEST:
            return made
    return None


def _with_figure(sentence: str) -> str | None:
    for match in _FIGURE.finditer(sentence):
        if match["unit"] in _OF_TIME_OR_PLACE:
            continue
        percent = match["unit"] in "%％"
        asked = _asked(sentence, *(("百分之多少", *match.span()) if percent else ("多少", *match.span("figure"))))
        others = [other for other in _FIGURE.finditer(asked or "") if other["unit"] not in _OF_TIME_OR_PLACE]
        return None if others else asked  # of two figures it would not be clear which is asked for
    return None


def _with_day(sentence: str) -> str | None:
    match = _DAY.search(sentence)
    return _asked(sentence, "什么时候", match.start(), match.end()) if match else None


def _with_actor(sentence: str) -> str | None:
    match = _BY_WHOM.search(sentence)
    return _asked(sentence, "谁", match.start("who"), match.end("who")) if match else None


def _whether(sentence: str) -> str | None:
    said = re.split(r"[，,；;。]", sentence)[0]
    if not _MAY.search(said) or _DENIES.search(said) or _LEADS_ON.search(said) or len(said) < 2 * _SUBJECT:
        return None
    return f"{said}吗？"


def _asked(sentence: str, asking: str, start: int, end: int) -> str | None:
    """Put the word that asks in the place of a span, up to the next pause; None where that is no sentence, or one thing
    of several."""
    if start < _SUBJECT:
        return None
    pause = _PAUSE.search(sentence, end)
    behind = sentence[end : pause.start() if pause else len(sentence)]
    if _LEADS_ON.search(behind) or (pause and pause[0] == "、"):
        return None
    return f"{sentence[:start]}{asking}{behind}？"


def _questions_of(document: Document, clause: Clause) -> Iterator[str]:
    text = document.text[clause.start : clause.end]
    for start, end in sentence_spans(text):
        question = question_in(_bare(text[start:end].strip()))
        if question:
            yield question


def _bare(text: str) -> str:
    """Drop the marker of an item."""
    marker = read_marker(text, 0, len(text))
    return text[marker.end :].strip() if marker else text
