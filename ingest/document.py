"""From a file's text to a `Document`: front matter where there is some, else what the text itself says."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from ingest.certainty import certainty
from ingest.disclosure import decide_disclosure, stated_disclosures
from ingest.formalities import read_title, with_formalities
from ingest.header import Header, proposal_number, read_header
from ingest.lifetime import Lifetime, read_lifetime
from ingest.readers import ReadText
from ingest.readers.front_matter import FrontMatter
from ingest.repeals import read_repeals
from ingest.secrecy import marks_of
from kb.errors import DocumentError
from kb.text.fold import fold_text
from kb.text.places import main_place
from kb.types import Disclosure, Document, HeaderField, Level, Relation

_UNSAFE = re.compile(r"[^\w.-]+")
_ISSUER_SEPARATOR = re.compile(r"[、;；\n]|\s{2,}")
_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("national", re.compile(r"^(国务院|国家|中华人民共和国|中共中央|全国|民政部|财政部|商务部|住房城?乡?和?城乡建设部|自然资源部)")),
    ("district", re.compile(r"[区县](?!域)(人民|政府|发|住|民|卫|教|财|城|政协|人大)|(街道|乡|镇)(办|人民)")),
    ("provincial", re.compile(r"^(.{2,3}省|.{2}自治区|省)")),
    ("municipal", re.compile(r"^(.{2,3}市|市)")),
)  # fmt: skip


def make_document(path: Path, read: ReadText, unstated: Disclosure = "unstated") -> Document:
    """Build the document that a file holds; who may read it where it does not say so, `unstated` tells.

    Raises DocumentError where its id or title cannot be told.
    """
    header = read_header(read.text)
    formal = with_formalities(read.text, header)
    front = read.front_matter
    document = _from_front_matter(path, read, header, front) if front else _from_text(path, read, formal)
    if document.kind != "digest":
        document = _with_lifetime(document, read_lifetime(read.text, formal, path))
    marks = marks_of(read, document.title, path.stem)
    stated = stated_disclosures(read.text, formal)
    header_fields = (*(field for field in document.header if field.name != "disclosure"), *stated)
    return replace(
        document,
        header=tuple(sorted(header_fields, key=lambda field: field.start)),
        marks=marks,
        unread=read.unread,
        certainty=certainty(read.text, read.page_starts, read.layout),
        disclosure=decide_disclosure(stated, marks, unstated),
    )


def _with_lifetime(document: Document, lifetime: Lifetime) -> Document:
    """Give a document with the days that its text tells, where its front matter does not, and the words that end others."""
    told = {name: getattr(lifetime, name) for name in ("issued", "amended", "effective", "expires")}
    days = {name: day for name, day in told.items() if day and getattr(document, name) is None}
    fields = [field for field in lifetime.fields if field.name in days]
    replaced = {field.name for field in fields}
    kept = [field for field in document.header if field.name not in replaced]
    ends = [HeaderField("repeals", document.text[r.start : r.end], r.start, r.end) for r in read_repeals(document.text)]
    return replace(document, **days, header=(*kept, *fields, *dict.fromkeys(ends)))


def text_checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _from_front_matter(path: Path, read: ReadText, header: Header, front: FrontMatter) -> Document:
    return Document(
        doc_id=front.id or document_id(path),
        title=front.title,
        short_title=front.short_title,
        aliases=tuple(front.aliases),
        issuers=tuple(front.issuers),
        doc_no=front.doc_no,
        index_no=front.index_no,
        proposal_no=front.proposal_no,
        issued=front.issued,
        effective=front.effective,
        expires=front.expires,
        status=front.status or "unknown",
        level=front.level or _level(front.issuers),
        region=front.region,
        disclosure="unstated",
        kind=front.kind or "full_text",
        topics=tuple(front.topics),
        relations=tuple(Relation(relation.type, relation.target) for relation in front.relations),
        header=header.fields,
        page_starts=read.page_starts,
        media_type=read.media_type,
        source=str(path.resolve()),
        sha256=text_checksum(read.text),
        text=read.text,
        layout=read.layout,
        file_sha256=read.file_sha256,
        compiled_from=front.compiled_from,
        background=front.background,
    )


def _from_text(path: Path, read: ReadText, header: Header) -> Document:
    issuer = header.value("issuer")
    issuers = tuple(part for part in _ISSUER_SEPARATOR.split(issuer) if part) if issuer else ()
    proposal = proposal_number(read.text, header)
    topic = header.value("topic")
    return Document(
        doc_id=document_id(path),
        title=header.value("title") or header.value("proposal_title") or _title(read, header) or path.stem,
        short_title=None,
        aliases=(),
        issuers=issuers,
        doc_no=header.value("doc_no"),
        index_no=header.value("index_no"),
        proposal_no=proposal,
        issued=None,
        effective=None,
        expires=None,
        status=header.status or "unknown",
        level=_level(issuers),
        region=header.value("region") or main_place(read.text),
        disclosure="unstated",
        kind="response" if proposal else "full_text",
        topics=(topic,) if topic else (),
        relations=(),
        header=header.fields,
        page_starts=read.page_starts,
        media_type=read.media_type,
        source=str(path.resolve()),
        sha256=text_checksum(read.text),
        text=read.text,
        layout=read.layout,
        file_sha256=read.file_sha256,
    )


def _title(read: ReadText, header: Header) -> str | None:
    return read_title(read.text, header) if read.title is None else read.title


def document_id(path: Path) -> str:
    """Give the id of a file that states none: its name without suffix, made safe for an address."""
    identity = _UNSAFE.sub("-", path.stem).strip("-.")
    if not identity:
        raise DocumentError(path, "the file name has no letter or digit to make an id of; rename the file")
    return identity


def _level(issuers: tuple[str, ...] | list[str]) -> Level | None:
    first = fold_text(issuers[0]) if issuers else ""
    return next((level for level, pattern in _LEVELS if pattern.search(first)), None)
