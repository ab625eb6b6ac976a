"""What every transformer that ships begins with: the pieces that text is cut into, and a vector for each.

    tokenizer.json   the pieces, as `tokenizers` keeps them
    words.onnx       the graph that looks vectors up: `ids`, int64 of shape (texts, tokens), to `words`, float32 of shape
                     (texts, tokens, width); the table has 4 bits a number

Encoder and reader were trained from one table, which training leaves as it is, so that they share one folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from kb.errors import ModelError
from kb.transformer.session import open_session

if TYPE_CHECKING:
    import onnxruntime

TOKENIZER, WORDS = "tokenizer.json", "words.onnx"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Pieces:
    """Open pieces; safe to use from several threads."""

    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession

    @classmethod
    def open(cls, folder: Path, checksums: Mapping[str, str]) -> Pieces:
        """Open the pieces in `folder`, whose files have these checksums, or share those that are open; raise ModelError
        where a library cannot."""
        key = (checksums[TOKENIZER], checksums[WORDS])
        if (shared := _opened.get(key)) is not None:
            return shared
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # a bare exception of the library's own
            raise ModelError.of("model_not_loaded", file=folder, cause=str(error).splitlines()[0]) from error
        return _opened.setdefault(key, cls(tokenizer, open_session(folder / WORDS)))

    def cut(self, texts: Sequence[str], *, special: bool = True) -> list[Encoding]:
        """Cut texts into pieces, with the place of each in its text; `special` puts a beginning and an end around
        each."""
        # Half of a surrogate pair is no text to the tokenizer; a question mark takes its place.
        whole = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        encodings: list[Encoding] = self.tokenizer.encode_batch(whole, add_special_tokens=special)
        return encodings

    def words(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the vector of every piece, shape (texts, tokens, width)."""
        vectors: NDArray[np.float32] = self.session.run(["words"], {"ids": ids})[0]
        return vectors


_opened: WeakValueDictionary[tuple[str, str], Pieces] = WeakValueDictionary()
"""Pieces that are in use, by the checksums of their files: the tokenizer takes 16 MB."""
