"""The trained parts of the reader: boosted trees that rank sentences, and the weights that decide whether the best
one answers. They lie in `kb/models/reader` and are made by `python -m evals.training.reader`."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.answering.evidence import Evidence
from kb.answering.features import FEATURES
from kb.answering.trees import Trees
from kb.errors import ReaderModelError
from kb.index.encoder import MODELS_DIR

FORMAT = "kb-reader/1"
CONFIG, RANKER = "config.json", "ranker.npz"
_REMEDY = "restore the folder (install the package again, or train it with `python -m evals.training.reader`)"


@dataclass(frozen=True, slots=True)
class ReaderModel:
    """What ranks sentences, and what judges the best of them."""

    ranker: Trees
    evidence: Evidence


def open_reader_model(folder: Path = MODELS_DIR / "reader") -> ReaderModel:
    """Read the weights; raise ReaderModelError naming the file that is missing, damaged or of another version."""
    config = _read_config(folder / CONFIG)
    arrays = _read_arrays(folder / RANKER, config["files"].get(RANKER))
    try:
        return ReaderModel(Trees(**arrays), Evidence(**config["evidence"]))
    except (KeyError, TypeError) as error:
        raise ReaderModelError(f"{folder}: the weights do not fit this version ({error}); {_REMEDY}") from error


def write_reader_model(folder: Path, arrays: dict[str, Any], evidence: Evidence, training: dict[str, object]) -> None:
    """Write the weights as a model folder; `training` is kept in its config."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / RANKER, **arrays)
    config = {
        "format": FORMAT,
        "features": list(FEATURES),
        "files": {RANKER: _checksum(folder / RANKER)},
        "evidence": {"weights": evidence.weights, "bias": evidence.bias, "enough": evidence.enough},
        "training": training,
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


def _read_arrays(path: Path, expected: str | None) -> dict[str, Any]:
    try:
        if _checksum(path) != expected:
            raise ReaderModelError(f"{path}: the weights are damaged (checksum differs from {CONFIG}); {_REMEDY}")
        with np.load(path) as arrays:
            return dict(arrays)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ReaderModelError(f"{path}: {error}; {_REMEDY}") from error


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
