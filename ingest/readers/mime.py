"""Messages of mail and web archives: whether bytes are one, and what a part of it holds (RFC 2045, RFC 5322)."""

from __future__ import annotations

import re
from email.message import MIMEPart

# Two lines of a header at least, then a blank one (RFC 5322).
_HEADER = re.compile(rb"\s*(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}\r?\n")
# Of which one has to be there: a text may begin with two lines that have colons.
_KNOWN = re.compile(
    rb"^(?:MIME-Version|From|Received|Return-Path|Message-ID|Content-Type):", re.IGNORECASE | re.MULTILINE
)
# A web archive is a mail of one page and its parts (RFC 2557).
_ARCHIVE = re.compile(rb"^Content-Type:\s*(?:multipart/related|text/html)", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(rb"^From:.*@", re.IGNORECASE | re.MULTILINE)  # A letter has a sender.
_HEAD = 65_536  # bytes within which the header of a message ends, or it is none


def is_message(data: bytes) -> bool:
    """Tell whether a file begins with header lines as mail has them."""
    header = _HEADER.match(data[:_HEAD])
    return header is not None and _KNOWN.search(header[0]) is not None


def is_web_archive(data: bytes) -> bool:
    """Tell whether a message is a saved page (MHT), which nobody sent."""
    header = _HEADER.match(data[:_HEAD])
    return header is not None and _ARCHIVE.search(header[0]) is not None and _FROM.search(header[0]) is None


def part_bytes(part: MIMEPart) -> bytes:
    """Give what a part of a message holds, decoded."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
