"""The lexical arm: BM25 over character n-grams with tantivy (k1 = 1.2, b = 0.75, its constants).

Terms are made by `kb.text.terms` and handed to tantivy ready, so that its own tokenizers, which
know no Chinese, only split at spaces. A passage is searched by its body (context and text) and a
little again by its context alone, so that the right title counts beyond its few words.

An index is never changed: one with a few documents more or less is made of links to its files, which tantivy never
writes to again, and of a segment with what is new. What was taken out stays in its segment, unfound, until that is
merged or all is written anew; it is not counted among the passages that hold a term. Only the average length, which
BM25 measures lengths by, knows of it until then.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from kb.errors import SnapshotDamagedError
from kb.text.terms import terms

WEIGHTS = {"body": 1.0, "context": 0.25}
"""How much a term counts per field; chosen on the train splits of cmrc and stard."""

K1 = 1.2
"""tantivy's constant; it cannot be set."""

MANY = 200_000
"""Passages from which on common terms are not searched for. tantivy's Python package looks at every passage that holds
a term, so that of a million 的 alone takes four of fourteen milliseconds."""

COMMON = {"body": 0.7, "context": 0.1}
"""The share of the passages from which on a term is common, per field: in a body it then counts .36 at most where the
rarest term counts 14, in a context a quarter of 2.3. Without them words take a third less time, and of the ten best
passages of a million .988 to .997 stay, of the words' own .983 to .988 (200 stretches of passages, 200 questions of
stard, 200 of `civic` train, others than those that the shares were chosen on)."""

Entry = tuple[int, int, str, str]
"""What is indexed: the number of the passage, that of its document, context, text."""

_TERMS_KEPT = 100_000  # whose passages are counted once
_HEAP_BYTES = 400_000_000  # large enough that 100,000 passages become one segment


_REPLACED = ("meta.json", ".managed.json")  # tantivy puts others in their place; all else it writes once


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    return builder.build()


def write_lexical(path: Path, passages: Iterable[Entry]) -> None:
    """Write an index of entries."""
    path.mkdir()
    _change(tantivy.Index(_schema(), path=str(path)), passages)


def update_lexical(
    path: Path, base: Path, removed: Collection[int], added: Iterable[Entry], *, shared: bool = True
) -> None:
    """Write an index that holds what `base` holds, without the `removed` documents and with what is `added`.

    What did not change lies once on the disk; unless it is `shared` it is copied, as it is where the file system knows
    no links.
    """
    path.mkdir()
    for file in base.iterdir():
        if file.suffix == ".lock":
            continue
        if shared and file.name not in _REPLACED:
            _link(file, path / file.name)
        else:
            shutil.copyfile(file, path / file.name)
    _change(tantivy.Index.open(str(path)), added, removed)


def _link(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)


def _change(index: tantivy.Index, added: Iterable[Entry], removed: Collection[int] = ()) -> None:
    writer = index.writer(_HEAP_BYTES, num_threads=1)
    for number in removed:
        writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "document", number))
    for number, document, context, text in added:
        in_context = terms(context)
        entry = tantivy.Document()
        entry.add_text("context", " ".join(in_context))
        entry.add_text("body", " ".join(in_context + terms(text)))
        entry.add_unsigned("row", number)
        entry.add_unsigned("document", document)
        writer.add_document(entry)
    writer.commit()
    writer.wait_merging_threads()


def rarity(frequency: int, count: int) -> float:
    """Give the inverse document frequency of a term that so many of `count` passages hold, as BM25 has it."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def wanted_terms(text: str, also: Mapping[str, float]) -> dict[str, float]:
    """Count the terms of a question, and add the weights of those that are searched for beside them."""
    wanted: dict[str, float] = dict(Counter(terms(text)))
    for term, weight in also.items():
        wanted[term] = wanted.get(term, 0.0) + weight
    return wanted


class LexicalIndex:
    """Opens a lexical index; searching is thread-safe."""

    def __init__(self, path: Path) -> None:
        try:
            if path.is_dir() and not os.access(path, os.W_OK):
                # tantivy takes a lock file even to read: on a read-only medium it gets a copy, which is
                # mapped into memory and needs its names no longer.
                with TemporaryDirectory(prefix="kb-lexical-", ignore_cleanup_errors=True) as copy:
                    self._open(shutil.copytree(path, copy, dirs_exist_ok=True))
            else:
                self._open(str(path))
        except (ValueError, OSError) as error:
            raise SnapshotDamagedError.of("lexical_broken", file=path, cause=error) from error

    def _open(self, path: str) -> None:
        self._index = tantivy.Index.open(path)
        self._index.config_reader(reload_policy="manual")
        self._searcher = self._index.searcher()
        segments = json.loads(Path(path, "meta.json").read_bytes())["segments"]
        self._kept = sum(segment["max_doc"] for segment in segments)  # with what was taken out and lies there still
        self._frequency = lru_cache(_TERMS_KEPT)(self._count)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def frequency(self, term: str) -> int:
        """Count the passages that hold a term."""
        return self._frequency("body", term)

    def _count(self, field: str, term: str) -> int:
        kept = int(self._searcher.doc_freq(field, term))
        if not kept or len(self) == self._kept:
            return kept
        query = tantivy.Query.term_query(self._index.schema, field, term, index_option="freq")
        return int(self._searcher.search(query, limit=1, count=True).count or 0)

    def _tells(self, term: str, field: str) -> bool:
        """Say whether a term is to be searched for: of very many passages, one that some hold and that is not
        common."""
        return len(self) < MANY or 0 < self._frequency(field, term) <= COMMON[field] * len(self)

    def _rarity(self, field: str, term: str) -> float:
        """Give how much rarer a term is than tantivy takes it to be, which counts what was taken out."""
        if len(self) == self._kept:
            return 1.0
        taken_for = rarity(int(self._searcher.doc_freq(field, term)), self._kept)
        return rarity(self._frequency(field, term), len(self)) / taken_for

    def search(
        self, text: str, k: int, hidden: Collection[int] = (), also: Mapping[str, float] = {}
    ) -> list[tuple[int, float]]:
        """Give the numbers of the `k` best passages with their scores, best first, without `hidden` documents'
        (numbers).

        `also` gives the weights of terms that are searched for beside those of the text.
        """
        schema = self._index.schema
        wanted = [(term, field, count) for term, count in wanted_terms(text, also).items() for field in WEIGHTS]
        if not wanted:
            return []
        clauses = []
        for term, field, count in [one for one in wanted if self._tells(*one[:2])] or wanted:
            query = tantivy.Query.term_query(schema, field, term, index_option="freq")
            boost = WEIGHTS[field] * count * self._rarity(field, term)
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, boost)))
        query = tantivy.Query.boolean_query(clauses)
        if hidden:
            exclusion = tantivy.Query.term_set_query(schema, "document", sorted(hidden))
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, exclusion)])
        found = self._searcher.search(query, limit=k, count=False).hits
        numbers = self._searcher.fast_field_values("row", [address for _, address in found])
        return [(int(number), float(score)) for number, (score, _) in zip(numbers, found, strict=True)]
