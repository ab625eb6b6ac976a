"""Facts that a sentence tells in words that no rule knows: 一张纸都没签过 for a labour contract that is not there.

A small network, trained on the sentences of many writers (`evals.training.fact_training`), goes on from the states that the embedded encoder's
lower layers leave. For each value of a fact of yes or no and of a choice, and for each number, date and place, it gives the probability that it is told, and the
clause that it looked at. What it alone reads is offered to be confirmed and is not used before; what the rules read wins over it, unless it takes that to be
told by no means: then that, too, is to be confirmed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.eligibility.facts import FactBook
from kb.eligibility.sentence import FactReading
from kb.eligibility.values import as_json
from kb.errors import FactError, ModelError
from kb.index.encoder import EMBEDDED, MODELS_DIR
from kb.model_folder import CONFIG, check_file, checksum, read_config, write_config
from kb.text.fold import fold
from kb.transformer.model import GRAPH, Model, open_session

if TYPE_CHECKING:
    import onnxruntime

FORMAT = "kb-facts/1"
LIKELY = 0.5
"""The probability from which a fact is offered: more likely told than not. On the sentences of `told` what is offered is then as often right
as what the rules take (docs/eligibility.md)."""
UNLIKELY = 0.02
"""The probability below which what a rule reads is not used before it is confirmed. Of such readings in `told` a third are right."""
_LABEL = re.compile(r"(?P<fact>\w+)(?:(?P<not>!)?=(?P<value>\w+))?")
_CLAUSE = re.compile(r"[^,，。;；!！?？、\s]+")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A fact with its value as the API gives it, told in text[start:end] with this probability."""

    fact_id: str
    value: Any
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class TaggedText:
    """What the tagger takes a text to tell: of each fact the likeliest value that is more likely told than not, in the order of the text, and
    how likely each value is told; None for a fact of which only that is known whether it is told."""

    offered: list[Tagged]
    probabilities: Mapping[tuple[str, str | None], float]

    def probability(self, fact_id: str, value: Any) -> float | None:
        """Say how likely it is that the text tells a fact with a value as the API gives it; None for a fact that the tagger does not know."""
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
        """Open the network in `folder`; raise ModelError where it is not sound or does not go on from the encoder in `body`."""
        config = read_config(folder, FORMAT, ModelError)
        labels, files = config.get("labels"), config.get("files")
        if not isinstance(labels, list) or not isinstance(files, dict) or set(files) != {GRAPH}:
            raise ModelError.of("model_keys_missing", file=folder / CONFIG, keys="labels and files")
        check_file(folder / GRAPH, files[GRAPH], ModelError)
        encoder = Model.open(body, "encoder")
        if config.get("body") != encoder.configuration.checksum:
            raise ModelError.of("model_other_body", file=folder / CONFIG, body=body)
        return cls(labels, encoder, open_session(folder))

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
        for n in np.flatnonzero(likely >= LIKELY):
            fact_id, value = self.labels[n]
            if value is None or (fact_id in best and best[fact_id].probability >= likely[n]):
                continue
            token = len(ids) - 1 - looked.shape[1] + int(looked[0, :, n].argmax())
            start, end = (max(place - len(self._prompt), 0) for place in encoding.offsets[token])
            best[fact_id] = Tagged(fact_id, value, *view.span(*_clause_around(view.text, start, end)), float(likely[n]))
        offered = sorted(best.values(), key=lambda one: (one.start, one.fact_id))
        keys = [(fact_id, None if value is None else json.dumps(value)) for fact_id, value in self.labels]
        return TaggedText(offered, dict(zip(keys, likely.tolist(), strict=True)))


def add_tagged_readings(
    text: str, readings: Sequence[FactReading], book: FactBook, as_of: date, tagger: FactTagger
) -> list[FactReading]:
    """Add to what was read what the tagger takes the text to tell beside, each to be confirmed, as is what was read and it takes to be told by no
    means; a fact that the book does not have is none."""
    tagged = tagger.read(text)
    known = {reading.fact_id for reading in readings}
    found = [replace(one, certain=False) if _is_doubted(one, tagged) else one for one in readings]
    for one in tagged.offered:
        if one.fact_id in known or book.get(one.fact_id) is None:
            continue
        try:
            value = book.profile({one.fact_id: one.value}, as_of).values[one.fact_id]
        except FactError:  # a choice that this city's book does not have
            continue
        found.append(FactReading(one.fact_id, value, text[one.start : one.end], one.start, one.end, certain=False))
    return sorted(found, key=lambda one: (one.start, one.fact_id))


def _is_doubted(reading: FactReading, tagged: TaggedText) -> bool:
    probability = tagged.probability(reading.fact_id, as_json(reading.value))
    return probability is not None and probability < UNLIKELY


@cache
def shipped_tagger() -> FactTagger:
    """Open the network that ships, once for the process."""
    return FactTagger.open()


def write_tagger(folder: Path, labels: Sequence[str], body: str, training: Mapping[str, Any]) -> None:
    """Write `config.json` beside a graph that lies there; `body` is the checksum of the encoder whose states it was trained on."""
    files = {GRAPH: checksum(folder / GRAPH, ModelError)}
    write_config(folder, {"format": FORMAT, "labels": list(labels), "body": body, "files": files, "training": dict(training)})  # fmt: skip


def _value(found: re.Match[str]) -> Any:
    if found["value"] is None:
        return None
    value = {"true": True, "false": False}.get(found["value"], found["value"])
    return {"not": [value]} if found["not"] else value


def _clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    return next((one.span() for one in _CLAUSE.finditer(text) if one.start() <= start < one.end()), (start, end))
