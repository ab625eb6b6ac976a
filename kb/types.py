"""The values that the whole project speaks in.

Offsets count Python characters of `Document.text`, the canonical text, which never changes after
reading. Ids are readable and stable: `hz-2024-343#1.2.3` is 一、（二）3. of document hz-2024-343.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kb.layout import NO_LAYOUT, Layout
from kb.text.dates import PartialDate

Kind = Literal["full_text", "digest", "response"]
Level = Literal["national", "provincial", "municipal", "district"]
Status = Literal["in_force", "trial", "planned", "draft", "expired", "repealed", "superseded", "unknown"]
StatedDisclosure = Literal["public", "on_request", "withheld"]  # 主动公开, 依申请公开, 不予公开
Disclosure = Literal[StatedDisclosure, "unstated"]  # unstated: nobody said so, which is never public
MarkKind = Literal["state_secret", "work_secret", "internal", "restricted", "draft"]
MarkPlace = Literal["page", "header", "footer", "property", "picture"]
Audience = Literal["public", "staff"]
Provenance = Literal["original", "consolidated", "digest", "background"]
Verdict = Literal["yes", "no", "depends"]
RelationType = Literal[
    "implements", "implemented_by", "details", "detailed_by", "basis_of", "based_on", "cites", "cited_by",
    "supersedes", "superseded_by", "continues", "continued_by", "upgrades", "upgraded_by", "follows", "followed_by",
    "supports", "supported_by", "companion_of", "related", "amends", "amended_by",
]  # fmt: skip
RefusalKind = Literal[
    "no_evidence", "weak_evidence", "out_of_scope", "expired", "conflicting", "needs_clarification", "not_permitted"
]


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One fact about a document that stands in its own text, such as its 文号.

    `name` is one of `kb.metadata.FIELDS`; text[start:end] is `value`.
    """

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Lines of a document that hold nothing but fields of its header (`name` is header) or how to reach the office
    (contact)."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that keeps a document from the public, such as 秘密★1年 or 内部资料: `words` as the file writes them, where
    they stand, and on which page (from 1), as far as the format tells."""

    kind: MarkKind
    words: str
    place: MarkPlace
    page: int | None = None

    @property
    def is_state_secret(self) -> bool:
        """Whether the law forbids the paper on this system (绝密, 机密, 秘密)."""
        return self.kind == "state_secret"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a document does to another: `target` is the doc_id, or the name where it is not in the corpus."""

    type: RelationType
    target: str


UnreadKind = Literal[
    "attachment",
    "embedded",
    "picture",
    "drawing",
    "chart",
    "formula",
    "comment",
    "hidden",
    "annotation",
    "page",
    "character",
    "part",
    "correction",
    "furniture",
]


@dataclass(frozen=True, slots=True)
class Unread:
    """What a file holds and its text does not: an attached file, a picture, a hidden sheet.

    `name` is what the file calls it, empty where it has no name; `count` says how many of a kind without names there
    are.
    """

    kind: UnreadKind
    name: str = ""
    page: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A page whose text OCR read, and how sure it was (0 to 1)."""

    page: int
    confidence: float


@dataclass(frozen=True, slots=True)
class HandWritten:
    """text[start:end] stands by hand of staff who looked at the file, which was read to say `read`; None where they
    confirmed it."""

    start: int
    end: int
    read: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One policy, response or other text.

    A field is declared here and nowhere else: records, checksums and corrections are made of the declaration
    (`kb.document_fields`), front matter fills what bears the same name. One with a default needs no new index.
    `page_starts` holds the offset at which each page begins, empty where the format has no pages. `source` is the path
    the file was read from, `sha256` the checksum of the canonical text, `file_sha256` that of the bytes of the file,
    empty where it holds other documents too. `issued` is the day on which it was made first, `amended` that of the last
    change that the text includes. A text that we made of a base and an amending decision names the ids of both in
    `consolidated_from`. `marks` are the marks of secrecy that the file bears; where there are any, ingestion has set
    `disclosure` to withheld. `layout` is filled while documents are ingested; from an index it is read by
    `Records.layout`. `unread` names what the file holds beyond the text, `certainty` (0 to 1) is the share of the text
    that was read surely, None where an older index does not know; `recognised` names the pages that went through OCR,
    `by_hand` what staff corrected or confirmed of the text. A digest says what it was `compiled_from`, and under which
    of its headings stands `background`: what is true of the subject and no rule of the document.
    """

    doc_id: str
    title: str
    short_title: str | None = None
    aliases: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    doc_no: str | None = None
    index_no: str | None = None
    proposal_no: str | None = None
    issued: PartialDate | None = None
    amended: PartialDate | None = None
    effective: PartialDate | None = None
    expires: PartialDate | None = None
    status: Status = "unknown"
    level: Level | None = None
    region: str | None = None
    disclosure: Disclosure = "unstated"
    kind: Kind = "full_text"
    topics: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    compiled_from: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    consolidated_from: tuple[str, ...] = ()
    header: tuple[HeaderField, ...] = ()
    header_blocks: tuple[HeaderBlock, ...] = ()
    marks: tuple[Mark, ...] = ()
    unread: tuple[Unread, ...] = ()
    certainty: float | None = None
    recognised: tuple[RecognisedPage, ...] = ()
    by_hand: tuple[HandWritten, ...] = ()
    page_starts: tuple[int, ...] = ()
    media_type: str = "text/plain"
    source: str
    sha256: str
    file_sha256: str = ""
    text: str
    layout: Layout = NO_LAYOUT

    def page_of(self, offset: int) -> int | None:
        """Give the page (from 1) that holds the character at `offset`."""
        return bisect_right(self.page_starts, offset) if self.page_starts else None

    def confidence_of(self, start: int, end: int) -> float | None:
        """Give how sure OCR was of the pages that text[start:end] stands on, of the least sure one; None where no OCR
        read it, or staff looked at it. Of a text without pages that was made of one with pages, any page may be
        meant."""
        read = [(start, end)]
        for one in self.by_hand:
            read = [
                part
                for first, last in read
                for part in ((first, min(last, one.start)), (max(first, one.end), last))
                if self.text[slice(*part)].strip()
            ]
        first_and_last = [(self.page_of(first), self.page_of(last - 1)) for first, last in read]
        return min(
            (
                one.confidence
                for one in self.recognised
                if any(first is None or last is None or first <= one.page <= last for first, last in first_and_last)
            ),
            default=None,
        )


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of a document's outline with the text that is its own, without its children's.

    `label` is the whole path as an official writes it (一、（二）3.), `headings` the words of the
    headings above it and its own.
    """

    clause_id: str
    doc_id: str
    label: str
    headings: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one clause, the unit of search. `context` is indexed beside the text, never shown."""

    passage_id: str
    clause_id: str
    doc_id: str
    start: int
    end: int
    context: str


