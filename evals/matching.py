"""The words that a question shares with a text: the longest common runs, for people who ask why it matched."""

from __future__ import annotations

from evals.normalisation import squeezed

_MOST = 12  # The longest runs; more would colour the whole text.


def matched_words(question: str, text: str) -> tuple[str, ...]:
    """Give the runs of two characters or more of the question that stand in the text, longest first.

    >>> matched_words("老年食堂对谁开放？", "社区食堂向全体市民开放")
    ('食堂', '开放')
    """
    asked, told = squeezed(question), squeezed(text)
    found: dict[str, None] = {}
    start = 0
    while start < len(asked) - 1:
        end = start
        while end < len(asked) and asked[start : end + 1] in told and asked[end].isalnum():
            end += 1
        if end - start >= 2:
            found[asked[start:end]] = None
        start = max(end, start + 1)
    return tuple(sorted(found, key=len, reverse=True)[:_MOST])
