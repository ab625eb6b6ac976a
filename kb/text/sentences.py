"""Sentence spans: where a reader would put a finger on one sentence."""

from __future__ import annotations

import re

# Closing quotation marks belong to the sentence that they end. A Latin full stop ends one only behind a word, not in
# 3.5 or No.
_END = re.compile(r"(?:[。！？!?；;]+[”’」』）)】》]*|…{1,2}(?=\s|$)|\n+|(?<=[a-z])\.(?=\s))")
_QUOTES = {"“": "”", "「": "」", "『": "』", "《": "》"}  # A sentence mark within these ends no sentence.


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Give the spans of the sentences in text[start:end], without surrounding blanks.

    A semicolon ends one too: in official texts it separates measures. Nothing is cut inside a quotation.

    >>> t = "一是试点。二是“先行；先试”；三是推广"
    >>> [t[a:b] for a, b in sentence_spans(t)]
    ['一是试点。', '二是“先行；先试”；', '三是推广']
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    at = start
    closing = ""
    position = start
    while position < stop:
        char = text[position]
        if closing:
            if char == closing or char == "\n":
                closing = ""
            if char != "\n":
                position += 1
                continue
        elif char in _QUOTES and text.find(_QUOTES[char], position, min(stop, position + 200)) > 0:
            closing = _QUOTES[char]
            position += 1
            continue
        match = _END.match(text, position, stop)
        if match is None:
            position += 1
            continue
        _append(text, spans, at, match.end())
        at = position = match.end()
    _append(text, spans, at, stop)
    return spans


def opens_list(text: str, start: int = 0, end: int | None = None) -> bool:
    """Say whether text[start:end] ends in a colon, so that what follows is listed under it."""
    return text[start:end].rstrip().endswith(("：", ":"))


def _append(text: str, spans: list[tuple[int, int]], start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
