"""The one door to an index: search it, ask it, look documents up.

The command line, the service and the evals all go through `KnowledgeBase`, so that what is measured
is what is served.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kb.answering.follow_up import make_whole
from kb.answering.naming import Register
from kb.answering.question import check_question
from kb.answering.respond import Responder
from kb.errors import NotFoundError
from kb.index.encoder import Encoder
from kb.index.selftest import check_arms
from kb.index.snapshot import Snapshot, open_snapshot
from kb.references import Link, links_in, relations_of
from kb.retrieval import Fusion, Retriever
from kb.types import Answer, Audience, Clause, Document, Hit, Query, Relation
from kb.visibility import may_see


class KnowledgeBase:
    """An open snapshot with its encoder; safe to use from several threads."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder, fusion: Fusion = Fusion()) -> None:
        self._snapshot = snapshot
        self._records = snapshot.records
        self.retriever = Retriever(snapshot, encoder, fusion)
        self._register = Register(self._records.catalogue)
        self._responder = Responder(self.retriever, snapshot.records, self._register)

    @classmethod
    def open(cls, index_dir: Path, encoder: Encoder) -> KnowledgeBase:
        """Open the index in use, check its files and that both arms find Chinese text.

        Raises the SnapshotError that says what is wrong.
        """
        snapshot = open_snapshot(index_dir, encoder)
        check_arms(encoder)
        return cls(snapshot, encoder)

    @property
    def snapshot_name(self) -> str:
        return self._snapshot.name

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def close(self) -> None:
        self._snapshot.close()

    def search(self, query: Query, k: int = 10) -> list[Hit]:
        """Rank passages for a query; raise QuestionError where the text is none."""
        check_question(query.text)
        return self.retriever.retrieve(make_whole(query), k)

    def search_documents(self, query: Query, k: int) -> list[tuple[str, float]]:
        """Rank documents by their best passage: (doc_id, score)."""
        check_question(query.text)
        return self.retriever.retrieve_documents(query, k)

    def ask(self, query: Query) -> Answer:
        """Answer a question from the documents, or refuse; raise QuestionError where the text is none."""
        check_question(query.text)
        return replace(self._responder.respond(make_whole(query)), question=query.text)

    def documents(self, audience: Audience = "public") -> list[Document]:
        """List the documents that an audience may see, by id, without their texts."""
        visible = (document for document in self._records.catalogue if may_see(audience, document))
        return sorted(visible, key=lambda document: document.doc_id)

    def describe(self, doc_id: str) -> Document:
        """Give a document without its text, at once; for what a ranking or an answer already named."""
        return self._records.catalogue[self._records.ordinals[doc_id]]

    def document(self, doc_id: str, audience: Audience = "public") -> Document:
        """Give one document whole; raise NotFoundError where the audience may see none of that id."""
        document = self._records.document(doc_id)
        if not may_see(audience, document):
            raise NotFoundError(f"there is no document {doc_id!r}")
        return document

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
        """List how a document stands to the others that the audience may see, declared by either side."""
        document = self.document(doc_id, audience)
        return [
            relation
            for relation in relations_of(document, self.documents(audience))
            if relation.target in self._records.ordinals and may_see(audience, self.describe(relation.target))
        ]

    def links(self, doc_id: str, audience: Audience = "public") -> list[Link]:
        """List what the text of a document refers to, in its order, as far as the audience may see it."""

        def clauses_of(target: str) -> frozenset[str] | None:
            try:
                return frozenset(clause.clause_id for clause in self.clauses(target, audience))
            except NotFoundError:
                return None

        return links_in(self.document(doc_id, audience), self._register, clauses_of)
