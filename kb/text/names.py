"""Names of documents, written as people write them: with or without 《》, in either script, any width."""

from __future__ import annotations

import re

from kb.text.fold import fold_text
from kb.text.numerals import normalize_numbers

TITLE = re.compile(r"《([^《》]{2,80})》")
"""A title in its marks, which is a name whether a document bears it or not."""
BODY_ENDS = frozenset("会厅室府局部委署院联大")
"""What names and short names of offices end in."""
_WITHIN = str.maketrans("《》", "〈〉")
_LEFT_OUT = re.compile(r"[\s<>\"'()\[\]·,:]+")  # What people leave out or write otherwise when they name a document.


def normal_name(name: str) -> str:
    """Fold a title or number and drop the marks that people leave out.

    >>> normal_name("《關於某某的意見（試行）》") == normal_name("关于某某的意见(试行)")
    True
    """
    return _LEFT_OUT.sub("", normalize_numbers(fold_text(name)))


def titled(title: str) -> str:
    """Write a title in its marks, a title within it in the small ones.

    >>> titled("关于印发《某方案》的通知")
    '《关于印发〈某方案〉的通知》'
    """
    return f"《{title.translate(_WITHIN)}》"


def shortens(name: str, known: str) -> bool:
    """Say whether a name is another one shortened: its characters stand in that in their order, up to the same end.

    >>> shortens("物业条例", "东湖市物业管理条例"), shortens("社保法", "社会保险法"), shortens("物业办法", "东湖市物业管理条例")
    (True, True, False)
    """
    rest = iter(known)
    return known.endswith(name[-1:]) and all(char in rest for char in name)
