"""The files that show the faults of real ones (`../shared/cases/files`): what is expected of each, and text that was
lost without a word.

What was in a file is told without its reader: by the strings of its XML, HTML or text. What the document does not hold
has to be named.
"""

from __future__ import annotations

import html
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.ingest_bench.marks import OFFICIAL
from evals.row import BenchRow
from ingest.collection import collect_files
from ingest.document import make_document
from ingest.formalities import with_formalities
from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.readers import ReadText, read_file
from kb.errors import DocumentError

FILES = OFFICIAL.parent / "cases" / "files"
_EXPECTED = Path(__file__).parent.parent / "data" / "cases.toml"
_ARCHIVES = (".zip",)
_PARTS = re.compile(r"(?:word/(?:document|footnotes|endnotes)|xl/sharedStrings|Doc_\d+/Pages/.*|Doc_\d+/.*Res)\.xml")
_RUN = re.compile(r"<(?:\w+:)?(?:t|TextCode)\b[^>]*>([^<]+)<")
_UNSHOWN = re.compile(r"<(script|style|title|head)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2}")  # of a string that says something; numbers of pages do not


def rows() -> list[BenchRow]:
    """Read all cases; what is wrong goes to stderr."""
    if not FILES.exists():
        return [BenchRow("cases", "", "left out: ../shared/cases is not here")]
    expected: dict[str, dict[str, Any]] = tomllib.loads(_EXPECTED.read_text("utf-8"))
    right = 0
    lost: list[str] = []
    for name, wanted in expected.items():
        wrong = list(_wrong_files(FILES / name, wanted) if name.endswith(_ARCHIVES) else _wrong(FILES / name, wanted))
        right += not wrong
        lost += [] if name.endswith(_ARCHIVES) else _lost(FILES / name, wanted.get("not", ()))
        for one in wrong:
            print(f"{name}: {one}", file=sys.stderr)
    for one in lost:
        print(f"lost: {one}", file=sys.stderr)
    return [
        BenchRow(f"of {len(expected)} cases as expected", "all", str(right)),
        BenchRow("strings of the cases neither in the document nor named", "none", str(len(lost))),
    ]


def _wrong(path: Path, wanted: Mapping[str, Any]) -> Iterator[str]:
    try:
        read = read_file(path)
    except DocumentError as error:
        if not wanted.get("refused"):
            yield error.message
        return
    if wanted.get("refused"):
        yield "was read"
    document = make_document(path, read)
    for name in ("title", "status", "disclosure"):
        if name in wanted and getattr(document, name) != wanted[name]:
            yield f"{name} {getattr(document, name)}"
    if wanted.get("doc_no", document.doc_no or "") != (document.doc_no or ""):
        yield f"doc_no {document.doc_no}"
    if wanted.get("issuers", list(document.issuers)) != list(document.issuers):
        yield f"issuers {document.issuers}"
    for name in ("issued", "amended", "effective"):
        day = getattr(document, name)
        if name in wanted and (day is None or day.iso != wanted[name]):
            yield f"{name} {day}"
    at = 0
    for words in wanted.get("text", ()):
        at = read.text.find(words, at)
        if at < 0:
            yield f"lacks {words!r}"
            break
    yield from (f"has {words!r}" for words in wanted.get("not", ()) if words in read.text)
    if wanted.get("lines", 0) not in (0, len(read.text.strip().split("\n"))):
        yield f"has {len(read.text.strip().splitlines())} lines"
    heads = _heads(read)
    yield from (f"{value} stands under {heads.get(value)}" for value, *over in wanted.get("cells", ())
                if not set(over) <= set(heads.get(value, ())))  # fmt: skip
    kinds = {one.kind for one in read.unread}
    yield from (f"{kind} is not named" for kind in wanted.get("unread", ()) if kind not in kinds)
    header = with_formalities(read.text, read_header(read.text))
    found = {
        one.clause_id.partition("#")[2] for one in parse_outline("d", read.text, header.blocks, read.layout.tables)
    }
    yield from (f"has no clause {one}" for one in wanted.get("clauses", ()) if one not in found)
    yield from (f"has a clause {one}" for one in wanted.get("no_clauses", ()) if one in found)


def _wrong_files(path: Path, wanted: Mapping[str, Any]) -> Iterator[str]:
    found = collect_files([path], {}, lambda *step: None)
    for state, names in (("read", wanted["read"]), ("refused", wanted["refused_files"])):
        own = sorted(one.path.removeprefix(f"{path}/") for one in found.files if one.state == state)
        if own != sorted(names):
            yield f"{state} are {own}"


def _heads(read: ReadText) -> dict[str, list[str]]:
    return {
        read.text[cell.start : cell.end]: [read.text[slice(*span)] for span in cell.headers]
        for table in read.layout.tables
        for cell in table.cells
    }


def _lost(path: Path, unwanted: Sequence[str]) -> list[str]:
    """Give the strings of a file that its document does not hold, where it names nothing that may hold them; words that
    are to be left out (controls of a page) are not lost."""
    try:
        read = read_file(path)
    except DocumentError:
        return []  # refused with a word
    if any(one.kind == "hidden" for one in read.unread):
        return []  # what a style hides is named by its count
    text = _bare(read.text + "".join(one.name for one in read.unread))
    return [
        f"{path.name}: {words}"
        for words in dict.fromkeys(_strings(path))
        if _WORD.search(words) and _bare(words) not in text and not any(one in words for one in unwanted)
    ]


def _strings(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if _PARTS.fullmatch(name):
                    part = archive.read(name).decode("utf-8", "ignore")
                    yield from (html.unescape(words) for words in _RUN.findall(part))
    elif path.suffix == ".html":
        yield from html.unescape(re.sub(r"<[^>]+>", "\n", _UNSHOWN.sub("", data.decode()))).split("\n")
    elif path.suffix in (".txt", ".md"):
        yield from re.sub(r"^#+ |<!--.*?-->", "", data.decode(), flags=re.MULTILINE).split("\n")


def _bare(text: str) -> str:
    return re.sub(r"[\s\u3000]+", "", text)
