"""How right an answer is: what it says, what it cites, and how near it comes to a written answer.

complete            whether every required piece is said in one of its spellings (or, where a set has whole
                    answers, whether one of them is said); to small talk, whether something is said that cites nothing
nearest complete    whether every required piece stands in the nearest material that a refusal shows: what is refused wrongly
                    can be read there all the same
citation precision  share of the citations whose clause (or document) holds a piece of the answer; with spans as
                    citations this is the precision of Gao et al. (ALCE, EMNLP 2023)
citation recall     share of the required groups of clauses of which one is cited (the recall of the same)
verdict             whether a verdict that is told on a question for yes or no is the right one
verdict told        share of such questions that are told one
span precision      share of the citations whose quoted words themselves hold a required piece
span recall         share of the required pieces that stand in quoted words
exact match, F1     the direct answer against the written ones, character by character (Rajpurkar et al., 2016,
                    as CMRC 2018 applies it to Chinese)
ROUGE-L             F1 over the longest common subsequence of characters (Lin, 2004), the best over the written answers

Text is compared folded, with numbers in digits, without blanks and punctuation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from evals.judged import ExpectedAnswer
from evals.normalisation import bare, squeezed
from kb.types import Answer


def exact_match(said: str, written: Collection[str]) -> float:
    """
    >>> exact_match("34項。", ["三十四项"])
    1.0
    """
    return float(any(bare(said) == bare(one) for one in written))


def f1(said: str, written: Collection[str]) -> float:
    """
    >>> round(f1("共34项政策", ["34项"]), 3)
    0.667
    """
    return max((_f1(bare(said), bare(one)) for one in written), default=0.0)


def rouge_l(said: str, written: Collection[str]) -> float:
    """
    >>> round(rouge_l("甲乙丙丁", ["甲丙丁戊"]), 3)
    0.75
    """
    return max((_rouge_l(bare(said), bare(one)) for one in written), default=0.0)


def judge(answer: Answer, cited: Collection[str], expected: ExpectedAnswer) -> dict[str, float]:
    """Judge an answer to an answerable question; `cited` are the targets that its citations name, one each.

    Shares that have nothing to be a share of are left out.
    """
    said = squeezed("\n".join(statement.text for statement in answer.statements))
    told = [] if answer.refusal else list(cited)
    values: dict[str, float] = {}
    if expected.small_talk:
        values["complete"] = float(bool(said) and answer.refusal is None and not answer.citations)
    elif expected.pieces:
        values["complete"] = float(all(any(squeezed(s) in said for s in piece) for piece in expected.pieces))
    elif expected.texts:
        direct = answer.statements[0].text if answer.statements else ""
        values["complete"] = float(any(bare(text) in bare(said) for text in expected.texts))
        values["exact match"] = exact_match(direct, expected.texts)
        values["F1"] = f1(direct, expected.texts)
        values["ROUGE-L"] = rouge_l(direct, expected.texts)
    if expected.verdict:
        verdict = answer.statements[0].verdict if answer.statements else None
        values["verdict told"] = float(verdict is not None)
        if verdict:
            values["verdict"] = float(verdict == expected.verdict)
    if expected.pieces:
        quotes = [squeezed(citation.quote) for citation in answer.citations]
        pieces = [[squeezed(spelling) for spelling in piece] for piece in expected.pieces]
        quoted = sum(any(_holds(quote, piece) for quote in quotes) for piece in pieces) / len(pieces)
        if answer.refusal:
            values["nearest complete"] = float(quoted == 1)
        elif told:
            right_quotes = sum(any(_holds(quote, piece) for piece in pieces) for quote in quotes)
            values["span precision"] = right_quotes / len(quotes)
            values["span recall"] = quoted
    if expected.groups:
        right = frozenset().union(*expected.groups)
        if told:
            values["citation precision"] = sum(target in right for target in told) / len(told)
        values["citation recall"] = sum(bool(group & set(told)) for group in expected.groups) / len(expected.groups)
    return values


def _holds(quote: str, piece: Collection[str]) -> bool:
    return any(spelling in quote for spelling in piece)


def _f1(said: str, written: str) -> float:
    common = sum((Counter(said) & Counter(written)).values())
    return 2 * common / (len(said) + len(written)) if common else 0.0


def _rouge_l(said: str, written: str) -> float:
    if not said or not written:
        return 0.0
    lengths = [0] * (len(written) + 1)
    for char in said:
        diagonal = 0
        for n, other in enumerate(written, 1):
            diagonal, lengths[n] = lengths[n], diagonal + 1 if char == other else max(lengths[n], lengths[n - 1])
    return 2 * lengths[-1] / (len(said) + len(written))
