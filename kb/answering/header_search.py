"""Data of documents (文号, 成文日期, 联系人 …) that a question asks for, found in their headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.answering.inquiry import Inquiry
from kb.editions import core_title
from kb.evidence.investigate import Investigator
from kb.evidence.specifics import specifics_of
from kb.home import Home
from kb.index.records import Records
from kb.metadata import FIELDS, HEADER_ALONE, fields_asked, look_up, without_fields
from kb.provenance import name_of
from kb.question.comparing_question import sides_of
from kb.question.header_question import OF_THINGS_TOO, is_of_document
from kb.question.level import agreement, levels_asked
from kb.quoting.header_span import header_span
from kb.quoting.preamble import Remark, remarks
from kb.text.names import TITLE, normal_name, shortens
from kb.text.terms import terms
from kb.types import Document, HeaderField, Hit, Query

# What a document rests on is told by its text, not by its header.
_ASKS_BASIS = re.compile(r"依据|根据|[按依据]照|上位|上级")
# 文件里提到的文号 is one in the text, that of another document.
_POINTS_INSIDE = re.compile(r"提到|提及|所说|引用|列出|里面?的|中的")
_VALIDITY = "status"  # Told by more than a field: by expiry, by what followed, by the day asked about.
_NAMED = 0.5  # share of what is asked about that the names of a document hold
_MENTIONED = 0.1
"""The share of it below which a document was only found, and is not what the question is about: whom to report a
neighbour to (楼下开麻将馆，找谁举报) is not who signed the likeliest reply. Of the dev questions that a header answers,
none of a document that they mean has less than .12."""
_LIKELY = 5  # passages among which the document of the right level is looked for


@dataclass(frozen=True, slots=True)
class HeaderDatum:
    """A field of a document's header, or a remark of its digest; `whose` names the document where there are several."""

    document: Document
    field: HeaderField
    label: str
    whose: str


@dataclass(frozen=True, slots=True)
class HeaderData:
    """What headers say to a question: their fields, whether it is asked if the documents hold, and per document the
    fields, in Chinese, that it states nowhere, with the span of its header."""

    documents: tuple[Document, ...]
    data: tuple[HeaderDatum, ...]
    validity: bool
    unstated: tuple[tuple[Document, tuple[str, ...], tuple[int, int]], ...] = ()


