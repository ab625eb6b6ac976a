"""Plain text (.txt): the characters of the file, whatever encoding they are in, with hard wraps joined."""

from __future__ import annotations

from pathlib import Path

from ingest.readers.canonical import canonical
from ingest.readers.encoding import decode
from ingest.readers.file_reader import ReadText
from ingest.readers.hard_wraps import join_hard_wraps


class TextReader:
    """Reads plain text; the encoding is found, not asked for."""

    suffixes: tuple[str, ...] = (".txt",)
    media_type = "text/plain"
    format_name = "plain text"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the text with the line breaks removed that only a narrow window had made. Raise DocumentError where no
        encoding fits."""
        return ReadText(join_hard_wraps(canonical(decode(path, data))), (), None, self.media_type)
