"""Windows: as much of a text as the reader sees at once, whole sentences of it.

A text that fits is one window. Of a longer one every window begins with a new sentence and is read behind the sentence
that the text opens with, for that is what its items depend on (有下列情形之一的…).
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.text.sentences import sentence_spans

WINDOW = 240
"""Characters of a window; a single longer sentence is a window by itself."""
LEAD = 60
"""Characters of an opening sentence that is shown with every window."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences of a text, as spans of it; `lead` is the span that opens the text where the window does not hold it."""

    sentences: tuple[tuple[int, int], ...]
    lead: tuple[int, int] | None = None

    @property
    def start(self) -> int:
        """Give where its first sentence begins."""
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        """Give where its last sentence ends."""
        return self.sentences[-1][1]


def cut_windows(text: str, start: int = 0, end: int | None = None, length: int = WINDOW) -> list[Window]:
    """Cut text[start:end] into windows, in order.

    >>> [(w.start, w.end, w.lead) for w in cut_windows("有下列情形的：\\n（一）甲；\\n（二）乙。", length=10)]
    [(0, 7, None), (8, 13, (0, 7)), (14, 19, (0, 7))]
    """
    spans = sentence_spans(text, start, end)
    groups: list[list[tuple[int, int]]] = []
    for span in spans:
        if groups and span[1] - groups[-1][0][0] <= length:
            groups[-1].append(span)
        else:
            groups.append([span])
    lead = spans[0] if spans and spans[0][1] - spans[0][0] <= LEAD else None
    return [Window(tuple(group), lead if n else None) for n, group in enumerate(groups)]
