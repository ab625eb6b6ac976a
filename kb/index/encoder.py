"""Encoders: texts to vectors whose inner product says how near two texts are in meaning.

Three depths, one protocol: `static` looks up a vector a term, for millions of passages; `embedded`, the default, is a
transformer that ships with the library; any other name is a folder or a name that sentence-transformers can load.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import EncoderError

EMBEDDED = "embedded"
STATIC = "static"
MODELS_DIR = Path(__file__).resolve().parent.parent / "models"
"""Where the weights lie that are installed with the library."""


class Encoder(Protocol):
    """Turns texts into vectors of one length; `checksum` identifies the weights behind them.

    Both methods give shape (texts, dimensions). Rows have length 1, or are zero where a text holds
    nothing that the encoder knows.
    """

    @property
    def name(self) -> str:
        """How `KB_ENCODER` names it."""

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""

    @property
    def checksum(self) -> str:
        """What tells its weights from others of the same name."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give a row of length 1 (or zero) per question."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give a row of length 1 (or zero) per passage."""


def open_encoder(name: str = EMBEDDED, *, models_dir: Path | None = None) -> Encoder:
    """Open an encoder by name or folder.

    A plain name is first looked for below `models_dir` (by default the installed `kb/models`). A folder
    in one of our own formats is read without torch; everything else is handed to
    sentence-transformers. Raise EncoderError, naming what to do, where neither can be had.
    """
    from kb.index.static_encoder import StaticEncoder, is_static_model
    from kb.transformer.model import is_transformer_model

    if not name.strip():
        raise EncoderError.of("encoder_unnamed", embedded=EMBEDDED)
    models_dir = models_dir or MODELS_DIR
    folder = models_dir / name
    if not folder.is_dir():
        folder = Path(name)
    if is_static_model(folder):
        return StaticEncoder.open(folder, name=name)
    if is_transformer_model(folder):
        from kb.index.embedded_encoder import EmbeddedEncoder

        return EmbeddedEncoder.open(folder, name=name)
    if name in (EMBEDDED, STATIC):
        raise EncoderError.of("encoder_missing", file=models_dir / name, name=name)
    from kb.index.transformer_encoder import TransformerEncoder

    return TransformerEncoder.open(str(folder) if folder.is_dir() else name, name=name, models_dir=models_dir)