class HeaderSearch:
    """Finds what headers say."""

    def __init__(self, investigator: Investigator, records: Records, home: Home) -> None:
        self._investigator = investigator
        self._records = records
        self._home = home

    def find(self, inquiry: Inquiry) -> HeaderData | None:
        """Give the data that a question asks for, of the documents that it names, else of its sides, of the
        one that the conversation is about, or of the likeliest; nothing where it asks for none."""
        turn, query = inquiry.turn, inquiry.query
        words = turn.asked if turn.leans else query.text
        asked = fields_asked(words)
        if not asked or _ASKS_BASIS.search(query.text):
            return None
        doc_ids = [self._records.catalogue[n].doc_id for n in inquiry.named.documents]
        if len(doc_ids) < 2:
            doc_ids = self._documents_of_sides(query) or doc_ids or (inquiry.thread if turn.leans else [])
        is_named, places = bool(doc_ids), self._investigator.places
        pinned = specifics_of(words, places, query.told)
        # Its days are told, be it asked of another year, since whose they are is told too; the document of another
        # place is another one.
        limits = replace(pinned, years=(), ordinals=() if is_named else pinned.ordinals)
        doc_ids = doc_ids or self._likeliest(query, inquiry.hits)
        documents = tuple(self._investigator.document(doc_id) for doc_id in doc_ids)
        if not is_of_document(words, documents, points=turn.leans):
            asked = [name for name in asked if name not in OF_THINGS_TOO]
        validity = _VALIDITY in asked
        asked = [name for name in asked if name != _VALIDITY]
        found: list[HeaderDatum] = []
        unstated: list[tuple[Document, tuple[str, ...], tuple[int, int]]] = []
        for document in documents:
            home = self._investigator.home[query.audience]
            if not limits.held_by("", document, home):
                continue  # the likeliest, or of a like number, and of another place than is asked about
            meant = is_named and self._records.ordinals[document.doc_id] not in inquiry.named.shortened
            whose = "" if meant and len(documents) == 1 else name_of(document)  # which one was found is to be seen
            data = look_up(document, asked)
            found += [HeaderDatum(document, datum.field, datum.label, whose) for datum in data]
            held = frozenset(datum.field.name for datum in data)
            # That a document lacks a field is no answer where another may have been meant.
            is_meant = is_named and pinned.held_by("", document, home)
            doubted = [name for name in asked if is_meant or name in held]
            remarked = self._remarks_on(document, doubted, held, whose)
            found += remarked
            missing = [
                name for name in asked if is_meant and name not in held and (name in HEADER_ALONE or len(documents) > 1)
            ]
            labels = [FIELDS[name][0] for name in missing]
            labels = [label for label in labels if not any(label in datum.label for datum in remarked)]
            if labels and not _POINTS_INSIDE.search(query.text):
                unstated.append((document, tuple(labels), header_span(document, self._records)))
        telling = documents if validity else tuple({datum.document.doc_id: datum.document for datum in found}.values())
        return HeaderData(telling, tuple(found), validity, tuple(unstated)) if telling or unstated else None

    def not_established(self, query: Query, doc_id: str) -> HeaderDatum | None:
        """Give what a document's digest says could not be established, where a question asks for that."""
        document = self._investigator.document(doc_id)
        pinned = specifics_of(query.text, self._investigator.places, query.told)
        for remark in self._remarks(document):
            thing = remark.missing_in(query.text)
            if thing and pinned.held_by(remark.text, document, self._investigator.home[query.audience]):
                field = HeaderField(thing, remark.text, remark.start, remark.end)
                return HeaderDatum(document, field, f"资料中未载明{thing}", "")
        return None

    def _remarks_on(
        self, document: Document, asked: Sequence[str], held: frozenset[str], whose: str
    ) -> list[HeaderDatum]:
        """Give what a digest remarks on the fields asked for: those that are not there, and why one may be doubted."""
        found: dict[Remark, list[str]] = {}
        for name in asked:
            for remark in self._remarks(document):
                if remark.doubts(name) and (name in held or remark.missing):
                    found.setdefault(remark, [])
                    found[remark] += [] if name in held else [FIELDS[name][0]]
        return [
            HeaderDatum(
                document,
                HeaderField("remark", remark.text, remark.start, remark.end),
                f"资料中未载明{'和'.join(missing)}" if missing else "摘要说明",
                whose,
            )
            for remark, missing in found.items()
        ]

    def _remarks(self, document: Document) -> list[Remark]:
        if document.kind != "digest":
            return []
        opening = next((c for c in self._records.clauses(document.doc_id) if c.clause_id.endswith("#0")), None)
        return remarks(document.text, opening.start, opening.end) if opening else []

    def _documents_of_sides(self, query: Query) -> list[str]:
        sides = [replace(query, text=text) for text, *_ in sides_of(query.text)]
        if not all(terms(without_fields(side.text)) for side in sides):
            return []  # 哪天发布、哪天起施行 asks twice of one document
        found = [self._likeliest(side, self._investigator.search(side)) for side in sides]
        doc_ids = list(dict.fromkeys(doc_id for side in found for doc_id in side))
        return doc_ids if len(doc_ids) > 1 else []

    def _likeliest(self, query: Query, hits: Sequence[Hit]) -> list[str]:
        """Name the document whose passages match best, of the level of government that is asked about where one is; one
        that has ended where its names hold more of the question. One whose names hold nothing of what is asked about is
        none; whether a document holds is told only of one whose names hold most of it."""
        levels = levels_asked(query.text, self._home)

        def document_of(hit: Hit) -> Document:
            return self._records.catalogue[self._records.ordinals[hit.passage.doc_id]]

        def is_called(document: Document) -> bool:
            # 民事诉讼法 is not the interpretation of it, which bears its name within.
            return core_title(document.title) in words

        def rank(hit: Hit) -> tuple[int, bool, int]:
            document = document_of(hit)
            return -agreement(levels, document), not is_called(document), hit.rank

        def naming(document: Document) -> tuple[float, bool]:
            return self._investigator.named_by(about, document, query.audience), is_called(document)

        words = normal_name(query.text)
        about = without_fields(query.text)
        ended = self._investigator.search(query, ended=True, k=_LIKELY)
        found = [document_of(hit) for hit in (*sorted(hits[:_LIKELY], key=rank)[:1], *ended)]
        title = TITLE.search(query.text)
        if title is not None:  # what is put in 《》 is a name, in full or shortly, and no words to search for
            name = core_title(title[1])
            found = [one for one in found if shortens(name, core_title(one.title))]
        # The first of those whose names hold as much.
        best = max(found, key=naming, default=None)
        asks_validity = title is None and _VALIDITY in fields_asked(query.text)
        least = _NAMED if asks_validity else _MENTIONED if terms(about) else 0.0
        if best is None or naming(best)[0] < least:
            return []
        return [best.doc_id]
