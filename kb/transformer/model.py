"""A transformer that ships with the library: a folder, run by onnxruntime and `tokenizers`, without torch.

    config.json   format, kind (encoder or reader), tokens that one text may have, the folder of its pieces
                  (`kb.transformer.pieces`), seen from here, and all files with their checksums
    model.onnx    the graph: `ids`, int64 of shape (texts, tokens), and `words`, the vectors of these pieces, to float32
                  outputs

A session computes with one thread; `Model.run` gives every processor one small batch after the other, from one pool
that all who ask share. So many texts use the whole machine, and two questions at once do not fight over it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from kb.errors import ModelError
from kb.model_folder import CONFIG, check_file, checksum, read_config, write_config
from kb.processors import processors
from kb.transformer.pieces import TOKENIZER, WORDS, Pieces
from kb.transformer.session import open_session

if TYPE_CHECKING:
    import onnxruntime

FORMAT = "kb-transformer/2"
GRAPH = "model.onnx"
PADDING = 1  # the token that fills up the shorter texts of a batch
BATCH_TOKENS = 256  # of one batch, padding included: larger ones are no faster and take memory
SHARES = 4  # batches that a processor gets at least, so that none is done long before the others
Array = NDArray[np.float32]


def is_transformer_model(folder: Path) -> bool:
    """Tell whether `folder` holds a model in this format, sound or not."""
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError):
        return (folder / GRAPH).exists()
    return isinstance(config, dict) and str(config.get("format", "")).startswith("kb-transformer/")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What `config.json` says; `settings` is what the kind of model wants to know, such as its prompts. `checksum` is
    of the whole model, `pieces` the folder of its pieces and `files` the checksums of these."""

    kind: str
    tokens: int
    checksum: str
    pieces: Path
    files: Mapping[str, str]
    settings: Mapping[str, Any]


class Model:
    """An open model; safe to use from several threads."""

    def __init__(self, configuration: Configuration, pieces: Pieces, session: onnxruntime.InferenceSession) -> None:
        self.configuration = configuration
        self.pieces = pieces
        self._session = session

    @classmethod
    def open(cls, folder: Path, kind: str) -> Model:
        """Open the model in `folder`, or share the one that is open; raise ModelError, naming file and remedy, where it
        is not a sound one of this kind."""
        configuration = read_configuration(folder, kind)
        key = (folder.resolve(), configuration.checksum)
        if (shared := _opened.get(key)) is not None:
            return shared
        pieces = Pieces.open(configuration.pieces, configuration.files)
        return _opened.setdefault(key, cls(configuration, pieces, open_session(folder / GRAPH)))

    def tokens(self, texts: Sequence[str], *, special: bool = True) -> list[Encoding]:
        """Cut texts into pieces, with the place of each in its text; `special` puts a beginning and an end around
        each."""
        return self.pieces.cut(texts, special=special)

    def run(self, rows: Sequence[Sequence[int]], outputs: Sequence[str] | None = None) -> list[list[Array]]:
        """Give, for every row of token ids, the named outputs of the graph for it, all of them by default; outputs by
        token are cut to the row's length."""
        batches = batches_of([len(row) for row in rows], processors())
        if len(batches) == 1:
            found = [self._run(rows, batches[0], outputs)]
        else:
            found = list(_pool().map(lambda batch: self._run(rows, batch, outputs), batches))
        results: list[list[Array]] = [[] for _ in rows]
        for batch, given in zip(batches, found, strict=True):
            for place, row in enumerate(batch):
                length = len(rows[row])
                results[row] = [output[place, :length] if output.ndim == 3 else output[place] for output in given]
        return results

    def _run(self, rows: Sequence[Sequence[int]], batch: Sequence[int], names: Sequence[str] | None) -> list[Array]:
        ids = np.full((len(batch), max(len(rows[n]) for n in batch)), PADDING, np.int64)
        for place, n in enumerate(batch):
            ids[place, : len(rows[n])] = rows[n]
        outputs: list[Array] = self._session.run(names, {"ids": ids, "words": self.pieces.words(ids)})
        return outputs


_opened: WeakValueDictionary[tuple[Path, str], Model] = WeakValueDictionary()
"""Models that are in use, by folder and checksum: the encoder is also the body of what goes on from its lower
layers."""


def batches_of(lengths: Sequence[int], workers: int = 1) -> list[list[int]]:
    """Put texts of like length together, the longest first; give their numbers. Few texts make small batches, down to a
    text each: padding costs more than a batch saves.

    >>> batches_of([3, 900, 5]), batches_of([30] * 9, workers=1)
    ([[1], [2, 0]], [[0, 1], [2, 3], [4, 5], [6, 7], [8]])
    """
    most = min(BATCH_TOKENS, sum(lengths) // (SHARES * workers))
    batches: list[list[int]] = []
    for n in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        if not batches or (len(batches[-1]) + 1) * lengths[batches[-1][0]] > most:
            batches.append([])
        batches[-1].append(n)
    return batches


def read_configuration(folder: Path, kind: str) -> Configuration:
    """Read and check `config.json` and the checksums it names; raise ModelError otherwise."""
    path = folder / CONFIG
    config = read_config(folder, FORMAT, ModelError)
    if config.get("kind") != kind:
        raise ModelError.of("model_other_kind", file=path, found=config.get("kind"), wanted=kind)
    files, pieces = config.get("files"), config.get("pieces")
    if not isinstance(files, dict) or set(files) != {GRAPH, TOKENIZER, WORDS}:
        raise ModelError.of("model_keys_missing", file=path, keys="files")
    if not isinstance(pieces, str) or not isinstance(config.get("tokens"), int):
        raise ModelError.of("model_keys_missing", file=path, keys="pieces and tokens")
    check_file(folder / GRAPH, files[GRAPH], ModelError)
    shared = (folder / pieces).resolve()
    if not shared.is_dir():
        raise ModelError.of("model_pieces_missing", file=path, folder=shared)
    for name in (TOKENIZER, WORDS):
        check_file(shared / name, files[name], ModelError)
    identity = hashlib.sha256(
        json.dumps([FORMAT, files, config["tokens"], config.get("settings")], sort_keys=True).encode()
    )
    settings = config.get("settings") or {}
    return Configuration(kind, config["tokens"], identity.hexdigest(), shared, files, settings)


def write_configuration(
    folder: Path, pieces: str, kind: str, tokens: int, settings: Mapping[str, Any], training: Mapping[str, Any]
) -> None:
    """Write `config.json` beside a graph; the pieces lie in the folder `pieces`, seen from there, and `training` says
    how the model came to be."""
    files = {GRAPH: folder / GRAPH} | {name: folder / pieces / name for name in (TOKENIZER, WORDS)}
    config = {
        "format": FORMAT,
        "kind": kind,
        "tokens": tokens,
        "settings": dict(settings),
        "pieces": pieces,
        "files": {name: checksum(path, ModelError) for name, path in files.items()},
        "training": dict(training),
    }
    write_config(folder, config)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=processors(), thread_name_prefix="transformer")
