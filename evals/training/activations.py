"""How large the numbers get that a trained body multiplies with its matrices: what they are rounded by has to fit
them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from evals.training.contrastive_data import WRITTEN
from evals.training.contrastive_training import padded
from evals.training.reading_data import notice_examples
from evals.training.reading_network import ReadingNetwork
from evals.training.transformer_body import Layer, TransformerBody
from kb.reading.input import as_read, row_of
from kb.text.fold import fold_text

SAMPLE = 256  # questions with their texts: the ranges of half as many are a tenth narrower at most
BATCH = 16


def sample_rows(tokenizer: Tokenizer) -> list[list[int]]:
    """Give token ids of questions with the texts that they were written for."""
    examples = notice_examples([WRITTEN / "notices.jsonl"], WRITTEN / "notices_questions.jsonl")
    rows = []
    for example in islice(examples, 0, None, 20):
        parts = [as_read(example.question), *map(fold_text, (example.text.context, example.text.text))]
        encodings = tokenizer.encode_batch(parts, add_special_tokens=False)
        rows.append(row_of(*encodings).ids)
    return rows[:SAMPLE]


@contextmanager
def noted_ranges(layers: nn.ModuleList) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Note the largest number of each channel that goes into the matrices of layers while something is computed with
    them, by their names (`layers.0.q` for q, k and v, `layers.0.fi`)."""
    found: dict[str, NDArray[np.float32]] = {}

    def note(name: str, _module: nn.Module, inputs: tuple[Any, ...]) -> None:
        largest = inputs[0].abs().amax((0, 1)).numpy()
        found[name] = np.maximum(found[name], largest) if name in found else largest

    hooks = []
    for n, layer in enumerate(layers):
        assert isinstance(layer, Layer)
        for part, matrix in (("q", layer.q), ("fi", layer.fi)):
            hooks.append(matrix.register_forward_pre_hook(partial(note, f"layers.{n}.{part}")))
    with torch.inference_mode():
        yield found
    for hook in hooks:
        hook.remove()


def channel_ranges(network: TransformerBody | ReadingNetwork, rows: list[list[int]]) -> dict[str, NDArray[np.float32]]:
    """Give the ranges of the layers of a network over rows of token ids."""
    body = network if isinstance(network, TransformerBody) else network.body
    with noted_ranges(body.layers) as found:
        for at in range(0, len(rows), BATCH):
            network(padded(rows[at : at + BATCH]))
    return found
