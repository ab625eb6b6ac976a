"""Digests held against the catalogue of facts that they were written from.

Every sentence of a digest is followed by the facts that it tells (`<!-- #03 #05 -->`, facts of the same
document in corpus/facts/). Nothing in it may be invented: a sentence without a fact, a fact that does not
exist, or a number that is in none of its facts is an error, and every fact has to be told. What a fact of scope
`context` tells is true of the subject and no rule of the document: it stands under a heading that the front
matter names as `background`, and nothing else does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from kb.errors import DocumentError, Location
from kb.text.fold import fold_text
from kb.text.markers import DEPTH, read_marker
from kb.text.numerals import normalize_numbers
from kb.text.sentences import sentence_spans
from kb.types import Document

# A comment behind a sentence names the facts that it rests on.
_FACTS = re.compile(r"<!--\s*((?:#\d+\s*)+)-->")
_FENCE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)  # Front matter has no facts.
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")  # Every number of a sentence has to stand in one of its facts.


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a digest, its line in the file, the facts named behind it, and the headings that are above it."""

    line: int
    text: str
    facts: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """The texts of the facts of a document by number (#03), how it is named, and which facts are but context."""

    texts: dict[str, str]
    named: str
    context: frozenset[str]


def read_catalogue(folder: Path) -> dict[str, Facts]:
    """Read the facts of all catalogues in `folder`, per document."""
    catalogue: dict[str, Facts] = {}
    for path in sorted(folder.glob("*.yaml")):
        for document in yaml.safe_load(path.read_text("utf-8")):
            facts = {f"#{fact['id'].rpartition('#')[2]}": fact for fact in document["facts"]}
            named = " ".join(str(document.get(key) or "") for key in ("title", "number", "date", "proposal_no"))
            catalogue[document["id"]] = Facts(
                {number: fact["text"] for number, fact in facts.items()},
                named,
                frozenset(number for number, fact in facts.items() if fact.get("scope") == "context"),
            )
    return catalogue


def check_digest(path: Path, document: Document, catalogue: dict[str, Facts]) -> list[DocumentError]:
    """Hold one digest against the facts of its document; give what is wrong with it, line by line."""
    known = catalogue.get(document.doc_id)
    if known is None:
        return [DocumentError.of("digest_without_facts", file=path, doc_id=document.doc_id)]

    def wrong(key: str, sentence: Told, **values: object) -> DocumentError:
        return DocumentError(Location(str(path), line=sentence.line), key, values)

    errors: list[DocumentError] = []
    facts = known.texts
    told: set[str] = set()
    for sentence in told_sentences(path.read_text("utf-8")):
        if not sentence.facts:
            errors.append(wrong("sentence_without_fact", sentence, words=_short(sentence.text)))
            continue
        missing = [fact for fact in sentence.facts if fact not in facts]
        for fact in missing:
            name = f"{document.doc_id}{fact}"
            errors.append(wrong("fact_not_in_catalogue", sentence, fact=name, first=min(facts), last=max(facts)))
        told.update(sentence.facts)
        is_background = any(heading in document.background for heading in sentence.headings)
        for fact in (fact for fact in sentence.facts if (fact in known.context) != is_background):
            key = "rule_told_as_background" if is_background else "background_told_as_rule"
            errors.append(wrong(key, sentence, fact=f"{document.doc_id}{fact}"))
        numbers = _numbers(" ".join([known.named, *(facts.get(fact, "") for fact in sentence.facts)]))
        for number in sorted(_numbers(sentence.text) - numbers):
            errors.append(wrong("number_not_in_facts", sentence, number=number, facts=sentence.facts))
    for fact in sorted(facts.keys() - told):
        name = f"{document.doc_id}{fact}"
        errors.append(DocumentError.of("fact_not_told", file=path, fact=name, words=_short(facts[fact])))
    return errors


def told_sentences(source: str) -> Iterator[Told]:
    """Give the sentences of a digest's source with the facts behind them; headings and the notice left out."""
    fences = [match.end() for match in _FENCE.finditer(source)]
    body_at = fences[1] if len(fences) > 1 else 0
    first_line = source.count("\n", 0, body_at) + 1
    above: dict[float, str] = {}
    for number, line in enumerate(source[body_at:].split("\n"), start=first_line):
        if not line.strip() or line.startswith(">"):
            continue
        marker = read_marker(line, 0, len(line))
        rest = line[marker.end :].strip() if marker else line.strip()
        if rest and rest[-1] not in "。！？；：" and not _FACTS.search(line):
            depth = DEPTH[marker.kind] if marker else 0
            above = {other: heading for other, heading in above.items() if other < depth} | {depth: line.strip()}
            continue
        headings = tuple(above.values())
        at = marker.end if marker else 0
        for match in _FACTS.finditer(line):
            # A fact may take two sentences; what stands before its marker belongs to it.
            yield from _told(number, line[at : match.start()], tuple(match[1].split()), headings)
            at = match.end()
        yield from _told(number, line[at:], (), headings)


def _told(number: int, text: str, facts: tuple[str, ...], headings: tuple[str, ...]) -> Iterator[Told]:
    if text.strip():
        yield Told(number, text.strip(), facts, headings)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(normalize_numbers(fold_text(text))))


def _short(text: str) -> str:
    spans = sentence_spans(text)
    first = text[slice(*spans[0])] if spans else text
    return f"“{first[:24]}…”" if len(first) > 24 else f"“{first}”"
