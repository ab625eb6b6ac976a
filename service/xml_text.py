"""What a file of Office can hold of a text."""

from __future__ import annotations

# XML 1.0 (2.2) has no place for these, and python-docx fails on them: control characters, halves of surrogate pairs,
# two noncharacters.
_UNWRITABLE = {code: None for code in (*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n"}


def plain(text: str) -> str:
    """Leave out what XML cannot hold."""
    return text.translate(_UNWRITABLE)
