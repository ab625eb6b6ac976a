"""Facts that a sentence tells in words that no rule knows: 一张纸都没签过 for a labour contract that is not there.

A small network, trained on the sentences of many writers (`evals.training.fact_training`), goes on from the states that
the embedded encoder's lower layers leave. For each value of a fact of yes or no and of a choice, and for each number,
date and place, it gives the probability that it is told, and where it looked; the number, date or place itself is read
there (`told_values`). What it alone reads is offered to be confirmed and is not used before; what the rules read wins
over it, unless it takes that to be told by no means: then that, too, is to be confirmed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.eligibility.asking_clauses import CLAUSE, clauses_that_only_ask
from kb.eligibility.facts import FactBook
from kb.eligibility.readings import FactReading
from kb.eligibility.sentence import holds
from kb.eligibility.spoken_text import SpokenText
from kb.eligibility.told_values import read_where_told
from kb.eligibility.values import as_json
from kb.errors import FactError, ModelError
from kb.index.encoder import EMBEDDED, MODELS_DIR
from kb.model_folder import CONFIG, check_file, checksum, read_config, write_config
from kb.text.fold import Folded, fold
from kb.transformer.model import GRAPH, Model
from kb.transformer.session import open_session

if TYPE_CHECKING:
    import onnxruntime

FORMAT = "kb-facts/1"
LIKELY = 0.3
"""The probability from which a fact is offered: a question too many costs less than a third of what a fact that is
missed does, so that from here on asking pays (docs/eligibility.md)."""
UNLIKELY = 0.02
"""The probability below which what a rule reads is not used before it is confirmed. Of such readings in `told` a third
are right."""
_LABEL = re.compile(r"(?P<fact>\w+)(?:(?P<not>!)?=(?P<value>\w+))?")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A fact with its value as the API gives it, told in text[start:end] with this probability."""

    fact_id: str
    value: Any
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Located:
    """A number, date or place that is told with this probability; `looked` says how much of what was looked at lies on
    each character."""

    fact_id: str
    looked: Sequence[float]
    probability: float


@dataclass(frozen=True, slots=True)
class TaggedText:
    """What the tagger takes a text to tell: of each fact the likeliest value from `LIKELY` on, in the order of the
    text; how likely each value is told, None for a fact of which only that is known whether it is told; and where those
    of them stand that are told from `LIKELY` on, the likeliest first."""

    offered: list[Tagged]
    probabilities: Mapping[tuple[str, str | None], float]
    located: Sequence[Located] = ()

    def probability(self, fact_id: str, value: Any) -> float | None:
        """Say how likely it is that the text tells a fact with a value as the API gives it; None for a fact that the
        tagger does not know."""
        known = self.probabilities.get((fact_id, json.dumps(value)))
        return self.probabilities.get((fact_id, None)) if known is None else known


class FactTagger:
    """Reads facts out of sentences; safe to share between threads."""

    def __init__(self, labels: Sequence[str], body: Model, session: onnxruntime.InferenceSession) -> None:
        self.labels = [(found["fact"], _value(found)) for found in map(_LABEL.fullmatch, labels) if found]
        """Facts with a value, or with None where only that is told of which the rules read the value."""
        self._body, self._session = body, session
        self._prompt = str(body.configuration.settings["query"])

    @classmethod
    def open(cls, folder: Path = MODELS_DIR / "facts", body: Path = MODELS_DIR / EMBEDDED) -> FactTagger:
        """Open the network in `folder`; raise ModelError where it is not sound or does not go on from the encoder in
        `body`."""
        config = read_config(folder, FORMAT, ModelError)
        labels, files = config.get("labels"), config.get("files")
        if not isinstance(labels, list) or not isinstance(files, dict) or set(files) != {GRAPH}:
            raise ModelError.of("model_keys_missing", file=folder / CONFIG, keys="labels and files")
        check_file(folder / GRAPH, files[GRAPH], ModelError)
        encoder = Model.open(body, "encoder")
        if config.get("body") != encoder.configuration.checksum:
            raise ModelError.of("model_other_body", file=folder / CONFIG, body=body)
        return cls(labels, encoder, open_session(folder / GRAPH))

    def read(self, text: str) -> TaggedText:
        """Say what a text tells."""
        view = fold(text)
        (encoding,) = self._body.tokens([self._prompt + view.text])
        limit = self._body.configuration.tokens
        ids = encoding.ids if len(encoding.ids) <= limit else [*encoding.ids[: limit - 1], encoding.ids[-1]]
        ((states,),) = self._body.run([ids], ["states"])
        odds, looked = self._session.run(["odds", "looked"], {"states": states[None]})
        likely = 1 / (1 + np.exp(-odds[0]))
        best: dict[str, Tagged] = {}
        located = []
        first = len(ids) - 1 - looked.shape[1]
        spans = [
            (max(start - len(self._prompt), 0), max(end - len(self._prompt), 0))
            for start, end in encoding.offsets[first : first + looked.shape[1]]
        ]
        of_words = np.array([CLAUSE.search(view.text, *span) is not None for span in spans], bool)
        weights = np.where(of_words[:, None], looked[0], 0)  # a mark tells nothing
        for n in np.flatnonzero(likely >= LIKELY):
            fact_id, value = self.labels[n]
            if value is None:
                located.append(Located(fact_id, _spread(looked[0, :, n], spans, view, len(text)), float(likely[n])))
                continue
            if fact_id in best and best[fact_id].probability >= likely[n]:
                continue
            if (clause := _clause_around(view.text, *spans[int(weights[:, n].argmax())])) is not None:
                best[fact_id] = Tagged(fact_id, value, *view.span(*clause), float(likely[n]))
        offered = sorted(best.values(), key=lambda one: (one.start, one.fact_id))
        keys = [(fact_id, None if value is None else json.dumps(value)) for fact_id, value in self.labels]
        located.sort(key=lambda one: -one.probability)
        return TaggedText(offered, dict(zip(keys, likely.tolist(), strict=True)), located)


