"""What the reader sees of a question and a window, as token ids: <s> question </s> context </s> text </s>.

Of a long question the end is kept, where the question itself stands, of a long context the beginning, with the title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding

from kb.text.fold import fold_text

QUESTION, CONTEXT, TEXT = 64, 48, 232
"""Tokens that each part may have."""
BEGIN, END = 0, 2  # Ids of XLM-RoBERTa's vocabulary, which the model keeps: <s> and </s>.


def as_read(question: str) -> str:
    """Fold a question as it is read: without the mark at its end, which some people type and others do not.

    >>> as_read("能領多少？"), as_read("能领多少")
    ('能领多少', '能领多少')
    """
    return fold_text(question).rstrip("?")


@dataclass(frozen=True, slots=True)
class Row:
    """The token ids of one window; token `at + n` is the n-th of the text and stands for
    text[offsets[n][0]:offsets[n][1]]."""

    ids: list[int]
    at: int
    offsets: list[tuple[int, int]]


def row_of(question: Encoding, context: Encoding, text: Encoding) -> Row:
    """Put together what three encodings without special tokens hold."""
    head = [BEGIN, *question.ids[-QUESTION:], END, *context.ids[:CONTEXT], END]
    ids, offsets = _without_blanks(text.ids, text.offsets)
    return Row([*head, *ids[:TEXT], END], len(head), offsets[:TEXT])


def _without_blanks(ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
    """Leave out tokens that stand for nothing, such as the blank that a tokenizer puts before a text."""
    kept = [(token, span) for token, span in zip(ids, offsets, strict=True) if span[0] < span[1]]
    return [token for token, _ in kept], [span for _, span in kept]
