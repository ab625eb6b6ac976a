"""What the span network learns from: sentences with a question and the place of its answer.

Beside the written questions of the reading sets there are made ones: a number, a date, a quoted name or a stretch
between function words is taken out of a sentence and asked for. They teach where an answer can begin and end,
and that it stands where question and sentence part.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.reading import read_answered
from ingest.beir import beir_documents
from kb.answering.spans import LONGEST_QUESTION, LONGEST_SENTENCE, LONGEST_SPAN
from kb.text.fold import fold_text
from kb.text.sentences import sentence_spans
from kb.text.terms import terms

_NUMBER = re.compile(
    r"\d+(?:\.\d+)?%?(?:万|亿)?(?:[个人元米年月日天岁次名项条种家所平方公里小时分钟吨座届位级层批类]{1,2})?"
    r"|[一二三四五六七八九十百千两]{1,4}(?:个|人|年|名|项|种|次|条|月|日|天|座|位)"
)
_DATE = re.compile(r"\d{3,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日")
_QUOTED = re.compile(r"(?<=[\"<])[^\"<>]{2,15}(?=[\">])")
_STRETCH = re.compile(r"[^,。;:、!?()\"<>的是为在由和与及被将对向从于等有]{2,10}")
_FIGURES = re.compile(r"[\d.%万亿一二三四五六七八九十百千两]+")
_ASKS_NUMBER = ("多少", "几", "多少", "有多少")
_ASKS_DATE = ("什么时候", "何时", "哪一年", "哪年", "哪天", "什么时间")
_ASKS_THING = ("什么", "谁", "哪里", "哪个", "什么", "哪些", "什么地方", "哪种", "哪位")
_LAWS = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """A folded question and sentence; the answer is sentence[first:last + 1]."""

    question: str
    sentence: str
    first: int
    last: int


def written_examples(folder: Path, split: str) -> list[Example]:
    """Give the questions of a reading set with the sentence that holds the answer and is most like them; answers longer than
    the network can mark are left out."""
    documents = beir_documents(folder)
    sentences: dict[str, list[str]] = {}
    examples = []
    for question in read_answered(folder, split):
        if not question.answers or not question.documents:
            continue
        doc_id = question.documents[0]
        if doc_id not in sentences:
            sentences[doc_id] = _sentences(documents[doc_id].text)
        answer, asked = fold_text(question.answers[0]).strip(), frozenset(terms(question.text))
        holding = [s[:LONGEST_SENTENCE] for s in sentences[doc_id] if answer and answer in s[:LONGEST_SENTENCE]]
        if holding and len(answer) <= LONGEST_SPAN:
            best = max(holding, key=lambda s: len(asked & set(terms(s))))
            first = best.find(answer)
            examples.append(Example(fold_text(question.text)[-LONGEST_QUESTION:], best, first, first + len(answer) - 1))
    return examples


def made_examples(benchmarks: Path, reading_sets: Sequence[str], count: int, chance: random.Random) -> list[Example]:
    """Make questions out of sentences of the training documents of the reading sets, and of laws."""
    sentences: list[str] = []
    for name in reading_sets:
        documents = beir_documents(benchmarks / name)
        known = dict.fromkeys(d for q in read_answered(benchmarks / name, "train") for d in q.documents)
        sentences += [sentence for doc_id in known for sentence in _sentences(documents[doc_id].text)]
    with gzip.open(benchmarks / "laws" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        laws = [json.loads(line)["text"] for line in lines]
    chance.shuffle(laws)
    sentences += [sentence for law in laws[:_LAWS] for sentence in _sentences(law)[:2]]
    sentences = [sentence for sentence in sentences if 14 <= len(sentence) <= 110]
    chance.shuffle(sentences)
    made = (_made(sentence, chance) for sentence in sentences)
    return [example for example in made if example is not None][:count]


def _sentences(text: str) -> list[str]:
    return [fold_text(text[start:end]) for start, end in sentence_spans(text)]


def _made(sentence: str, chance: random.Random) -> Example | None:
    draw = chance.random()
    kinds: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
        (_DATE, _ASKS_DATE), (_NUMBER, _ASKS_NUMBER), (_QUOTED, _ASKS_THING), (_STRETCH, _ASKS_THING)
    )  # fmt: skip
    kinds = kinds if draw < 0.35 else kinds[1:] if draw < 0.5 else kinds[2:] if draw < 0.6 else kinds[3:]
    pattern, asks = next(((p, a) for p, a in kinds if p.search(sentence)), (None, ()))
    if pattern is None:
        return None
    found = list(pattern.finditer(sentence))
    which = chance.randrange(len(found))
    start, end = found[which].span()
    word = chance.choice(asks)
    if pattern is _NUMBER and chance.random() < 0.7:
        word = chance.choice(("多少", "几")) + _FIGURES.sub("", sentence[start:end])
    if pattern is _STRETCH and chance.random() < 0.25 and which + 1 < len(found):
        after = found[which + 1]
        if after.end() - start <= 18 and after.start() - end <= 1:
            end = after.end()
    left = re.split("[。;!?]", sentence[:start])[-1][-chance.randint(4, 18) :]
    right = re.split("[。;!?]", sentence[end:])[0][: chance.randint(0, 14)]
    if chance.random() < 0.5:
        left = re.sub('[(),、:"<>]', "", left)
    left, right = _shortened(left, chance), _shortened(right, chance)
    if chance.random() < 0.3:
        clauses = [clause for clause in re.split("[,。;]", sentence[:start]) if len(clause) > 3]
        left = (chance.choice(clauses)[:14] if clauses else "") + left
    if len(left) + len(right) < 4:
        return None
    order = chance.random()
    asked = (
        f"{left}{word}{right}" if order < 0.6 else f"{left}{right}是{word}" if order < 0.85 else f"{word}{right}{left}"
    )
    question = asked.strip(",、。;") + ("?" if chance.random() < 0.8 else "")
    return Example(question[-LONGEST_QUESTION:], sentence, start, end - 1)


def _shortened(text: str, chance: random.Random) -> str:
    """Leave out a few characters, as a questioner's own wording does."""
    if chance.random() < 0.6 and len(text) > 6:
        at = chance.randrange(len(text) - 2)
        return text[:at] + text[at + chance.randint(1, 4) :]
    return text
