"""Trains the network that `kb.answering.spans` runs, with PyTorch; the two must compute the same."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from evals.training.span_data import Example
from kb.answering.spans import DILATIONS, LONGEST_SPAN, code, signs
from kb.index.static_encoder import TermTable

_KINDS, _KIND_WIDTH, _PAIR = 8, 16, 64


@dataclass(frozen=True, slots=True)
class SpanRecipe:
    """What decides the weights, beside the data: one round over made and written questions, then `rounds` over
    the written ones with a falling rate; the weights are averaged over the last few hundred steps."""

    made: int = 48_000
    rounds: int = 4
    width: int = 96
    term_width: int = 48
    dropout: float = 0.3
    rate: float = 2e-3
    decay: float = 0.05
    batch: int = 48
    warm_up: int = 200
    average: float = 0.998


class SpanNetwork(nn.Module):
    """The network with its training-time parts; `vectors` are the term vectors, which stay as they are."""

    def __init__(self, vectors: Tensor, recipe: SpanRecipe) -> None:
        super().__init__()
        width = recipe.width
        self.vec = nn.Embedding.from_pretrained(vectors, freeze=True)  # type: ignore[no-untyped-call]
        self.proj = nn.Linear(3 * vectors.shape[1], width)
        self.cls = nn.Embedding(_KINDS, _KIND_WIDTH)
        self.qconv = nn.Conv1d(width + _KIND_WIDTH, width, 5, padding=2)
        self.qatt = nn.Linear(width, 1)
        self.inp = nn.Linear(width * 2 + _KIND_WIDTH + 7, width)
        self.convs = nn.ModuleList(nn.Conv1d(width, 2 * width, 3, padding=d, dilation=d) for d in DILATIONS)
        self.film = nn.ModuleList(nn.Linear(width, 2 * width) for _ in DILATIONS)
        self.norm = nn.ModuleList(nn.LayerNorm(width) for _ in DILATIONS)
        self.out, self.oute = nn.Linear(width, 1), nn.Linear(width, 1)
        self.pair, self.paire = nn.Linear(width, _PAIR), nn.Linear(width, _PAIR)
        self.lenb = nn.Embedding(LONGEST_SPAN, 1)
        nn.init.zeros_(self.lenb.weight)
        self.drop = nn.Dropout(recipe.dropout)

    def forward(
        self, asked: Tensor, asked_kinds: Tensor, told: Tensor, told_kinds: Tensor, told_signs: Tensor
    ) -> Tensor:
        """Score every span, shape (batch, first, last); kind 0 is padding."""
        q_mask, x_mask = asked_kinds > 0, told_kinds > 0
        q, x = (self.proj(self.drop(self.vec(rows).flatten(-2))) for rows in (asked, told))
        around = torch.cat([q, self.cls(asked_kinds)], -1)
        heard = torch.tanh(self.qconv(around.transpose(1, 2)).transpose(1, 2))
        attention = self.qatt(heard).squeeze(-1).masked_fill(~q_mask, -1e4).softmax(-1)
        wanted = (attention.unsqueeze(1) @ heard).squeeze(1)
        alike = functional.normalize(x, dim=-1) @ functional.normalize(q, dim=-1).transpose(1, 2) * 8
        alike = alike.masked_fill(~q_mask.unsqueeze(1), -1e4)
        near = alike.max(-1, keepdim=True).values / 8
        h = self.inp(self.drop(torch.cat([x, alike.softmax(-1) @ q, self.cls(told_kinds), told_signs, near], -1)))
        for conv, film, norm in zip(self.convs, self.film, self.norm, strict=True):
            z = conv((norm(self.drop(h)) * x_mask.unsqueeze(-1)).transpose(1, 2)).transpose(1, 2)
            content, gate = (z + film(wanted).unsqueeze(1)).chunk(2, -1)
            h = h + content * torch.sigmoid(gate)
        starts = self.out(h).squeeze(-1).masked_fill(~x_mask, -1e4)
        ends = self.oute(h).squeeze(-1).masked_fill(~x_mask, -1e4)
        scores = (
            starts.unsqueeze(2) + ends.unsqueeze(1) + self.pair(h) @ self.paire(h).transpose(1, 2) / math.sqrt(_PAIR)
        )
        places = torch.arange(told.shape[1])
        length = places[None] - places[:, None]
        scores = scores + self.lenb(length.clamp(0, LONGEST_SPAN - 1)).squeeze(-1)
        scored: Tensor = scores.masked_fill(((length < 0) | (length >= LONGEST_SPAN))[None], -1e4)
        return scored


def term_vectors(table: TermTable, width: int) -> tuple[list[str], NDArray[np.int8], np.float32]:
    """Give the terms of the embedded encoder, their directions in `width` dimensions as bytes with a zero row in
    front, and the scale of a byte."""
    directions = table.vectors.astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True) + 1e-9
    directions -= directions.mean(0)
    sample = directions[np.random.default_rng(0).choice(len(directions), min(20_000, len(directions)), replace=False)]
    _, _, axes = np.linalg.svd(sample, full_matrices=False)
    reduced = directions @ axes[:width].T
    reduced /= reduced.std()
    scale = np.float32(np.abs(reduced).max() / 127)
    rows = np.vstack([np.zeros((1, width)), np.rint(reduced / scale)]).astype(np.int8)
    terms = [term for term, _ in sorted(table.rows.items(), key=lambda item: item[1])]
    return terms, rows, scale


def train_spans(
    made: Sequence[Example], written: Sequence[Example], table: TermTable, recipe: SpanRecipe, seed: int
) -> tuple[list[str], dict[str, NDArray[Any]]]:
    """Train; give the terms and the arrays that a `SpanReader` takes."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    terms, rows, scale = term_vectors(table, recipe.term_width)
    known = {term: row for row, term in enumerate(terms, start=1)}
    network = SpanNetwork(torch.from_numpy(rows.astype(np.float32) * scale), recipe)
    averaged = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    first = math.ceil((len(made) + len(written)) / recipe.batch)
    rest = recipe.rounds * math.ceil(len(written) / recipe.batch)

    def rate(step: int) -> float:
        falling = 0.5 * (1 + math.cos(math.pi * max(step - first, 0) / rest))
        return min(1.0, (step + 1) / recipe.warm_up) * max(falling, 0.02)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    step, started = 0, time.monotonic()
    for number, examples in enumerate([[*made, *written], *([list(written)] * recipe.rounds)]):
        network.train()
        total, before = 0.0, step
        for inputs, target in _batches(examples, known, recipe.batch, chance):
            loss = functional.cross_entropy(network(*inputs).flatten(1), target)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            total += loss.item()
            share = min(recipe.average, (1 + step) / (10 + step))
            with torch.no_grad():
                for mean, weight in zip(averaged.parameters(), network.parameters(), strict=True):
                    mean.mul_(share).add_(weight, alpha=1 - share)
        print(
            f"spans, round {number}: loss {total / (step - before):.3f}, {time.monotonic() - started:.0f} s", flush=True
        )
    return terms, weights_of(averaged, rows, scale)


