"""The static encoder: a table with one vector a term, and numpy.

The vector of a text is the sum of its terms' vectors, scaled to length 1. Terms come from
`kb.text.terms`, so both scripts, both widths and both ways to write a number give the same vector.
The table keeps four bits a number, which find as well as eight did (docs/retrieval.md), and is unpacked when it is
opened; `weights` holds, for each term, its importance times the scale of its row.

    config.json      format, analyzer, dimensions, number of terms, files with their checksums
    vocabulary.txt   the terms, one a line
    vectors.npy      uint8, shape (terms, half the dimensions): of two numbers the first in the low half, each plus 8
    weights.npy      float32, shape (terms,)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import EncoderError
from kb.index.term_lookup import TermLookup
from kb.model_folder import CONFIG, check_file, checksum, read_config, write_config
from kb.text.terms import ANALYZER, terms

FORMAT = "kb-static-encoder/2"  # Raised whenever files written before could no longer be read rightly.
FILES = ("vocabulary.txt", "vectors.npy", "weights.npy")
_LARGEST = 7  # of the numbers that are kept, -7 to 7
_KEPT = (1.0, 0.9, 0.8, 0.7, 0.6)
"""Parts of a row's largest number that may become `_LARGEST`: of these the one is taken that loses least."""
_FEW = 64  # below this many texts, looking up term by term is faster than a batch and needs no tables
_BATCH = 256  # texts that are looked up at once, so that their terms fit into memory however many come
_PIECE = 512
"""Terms whose vectors are added up at once: few enough for the cache of a processor, more than most passages have."""


def is_static_model(folder: Path) -> bool:
    """Tell whether `folder` holds a static encoder, sound or not."""
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError):
        return (folder / FILES[0]).exists() and (folder / FILES[1]).exists()
    return isinstance(config, dict) and str(config.get("format", "")).startswith("kb-static-encoder/")


@dataclass(frozen=True, slots=True)
class TermTable:
    """The weights of a static encoder, checked: term i of `rows` has the vector vectors[i] * weights[i]."""

    rows: dict[str, int]
    vectors: NDArray[np.int8]
    weights: NDArray[np.float32]
    checksum: str

    def lookup(self, text: str) -> list[int]:
        """Give the rows of the known terms of `text`, with repetitions."""
        find = self.rows.get
        return [row for term in terms(text) if (row := find(term)) is not None]


def read_term_table(folder: Path) -> TermTable:
    """Read the weights in `folder`; raise EncoderError naming the file that is missing or was changed."""
    config = _read_config(folder)
    sums = {name: check_file(folder / name, config["files"].get(name), EncoderError) for name in FILES}
    vocabulary = (folder / FILES[0]).read_text("utf-8").split("\n")[:-1]
    packed = np.load(folder / FILES[1])
    weights = np.load(folder / FILES[2])
    vectors = _unpacked(packed)
    shape = (len(vocabulary), config["dimensions"])
    if vectors.shape != shape or weights.shape != shape[:1]:
        raise EncoderError.of(
            "encoder_shape", file=folder / FILES[1], found=str(vectors.shape), wanted=str(shape), file_name=CONFIG
        )
    identity = hashlib.sha256(json.dumps([FORMAT, ANALYZER, sums], sort_keys=True).encode()).hexdigest()
    rows = {term: row for row, term in enumerate(vocabulary)}
    return TermTable(rows, vectors, weights, identity)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    config = read_config(folder, FORMAT, EncoderError)
    if config.get("analyzer") != ANALYZER:
        raise EncoderError.of("encoder_other_analyzer", file=path, found=config.get("analyzer"), wanted=ANALYZER)
    if not isinstance(config.get("files"), dict) or not isinstance(config.get("dimensions"), int):
        raise EncoderError.of("model_keys_missing", file=path, keys="files and dimensions")
    return config


