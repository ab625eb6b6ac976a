"""Names of files in archives that do not say how they are written: UTF-8 by macOS and Linux, GBK by Chinese Windows."""

from __future__ import annotations


def decode_name(raw: bytes) -> str:
    """Give a name by its bytes.

    Chinese in UTF-8 has three bytes a character. What can be UTF-8 but has characters of two bytes alone is GBK that
    happens to look so: 通知 and 联通 are among the words that do.

    >>> decode_name("通知".encode("gbk")), decode_name("通知".encode()), decode_name(b"a.txt")
    ('通知', '通知', 'a.txt')
    """
    try:
        name = raw.decode("utf-8")
        if name.isascii() or max(name) >= "\u0800":
            return name
    except UnicodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeError:
        return raw.decode("utf-8", "replace")
