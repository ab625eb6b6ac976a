"""Trains the static encoder on, to rank as the trained transformer does.

    python -m evals.training.static_distillation --benchmarks ../shared/benchmarks --work build/static --output build/static/model

A question is drawn to its passage and pushed from the others of its batch, as in `static_training`, and the odds of
texts near to it are drawn to those that the transformer gives (`distillation.py`). Clauses of the passages against
their rest keep what the encoder knew. What the transformer encoded is kept in `--work`.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from evals.training.card import write_card
from evals.training.contrast import batch_features, contrastive_loss, taught_loss
from evals.training.distillation import TaughtBatch, TaughtBatches, TaughtTexts, read_taught_batches, read_taught_texts
from evals.training.pairs import BagPair, Cloze, dropped
from evals.training.static_training import share_of_rate, write_folder
from evals.training.streams import make_streams
from kb.index.encoder import EMBEDDED, MODELS_DIR, STATIC, open_encoder
from kb.index.sentence_transformers_module import NgramEmbedding, pack_bags
from kb.model_folder import CONFIG


@dataclass(frozen=True, slots=True)
class DistillationRecipe:
    """Everything that decides the weights, beside those begun with, the teacher's and the texts."""

    steps: int = 200
    questions: int = 256  # of a batch, paired with their passages; as many others are held against their neighbours
    clauses: int = 128
    dropped: float = 0.2  # of the terms of every text
    vector_rate: float = 1e-3
    weight_rate: float = 5e-3
    warm_up: int = 20
    seed: int = 1
    threads: int = 2


class Batches:
    """Draws pairs of questions and of clauses with their passages; the same generator gives the same."""

    def __init__(self, texts: TaughtTexts, vocabulary: dict[str, int], recipe: DistillationRecipe) -> None:
        self._questions, self._passages = (make_streams(part, vocabulary) for part in (texts.questions, texts.passages))
        self._own, self._recipe = texts.own, recipe
        titles, bodies = zip(*(text.partition("\n")[::2] for text in texts.passages), strict=True)
        self._clauses = Cloze(make_streams(bodies, vocabulary), make_streams(titles, vocabulary))

    def draw(self, generator: Generator) -> list[BagPair]:
        """Draw the pairs of one step."""
        count, share = min(self._recipe.questions, len(self._questions)), self._recipe.dropped
        asked = generator.choice(len(self._questions), count, replace=False)
        pairs = [
            BagPair(
                dropped(self._questions.bag(int(row)), share, generator),
                dropped(self._passages.bag(self._own[row]), share, generator),
            )
            for row in asked
        ]
        return pairs + self._clauses.draw(generator, self._recipe.clauses)


def train(module: NgramEmbedding, batches: Batches, lessons: TaughtBatches, recipe: DistillationRecipe) -> None:
    """Train a term table on, in place; progress goes to the standard output once in twenty steps."""
    torch.set_num_threads(recipe.threads)
    rates = [
        {"params": [module.embedding], "lr": recipe.vector_rate},
        {"params": [module.weight], "lr": recipe.weight_rate},
    ]
    optimizer = torch.optim.Adam(rates, betas=(0.9, 0.99), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: share_of_rate(step, recipe.steps, recipe.warm_up)
    )
    generator, started, total = np.random.default_rng(recipe.seed), time.monotonic(), np.zeros(2)
    for step in range(1, recipe.steps + 1):
        questions, passages = (_encode(module, features) for features in batch_features(batches.draw(generator)))
        paired = contrastive_loss(questions, passages)
        taught = _loss(module, lessons.draw(generator, recipe.questions, recipe.dropped))
        optimizer.zero_grad()
        (paired + taught).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        total += paired.item(), taught.item()
        if step % 20 == 0:
            print(f"step {step} of {recipe.steps}: {total / 20}, {time.monotonic() - started:.0f} s", flush=True)
            total[:] = 0


def _loss(module: NgramEmbedding, lesson: TaughtBatch) -> Tensor:
    questions, others = (_encode(module, pack_bags(bags)) for bags in (lesson.questions, lesson.others))
    return taught_loss(questions, others, torch.from_numpy(lesson.cosines))


def _encode(module: NgramEmbedding, features: dict[str, Tensor]) -> Tensor:
    vectors: Tensor = module(features)["sentence_embedding"]
    return vectors


def main() -> None:
    """Train and write the model's folder with its card."""
    parser = argparse.ArgumentParser(description="Train the static encoder on, to rank as the transformer does.")
    parser.add_argument(
        "--benchmarks", type=Path, required=True, help="folder that holds civic, laws, stard, cmrc and drcd"
    )
    parser.add_argument("--begin", type=Path, default=MODELS_DIR / STATIC, help="the model that is trained on")
    parser.add_argument("--teacher", default=EMBEDDED, help="as in KB_ENCODER")
    parser.add_argument("--work", type=Path, required=True, help="folder where the teacher's vectors are kept")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    parser.add_argument("--steps", type=int, default=DistillationRecipe().steps)
    parser.add_argument("--threads", type=int, default=DistillationRecipe().threads)
    options = parser.parse_args()
    recipe = DistillationRecipe(steps=options.steps, threads=options.threads)
    module, teacher = NgramEmbedding.load(str(options.begin)), open_encoder(options.teacher)
    vocabulary = {term: row for row, term in enumerate(module.vocabulary)}
    texts = read_taught_texts(options.benchmarks)
    generator = np.random.default_rng(recipe.seed)
    lessons = read_taught_batches(texts, options.work, teacher, vocabulary, generator)
    train(module, Batches(texts, vocabulary, recipe), lessons, recipe)
    begun = json.loads((options.begin / CONFIG).read_text("utf-8"))["training"]
    write_folder(options.output, module, {**begun, "distilled": {**asdict(recipe), "teacher": teacher.checksum}})
    write_card(options.output, options.benchmarks)


if __name__ == "__main__":
    main()
