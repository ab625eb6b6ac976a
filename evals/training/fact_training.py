"""Trains the network that reads facts out of sentences (`fact_network`), and writes it as the folder that the library
opens.

    python -m evals.training.fact_training --output kb/models/facts [--dev FILE ...]

The sentences are `written/people.toml`: facts of yes or no and of a choice are learned as labels (dementia=true,
hardship!=minimum), of numbers, dates and places that they are told (age), each sentence for the one whom it is about.
What `--dev` names is measured with the network in float32: how much of what it offers is right.
"""

from __future__ import annotations

import argparse
import math
import time
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from evals.training.activations import noted_ranges
from evals.training.contrastive_data import WRITTEN
from evals.training.contrastive_training import QUERY
from evals.training.fact_network import HEAD, TAIL, FactNetwork, write_facts
from evals.training.pretrained import WIDTH
from evals.training.shipped import state_of
from evals.training.transformer_body import fastest_precision
from kb.eligibility.fact_tagger import write_tagger
from kb.index.encoder import EMBEDDED, MODELS_DIR
from kb.text.fold import fold_text
from kb.transformer.model import GRAPH, Model

LEAST = 6  # sentences that must state a label before it is learned
EPOCHS, BATCH = 16, 32
RATE, HEAD_RATE, WARM_UP = 1.5e-4, 2e-3, 0.06
DROPOUT = 0.1
ALIKE = 8  # batches that are sorted by length together, so that rows of a batch are padded little
BARS = (0.3, 0.5, 0.7, 0.9, 0.97)
States = NDArray[np.float16]


def labels_of(stated: Mapping[str, Any], places: Collection[str] = ()) -> set[str]:
    """Give the labels of a sentence's facts; what a number, a date or one of `places` is the rules read, here it is
    only told.

    >>> facts = {"dementia": True, "self_care": "none", "age": 80, "hukou": "桐庐", "hardship": {"not": "minimum"}, "unsure": ["age"]}
    >>> sorted(labels_of(facts, ["hukou"]))
    ['age', 'dementia=true', 'hardship!=minimum', 'hukou', 'self_care=none']
    """
    found = set()
    for name, value in stated.items():
        if name in ("people", "unsure"):
            continue
        if isinstance(value, bool):
            found.add(f"{name}={str(value).lower()}")
        elif isinstance(value, dict) and "not" in value and name not in places:
            denied = value["not"] if isinstance(value["not"], list) else [value["not"]]
            found |= {f"{name}!={one}" for one in denied}
        else:
            found.add(f"{name}={value}" if isinstance(value, str) and name not in places else name)
    return found


def read_sentences(path: Path, places: Collection[str]) -> list[tuple[str, set[str]]]:
    """Read sentences with the labels of the one whom each tells of; the values of the facts `places` are names of
    places."""
    return [(text, labels_of(stated, places)) for text, stated in tomllib.loads(path.read_text("utf-8")).items()]


def states_of(encoder: Model, texts: Sequence[str]) -> list[States]:
    """Give the states of each text's tokens behind the encoder's lower layers, as they are served, in half
    precision."""
    rows = [encoding.ids for encoding in encoder.tokens([QUERY + fold_text(text) for text in texts])]
    return [states.astype(np.float16) for (states,) in encoder.run(rows, ["states"])]


def matrix_of(sentences: Sequence[tuple[str, set[str]]], labels: Sequence[str]) -> NDArray[np.float32]:
    """Say which sentence states which label, shape (sentences, labels)."""
    return np.array([[label in stated for label in labels] for _, stated in sentences], np.float32)


