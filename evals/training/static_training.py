"""Trains the static encoder.

    python -m evals.training.static_training --benchmarks ../shared/benchmarks --output kb/models/static

The model is a `SentenceTransformer` of one module, a table of term vectors; it learns by contrast
(`contrast.py`) from pairs that are mostly made out of the texts themselves (`pairs.py`). Two cores
need less than two hours; the same seed, threads and versions give the same weights.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor

from evals.training.card import write_card
from evals.training.contrast import batch_features, contrastive_loss
from evals.training.corpora import Fold
from evals.training.data import SHARES, TrainingData, read_training_data
from kb.index.sentence_transformers_module import NgramEmbedding
from kb.index.static_encoder import write_static_model


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, beside the texts."""

    terms: int = 75_000
    dimensions: int = 192
    steps: int = 2000
    vector_rate: float = 2e-3
    weight_rate: float = 1e-2
    warm_up: int = 100
    seed: int = 1
    threads: int = 2


def train(data: TrainingData, recipe: Recipe) -> NgramEmbedding:
    """Train a term table; progress goes to the standard output once in a hundred steps."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    vectors = torch.randn(len(data.vocabulary), recipe.dimensions) / math.sqrt(recipe.dimensions)
    # A term starts with the weight of its inverse document frequency, as in TF-IDF.
    weights = torch.log(torch.from_numpy(np.maximum(data.importance, 0.3)))
    module = NgramEmbedding(data.vocabulary, vectors, weights)
    model = SentenceTransformer(modules=[module], device="cpu")
    optimizer = torch.optim.Adam(
        [
            {"params": [module.embedding], "lr": recipe.vector_rate},
            {"params": [module.weight], "lr": recipe.weight_rate},
        ],
        betas=(0.9, 0.99),
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: share_of_rate(step, recipe.steps, recipe.warm_up)
    )
    started, total = time.monotonic(), 0.0
    for step, (queries, passages) in enumerate(_batches(data, recipe), start=1):
        loss = contrastive_loss(model(queries)["sentence_embedding"], model(passages)["sentence_embedding"])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % 100 == 0:
            print(
                f"step {step} of {recipe.steps}: loss {total / 100:.4f}, {time.monotonic() - started:.0f} s", flush=True
            )
            total = 0.0
    return module


def share_of_rate(step: int, steps: int, warm_up: int) -> float:
    """Give the share of the full rate for a step: it rises evenly, then falls along a cosine to a fiftieth."""
    return min(1.0, (step + 1) / warm_up) * max(0.02, 0.5 * (1 + math.cos(math.pi * step / steps)))


def _batches(data: TrainingData, recipe: Recipe) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    """Prepare batches one ahead, in a thread beside the training."""
    generator = np.random.default_rng(recipe.seed)
    with ThreadPoolExecutor(1) as executor:
        following = executor.submit(lambda: batch_features(data.mixture.draw(generator)))
        for _ in range(recipe.steps):
            batch = following.result()
            following = executor.submit(lambda: batch_features(data.mixture.draw(generator)))
            yield batch


def write_model(folder: Path, module: NgramEmbedding, recipe: Recipe) -> None:
    """Write the model as `write_folder` does, with how it was trained."""
    write_folder(folder, module, {**asdict(recipe), "pairs_per_batch": SHARES})


def write_folder(folder: Path, module: NgramEmbedding, details: dict[str, object]) -> None:
    """Write a folder that both the static encoder and sentence-transformers read; `details` goes into its config."""
    write_static_model(folder, module.vocabulary, module.term_vectors().numpy(), details)
    kind = f"{NgramEmbedding.__module__}.{NgramEmbedding.__name__}"
    modules = [{"idx": 0, "name": "0", "path": "", "type": kind}]
    settings = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    for name, content in (("modules.json", modules), ("config_sentence_transformers.json", settings)):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def main() -> None:
    """Train and write the model's folder with its card."""
    parser = argparse.ArgumentParser(description="Train the static encoder.")
    parser.add_argument("--benchmarks", type=Path, required=True, help="folder that holds laws, stard, cmrc and drcd")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    parser.add_argument("--steps", type=int, help="fewer than the recipe has, for a trial")
    parser.add_argument("--threads", type=int, default=Recipe().threads)
    parser.add_argument(
        "--without", type=Fold.read, help="a fold such as 0/2 whose questions are not learned, for cross-fitting"
    )
    options = parser.parse_args()
    recipe = Recipe(steps=options.steps or Recipe().steps, threads=options.threads)
    started = time.monotonic()
    data = read_training_data(
        options.benchmarks, terms=recipe.terms, generator=np.random.default_rng(recipe.seed), left_out=options.without
    )
    print(f"{len(data.vocabulary)} terms, texts ready after {time.monotonic() - started:.0f} s", flush=True)
    module = train(data, recipe)
    write_model(options.output, module, recipe)
    if options.without is None:
        write_card(options.output, options.benchmarks)
    print(f"{options.output}: written after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
