"""Text as it is compared: one spelling for what readers take as the same."""

from __future__ import annotations

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers


def squeezed(text: str) -> str:
    """Fold script, width and numerals and drop blanks.

    >>> squeezed("滿六十 周歲，可享")
    '满60周岁,可享'
    """
    return "".join(normalize_numbers(fold_text(text)).split())


def bare(text: str) -> str:
    """Drop punctuation as well."""
    return "".join(char for char in squeezed(text) if char.isalnum())