def add_tagged_readings(
    text: str, readings: Sequence[FactReading], book: FactBook, as_of: date, tagger: FactTagger
) -> list[FactReading]:
    """Add to what was read what the tagger takes the text to tell beside, each to be confirmed, as is what was read and
    it takes to be told by no means; a fact that the book does not have is none."""
    tagged = tagger.read(text)
    asking = list(clauses_that_only_ask(text))
    known = {reading.fact_id for reading in readings}
    found = [replace(one, certain=False) if _is_doubted(one, tagged) else one for one in readings]
    for one in tagged.offered:
        if one.fact_id in known or book.get(one.fact_id) is None or _lies_in(one.start, one.end, asking):
            continue
        try:
            value = book.profile({one.fact_id: one.value}, as_of).values[one.fact_id]
        except FactError:  # a choice that this city's book does not have
            continue
        found.append(FactReading(one.fact_id, value, text[one.start : one.end], one.start, one.end, certain=False))
    located = _located_readings(text, tagged.located, found, book, as_of)
    found += [one for one in located if not _lies_in(one.start, one.end, asking)]
    return sorted(found, key=lambda one: (one.start, one.fact_id))


def _located_readings(
    text: str, located: Iterable[Located], found: Iterable[FactReading], book: FactBook, as_of: date
) -> Iterator[FactReading]:
    """Read the values that are told and not `found`, nor from what tells another: an age and a day of birth are told by
    one number, and 老家湖北 tells of no home beside."""
    known = list(found)
    spoken = SpokenText.of(text, book.regions)
    for told in located:
        fact = book.get(told.fact_id)
        if fact is None or book.asked(fact.fact_id) in {book.asked(one.fact_id) for one in known}:
            continue
        placed = read_where_told(spoken, fact, told.looked, book.regions, as_of)
        if placed is None:
            continue
        value, start, end = placed
        alike = [one for one in known if book[one.fact_id].type == fact.type]
        reading = FactReading(fact.fact_id, value, text[start:end], start, end, certain=False)
        if holds(reading, book, as_of) and not any(one.start < end and start < one.end for one in alike):
            known.append(reading)
            yield reading


def _lies_in(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _is_doubted(reading: FactReading, tagged: TaggedText) -> bool:
    probability = tagged.probability(reading.fact_id, as_json(reading.value))
    return probability is not None and probability < UNLIKELY


@cache
def shipped_tagger() -> FactTagger:
    """Open the network that ships, once for the process."""
    return FactTagger.open()


def write_tagger(folder: Path, labels: Sequence[str], body: str, training: Mapping[str, Any]) -> None:
    """Write `config.json` beside a graph that lies there; `body` is the checksum of the encoder whose states it was
    trained on."""
    files = {GRAPH: checksum(folder / GRAPH, ModelError)}
    write_config(folder, {"format": FORMAT, "labels": list(labels), "body": body, "files": files, "training": dict(training)})  # fmt: skip


def _spread(
    weights: NDArray[np.float32], spans: Sequence[tuple[int, int]], view: Folded, characters: int
) -> list[float]:
    """Spread the weight of every token over the characters of the original that it stands for."""
    looked = [0.0] * characters
    for weight, (start, end) in zip(weights.tolist(), spans, strict=True):
        first, last = view.span(start, end) if start < end else (0, 0)
        for place in range(first, last):
            looked[place] += weight / (last - first)
    return looked


def _value(found: re.Match[str]) -> Any:
    if found["value"] is None:
        return None
    value = {"true": True, "false": False}.get(found["value"], found["value"])
    return {"not": [value]} if found["not"] else value


def _clause_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    return next((one.span() for one in CLAUSE.finditer(text) if one.start() < end and start < one.end()), None)