@dataclass(frozen=True, slots=True)
class Known:
    """Facts that were chosen for a verdict, and those that were left open."""

    facts: Mapping[str, Any]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the day it asks about (`None`: today), who asks, and the questions before it; only documents
    `within` may answer it (`None`: all). `facts` were chosen by the one who asks about their own case and `skipped`
    left open there; the documents say the same with and without them. `before` is what was chosen of the verdict
    before, in place of what was typed of it. `told` are words of the text that tell of a person: a year or a place in
    them is none that is asked about."""

    query_id: str
    text: str
    as_of: date | None = None
    audience: Audience = "public"
    previous: tuple[str, ...] = ()
    within: frozenset[str] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)
    skipped: tuple[str, ...] = field(default=(), compare=False)
    before: Known | None = field(default=None, compare=False)
    told: tuple[str, ...] = field(default=(), compare=False)

    def reaches(self, document: Document) -> bool:
        """Say whether a document is one of those that may answer."""
        return self.within is None or document.doc_id in self.within


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, best first from rank 1; scores are comparable within one ranking."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a document: `quote` is exactly document.text[start:end], `sha256` that text's checksum.

    `source` says whether the words are the document's own, those of a digest of it, or background, which is no part of
    the document at all; `label` says so too.
    """

    number: int
    doc_id: str
    clause_id: str
    label: str
    quote: str
    start: int
    end: int
    page: int | None
    sha256: str
    source: Provenance


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the numbers of the citations that hold it.

    text[focus[0]:focus[1]] is the answer itself, where one stands out. `verdict` is what it says to a question for yes
    or no. What is told in `own` words (how a document stands, what the law above says, what was not found) no language
    model writes anew.
    """

    text: str
    citations: tuple[int, ...]
    focus: tuple[int, int] | None = None
    verdict: Verdict | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """An answer as rows of cells under `columns`; `citations` are the numbers behind each row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    citations: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer: `message` is for whoever asked, in Chinese."""

    kind: RefusalKind
    message: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds spent."""

    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class BenefitOffer:
    """A benefit that a question may be about, and the `question` that asks for its verdict."""

    benefit_id: str
    title: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question comes to: statements with citations, or a refusal with the nearest material.

    `confidence` says how sure it is that the documents answer the question, comparable between questions; it is there
    for refusals too. `written_by` names the language model whose sentences, checked one by one, the statements are;
    `None` where they are the documents' own words. A `table` holds what the statements say, where that is many times
    the same. `eligibility` is what a verdict rests on and what may be asked next, as `kb.personal.personal_answer` tells it;
    `offers` are the verdicts that may have been asked for, where that is not sure enough to tell one, those on others
    who are told of beside the one who was judged, and behind a no those on near benefits that are still open.
    """

    question: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    refusal: Refusal | None
    timing: Timing
    written_by: str | None = None
    confidence: float = 0.0
    resolved: str | None = None
    suggestions: tuple[str, ...] = ()
    table: Table | None = None
    eligibility: Mapping[str, Any] | None = None
    offers: tuple[BenefitOffer, ...] = ()

    @property
    def text(self) -> str:
        """The statements in one text, each followed by its citation numbers."""
        return "".join(s.text + "".join(f"[{n}]" for n in s.citations) for s in self.statements)


@dataclass(frozen=True, slots=True)
class Qrel:
    """A judgement: how relevant a document or clause is to a query, 0 for not at all."""

    query_id: str
    target_id: str
    relevance: int
