"""What the documents hold for a question: passages found, read with what they stand among, and put in order.

The reader's log-odds are joined by what it cannot see: what the search says (`kb.reading.confidence`), the document
that the conversation is about, and the script of the document where equal sources say the same in both. Evidence that
does not speak of a year, ordinal or place that the question pins down is no candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kb.evidence.passage_units import PassageUnits
from kb.evidence.specifics import Specifics, region_of, specifics_of
from kb.index.encoder import EMBEDDED, open_encoder
from kb.index.records import Records, clause_at
from kb.question.level import without_level
from kb.question.words import content_of
from kb.quoting.candidate import Candidate
from kb.quoting.table_answer import header_of
from kb.quoting.whole import made_whole
from kb.reading.confidence import ALONE, FARTHEST
from kb.reading.reader import Reader, Reading
from kb.reading.rivals import Saying, lead_of
from kb.reading.units import HEADER, Unit, is_heading
from kb.retrieval import Retriever
from kb.text.fold import fold_text, script_of
from kb.text.numerals import normalize_numbers
from kb.text.terms import bigrams, terms
from kb.types import Audience, Clause, Document, Hit, Query
from kb.visibility import day_of, may_see

_SURELY = 0.5  # the probability from which a sentence is more likely than not a part of the answer
_LIST = 2  # sentences beyond which what was made whole around one is a list
_AS_LIKELY = 2 / 3  # as the likeliest sentence one has to be that answers in its place
_SCRIPT = 2_000  # characters by which the script of a document is known


@dataclass(frozen=True, slots=True)
class Weighing:
    """How many passages are found, and of documents that have `ended`, and how many `units` of them are read: the
    `first` alone, with originals beside digests of ours, where one of these is as `sure` to answer. What counts beside
    the reader's log-odds: `thread` for a document that the conversation is about, `script` against a document in the
    other script than the question's. A sentence belongs to the answer from the probability `belongs` on, one in the
    same clause as such a sentence from `beside` on: it costs a line to read, and no citation. A part of a sentence is
    shown as the answer itself from `stands_out` on."""

    passages: int = 24
    ended: int = 4
    units: int = 8
    first: int = 4
    sure: float = 0.7
    thread: float = 0.75
    script: float = 0.5
    belongs: float = 0.25
    beside: float = 0.1
    stands_out: float = 0.3


def joined(hits: Sequence[Hit], more: Iterable[Hit]) -> list[Hit]:
    """Put further passages behind those found, ranked on."""
    known = {hit.passage.passage_id for hit in hits}
    fresh = [hit for hit in more if hit.passage.passage_id not in known]
    return [*hits, *(replace(hit, rank=len(hits) + n) for n, hit in enumerate(fresh, start=1))]


class Investigator:
    """Searches and reads one snapshot."""

    def __init__(self, retriever: Retriever, records: Records, reader: Reader, weighing: Weighing = Weighing()) -> None:
        self._retriever = retriever
        self._reader = reader
        self._weighing = weighing
        self.places = retriever.home.places
        city = retriever.home.city
        in_the_city = frozenset(place for place, chain in self.places.chains.items() if city in chain)
        self.home = {
            audience: in_the_city.union(
                *(region_of(document, self.places) for document in records.catalogue if may_see(audience, document))
            )
            for audience in get_args(Audience)
        }
        self._units = PassageUnits(records)
        self.document, self.clause = self._units.document, self._units.clause
        self._script = lru_cache(maxsize=4096)(self._script_of)
        self._readings = lru_cache(maxsize=32)(self._read)
        self._second = retriever.encoder if retriever.encoder.name == EMBEDDED else open_encoder()
        self._said = lru_cache(maxsize=4096)(self._encode)

    def search(
        self, query: Query, *, only: frozenset[int] | None = None, ended: bool = False, k: int | None = None
    ) -> list[Hit]:
        """Find passages; of documents that have `ended` few, which are read beside the others."""
        usual = self._weighing.ended if ended else self._weighing.passages
        return self._retriever.retrieve(query, k or usual, ended=ended, only=only)

    def read(
        self,
        query: Query,
        hits: Sequence[Hit],
        thread: Iterable[str] = (),
        *,
        strict: bool = True,
        rest: str = "",
        glossed: bool = True,
    ) -> list[Candidate]:
        """Give what may answer, best first; `thread` names the documents that the conversation is about. What is not
        `strict` about it takes evidence as well that speaks of another place, year or number than the question. `rest`
        is what is read instead of the question, where that names the document by its number."""
        text, about = query.text, frozenset(thread)
        pinned, home = specifics_of(text, self.places, query.told, day_of(query)), self.home[query.audience]
        units: dict[Unit, Hit] = {}
        named_rows: set[Unit] = set()
        for hit in hits:
            if hit.passage.clause_id.endswith(HEADER):  # `kb.metadata` reads it
                continue
            for unit, part in self._units.windows(hit):
                named = self._units.is_row_named(text, unit)
                if not strict or (self._holds(pinned, unit, part, home) and named is not False):
                    units.setdefault(unit, part)
                    if named:
                        named_rows.add(unit)
        script = script_of(text)
        asked = fold_text(rest or text)
        meant = [translation.official[0] for translation in self._retriever.translate(asked)] if glossed else []

        def candidates_of(chosen: Sequence[tuple[Unit, Hit]]) -> Iterator[Candidate]:
            readings = self._readings(
                tuple(
                    (self._as_asked(self._open_question(asked, pinned, unit, strict), meant, unit), unit)
                    for unit, _ in chosen
                )
            )
            for (unit, hit), whole in zip(chosen, readings, strict=True):
                reading = self._ungainsaid(pinned, unit, whole) if strict else whole
                if not reading.sentences or self._units.is_title(unit):
                    continue
                score = self._reader.confidence.order(reading.score, hit.score)
                if hit.passage.doc_id in about:
                    score += self._weighing.thread
                if None not in (script, other := self._script(hit.passage.doc_id)) and script != other:
                    score -= self._weighing.script
                candidate = self._candidate(text, unit, hit, reading, score)
                if strict:
                    text_of = self.document(unit.doc_id).text
                    spans = tuple(
                        span
                        for span in candidate.spans
                        if text_of[span[1] - 1] in "：:" or not self._gainsaid(pinned, unit, span, reading)
                    )
                    candidate = replace(candidate, spans=spans or candidate.spans)
                yield replace(candidate, is_named_row=unit in named_rows)

        chosen = list(units.items())[: self._weighing.units]
        first, others = chosen[: self._weighing.first], chosen[self._weighing.first :]
        if any(self._is_digest(unit) for unit, _ in first):  # an original that says the same is quoted before it
            first = [*first, *(one for one in others if not self._is_digest(one[0]))]
            others = [one for one in others if self._is_digest(one[0])]
        read = [*candidates_of(first)]
        ordered = self._ordered(read)
        if not others or self.probability(ordered) >= self._weighing.sure:
            return ordered
        return self._ordered([*read, *candidates_of(others)])

    def read_plainly(self, query: Query, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Give candidates as they are read in the asker's words alone: as they are, where the lexicon knows none of
        these."""
        if not self._retriever.translate(query.text):
            return candidates
        return self.read(query, [candidate.hit for candidate in candidates], glossed=False)

    def _ordered(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Put candidates in order, the best first, one of each table."""
        ordered = sorted(candidates, key=lambda c: (-c.score, c.doc_id, c.start))
        return self._original_first(_one_a_table(ordered))

    def _original_first(self, candidates: list[Candidate]) -> list[Candidate]:
        """Quote from an original what a digest of ours says first, where it reads at least as well and says the
        same."""
        if not candidates or not self._is_digest(candidates[0]):
            return candidates
        first = candidates[0]
        for place, other in enumerate(candidates):
            original = not self._is_digest(other) and other.reading.score >= first.reading.score
            if original and self.saying(first).agrees(self.saying(other)):
                return [replace(other, score=first.score), *candidates[:place], *candidates[place + 1 :]]
        return candidates

    def _is_digest(self, part: Unit | Candidate) -> bool:
        return self.document(part.doc_id).kind == "digest"

    def probability(self, candidates: Sequence[Candidate]) -> float:
        """Give the calibrated probability that the first candidate answers."""
        if not candidates:
            return 0.0
        first = candidates[0]
        read = [(candidate.score, self.saying(candidate)) for candidate in candidates]
        # A row that the question names was held against all the others of its table, cell by cell.
        lead = lead_of(read, FARTHEST if first.is_named_row else ALONE)
        return self._reader.confidence.probability(first.reading.score, lead, self.likeness(first))

    def official(self, text: str) -> list[str]:
        """Give the words of documents that the lexicon knows for those of a text."""
        return [word for translation in self._retriever.translate(text) for word in translation.official]

    def likeness(self, candidate: Candidate) -> float:
        """Give the cosine of a candidate, as it is read, with what it may answer in the asker's words alone: one of the
        lexicon's would make anything sound of this place. It is by the encoder that ships, whichever the index has,
        since what a cosine means is measured for each encoder."""
        (asked,) = self._second.encode_queries([normalize_numbers(fold_text(candidate.question))])
        return float(asked @ self._said(self._units.of(candidate.hit.passage)))

    def _encode(self, unit: Unit) -> NDArray[np.float32]:
        read = unit.as_read(self.document(unit.doc_id))
        vector: NDArray[np.float32] = self._second.encode_passages([f"{read.context}\n{read.text}"])[0]
        return vector

    def evidence(self, candidate: Candidate) -> float:
        """Give what the reader says of a candidate, weighed as in the curve of its confidence, so that readers of
        larger and smaller log-odds say alike."""
        return self._reader.confidence.reading * candidate.reading.score

    def saying(self, candidate: Candidate) -> Saying:
        """Give what a candidate says, for comparing it with others."""
        text, unit = self.document(candidate.doc_id).text, self._units.of(candidate.hit.passage)
        return Saying.of(self.words(candidate), text[unit.start : unit.end], self._minimal(candidate, unit))

    def _minimal(self, candidate: Candidate, unit: Unit) -> str:
        """Give the minimal answer where it stands out or is a figure, by which the same answer is known in other
        words."""
        if unit.told or candidate.reading.short is None:
            return ""
        start, end, _ = candidate.reading.short
        minimal = self.document(unit.doc_id).text[unit.start + start : unit.start + end]
        return minimal if candidate.short or any(char.isdigit() for char in normalize_numbers(minimal)) else ""

    def words(self, candidate: Candidate) -> str:
        """Give the sentence of a candidate that belongs to the answer most."""
        return self.document(candidate.doc_id).text[slice(*candidate.likeliest)]

    @property
    def enough(self) -> float:
        """The probability from which a candidate answers."""
        return self._reader.confidence.enough

    def unheard(self, query: Query) -> float:
        """Give the share of the neighbouring characters of what is asked that no document which may be seen says."""
        heard = self._retriever.term_weights[query.audience].heard
        pairs = bigrams(query.text)
        return sum(not heard(pair) for pair in pairs) / len(pairs) if pairs else 1.0

    def named_by(self, question: str, document: Document, audience: Audience) -> float:
        """Give the share of the weight of a question's words that the names of a document hold."""
        weights = self._retriever.term_weights[audience]
        return weights.coverage(content_of(question), _names(document))

    def covered(self, query: Query, candidate: Candidate) -> float:
        """Give the share of the neighbouring characters of a question that a unit or the title of its document
        holds."""
        document, unit = self.document(candidate.doc_id), self._units.of(candidate.hit.passage)
        said = frozenset(bigrams(f"{document.title}，{document.text[unit.start : unit.end]}"))
        pairs = bigrams(query.text)
        return sum(pair in said for pair in pairs) / len(pairs) if pairs else 0.0

    def _read(self, pairs: tuple[tuple[str, Unit], ...]) -> list[Reading]:
        """Read units, each for its question."""
        return self._reader.read_each([(asked, unit.as_read(self.document(unit.doc_id))) for asked, unit in pairs])

    def _open_question(self, question: str, pinned: Specifics, unit: Unit, strict: bool) -> str:
        """Leave out of a question what is known to be true of a document and not said in its words: the place and level
        that it is for, a year of its term, its number. The reader knows only what it reads, and would miss them. What
        is not `strict` about place and year leaves them out anyway."""
        document = self.document(unit.doc_id)
        said = document.text[unit.start : unit.end] if strict else ""
        rest = without_level(pinned.left_out_of(question, said), document)
        for number in (document.doc_no, document.proposal_no):
            rest = rest.replace(fold_text(number), "") if number else rest
        return rest if terms(rest) else question

    def _as_asked(self, question: str, meant: Sequence[str], unit: Unit) -> str:
        """Put behind a question the words that it `meant` by everyday ones, of these what the unit says: the lexicon
        knows of many what the reader has not learned, and a word that a unit does not say would only stand in its
        way."""
        said = fold_text(self.document(unit.doc_id).text[unit.start : unit.end])
        words = [word for word in dict.fromkeys(meant) if word in said and word not in question]
        return f"{question}({'、'.join(words)})" if words else question

    def _candidate(self, question: str, unit: Unit, hit: Hit, reading: Reading, score: float) -> Candidate:
        if unit.told:
            row = (unit.start, unit.end)
            return Candidate(question, hit, reading, score, (row,), row, None)
        text = self.document(unit.doc_id).text
        spans = self._answering(unit, reading)
        spans = tuple(span for span in spans if not is_heading(text, *span)) or spans
        short = None
        if reading.short and reading.short[2] >= self._weighing.stands_out:
            start, end = unit.start + reading.short[0], unit.start + reading.short[1]
            # A token may begin with the blank or the end of line before it.
            short = (end - len(text[start:end].lstrip()), end)
        placed = [(unit.start + one.start, unit.start + one.end, one.belongs) for one in reading.sentences]
        likeliest = max(placed, key=lambda one: (not is_heading(text, *one[:2]), one[2]))[:2]
        whole = made_whole(text, spans)
        items = [span[:2] for span in placed if span[2] >= _SURELY and text[span[1] - 1] not in "：:"]
        item = items[0] if len(items) == 1 and len(whole) > _LIST else None
        return Candidate(question, hit, reading, score, whole, likeliest, short, item=item)

    def _answering(self, unit: Unit, reading: Reading) -> tuple[tuple[int, int], ...]:
        clauses = self._units.clauses(unit.doc_id)
        likely, perhaps = (
            [(unit.start + start, unit.start + end) for start, end in reading.answer(enough)]
            for enough in (self._weighing.belongs, self._weighing.beside)
        )
        cited = {clause_at(clauses, start) for start, _ in likely}
        return tuple(span for span in perhaps if clause_at(clauses, span[0]) in cited)

    def _script_of(self, doc_id: str) -> str | None:
        return script_of(self.document(doc_id).text[:_SCRIPT])

    def _holds(self, pinned: Specifics, unit: Unit, hit: Hit, home: frozenset[str]) -> bool:
        if not pinned:
            return True
        document = self.document(unit.doc_id)
        clause: Clause = self.clause(hit.passage.clause_id)
        start, end = min(unit.start, clause.start), max(unit.end, clause.end)
        is_row = header_of(clause.clause_id) is not None
        return pinned.held_by(f"{hit.passage.context}\n{document.text[start:end]}", document, home, is_row=is_row)

    def speaks_of(self, pinned: Specifics, candidate: Candidate, home: frozenset[str]) -> bool:
        """Say whether a candidate speaks of what is pinned down, and of nothing else in its place."""
        unit = self._units.of(candidate.hit.passage)
        gainsaid = self._gainsaid(pinned, unit, candidate.likeliest, candidate.reading)
        return not gainsaid and self._holds(pinned, unit, candidate.hit, home)

    def _ungainsaid(self, pinned: Specifics, unit: Unit, reading: Reading) -> Reading:
        """Leave out of what was read the sentences that speak of another year or place than the question; all, where
        none of the others is the answer."""
        kept = tuple(
            one
            for one in reading.sentences
            if not self._gainsaid(pinned, unit, (unit.start + one.start, unit.start + one.end), reading)
        )
        if len(kept) == len(reading.sentences):
            return reading
        # What stands beside the answer is none without it.
        likeliest = max(one.belongs for one in reading.sentences)
        answers = any(one.belongs >= max(self._weighing.belongs, _AS_LIKELY * likeliest) for one in kept)
        short = reading.short if reading.short and any(_within(reading.short, one) for one in kept) else None
        return replace(reading, sentences=kept if answers else (), short=short)

    def _gainsaid(self, pinned: Specifics, unit: Unit, span: tuple[int, int], reading: Reading) -> bool:
        """Say whether a sentence speaks of another year or place than the question; a row is read by its cells."""
        if unit.told or not pinned:
            return False
        document = self.document(unit.doc_id)
        minimal = (unit.start + reading.short[0], unit.start + reading.short[1]) if reading.short else (0, 0)
        said = document.text[slice(*minimal)] if _within(minimal, span) else ""
        before = document.text[document.text.rfind("\n", 0, span[0]) + 1 : span[0]]
        return pinned.gainsaid_by(document.text[slice(*span)], said, before, (*unit.headings, unit.lead), document)


def _within(inner: Sequence[int | float], outer: Sequence[int | float]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _one_a_table(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out rows of a table of which a better row is there: which of its rows are told is decided by what the
    question names."""
    seen: set[str] = set()
    kept = []
    for candidate in candidates:
        table = header_of(candidate.clause_id)
        if table is None or table not in seen:
            kept.append(candidate)
        if table:
            seen.add(table)
    return kept


def _names(document: Document) -> frozenset[str]:
    names = (document.title, document.short_title or "", *document.aliases, *document.topics, *document.issuers)
    return frozenset(terms("，".join(names)))