def write_static_model(
    folder: Path, vocabulary: Sequence[str], vectors: NDArray[np.float32], details: dict[str, object]
) -> None:
    """Write term vectors, shape (terms, an even number of dimensions), as a model folder; `details` goes into its
    config."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = _scales(vectors)
    (folder / FILES[0]).write_text("".join(f"{term}\n" for term in vocabulary), "utf-8")
    np.save(folder / FILES[1], _packed(_rounded(vectors, weights)))
    np.save(folder / FILES[2], weights)
    config = {
        "format": FORMAT,
        "analyzer": ANALYZER,
        "dimensions": vectors.shape[1],
        "terms": len(vocabulary),
        "files": {name: checksum(folder / name, EncoderError) for name in FILES},
        "training": details,
    }
    write_config(folder, config)


def _rounded(vectors: NDArray[np.float32], scales: NDArray[np.float32]) -> NDArray[np.int8]:
    return np.asarray(np.clip(np.rint(vectors / scales[:, None]), -_LARGEST, _LARGEST), np.int8)


def _scales(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give for each row the scale at which rounding changes it least: a single large number may be cut for the sake of
    the others."""
    largest = np.maximum(np.abs(vectors).max(axis=1), 1e-12)
    tried = [(part * largest / _LARGEST).astype(np.float32) for part in _KEPT]
    lost = [np.square(_rounded(vectors, scales) * scales[:, None] - vectors).sum(axis=1) for scales in tried]
    best = np.argmin(lost, axis=0)
    return np.asarray(np.stack(tried)[best, np.arange(len(vectors))], np.float32)


def _packed(rows: NDArray[np.int8]) -> NDArray[np.uint8]:
    halves = (rows + 8).astype(np.uint8)
    return np.asarray(halves[:, ::2] | halves[:, 1::2] << 4, np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> NDArray[np.int8]:
    rows = np.empty(
        (len(packed), 2 * packed.shape[1]), np.int8
    )  # filled half by half: no second copy of the table is made
    rows[:, ::2] = packed & 15
    rows[:, 1::2] = packed >> 4
    rows -= 8
    return rows


class StaticEncoder:
    """Encodes with a `TermTable`; questions and passages alike. Safe to share between threads."""

    def __init__(self, table: TermTable, *, name: str) -> None:
        self._table = table
        self._name = name

    @classmethod
    def open(cls, folder: Path, *, name: str | None = None) -> StaticEncoder:
        """Open the model in `folder`; raise EncoderError where it is not sound."""
        return cls(read_term_table(folder), name=name or folder.name)

    @property
    def name(self) -> str:
        """Name it as `KB_ENCODER` does; the manifest of an index holds it."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Give the length of its vectors, that of the table's rows."""
        return int(self._table.vectors.shape[1])

    @property
    def checksum(self) -> str:
        """Give what tells its weights from others of the same name."""
        return self._table.checksum

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions, shape (texts, dimensions)."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages, shape (texts, dimensions)."""
        encoded = np.zeros((len(texts), self.dimensions), np.float32)
        if len(texts) < _FEW:
            self._sum([np.array(self._table.lookup(text), np.intp) for text in texts], encoded)
            return normalised(encoded)
        # One after another: two threads hand the interpreter to and fro, and take longer than one.
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            bags = self._lookup.bags(batch)
            self._sum(map(bags.of, range(len(batch))), encoded[start : start + _BATCH])
        return normalised(encoded)

    @cached_property
    def _lookup(self) -> TermLookup:
        return TermLookup(self._table.rows)

    def _sum(self, bags: Iterable[NDArray[np.intp]], out: NDArray[np.float32]) -> None:
        """Add up the vectors of every bag, in memory that all of them share: to ask for new takes a fifth of the
        time."""
        vectors, weights = self._table.vectors, self._table.weights
        taken = np.empty((_PIECE, self.dimensions), np.int8)
        widened = np.empty((_PIECE, self.dimensions), np.float32)
        for rows, row in zip(bags, out, strict=True):
            for start in range(0, len(rows), _PIECE):
                piece = rows[start : start + _PIECE]
                count = len(piece)
                vectors.take(piece, axis=0, out=taken[:count], mode="clip")
                np.copyto(widened[:count], taken[:count])
                row += np.dot(weights.take(piece), widened[:count])


def normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length 1, in place; zero rows stay zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    lengths[lengths == 0] = 1
    vectors /= lengths[:, None]
    return vectors
