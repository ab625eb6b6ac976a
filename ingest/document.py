"""From a file's text to a `Document`: front matter where there is some, else what the text itself says."""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ingest.certainty import certainty
from ingest.disclosure import decide_disclosure, stated_disclosures
from ingest.formalities import read_title, with_formalities
from ingest.header import Header, names_no_day, proposal_number, read_header
from ingest.lifetime import Lifetime, read_lifetime
from ingest.readers import ReadText
from ingest.readers.front_matter import FrontMatter
from ingest.repeals import read_repeals
from ingest.secrecy import marks_of
from kb.errors import DocumentError
from kb.home import Home
from kb.ministries import MINISTRY
from kb.text.fold import fold_text
from kb.types import Disclosure, Document, HeaderField, Level, RecognisedPage, Relation

_STATED = FrontMatter.model_fields.keys() & {one.name for one in fields(Document)} - {"disclosure", "relations"}
"""What front matter says under the name that it has in a document; who may read it is decided, and relations are made
anew."""
_UNSAFE = re.compile(r"[^\w.-]+")  # What may not stand in an id, which is a part of addresses and of names of files.
_ISSUER_SEPARATOR = re.compile(r"[、;；\n]|\s{2,}")  # Joint papers name their offices with 、 or one a line.
_SESSION = re.compile(
    r"第?[一二三四五六七八九十百\d]+届(?=人民代表大会|人大)"
)  # A congress stays the same from term to term.
# By the beginning or end of an office's name, where neither the document nor the home says its level.
_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("national", re.compile(rf"^(国务院|国家|中华人民共和国|中共中央|全国|{MINISTRY.pattern})")),
    ("district", re.compile(r"[区县](?!域)(人民|政府|发|住|民|卫|教|财|城|政协|人大)|(街道|乡|镇)(办|人民)")),
    ("provincial", re.compile(r"^(.{2,3}省|.{2}自治区|省)")),
    ("municipal", re.compile(r"^(.{2,3}市|市)")),
)  # fmt: skip


def make_document(path: Path, read: ReadText, unstated: Disclosure = "unstated", home: Home = Home()) -> Document:
    """Build the document that a file holds; who may read it where it does not say so, `unstated` tells, and
    its level and region, where it does not say them, its `home`.

    Raises DocumentError where its id or title cannot be told.
    """
    header = read_header(read.text)
    formal = with_formalities(read.text, header)
    front = read.front_matter
    document = _from_front_matter(path, read, header, front, home) if front else _from_text(path, read, formal, home)
    if document.kind != "digest":
        document = _with_lifetime(document, read_lifetime(read.text, formal, path))
    marks = marks_of(read, document.title, path.stem)
    stated = stated_disclosures(read.text, formal)
    kept = [field for field in document.header if field.name != "disclosure" and not names_no_day(field)]
    return replace(
        document,
        header=tuple(sorted((*kept, *stated), key=lambda field: field.start)),
        marks=marks,
        disclosure=decide_disclosure(stated, marks, unstated),
    )


def _with_lifetime(document: Document, lifetime: Lifetime) -> Document:
    """Give a document with the days that its text tells, where its front matter does not, and the words that end
    others."""
    told = {name: getattr(lifetime, name) for name in ("issued", "amended", "effective", "expires")}
    days = {name: day for name, day in told.items() if day and getattr(document, name) is None}
    fields = [field for field in lifetime.fields if field.name in days]
    replaced = {field.name for field in fields}
    kept = [field for field in document.header if field.name not in replaced]
    ends = [HeaderField("repeals", document.text[r.start : r.end], r.start, r.end) for r in read_repeals(document.text)]
    return replace(document, **days, header=(*kept, *fields, *dict.fromkeys(ends)))


def text_checksum(text: str) -> str:
    """Give the SHA-256 of a canonical text, by which equal documents are known."""
    return hashlib.sha256(text.encode()).hexdigest()


def _from_front_matter(path: Path, read: ReadText, header: Header, front: FrontMatter, home: Home) -> Document:
    said = {name: value for name in _STATED if (value := getattr(front, name)) is not None}
    stated = {
        "doc_id": front.id or document_id(path),
        "level": _level(front.issuers, home),
        **said,
        "relations": tuple(Relation(relation.type, relation.target) for relation in front.relations),
    }
    return Document(**_of_file(path, read, header), **stated)


def _of_file(path: Path, read: ReadText, header: Header) -> dict[str, Any]:
    """Give the fields that a file settles, whoever says the others."""
    return {
        "header": header.fields,
        "header_blocks": header.blocks,
        "unread": read.unread,
        "certainty": certainty(read.text, read.page_starts, read.layout, read.by_hand),
        "recognised": tuple(
            RecognisedPage(page.number, page.confidence) for page in read.layout.pages if page.confidence is not None
        ),
        "by_hand": read.by_hand,
        "page_starts": read.page_starts,
        "media_type": read.media_type,
        "source": str(path.resolve()),
        "sha256": text_checksum(read.text),
        "text": read.text,
        "layout": read.layout,
        "file_sha256": read.file_sha256,
    }


def _from_text(path: Path, read: ReadText, header: Header, home: Home) -> Document:
    issuer = header.value("issuer")
    issuers = tuple(_SESSION.sub("", part) for part in _ISSUER_SEPARATOR.split(issuer) if part) if issuer else ()
    proposal = proposal_number(read.text, header)
    topic = header.value("topic")
    return Document(
        doc_id=document_id(path),
        title=header.value("title") or header.value("proposal_title") or _title(read, header) or path.stem,
        issuers=issuers,
        doc_no=header.value("doc_no"),
        index_no=header.value("index_no"),
        proposal_no=proposal,
        status=header.status or "unknown",
        level=_level(issuers, home),
        region=header.value("region") or home.region_of(read.text, issuers),
        kind="response" if proposal else "full_text",
        topics=(topic,) if topic else (),
        **_of_file(path, read, header),
    )


def _title(read: ReadText, header: Header) -> str | None:
    return read_title(read.text, header) if read.title is None else read.title


def document_id(path: Path) -> str:
    """Give the id of a file that states none: its name without suffix, made safe for an address."""
    identity = _UNSAFE.sub("-", path.stem).strip("-.")
    if not identity:
        raise DocumentError.of("file_unnamed", file=path)
    return identity


def _level(issuers: tuple[str, ...] | list[str], home: Home) -> Level | None:
    first = fold_text(issuers[0]) if issuers else ""
    return home.level_of(first) or next((level for level, pattern in _LEVELS if pattern.search(first)), None)
