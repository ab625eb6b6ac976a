"""Whether a question is put in Chinese: English, and what is typed as the initials of pinyin (gzf), is not understood."""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.question.ambiguity import is_general
from kb.text.fold import fold_text

_LATIN = re.compile(r"[a-z]{2,}")


def is_chinese(question: str, heard: Callable[[str], bool]) -> bool:
    """Say whether a question says in Chinese what it is about, or in Latin letters that documents write, too (`heard`).

    >>> [is_chinese(text, lambda word: word == "epc") for text in ("gzf怎么申请？", "EPC是什么？", "e床养老是什么？", "hello world")]
    [False, True, True, False]
    """
    folded = fold_text(question)
    latin = _LATIN.findall(folded)
    return not latin or any(map(heard, latin)) or not is_general(re.sub(r"[a-z0-9]+", " ", folded))
