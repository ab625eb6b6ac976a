"""From passages to a written answer whose every sentence has passed the check.

The model's sentences come one by one. Each is held against the sentences of the passages that it names;
the spans that hold it become its citations, so that a reader sees the words that it rests on and not a
whole passage. What fails is dropped. Where nothing holds, or more fails than a reader should have to
trust, the writing ends in NotWritten and the caller gives the quoted answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kb.errors import KnowledgeBaseError
from kb.index.term_weights import TermWeights
from kb.text.places import Gazetteer
from kb.text.sentences import sentence_spans
from kb.text.terms import terms
from kb.types import Citation, Statement
from kb.writing.check import failing
from kb.writing.language_model import LanguageModel
from kb.writing.prompt import INSTRUCTION, INSUFFICIENT, PromptSource, request
from kb.writing.written_sentences import WrittenSentence, split


class NotWritten(KnowledgeBaseError):
    """The model wrote nothing that a reader may see; the quoted answer stands."""

    code = "not_written"


# Set by hand, with no measurement behind them: how many sentences a span may reach over, how many an answer may have,
# and which share of them must hold, so that where most are made up the few that fit are not trusted either.
_REACH = 3
_SENTENCES = 12
_MUST_HOLD = 0.5


def write(
    question: str,
    sources: Sequence[PromptSource],
    model: LanguageModel,
    weights: TermWeights,
    places: Gazetteer,
    cite: Callable[[PromptSource, int, int, int], Citation],
) -> Iterator[tuple[Statement, tuple[Citation, ...]]]:
    """Give the statements that hold as the model writes them, each with the citations that are new.

    Raises NotWritten, or the LanguageModelError that the model ends in.
    `cite(source, start, end, number)` makes the citation of a span of the source's document.
    """
    by_number = {source.number: source for source in sources}
    citations: dict[tuple[str, int, int], Citation] = {}
    held = seen = 0
    for sentence in split(model.stream(INSTRUCTION, request(question, sources))):
        if INSUFFICIENT in sentence.text:
            raise NotWritten.of("model_found_too_little")
        seen += 1
        if seen > _SENTENCES:
            break
        named = [by_number[number] for number in sentence.numbers if number in by_number]
        spans = [(source, *_span(sentence, source, weights, _REACH)) for source in named]
        told = [source.document.text[start:end] for source, start, end in spans]
        about = "\n".join(
            "\n".join((source.name, *source.document.issuers, source.document.region or "")) for source in named
        )
        if failing(sentence.text, told, about, weights, places) is not None:
            continue
        held += 1
        fresh, numbers = [], []
        for source, start, end in spans:
            key = (source.document.doc_id, start, end)
            if key not in citations:
                citations[key] = cite(source, start, end, len(citations) + 1)
                fresh.append(citations[key])
            numbers.append(citations[key].number)
        yield Statement(sentence.text, tuple(dict.fromkeys(numbers))), tuple(fresh)
    if not held or held < _MUST_HOLD * seen:
        raise NotWritten.of("too_little_holds", held=held, seen=seen)


def _span(sentence: WrittenSentence, source: PromptSource, weights: TermWeights, reach: int) -> tuple[int, int]:
    """Give the shortest run of sentences of the passage that covers most of what the sentence says."""
    passage = source.passage
    text = source.document.text
    spans = sentence_spans(text, passage.start, passage.end)
    wanted = list(dict.fromkeys(terms(sentence.text)))
    runs = [(spans[i][0], spans[j][1]) for i in range(len(spans)) for j in range(i, min(i + reach, len(spans)))]

    def worth(run: tuple[int, int]) -> tuple[float, int]:
        covered = weights.coverage(wanted, frozenset(terms(text[run[0] : run[1]])))
        return round(covered, 2), run[0] - run[1]

    return max(runs, key=worth, default=(passage.start, passage.end))
