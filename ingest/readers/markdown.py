"""Markdown (.md): front matter in TOML, then text whose marks go and whose words stay.

markdown-it finds the structure; what it would change in an official text is switched off: four
blanks in front of a paragraph are an indent, not code, and `[1]: 说明` is a note, not a link
definition. Numbers and outline markers (一、 （一） 1.) come out as they were typed. Comments vanish,
also the fact ids behind the sentences of a digest.
"""

from __future__ import annotations

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.readers.canonical import canonical
from ingest.readers.encoding import decode
from ingest.readers.file_reader import ReadText
from ingest.readers.front_matter import FrontMatter, split_front_matter
from ingest.readers.html import fragment_text
from ingest.readers.tables import row_line
from kb.errors import DocumentError

_MAX_CHARACTERS = 10_000_000  # a bound on what a broken or hostile file can cost
_CODE_FENCE = re.compile(r"[ >]*(`{3,}|~{3,})")
_MARKS_ONLY = re.compile(r"[ \t>]*(?:[-*+]|#{1,6}|\d{1,9}[.)])?[ \t]*")
_LEFT_OVER = re.compile(r"(\*\*\*|\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["code", "reference"])


class MarkdownReader:
    """Reads Markdown; the front matter, if any, opens the text as lines that can be cited."""

    suffixes: tuple[str, ...] = (".md", ".markdown")
    media_type = "text/markdown"
    format_name = "Markdown"

    def read(self, path: Path, data: bytes) -> ReadText:
        """Give the text without marks of Markdown, the front matter written out as a header above it. Raise
        DocumentError."""
        text = canonical(decode(path, data))
        if len(text) > _MAX_CHARACTERS:
            raise DocumentError.of("file_too_long", file=path, length=len(text), most=_MAX_CHARACTERS)
        front, source, first_line = split_front_matter(path, text)
        body = _plain(path, _without_comments(path, source, first_line))
        if front is None:
            return ReadText(body, (), None, self.media_type)
        if not body.strip():
            raise DocumentError.of("body_missing", file=path)
        _check_background(path, front, body, text)
        header = "\n".join(front.header_lines())
        return ReadText(f"{header}\n\n{body}", (), front, self.media_type)


def _check_background(path: Path, front: FrontMatter, body: str, source: str) -> None:
    """Hold the headings under which a digest tells background against its text; raise DocumentError for a wrong one."""
    if not front.background:
        return
    place = next((n for n, line in enumerate(source.split("\n"), 1) if re.match(r"\s*background\b", line)), None)
    if front.kind != "digest" or not front.compiled_from:
        raise DocumentError.of("background_without_source", file=path, line=place, field="background")
    lines = {line.strip() for line in body.split("\n")}
    missing = next((heading for heading in front.background if heading not in lines), None)
    if missing is not None:
        raise DocumentError.of("background_not_in_text", file=path, line=place, field="background", heading=missing)


def _without_comments(path: Path, source: str, first_line: int) -> str:
    """Drop comments and the blanks around them; code keeps them."""
    if "<!--" not in source:
        return source
    kept: list[str] = []
    fence = ""
    opened = 0
    for number, line in enumerate(source.split("\n"), first_line):
        if not opened:
            mark = _CODE_FENCE.match(line)
            if fence:
                fence = "" if mark and mark[1].startswith(fence) else fence
                kept.append(line)
                continue
            if mark:
                fence = mark[1]
                kept.append(line)
                continue
        rest = line
        pieces: list[str] = []
        while rest:
            if opened:
                _, end, rest = rest.partition("-->")
                opened = 0 if end else opened
            else:
                before, start, rest = rest.partition("<!--")
                _append(pieces, before)
                opened = number if start else 0
        text = "".join(pieces)
        if text.strip() or not line.strip():
            kept.append(text)
    if opened:
        raise DocumentError.of("comment_not_closed", file=path, line=opened)
    return "\n".join(kept)


def _append(pieces: list[str], text: str) -> None:
    """Add what stands behind a comment; of the blanks around it one is kept between Latin words."""
    if not pieces:
        pieces.append(text)
    elif text.strip() and len(pieces) == 1 and _MARKS_ONLY.fullmatch(pieces[0]):
        pieces.append(text.lstrip())
    elif text.strip():
        pieces[-1] = pieces[-1].rstrip()
        words = pieces[-1][-1:].isascii() and text.lstrip()[0].isascii()
        pieces.append((" " if words and text[0] in " \t" else "") + text.lstrip())


def _plain(path: Path, source: str) -> str:
    lines = source.split("\n")
    pieces: list[str] = []
    row: list[str] | None = None
    marker = ""
    begins = 0
    for token in _PARSER.parse(source):
        if token.map and token.type not in ("inline", "tbody_open", "table_open"):
            begins = token.map[0]
        match token.type:
            case "list_item_open":
                marker = f"{token.info}{token.markup} " if token.info else ""
                continue
            case "tr_open":
                row = []
                continue
            case "tr_close":
                text = row_line(row or ())[0]
                row = None
            case "inline":
                text = _inline(token)
                if row is not None:
                    row.append(text.replace("\n", " "))
                    continue
            case "fence":
                text = token.content.rstrip("\n")
            case "html_block":
                text = fragment_text(path, token.content)
            case _:
                continue
        if not text.strip():
            continue
        if pieces and begins and not lines[begins - 1].strip(" \t>"):
            pieces.append("")
        pieces.append(marker + text)
        marker = ""
    return "\n".join(line.rstrip(" \t") for line in "\n".join(pieces).split("\n"))


def _inline(token: Token) -> str:
    pieces: list[str] = []
    hidden = ""
    for child in token.children or ():
        match child.type:
            case "html_inline":
                name = re.sub(r"[</>]", " ", child.content.lower()).split()[:1]
                if hidden:
                    hidden = "" if child.content.lower().startswith(f"</{hidden}") else hidden
                elif name in (["script"], ["style"]):
                    hidden = name[0]
                elif name == ["br"]:
                    pieces.append("\n")
            case _ if hidden:
                continue
            case "softbreak" | "hardbreak":
                pieces.append("\n")
            case "image":
                pieces.append(child.content)
            case _:
                pieces.append(child.content)
    return _LEFT_OVER.sub(r"\2", "".join(pieces))
