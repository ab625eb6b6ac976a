"""Words that serve the pages of a file and are no text of its document: headers, footers, lines that run from page to
page or say where a web page stands. They are left out and named, so that nothing is passed over without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.readers.file_reader import Aside, Unread

_WORD = re.compile(r"[^\W\d_]{2}")  # 第 3 页 and - 3 - have no two letters together: they only count pages.
_LONGEST = 60  # characters that are named


def furniture(asides: Iterable[Aside]) -> Iterator[Unread]:
    """Name the headers and footers that a file states apart from its text, once each; numbers of pages say nothing."""
    lines = (line for aside in asides if aside.place in ("header", "footer") for line in aside.words.split("\n"))
    yield from named_furniture(lines)


def named_furniture(lines: Iterable[str]) -> Iterator[Unread]:
    """Name lines that are no text of the document."""
    for words in dict.fromkeys(" ".join(line.split()) for line in lines):
        if _WORD.search(words):
            yield Unread("furniture", words[:_LONGEST])
