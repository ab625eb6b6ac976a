"""What the documents hold for a question: sentences found, read, and put in order.

The reader's log-odds are joined by how the document stands to the question (its level of government, commentary
or policy), by the thread of the conversation, and by a little of the passage's rank. A sentence that speaks of
another year, ordinal or place than the question pins down is no candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

from kb.answering.amounts import forms_asked
from kb.answering.evidence import is_foreign, signs_of
from kb.answering.features import FEATURES
from kb.answering.follow_up import Turn
from kb.answering.model import ReaderModel
from kb.answering.question import Question, understand
from kb.answering.reader import Candidate, read
from kb.answering.sentences import SIGNS, Prepared, prepare
from kb.answering.specifics import Specifics, region_of, specifics_of
from kb.answering.standing import agreement, levels_asked, standing
from kb.answering.table_rows import header_of
from kb.index.encoder import STATIC, open_encoder
from kb.index.records import Records
from kb.metadata import bears, fields_asked
from kb.retrieval import Retriever
from kb.text.fold import script_of
from kb.text.terms import terms
from kb.types import Audience, Clause, Document, Hit, Passage, Query
from kb.visibility import may_see

_LIST = 3
_TITLE = 10  # characters that the title of a clause may have to be no answer
_SCRIPT = 2_000  # characters by which the script of a document is known
_HEADER = "#header"  # the header is read by `kb.metadata`
_OWN = FEATURES.index("own")
_DEFINED, _DEFINES = FEATURES.index("defined"), SIGNS.index("defines")


@dataclass(frozen=True, slots=True)
class Weighing:
    """What counts beside the reader's log-odds: `rank` for the first passage found (half for the second, and so
    on), `thread` for a document that the conversation is about, `new` the share of the log-odds by the new words
    of a follow-up alone, `said` for holding those words, `listed` for as many things as the question says there are, `enumerates` for a list where
    one is asked for, `defines` for a definition, `script` against a document in the other script than the question's. From the probability `stands_out` on a
    part of a sentence is shown as the answer itself. Chosen on the dev half of the policy questions."""

    passages: int = 12
    rank: float = 0.8
    thread: float = 2.5
    new: float = 0.8
    said: float = 4.0
    listed: float = 1.2
    enumerates: float = 1.0
    defines: float = 2.0
    script: float = 0.5
    stands_out: float = 0.3


def joined(hits: Sequence[Hit], more: Iterable[Hit]) -> list[Hit]:
    """Put further passages behind those found, ranked on."""
    known = {hit.passage.passage_id for hit in hits}
    fresh = [hit for hit in more if hit.passage.passage_id not in known]
    return [*hits, *(replace(hit, rank=len(hits) + n) for n, hit in enumerate(fresh, start=1))]


class Investigator:
    """Searches and reads one snapshot."""

    def __init__(
        self, retriever: Retriever, records: Records, model: ReaderModel, weighing: Weighing = Weighing()
    ) -> None:
        self._retriever = retriever
        self._records = records
        self._model = model
        self._weighing = weighing
        # The ranker was trained on the vectors of the static encoder, whatever finds the passages.
        self._encoder = open_encoder(STATIC)
        self.places = retriever.home.places
        self.home = {
            audience: frozenset(
                place
                for document in records.catalogue
                if may_see(audience, document)
                for place in region_of(document, self.places)
            )
            for audience in get_args(Audience)
        }
        self.document = lru_cache(maxsize=256)(records.document)
        self.clause = lru_cache(maxsize=4096)(records.clause)
        self._prepared = lru_cache(maxsize=2048)(self._prepare)
        self._script = lru_cache(maxsize=4096)(self._script_of)

    def search(
        self, query: Query, *, only: frozenset[int] | None = None, ended: bool = False, k: int | None = None
    ) -> list[Hit]:
        """Find passages."""
        return self._retriever.retrieve(query, k or self._weighing.passages, ended=ended, only=only)

    def read(
        self, turn: Turn, hits: Sequence[Hit], thread: Iterable[str] = (), *, strict: bool = True
    ) -> tuple[Question, list[Candidate]]:
        """Give the question as it was understood and the sentences that may answer, best first; `thread` names the
        documents that the conversation is about. What is not `strict` about it takes sentences as well that speak of
        another place, year or number than the question, or lack what has the form that is asked for."""
        question = self._understand(turn.query.text)
        candidates = self._scored(question, turn.query, hits)
        if turn.leans and turn.asked != turn.query.text:
            asked = self._scored(self._understand(turn.asked), turn.query, hits)
            candidates = [
                replace(
                    whole,
                    score=whole.score
                    + self._weighing.new * new.score
                    + self._weighing.said * float(new.features[_OWN]),
                )
                for whole, new in zip(candidates, asked, strict=True)
            ]
        text = turn.query.text
        pinned, levels = specifics_of(text, self.places), levels_asked(text)
        about, fields = frozenset(thread), fields_asked(text)
        forms, home = forms_asked(question.plain), self.home[turn.query.audience]
        asked_script, weighed = script_of(text), []
        for candidate in candidates:
            plain = candidate.sentence.plain
            if candidate.clause_id.endswith(_HEADER) or self._is_title(candidate):
                continue
            # The unit of a figure in a table stands in its header.
            has_form = header_of(candidate.clause_id) or all(form.search(plain) for form in forms)
            if strict and not (bears(fields, plain) and has_form):
                continue
            if strict and pinned and not self._holds(pinned, candidate, home):
                continue
            document = self.document(candidate.doc_id)
            added = standing(levels, document) + self._weighing.rank / candidate.hit.rank
            if candidate.doc_id in about:
                added += self._weighing.thread
            added += self._shape(question, candidate)
            if None not in (asked_script, script := self._script(candidate.doc_id)) and script != asked_script:
                added -= self._weighing.script
            weighed.append(replace(candidate, score=candidate.score + added))
        return question, sorted(weighed, key=lambda c: (-c.score, c.doc_id, c.start))

    def probability(self, question: Question, candidates: Sequence[Candidate], query: Query) -> float:
        """Give the probability that the first candidate answers."""
        return self._model.evidence.probability(self.signs(question, candidates, query))

    def is_foreign(self, question: Question, candidates: Sequence[Candidate], query: Query) -> bool:
        """Say whether the question is outside what the corpus is about."""
        return bool(candidates) and is_foreign(self.signs(question, candidates, query))

    def is_unheard(self, question: Question, candidates: Sequence[Candidate], query: Query) -> bool:
        """Say whether no document says any two neighbouring characters of what is asked."""
        return not candidates or self.signs(question, candidates, query)["new words"] >= 1

    def signs(self, question: Question, candidates: Sequence[Candidate], query: Query) -> dict[str, float]:
        """Read what tells whether the first candidate answers."""
        best = candidates[0]
        document = self._records.catalogue[self._records.ordinals[best.doc_id]]
        return signs_of(
            question,
            candidates,
            self._prepared(best.hit.passage),
            _names(document),
            agreement(levels_asked(query.text), document),
            self._retriever.term_weights[query.audience],
        )

    def named_by(self, question: str, document: Document, audience: Audience) -> float:
        """Give the share of the weight of a question's words that the names of a document hold."""
        weights = self._retriever.term_weights[audience]
        return weights.coverage(self._understand(question).content, _names(document))

    def focus(self, question: str, sentence: str) -> tuple[int, int] | None:
        """Find the words of a sentence that are the answer itself, where they stand out."""
        asked = understand(question)
        numeral = asked.kind in ("time", "quantity")
        span = self._model.spans.find(question, sentence, numeral=numeral, unit=asked.unit or "")
        if span is None or span.probability < self._weighing.stands_out:
            return None
        return span.start, span.end

    @property
    def enough(self) -> float:
        """The probability from which a sentence answers."""
        return self._model.evidence.enough

    def _shape(self, question: Question, candidate: Candidate) -> float:
        """Give what the form of a sentence counts for the form of answer that is asked for."""
        sentence, weighing = candidate.sentence, self._weighing
        added = 0.0
        if question.items is not None and sentence.items == question.items:
            added += weighing.listed
        if question.kind == "list" and sentence.items >= _LIST:
            added += weighing.enumerates
        if question.kind == "definition" and (candidate.features[_DEFINED] or sentence.signs[_DEFINES]):
            added += weighing.defines
        return added

    def _scored(self, question: Question, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
        weights = self._retriever.term_weights[query.audience]
        target = self._retriever.meaning(question.text, self._encoder)
        return read(question, hits, self._prepared, weights, target, self._model.ranker)

    def _understand(self, text: str) -> Question:
        return understand(text, self._retriever.translate(text))

    def _prepare(self, passage: Passage) -> Prepared:
        return prepare(passage, self.document(passage.doc_id), self._encoder)

    def _script_of(self, doc_id: str) -> str | None:
        return script_of(self.document(doc_id).text[:_SCRIPT])

    def _is_title(self, candidate: Candidate) -> bool:
        """Say whether a sentence is but the title of its clause, which says nothing by itself."""
        headings = self.clause(candidate.clause_id).headings
        words = self.document(candidate.doc_id).text[candidate.start : candidate.end].strip()
        return bool(headings) and len(words) <= _TITLE and headings[-1].endswith(words)

    def _holds(self, pinned: Specifics, candidate: Candidate, home: frozenset[str]) -> bool:
        document = self.document(candidate.doc_id)
        clause: Clause = self.clause(candidate.clause_id)
        evidence = f"{candidate.hit.passage.context}\n{document.text[clause.start : clause.end]}"
        is_row = header_of(candidate.clause_id) is not None
        return pinned.held_by(evidence, document, home, is_row=is_row)


def _names(document: Document) -> frozenset[str]:
    names = (document.title, document.short_title or "", *document.aliases, *document.topics, *document.issuers)
    return frozenset(terms("，".join(names)))
