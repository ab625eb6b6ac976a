"""Mail (.eml by the standard library, .msg by python-oxmsg): subject, sender, receivers and day, then the letter;
attachments are named.

Where a letter is there as text and as a page, the text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import MIMEPart
from io import BytesIO
from pathlib import Path

from ingest.readers.encoding import decode
from ingest.readers.file_reader import ReadText, Unread
from ingest.readers.html import HtmlReader
from ingest.readers.mime import is_message, part_bytes
from ingest.readers.text_writer import TextWriter
from kb.errors import DocumentError


@dataclass(slots=True)
class _Letter:
    subject: str
    heads: tuple[tuple[str, str], ...]
    text: str = ""
    page: ReadText | None = None
    attachments: list[str] = field(default_factory=list)


class EmlReader:
    """Reads mail as programs save it (RFC 5322)."""

    suffixes: tuple[str, ...] = (".eml",)
    media_type = "message/rfc822"
    format_name = "a saved mail (EML)"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give subject, heads and letter, the plain part before the HTML one; attachments are named as not read. Raise
        DocumentError."""
        if not is_message(data):
            raise DocumentError.of("mail_not", file=path)
        message = message_from_bytes(data, policy=policy.default)
        heads = tuple((name, str(message.get(key) or "")) for name, key in _HEADS)
        letter = _Letter(str(message.get("Subject") or ""), heads)
        for part in _parts(message):
            self._take(path, part, letter)
        return _written(letter, self.media_type)

    def _take(self, path: Path, part: MIMEPart, letter: _Letter) -> None:
        kind, name = part.get_content_type(), part.get_filename()
        if part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            letter.attachments.append(name or kind)
        elif kind == "text/html" and letter.page is None:
            letter.page = HtmlReader(titled=False, pictures=False).read(
                path, part_bytes(part), part.get_content_charset()
            )
        elif kind == "text/plain":
            letter.text += decode(path, part_bytes(part), part.get_content_charset()) + "\n"
        elif kind != "text/html":
            letter.attachments.append(name or kind)


class MsgReader:
    """Reads mail of Outlook."""

    suffixes: tuple[str, ...] = (".msg",)
    media_type = "application/vnd.ms-outlook"
    format_name = "an Outlook mail (MSG)"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give subject, heads and letter, the plain text before the HTML one; attachments are named as not read. Raise
        DocumentError."""
        from oxmsg import Message  # only such a file pays for it

        try:
            message = Message.load(BytesIO(data))
            day = str(message.sent_date or "")
            receivers = "、".join(receiver.name or receiver.email_address for receiver in message.recipients)
            letter = _Letter(
                message.subject or "", (("发件人", message.sender or ""), ("收件人", receivers), ("日期", day))
            )
            letter.text = message.body or ""
            letter.attachments = [attachment.file_name or "" for attachment in message.attachments]
            page = message.html_body if not letter.text.strip() else None
        except Exception as error:  # a broken file makes oxmsg raise whatever its parts raise
            words = " ".join(str(error).split())[:120] or type(error).__name__
            raise DocumentError.of("mail_broken", file=path, cause=words) from error
        if page:
            letter.page = HtmlReader(titled=False).read(path, page.encode() if isinstance(page, str) else page)
        return _written(letter, self.media_type)


def _parts(message: MIMEPart) -> Iterator[MIMEPart]:
    """Give the parts of a letter in their order; a mail that is attached is one of them, and none of its own parts."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.iter_parts():
            yield from _parts(part)
    else:
        yield message


_HEADS = (("发件人", "From"), ("收件人", "To"), ("日期", "Date"))  # The heads that say whose letter it is and of when.


def _written(letter: _Letter, media_type: str) -> ReadText:
    writer = TextWriter()
    writer.write(letter.subject)
    for name, value in letter.heads:
        writer.write(f"{name}：{value}" if value.strip() else "")
    if letter.text.strip() or letter.page is None:
        writer.write(letter.text)
    else:
        writer.write_read(letter.page)
    writer.unread += _named(letter.attachments)
    return writer.written(media_type, " ".join(letter.subject.split()))


def _named(attachments: Iterable[str]) -> list[Unread]:
    return [Unread("attachment", name) for name in attachments]
