"""The one door to an index: search it, ask it, look documents up.

The command line, the service and the evals all go through `KnowledgeBase`, so that what is measured
is what is served. Where a method takes a `Query`, a plain string is a question of the public about today.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from kb.answering.respond import Responder
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar
from kb.editions import Edition, editions_of
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.sentence import read_everybody
from kb.errors import BenefitError, HomeError, LanguageModelError, NotFoundError
from kb.fusion import Fusion
from kb.home import Home
from kb.index.encoder import Encoder, open_encoder
from kb.index.milvus_connection import MilvusAddress
from kb.index.reranker import Reranker
from kb.index.selftest import check_arms
from kb.index.snapshot import Snapshot, current_name, open_snapshot, read_manifest
from kb.layout import Layout
from kb.metadata import fields_asked
from kb.naming import Register
from kb.personal.offers import Personal
from kb.personal.personal_answer import PersonalAnswerer
from kb.question.words import check_question
from kb.quoting.citing import cite
from kb.reading.reader import Reader
from kb.relations import Link, links_in, relations_of
from kb.retrieval import Retriever
from kb.types import Answer, Audience, Citation, Clause, Document, Hit, Query, Relation, Statement
from kb.visibility import day_of, in_force, may_see
from kb.writing.language_model import LanguageModel
from kb.writing.prompt import PromptSource
from kb.writing.writer import NotWritten, write

_log = logging.getLogger(__name__)
_SOURCES = 8  # passages that a language model is given


@dataclass(frozen=True, slots=True)
class Step:
    """A statement as soon as it stands, with those of its citations that no step before it brought."""

    statement: Statement
    citations: tuple[Citation, ...]


class KnowledgeBase:
    """An open snapshot with its encoder; safe to use from several threads.

    Here from a folder to an answer, as `kb ingest` and `kb ask` do it:

    >>> from tempfile import TemporaryDirectory
    >>> from ingest.bars import Bars
    >>> from ingest.ingestion import IngestionSettings, ingest
    >>> from kb.index.encoder import open_encoder
    >>> with TemporaryDirectory() as folder:
    ...     text = "公开方式：主动公开\\n第一条　年满七十周岁的老年人每餐补贴三元。\\n第二条　食堂应当留样四十八小时。"
    ...     file = Path(folder, "meals.txt")
    ...     _ = file.write_text(text, "utf-8")
    ...     _ = ingest([file], Path(folder, "index"), IngestionSettings(open_encoder()), Bars())
    ...     knowledge_base = KnowledgeBase.open(f"{folder}/index")
    ...     answer = knowledge_base.ask("老年人每餐补贴多少元？")
    ...     hits = knowledge_base.search("食堂留样多久", k=1)
    ...     knowledge_base.close()
    >>> answer.text
    '年满七十周岁的老年人每餐补贴三元。[1]'
    >>> answer.citations[0].clause_id, answer.citations[0].quote, hits[0].passage.clause_id
    ('meals#a1', '年满七十周岁的老年人每餐补贴三元。', 'meals#a2')
    """

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder,
        fusion: Fusion = Fusion(),
        language_model: LanguageModel | None = None,
        reranker: Reranker | None = None,
        reader: Reader | None = None,
        calendar: WorkingCalendar = UNKNOWN_CALENDAR,
        benefits: Path | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._records = snapshot.records
        self._benefits = benefits
        self._opening = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._personal: PersonalAnswerer | None = None
        self._reader = reader or Reader.open()
        self.retriever = Retriever(snapshot, encoder, fusion, reranker)
        self.language_model = language_model
        self._register = Register(self._records.catalogue)
        self._responder = Responder(
            self.retriever, snapshot.records, self._register, self._reader, calendar, self._told_in
        )

    @classmethod
    def open(
        cls,
        index_dir: Path | str,
        encoder: Encoder | None = None,
        language_model: LanguageModel | None = None,
        fusion: Fusion = Fusion(),
        reranker: Reranker | None = None,
        withdrawn: frozenset[str] = frozenset(),
        reader: Reader | None = None,
        calendar: WorkingCalendar = UNKNOWN_CALENDAR,
        snapshot_name: str | None = None,
        milvus: MilvusAddress | None = None,
        benefits: Path | None = None,
    ) -> KnowledgeBase:
        """Open the index in use, or another of its snapshots, check its files and that both arms find Chinese text.

        The encoder is the one that the index was built for, where none is given. With a language model answers are
        written, each sentence held against its sources; without one they are quoted. With a reranker it has the last
        word on the order of passages. The reader is the embedded one where none is given. Working days are counted by
        `calendar`. Documents that were `withdrawn` since the index was built are public no more. `milvus` is where the
        words and vectors are, if they are kept there. With the folder of `benefits`, a question that tells of a person
        is answered with the verdict of the benefit that it asks for. Raises the SnapshotError that says what is wrong.
        """
        index_dir = Path(index_dir)
        encoder = encoder or _encoder_of(index_dir, snapshot_name)
        snapshot = open_snapshot(index_dir, encoder, withdrawn, snapshot_name, milvus)
        check_arms(encoder)
        return cls(snapshot, encoder, fusion, language_model, reranker, reader, calendar, benefits)

    @property
    def snapshot_name(self) -> str:
        """The name of the snapshot in use, which begins with the time of its making."""
        return self._snapshot.name

    @property
    def catalogue(self) -> Catalogue:
        """The benefits, read once and held against this edition, without those that rest on what the public may not
        see.

        Raises BenefitError or HomeError where a rule is wrong, or no folder of benefits was named.
        """
        with self._opening:
            if self._catalogue is None:
                self._catalogue = Catalogue.open(self._benefits or Path("benefits"), self, set_aside=True)
            return self._catalogue

    @property
    def snapshot(self) -> Snapshot:
        """The open snapshot, for those who look into the index itself."""
        return self._snapshot

    def close(self) -> None:
        """Close what is open of the snapshot; nothing can be asked after that."""
        self.retriever.close()
        self._snapshot.close()

    def search(self, query: Query | str, k: int = 10) -> list[Hit]:
        """Rank passages for a query; raise QuestionError where the text is none."""
        query = _query(query)
        check_question(query.text)
        return self.retriever.retrieve(self._responder.whole(query), k)

    def search_documents(self, query: Query | str, k: int = 10) -> list[tuple[str, float]]:
        """Rank documents by their best passage: (doc_id, score)."""
        query = _query(query)
        check_question(query.text)
        return self.retriever.retrieve_documents(self._responder.whole(query), k)

    def ask(self, query: Query | str) -> Answer:
        """Answer a question from the documents, or refuse; raise QuestionError where the text is none."""
        return next(step for step in self.answer(query) if isinstance(step, Answer))

    def answer(self, query: Query | str) -> Iterator[Step | Answer]:
        """Give an answer as it comes: its statements one by one, and the whole answer last.

        The whole answer counts: where a language model's sentences do not hold, it is the quoted one.
        """
        query = _query(query)
        check_question(query.text)
        quoted = self._responder.respond(query)
        resolved = quoted.question if quoted.question != query.text else None
        quoted = replace(quoted, question=query.text, resolved=resolved)
        personal = self._answer_personally(query, quoted)
        if personal.answer is not None:
            yield from _steps(personal.answer)
            return
        further = () if personal.next_step is None else (personal.next_step,)
        quoted = replace(quoted, statements=(*quoted.statements, *further), offers=personal.offers)
        quotes = quoted.refusal is None and quoted.hits and not all(statement.own for statement in quoted.statements)
        if self.language_model is not None and quotes and not fields_asked(query.text):
            try:
                yield from self._write(self._responder.whole(query), quoted, self.language_model)
                return
            except (LanguageModelError, NotWritten) as error:
                _log.warning("answering with quotations: %s", error)
        yield from _steps(quoted)

    def _usable_catalogue(self) -> Catalogue | None:
        """Give the benefits where there are any; rules that cannot be read keep nobody from the documents."""
        if self._benefits is None or not self._benefits.is_dir():
            return None
        try:
            return self.catalogue
        except (BenefitError, HomeError) as error:
            _log.warning("answering without verdicts: %s", error)
            return None

    def _told_in(self, text: str, day: date) -> tuple[str, ...]:
        """Give the words of a text in which somebody is told of."""
        catalogue = self._usable_catalogue()
        if catalogue is None:
            return ()
        people = read_everybody(text, catalogue.book, day)
        everything = [*people.own, *(one for person in people.others for one in person.readings)]
        return tuple(one.said for one in everything if one.certain)

    def _answer_personally(self, query: Query, quoted: Answer) -> Personal:
        """Answer with a verdict where the question asks for one."""
        catalogue = self._usable_catalogue()
        if catalogue is None:
            return Personal()
        with self._opening:
            if self._personal is None:
                encoder, cache = self.retriever.encoder, self._snapshot.cache
                self._personal = PersonalAnswerer(catalogue, self, encoder, self._reader, cache)
        respond, asked_again = self._responder.respond, self._responder.asked_again
        return self._personal.answer(query, quoted, respond, asked_again, self.language_model)

    def remembers(self, query: Query) -> bool:
        """Say whether a query was answered before and takes no time now; a language model writes every time."""
        return self.language_model is None and self._responder.remembers(query)

    def suggest(self, answer: Answer, audience: Audience = "public") -> Answer:
        """Give an answer with the questions to ask next that the documents can answer."""
        return replace(answer, suggestions=self._responder.suggest(answer, audience))

    def _write(self, query: Query, quoted: Answer, model: LanguageModel) -> Iterator[Step | Answer]:
        started = time.perf_counter()
        steps: list[Step] = []
        weights, places = self.retriever.term_weights[query.audience], self.retriever.home.places
        for statement, citations in write(query.text, self._sources(query, quoted), model, weights, places, self._cite):
            steps.append(Step(statement, citations))
            yield steps[-1]
        spent = (time.perf_counter() - started) * 1000
        cited = [citation for step in steps for citation in step.citations]
        written = self._responder.complete(query, quoted, [step.statement for step in steps], cited)
        for statement in written.statements[len(steps) :]:
            yield Step(statement, tuple(one for one in written.citations if one.number in statement.citations))
        yield replace(
            written,
            timing=replace(quoted.timing, read=quoted.timing.read + spent, total=quoted.timing.total + spent),
            written_by=model.name,
        )

    def _sources(self, query: Query, quoted: Answer) -> list[PromptSource]:
        """The passages that a model may write from: those quoted first, then the next best that are in force. Where
        what is quoted has ended, the question is about its time, and what is in force now says nothing of that."""
        day = day_of(query)
        numbers = {number for statement in quoted.statements if not statement.own for number in statement.citations}
        quotes = [citation for citation in quoted.citations if citation.number in numbers]
        clauses, documents = {cited.clause_id for cited in quotes}, {cited.doc_id for cited in quotes}
        passages = [
            hit.passage for hit in sorted(quoted.hits, key=lambda hit: (hit.passage.clause_id not in clauses, hit.rank))
        ]
        if all(in_force(self.describe(doc_id), day) for doc_id in documents):
            usable = [passage for passage in passages if in_force(self.describe(passage.doc_id), day)]
        else:
            usable = [passage for passage in passages if passage.doc_id in documents]
        return [
            PromptSource(n, passage, self._records.document(passage.doc_id), self._records.clause(passage.clause_id))
            for n, passage in enumerate(usable[:_SOURCES], start=1)
        ]

    def _cite(self, source: PromptSource, start: int, end: int, number: int) -> Citation:
        return cite(source.document, source.clause, start, end, number)

    @property
    def indexed(self) -> date:
        """The day on which the index was built, here."""
        return datetime.fromisoformat(self._snapshot.manifest.created).astimezone().date()

    @property
    def home(self) -> Home:
        """The places, offices and topics of where the documents are at home."""
        return self.retriever.home

    def documents(self, audience: Audience = "public") -> list[Document]:
        """List the documents that an audience may see, by id, without their texts."""
        visible = (document for document in self._records.catalogue if may_see(audience, document))
        return sorted(visible, key=lambda document: document.doc_id)

    def describe(self, doc_id: str) -> Document:
        """Give a document without its text, at once; for what a ranking or an answer already named."""
        return self._records.catalogue[self._records.ordinals[doc_id]]

    def shows(self, doc_id: str, audience: Audience = "public") -> bool:
        """Say whether there is a document of that id that an audience may see."""
        return doc_id in self._records.ordinals and may_see(audience, self.describe(doc_id))

    def document(self, doc_id: str, audience: Audience = "public") -> Document:
        """Give one document whole; raise NotFoundError where the audience may see none of that id."""
        if not self.shows(doc_id, audience):  # before it is read, which would take the longer the more it holds
            raise NotFoundError.of("document_unknown", doc_id=doc_id)
        return self._records.document(doc_id)

    def layout(self, doc_id: str, audience: Audience = "public") -> Layout:
        """Give where the characters of a document stand; empty where its format does not tell."""
        self.document(doc_id, audience)
        return self._records.layout(doc_id)

    def clauses(self, doc_id: str, audience: Audience = "public") -> list[Clause]:
        """List the clauses of a document in order."""
        self.document(doc_id, audience)
        return self._records.clauses(doc_id)

    def clause(self, clause_id: str, audience: Audience = "public") -> Clause:
        """Give one clause; raise NotFoundError where the audience may see none of that id."""
        clause = self._records.clause(clause_id)
        self.document(clause.doc_id, audience)
        return clause

    def relations(self, doc_id: str, audience: Audience = "public") -> list[Relation]:
        """List how a document stands to the others that the audience may see, told from both sides."""
        document = self.document(doc_id, audience)
        visible = {other.doc_id: other for other in self.documents(audience)}
        cites, cited_by = self._records.citations(doc_id)
        found = relations_of(document, visible.values(), cites, cited_by)
        return [relation for relation in found if relation.target in visible]

    def editions(self, doc_id: str, audience: Audience = "public") -> list[Edition]:
        """List the editions of the law that a document is one of, in their order, as far as the audience may see
        them."""
        return editions_of(self.document(doc_id, audience), self.documents(audience))

    def links(self, doc_id: str, audience: Audience = "public") -> list[Link]:
        """List what the text of a document refers to, in its order, as far as the audience may see it."""

        def clauses_of(target: str) -> list[Clause] | None:
            try:
                return self.clauses(target, audience)
            except NotFoundError:
                return None

        return links_in(self.document(doc_id, audience), self._register, clauses_of)


def _steps(answer: Answer) -> Iterator[Step | Answer]:
    """Give the statements of an answer one by one, each with the citations that no statement before it brought, and the
    answer."""
    waiting = {citation.number: citation for citation in answer.citations}
    for statement in answer.statements:
        yield Step(statement, tuple(waiting.pop(number) for number in statement.citations if number in waiting))
    yield answer


def _query(query: Query | str) -> Query:
    return Query("", query) if isinstance(query, str) else query


def _encoder_of(index_dir: Path, name: str | None) -> Encoder:
    """Open the encoder that questions to an index have to be encoded with."""
    configuration = read_manifest(index_dir, name or current_name(index_dir)).configuration
    return open_encoder((configuration.late or configuration.encoder).name)
