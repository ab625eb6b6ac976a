"""Canonical text: what every reader makes of the characters that it found.

Lines end with \\n. Characters that nobody can see and that would break search, quotation or a
terminal are dropped: control characters, byte order marks, zero-width and direction marks, lone
surrogates. Everything else stays, character for character: no normalisation, no other script, no
other width (house rule: text is sacred).
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_DROPPED = dict.fromkeys(
    [
        *(point for point in (*range(0x20), *range(0x7F, 0xA0)) if point not in (0x09, 0x0A)),
        0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
        *range(0xD800, 0xE000), 0xFEFF, *range(0xFFF9, 0xFFFC), 0xFFFE, 0xFFFF, *range(0xE0000, 0xE0080),
    ]
)  # fmt: skip


def canonical(text: str) -> str:
    """Make `text` canonical.

    >>> canonical("\\ufeff索引號:\\r\\n第一\\u200b條\\x07　總則\\f")
    '索引號:\\n第一條　總則\\n'
    """
    return _LINE_ENDS.sub("\n", text).translate(_DROPPED)