def weights_of(network: SpanNetwork, rows: NDArray[np.int8], scale: np.float32) -> dict[str, NDArray[Any]]:
    """Give the arrays of a network as a `SpanReader` takes them, in half precision."""
    state: Mapping[str, Tensor] = network.state_dict()
    arrays: dict[str, NDArray[Any]] = {
        name: tensor.numpy().astype(np.float16) for name, tensor in state.items() if name != "vec.weight"
    }
    return arrays | {"vectors": rows, "scale": np.asarray(scale)}


def _batches(
    examples: Sequence[Example], known: Mapping[str, int], size: int, chance: random.Random
) -> Iterator[tuple[list[Tensor], Tensor]]:
    """Give shuffled batches of examples of like length."""
    lengths = [len(example.sentence) + 16 * chance.random() for example in examples]
    order = sorted(range(len(examples)), key=lengths.__getitem__)
    batches = [order[at : at + size] for at in range(0, len(order), size)]
    chance.shuffle(batches)
    for batch in batches:
        taken = [examples[number] for number in batch]
        asked, told = [code(e.question, known) for e in taken], [code(e.sentence, known) for e in taken]
        length = max(len(e.sentence) for e in taken)
        inputs = [
            _padded([c.rows for c in asked]), _padded([c.kinds for c in asked]),
            _padded([c.rows for c in told]), _padded([c.kinds for c in told]),
            _padded([signs(e.question, e.sentence) for e in taken]),
        ]  # fmt: skip
        yield inputs, torch.tensor([e.first * length + e.last for e in taken])


def _padded(arrays: Sequence[NDArray[Any]]) -> Tensor:
    return nn.utils.rnn.pad_sequence([torch.from_numpy(array) for array in arrays], batch_first=True)
