"""Canonical text: what every reader makes of the characters that it found.

Lines end with \\n. Characters that nobody can see and that would break search, quotation or a
terminal are dropped: control characters, byte order marks, zero-width and direction marks, lone
surrogates. Everything else stays, character for character: no normalisation, no other script, no
other width (house rule: text is sacred).
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")  # All that editors take for the end of a line.
# Control characters, invisible joiners, marks of direction, surrogates, byte order marks: they show nothing and break
# searches. The zero width joiner is among them, since Chinese has no use for it.
_RANGES = (
    (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF),
    (0xE0000, 0xE007F),
)  # fmt: skip
_DROPPED = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _RANGES)}]+")


def canonical(text: str) -> str:
    """Make `text` canonical.

    >>> canonical("\\ufeff索引號:\\r\\n第一\\u200b條\\x07　總則\\f")
    '索引號:\\n第一條　總則\\n'
    """
    return _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
