"""The lexical arm: BM25 over character n-grams with tantivy (k1 = 1.2, b = 0.75, its constants).

Terms are made by `kb.text.terms` and handed to tantivy ready, so that its own tokenizers, which
know no Chinese, only split at spaces. A passage is searched by its body (context and text) and a
little again by its context alone, so that the right title counts beyond its few words.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from kb.errors import SnapshotDamagedError
from kb.text.terms import terms

WEIGHTS = {"body": 1.0, "context": 0.25}
"""How much a term counts per field; chosen on the train splits of cmrc and stard."""

K1 = 1.2
"""tantivy's constant; it cannot be set."""

Entry = tuple[int, int, str, str]
"""What is indexed: row, ordinal of the document, context, text."""

_HEAP_BYTES = 400_000_000  # large enough that 100,000 passages become one segment


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
    index = tantivy.Index(_schema(), path=str(path))
    writer = index.writer(_HEAP_BYTES, num_threads=1)
    for row, ordinal, context, text in passages:
        in_context = terms(context)
        entry = tantivy.Document()
        entry.add_text("context", " ".join(in_context))
        entry.add_text("body", " ".join(in_context + terms(text)))
        entry.add_unsigned("row", row)
        entry.add_unsigned("document", ordinal)
        writer.add_document(entry)
    writer.commit()
    writer.wait_merging_threads()


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

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def frequency(self, term: str) -> int:
        """Count the passages that hold a term."""
        return int(self._searcher.doc_freq("body", term))

    def search(
        self, text: str, k: int, hidden: Collection[int] = (), also: Mapping[str, float] = {}
    ) -> list[tuple[int, float]]:
        """Give the `k` best rows with their scores, best first, without `hidden` documents' (ordinals).

        `also` gives the weights of terms that are searched for beside those of the text.
        """
        schema = self._index.schema
        clauses = []
        for term, count in wanted_terms(text, also).items():
            for field, weight in WEIGHTS.items():
                query = tantivy.Query.term_query(schema, field, term, index_option="freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight * count)))
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        if hidden:
            exclusion = tantivy.Query.term_set_query(schema, "document", sorted(hidden))
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, exclusion)])
        found = self._searcher.search(query, limit=k, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return [(int(row), float(score)) for row, (score, _) in zip(rows, found, strict=True)]
