"""What is said before the first quotation: yes or no where that is asked, and that the document says otherwise where the question took
another figure for granted.
"""

from __future__ import annotations

import re

from kb.answering.premises import contradicted
from kb.text.fold import fold_text
from kb.types import Verdict

_PERMISSION = re.compile(r"能|可以|可否|可不|准不|允许|许可|让不让|得不得|行不行|行吗|成不")
"""Words that ask whether something may be done; every other question for yes or no asks whether something is so."""
_MAY: dict[Verdict, str] = {"yes": "可以。", "no": "不可以。", "depends": "看情况："}
_IS: dict[Verdict, str] = {"yes": "是的。", "no": "不是。", "depends": "看情况："}


def opening(question: str, quote: str, verdict: Verdict | None) -> str:
    """Give the words before a quotation that answers, or none.

    >>> opening("外地户口可以申请公租房吗？", "外来务工人员可以申请公租房。", "yes")
    '可以。'
    >>> opening("上班路上被车撞了算工伤吗", "应当认定为工伤。", "yes")
    '是的。'
    """
    figure = contradicted(question, quote)
    if figure:
        return f"与问题中的说法不同，文件中写的是{figure}："
    if verdict is None:
        return ""
    return (_MAY if _PERMISSION.search(fold_text(question)) else _IS)[verdict]
