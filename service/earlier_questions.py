"""Which of the questions before it a new one may lean on, whatever interface it comes by."""

from __future__ import annotations

from collections.abc import Iterable

from service.storage.conversations import MOST_PREVIOUS

_REPLY = 8  # characters up to which a text that was written before may be another answer


def leant_on(question: str, before: Iterable[str]) -> tuple[str, ...]:
    """Give the last of the texts `before`, oldest first, without the question itself: asked once more it does not lean
    on itself. Two questions in a row may both be answered with 没有.

    >>> leant_on("公租房的收入标准是多少？", ["怎么申请？", " ", "公租房的收入标准是多少？"])
    ('怎么申请？',)
    >>> leant_on("没有", ["能申请吗", "没有"])
    ('能申请吗', '没有')
    """
    kept = (text for text in before if text.strip() and (text != question or len(question) <= _REPLY))
    return tuple(kept)[-MOST_PREVIOUS:]
