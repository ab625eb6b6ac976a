"""The trained parts of the reader: boosted trees that rank sentences, the weights that decide whether the best one
answers, and the network that finds the answer in it. They lie in `kb/models/reader` and are made by
`python -m evals.training.reader`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.answering.evidence import Evidence
from kb.answering.features import FEATURES
from kb.answering.spans import SpanReader
from kb.answering.trees import Trees
from kb.errors import ReaderModelError
from kb.index.encoder import MODELS_DIR

FORMAT = "kb-reader/1"
CONFIG, RANKER, SPANS, TERMS = "config.json", "ranker.npz", "spans.npz", "terms.txt"
_REMEDY = "restore the folder (install the package again, or train it with `python -m evals.training.reader`)"


@dataclass(frozen=True, slots=True)
class ReaderModel:
    """What ranks sentences, what judges the best of them, and what finds the answer in it."""

    ranker: Trees
    evidence: Evidence
    spans: SpanReader


def open_reader_model(folder: Path = MODELS_DIR / "reader") -> ReaderModel:
    """Read the weights; raise ReaderModelError naming the file that is missing, damaged or of another version."""
    config = _read_config(folder / CONFIG)
    for name in (RANKER, SPANS, TERMS):
        _check(folder / name, config["files"].get(name))
    try:
        terms = {term: row for row, term in enumerate((folder / TERMS).read_text("utf-8").split("\n"), start=1)}
        spans = SpanReader(terms, _read_arrays(folder / SPANS))
        return ReaderModel(Trees(**_read_arrays(folder / RANKER)), Evidence(**config["evidence"]), spans)
    except (KeyError, TypeError) as error:
        raise ReaderModelError(f"{folder}: the weights do not fit this version ({error}); {_REMEDY}") from error


def write_ranker(folder: Path, arrays: Mapping[str, Any]) -> None:
    """Write the boosted trees into a model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / RANKER, **arrays)


def write_spans(folder: Path, terms: Sequence[str], weights: Mapping[str, Any]) -> None:
    """Write the network into a model folder; `terms` are in the order of its vectors, from the second row on."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / SPANS, **weights)
    (folder / TERMS).write_text("\n".join(terms), "utf-8")


def write_config(folder: Path, evidence: Evidence, training: Mapping[str, object]) -> None:
    """Write the config that seals a model folder, last of all; `training` tells how the weights were made."""
    config = {
        "format": FORMAT,
        "features": list(FEATURES),
        "files": {name: _checksum(folder / name) for name in (RANKER, SPANS, TERMS)},
        "evidence": {"weights": dict(evidence.weights), "bias": evidence.bias, "enough": evidence.enough},
        "training": dict(training),
    }
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ReaderModelError(f"{path}: {error.strerror or error}; {_REMEDY}") from error
    except ValueError as error:
        raise ReaderModelError(f"{path}: not JSON ({error}); {_REMEDY}") from error
    if not isinstance(config, dict) or config.get("format") != FORMAT or config.get("features") != list(FEATURES):
        raise ReaderModelError(f"{path}: made for other features than this version computes; {_REMEDY}")
    return config


def _read_arrays(path: Path) -> dict[str, Any]:
    with np.load(path) as arrays:
        return dict(arrays)


def _check(path: Path, expected: str | None) -> None:
    try:
        found = _checksum(path)
    except OSError as error:
        raise ReaderModelError(f"{path}: {error.strerror or error}; {_REMEDY}") from error
    if found != expected:
        raise ReaderModelError(f"{path}: the weights are damaged (checksum differs from {CONFIG}); {_REMEDY}")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
