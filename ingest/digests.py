"""Digests held against the catalogue of facts that they were written from.

Every sentence of a digest is followed by the facts that it tells (`<!-- #03 #05 -->`, facts of the same
document in corpus/facts/). Nothing in it may be invented: a sentence without a fact, a fact that does not
exist, or a number that is in none of its facts is an error, and every fact has to be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from kb.errors import DocumentError
from kb.text.fold import fold_text
from kb.text.markers import read_marker
from kb.text.numerals import normalize_numbers
from kb.text.sentences import sentence_spans

_FACTS = re.compile(r"<!--\s*((?:#\d+\s*)+)-->")
_FENCE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a digest, its line in the file, and the facts named behind it."""

    line: int
    text: str
    facts: tuple[str, ...]


def read_catalogue(folder: Path) -> dict[str, dict[str, str]]:
    """Read the facts of all catalogues in `folder`: per document, the texts of its facts by number (#03)."""
    catalogue: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        for document in yaml.safe_load(path.read_text("utf-8")):
            told = {f"#{fact['id'].rpartition('#')[2]}": fact["text"] for fact in document["facts"]}
            named = " ".join(str(document.get(key) or "") for key in ("title", "number", "date", "proposal_no"))
            catalogue[document["id"]] = told | {"": named}
    return catalogue


def check_digest(path: Path, doc_id: str, catalogue: dict[str, dict[str, str]]) -> list[DocumentError]:
    """Hold one digest against the facts of its document; give what is wrong with it, line by line."""
    facts = catalogue.get(doc_id)
    if facts is None:
        return [DocumentError(path, f"no catalogue in corpus/facts has a document {doc_id!r}; add its facts first")]
    errors: list[DocumentError] = []
    told: set[str] = set()
    for sentence in told_sentences(path.read_text("utf-8")):
        if not sentence.facts:
            reason = f"{_short(sentence.text)} names no fact; write <!-- #NN --> behind it or take it out"
            errors.append(DocumentError(path, reason, line=sentence.line))
            continue
        missing = [fact for fact in sentence.facts if fact not in facts]
        for fact in missing:
            reason = f"{doc_id}{fact} is no fact of the catalogue; it has {min(facts.keys() - {''})} to {max(facts)}"
            errors.append(DocumentError(path, reason, line=sentence.line))
        told.update(sentence.facts)
        known = _numbers(" ".join([facts[""], *(facts.get(fact, "") for fact in sentence.facts)]))
        for number in sorted(_numbers(sentence.text) - known):
            reason = f"the number {number} is not in {', '.join(sentence.facts)}; tell what the fact tells"
            errors.append(DocumentError(path, reason, line=sentence.line))
    for fact in sorted(facts.keys() - told - {""}):
        errors.append(DocumentError(path, f"fact {doc_id}{fact} is not told: {_short(facts[fact])}"))
    return errors


def told_sentences(source: str) -> Iterator[Told]:
    """Give the sentences of a digest's source with the facts behind them; headings and the notice left out."""
    fences = [match.end() for match in _FENCE.finditer(source)]
    body_at = fences[1] if len(fences) > 1 else 0
    first_line = source.count("\n", 0, body_at) + 1
    for number, line in enumerate(source[body_at:].split("\n"), start=first_line):
        if not line.strip() or line.startswith(">"):
            continue
        at = 0
        for match in _FACTS.finditer(line):
            yield from _sentences(number, line[at : match.start()], tuple(match[1].split()), begins=at == 0)
            at = match.end()
        yield from _sentences(number, line[at:], (), begins=at == 0)


def _sentences(number: int, text: str, facts: tuple[str, ...], *, begins: bool) -> Iterator[Told]:
    marker = read_marker(text, 0, len(text)) if begins else None
    text = text[marker.end if marker else 0 :].strip()
    is_heading = begins and not facts and text and text[-1] not in "。！？；："
    if not text or is_heading:
        return
    # A fact may take two sentences; what stands before its marker belongs to it.
    yield Told(number, text, facts)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(normalize_numbers(fold_text(text))))


def _short(text: str) -> str:
    spans = sentence_spans(text)
    first = text[slice(*spans[0])] if spans else text
    return f"“{first[:24]}…”" if len(first) > 24 else f"“{first}”"