def padded(states: Sequence[States]) -> tuple[Tensor, Tensor, Tensor]:
    """Fill sentences up to one length; give states, the tokens that are there and those of the text."""
    longest = -(-max(map(len, states)) // 8) * 8
    filled = torch.zeros(len(states), longest, WIDTH)
    present = torch.zeros(len(states), longest, dtype=torch.bool)
    text = present.clone()
    for n, one in enumerate(states):
        filled[n, : len(one)] = torch.from_numpy(one.astype(np.float32))
        present[n, : len(one)] = True
        text[n, HEAD : len(one) - TAIL] = True
    return filled, present, text


def train(
    states: Sequence[States], stated: NDArray[np.float32], encoder: Mapping[str, Tensor], epochs: int, seed: int
) -> FactNetwork:
    """Train a network on sentences, each epoch in another order."""
    torch.manual_seed(seed)
    network = FactNetwork(stated.shape[1], DROPOUT)
    network.begin(encoder, stated.mean(axis=0))
    heads = [*network.look.parameters(), *network.tell.parameters()]
    rates: list[dict[str, Any]] = [
        {"params": network.layers.parameters(), "lr": RATE},
        {"params": heads, "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.02)
    steps = epochs * math.ceil(len(states) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / (WARM_UP * steps), max(0.02, 1 - n / steps))
    )
    drawn, started, precision = np.random.default_rng(seed), time.monotonic(), fastest_precision()
    for epoch in range(1, epochs + 1):
        losses = []
        for batch in _batches(states, drawn):
            with torch.autocast("cpu", dtype=precision, enabled=precision != torch.float32):
                odds, _ = network(*padded([states[n] for n in batch]))
            wanted = torch.from_numpy(stated[batch])
            loss = binary_cross_entropy_with_logits(odds.float(), wanted, reduction="sum") / len(batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch} of {epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - started:.0f} s", flush=True)
    return network.eval()


def _batches(states: Sequence[States], drawn: np.random.Generator) -> list[list[int]]:
    order = drawn.permutation(len(states)).tolist()
    batches = []
    for at in range(0, len(order), BATCH * ALIKE):
        alike = sorted(order[at : at + BATCH * ALIKE], key=lambda n: len(states[n]))
        batches += [alike[n : n + BATCH] for n in range(0, len(alike), BATCH)]
    return batches


def odds_of(network: FactNetwork, states: Sequence[States]) -> NDArray[np.float32]:
    """Give the log-odds of every label, shape (sentences, labels)."""
    with torch.inference_mode():
        return np.concatenate([network(*padded(states[n : n + 1]))[0].numpy() for n in range(len(states))])


def told(odds: NDArray[np.float32], labels: Sequence[str], stated: Sequence[set[str]]) -> list[str]:
    """Say how much of what has a probability above some bars is right, and how much of what is stated that is."""
    likely = 1 / (1 + np.exp(-odds))
    count = sum(map(len, stated))
    lines = []
    for bar in BARS:
        offered = [{labels[n] for n in np.flatnonzero(row >= bar).tolist()} for row in likely]
        right = sum(len(one & other) for one, other in zip(offered, stated, strict=True))
        total = sum(map(len, offered))
        lines.append(
            f"from {bar}: {total} told, {right / max(total, 1):.3f} right, {right / count:.3f} of {count} stated"
        )
    return lines


def main() -> None:
    """Train, measure where asked to, and write the model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, nargs="+", default=[WRITTEN / "people.toml"])
    parser.add_argument("--facts", type=Path, default=Path("corpus/benefits/facts.toml"))
    parser.add_argument(
        "--encoder", type=Path, default=MODELS_DIR / EMBEDDED, help="a folder; its lower layers are kept"
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dev", type=Path, nargs="*", default=[])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    facts = tomllib.loads(options.facts.read_text("utf-8"))
    places = {name for name, fact in facts.items() if fact["type"] == "place"}
    dev = {path: read_sentences(path, places) for path in options.dev}
    held = {text for sentences in dev.values() for text, _ in sentences}
    read = [row for path in options.sentences for row in read_sentences(path, places)]
    sentences = [row for row in dict(read).items() if row[0] not in held]
    counts = Counter(label for _, stated in sentences for label in stated)
    labels = sorted(label for label, count in counts.items() if count >= LEAST)
    encoder = Model.open(options.encoder, "encoder")
    states = states_of(encoder, [text for text, _ in sentences])
    print(
        f"{len(sentences)} sentences, {len(labels)} labels, stated {sum(counts[label] for label in labels)} times",
        flush=True,
    )
    network = train(
        states, matrix_of(sentences, labels), state_of(options.encoder / GRAPH), options.epochs, options.seed
    )
    for path, judged in dev.items():
        odds = odds_of(network, states_of(encoder, [text for text, _ in judged]))
        print("\n  ".join([path.stem, *told(odds, labels, [stated for _, stated in judged])]), flush=True)
    with noted_ranges(network.layers) as ranges:
        odds_of(network, states[::20])
    options.output.mkdir(parents=True, exist_ok=True)
    write_facts(options.output / GRAPH, network, ranges)
    write_tagger(options.output, labels, encoder.configuration.checksum, {"sentences": len(sentences), "epochs": options.epochs, "seed": options.seed})  # fmt: skip


if __name__ == "__main__":
    main()
