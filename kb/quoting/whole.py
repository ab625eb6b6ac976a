"""What is quoted is whole: a sentence to its full stop, a list with the words that open it and all its items, and what
is said of 前款 with that paragraph.

The reader marks the parts that it is sure of. Half of a sentence (…的，补贴三元；) or some items of a list are less
than the document says, and may say something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.reading.windows import WINDOW
from kb.text.markers import DEPTH, read_marker
from kb.text.sentences import opens_list, sentence_spans

Span = tuple[int, int]
_INK = re.compile(r"\S")
_SEVERAL = 2
"""Items of a list from which all of them are the answer; of a list that fits one window, one is enough. One item of a
longer one is told behind the words that open it, without which it is half a sentence."""

_ABOVE = "前款"
"""What a sentence says of the paragraph above it cannot be understood, nor checked, without that."""
_SECTIONS = frozenset(("编", "分编", "章", "节", "条", "一、", "问", "专栏"))
"""Kinds of markers that number the sections of a document, each on a matter of its own, also behind 现答复如下："""


def made_whole(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Give the sentences of a document that belong to an answer together with those that complete them, in order, each
    with its marker."""
    completed: set[Span] = set()
    for span in spans:
        part = list_at(text, span[0])
        sentences = sentence_spans(text, *(part or _line_at(text, span[0])))
        chosen = [n for n, (start, end) in enumerate(sentences) if any(start <= a and b <= end for a, b in spans)]
        short = sentences[-1][1] - sentences[0][0] <= WINDOW
        if part:
            every = short or len(chosen) >= _SEVERAL or 0 in chosen or _is_the_rest(text, sentences, chosen)
            chosen = [*range(len(sentences))] if every else [0, *chosen]
        elif short:
            chosen = sorted({m for n in chosen for m in _grammatical(text, sentences, n)})
        completed.update([sentences[n] for n in chosen] or [span])
    for start, end in list(completed):
        if _ABOVE in text[start:end]:
            completed.update(_paragraph_above(text, start))
    return tuple(sorted(completed))


def without_fragments(text: str, span: Span) -> Span:
    """Give a sentence together with those that semicolons of its line join to it, where they can be read at once."""
    sentences = sentence_spans(text, *_line_at(text, span[0]))
    own = next((n for n, (start, end) in enumerate(sentences) if start <= span[0] < end), None)
    if own is None:
        return span
    joined = _grammatical(text, sentences, own)
    start, end = sentences[joined[0]][0], max(sentences[joined[-1]][1], span[1])
    return (start, end) if end - start <= WINDOW else span


def _is_the_rest(text: str, sentences: Sequence[Span], chosen: Sequence[int]) -> bool:
    """Say whether what was chosen of a list is its last item, on what is not in the others (其他情形)."""
    return list(chosen) == [len(sentences) - 1] and "其他" in text[slice(*sentences[-1])]


def _paragraph_above(text: str, position: int) -> list[Span]:
    """Give the sentences of the paragraph, or list, above the line of a place within its article; of one that is too
    long to be read at once none: it is more than an answer."""
    line = _line_at(text, position)
    above = _line_above(text, line)
    if above is None or _kind(text, line) in _SECTIONS:
        return []
    part = list_at(text, above[0]) or above
    sentences = sentence_spans(text, *part)
    return sentences if sentences and sentences[-1][1] - sentences[0][0] <= WINDOW else []


def _grammatical(text: str, sentences: Sequence[Span], place: int) -> range:
    """Number the parts of a line that semicolons join to one sentence with the part at `place`."""
    first = last = place
    while first and _goes_on(text, sentences[first - 1]):
        first -= 1
    while last + 1 < len(sentences) and _goes_on(text, sentences[last]):
        last += 1
    return range(first, last + 1)


def _goes_on(text: str, span: Span) -> bool:
    return text[span[1] - 1] in "；;"


def _line_at(text: str, position: int) -> Span:
    end = text.find("\n", position)
    return text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end


def list_at(text: str, position: int) -> Span | None:
    """Give the list that a place stands in or opens: the line that ends with a colon and the numbered lines below it,
    up to one that numbers a wider part.

    >>> t = "制定本办法。\\n食堂应当：\\n（一）公示菜价；\\n（二）留样：\\n1.每餐；\\n2.每样。\\n另行规定。"
    >>> [t[slice(*list_at(t, t.index(words)))].count("\\n") for words in ("食堂", "公示", "每样")], list_at(t, 0)
    ([4, 4, 2], None)
    >>> spaced = t.replace("\\n", "\\n\\n")
    >>> [spaced[slice(*list_at(spaced, spaced.index(words)))].count("\\n\\n") for words in ("食堂", "公示", "每样")]
    [4, 4, 2]
    >>> t = "下列老人免费送餐：\\n（一）孤老；\\n（二）失能老人。\\n第三条　按月公布。"
    >>> t[slice(*list_at(t, 0))].splitlines()[-1]
    '（二）失能老人。'
    >>> list_at(t, t.index("按月"))
    >>> t = "食堂应当：\\n1.公示；\\n2.符合下列条件：\\n（一）持证；\\n（二）备案；\\n3.留样。\\n1.另一件事。"
    >>> t[slice(*list_at(t, 0))].splitlines()[-1], t[slice(*list_at(t, t.index("留样")))].splitlines()[0]
    ('3.留样。', '食堂应当：')
    """
    line = _line_at(text, position)
    kind = _kind(text, line)
    opens = line
    while kind and (above := _line_above(text, opens)) and (not opens_list(text, *opens) or _kind(text, opens) == kind):
        opens = above
        if _kind(text, opens) in (None, *_SECTIONS) and not opens_list(text, *opens):
            return None
    if not opens_list(text, *opens):
        return None
    own, last, below = _kind(text, opens), opens, _line_below(text, opens)
    kind = _kind(text, below) if below else None
    if kind is None or kind in _SECTIONS:
        return None
    nested, counted = set[str](), 0
    while below and (marker := read_marker(text, *below)) and marker.kind != own:
        if marker.kind == kind:
            if marker.ordinal.isdigit() and int(marker.ordinal) <= counted:
                break  # another list begins
            counted = int(marker.ordinal) if marker.ordinal.isdigit() else counted
        elif opens_list(text, *last):
            nested.add(marker.kind)
        elif DEPTH[marker.kind] < DEPTH[kind] and marker.kind not in nested:
            break
        last, below = below, _line_below(text, below)
    return (opens[0], last[1]) if position <= last[1] else None


def _line_above(text: str, line: Span) -> Span | None:
    """Give the line above that is not blank; many texts leave one between paragraphs."""
    end = line[0]
    while end and text[end - 1].isspace():
        end -= 1
    return _line_at(text, end - 1) if end else None


def _line_below(text: str, line: Span) -> Span | None:
    ink = _INK.search(text, line[1])
    return _line_at(text, ink.start()) if ink else None


def _kind(text: str, line: Span) -> str | None:
    marker = read_marker(text, *line)
    return marker.kind if marker else None
