"""The body as a torch module: BERT's layers as multilingual-e5-small has them, read from and written to named
arrays."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from evals.training.pretrained import HEADS, POSITIONS, WIDTH

Trained = TypeVar("Trained", bound=nn.Module)
EPSILON = 1e-12  # BERT's, which the pretrained layers were trained with.
PADDING = 1
HIDDEN = -1e4  # added to the attention that padding gets


class Layer(nn.Module):
    """Attention and feed-forward, each followed by its normalisation, as in BERT.

    Attention is spelled out: torch's fused kernel is three times slower on a processor where it has to go backward.
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.q = nn.Linear(WIDTH, WIDTH)
        self.k = nn.Linear(WIDTH, WIDTH)
        self.v = nn.Linear(WIDTH, WIDTH)
        self.ao = nn.Linear(WIDTH, WIDTH)
        self.aln = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.fi = nn.Linear(WIDTH, 4 * WIDTH)
        self.fo = nn.Linear(4 * WIDTH, WIDTH)
        self.oln = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Give (texts, tokens, 384); `mask` is added to the attention, 0 for tokens and a large negative number for
        padding."""
        batch, length, _ = x.shape
        shape, size = (batch, length, HEADS, WIDTH // HEADS), WIDTH // HEADS
        q = (self.q(x) * size**-0.5).view(shape).transpose(1, 2)
        k = self.k(x).view(shape).permute(0, 2, 3, 1)
        v = self.v(x).view(shape).transpose(1, 2)
        attended = torch.softmax(q @ k + mask, -1) @ v
        x = self.aln(x + self.dropout(self.ao(attended.transpose(1, 2).reshape(batch, length, WIDTH))))
        transformed: Tensor = self.oln(x + self.dropout(self.fo(functional.gelu(self.fi(x)))))
        return transformed


class TransformerBody(nn.Module):
    """Token ids of shape (texts, tokens), 1 where a text has ended, to vectors of shape (texts, tokens, 384).

    `added`, of the same shape as the result, is what else is known of every token. `dropout` is the share of numbers
    that a step of training does without, as BERT's own training did (.1).
    """

    def __init__(self, vocabulary: int, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.word = nn.Embedding(vocabulary, WIDTH)
        self.pos = nn.Embedding(POSITIONS, WIDTH)
        self.ln = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))

    def keep(self, layers: int) -> None:
        """Keep the words, whose vectors models share, as they are, and the lower layers with what comes before them."""
        self.word.requires_grad_(False)
        if layers:
            for part in (self.pos, self.ln, *self.layers[:layers]):
                part.requires_grad_(False)

    def forward(self, ids: Tensor, added: Tensor | None = None) -> Tensor:
        """Give the last layer's vectors; `PADDING` among the ids is not attended to."""
        mask = torch.where(ids != PADDING, 0.0, HIDDEN)[:, None, None, :].to(self.word.weight.dtype)
        embedded = self.word(ids) + self.pos.weight[: ids.shape[1]]
        x: Tensor = self.dropout(self.ln(embedded if added is None else embedded + added))
        for layer in self.layers:
            x = layer(x, mask)
        return x

    @classmethod
    def of(cls, tensors: Mapping[str, np.ndarray], layers: int, dropout: float = 0.0) -> TransformerBody:
        """Make the body of the first `layers` layers of the pretrained one."""
        body = cls(len(tensors["emb.word"]), layers, dropout)
        values = {
            "word.weight": tensors["emb.word"],
            # All tokens are of type 0, so that its vector joins the positions.
            "pos.weight": tensors["emb.pos"].reshape(-1, WIDTH) + tensors["emb.type"].reshape(-1, WIDTH)[0],
            "ln.weight": tensors["emb.ln.w"],
            "ln.bias": tensors["emb.ln.b"],
        }
        for n in range(layers):
            for part in ("q", "k", "v", "ao", "aln", "fi", "fo", "oln"):
                values[f"layers.{n}.{part}.weight"] = tensors[f"l{n}.{part}.w"]
                values[f"layers.{n}.{part}.bias"] = tensors[f"l{n}.{part}.b"]
        shapes = body.state_dict()
        body.load_state_dict(
            {
                name: torch.from_numpy(np.array(value, np.float32)).view(shapes[name].shape)
                for name, value in values.items()
            }
        )
        return body


def fastest_precision() -> torch.dtype:
    """Give the numbers that this processor multiplies fastest: bfloat16 takes half the time of float32 where there are
    instructions for it (AMX, AVX-512 BF16), and fifty times as long where there are none."""

    def seconds(precision: torch.dtype) -> float:
        a, b = (torch.ones(shape, dtype=precision) for shape in ((256, WIDTH), (WIDTH, 4 * WIDTH)))
        a @ b  # the first time is spent on choosing a kernel
        started = time.perf_counter()
        a @ b
        return time.perf_counter() - started

    return min((torch.float32, torch.bfloat16), key=seconds)


class ComputingCopies(Generic[Trained]):
    """Copies of a module in the processor's fastest precision that compute, while the module itself, in float32, is
    what an optimizer changes.

    Steps too small for 8 bits are not lost. The copies share their weights and have gradients of their own, so that
    each can be computed with by a thread.
    """

    def __init__(self, module: Trained, copies: int = 1) -> None:
        self._master = module
        self.module = copy.deepcopy(module).to(fastest_precision())
        self.modules = [self.module, *(copy.deepcopy(self.module) for _ in range(copies - 1))]
        for other in self.modules[1:]:
            for shared, own in zip(self.module.parameters(), other.parameters(), strict=True):
                own.data = shared.data

    def take_gradients(self) -> None:
        """Hand the gradients of the copies, added up, over to the module."""
        for ours, *theirs in zip(
            self._master.parameters(), *(module.parameters() for module in self.modules), strict=True
        ):
            found = [parameter.grad.float() for parameter in theirs if parameter.grad is not None]
            ours.grad = torch.stack(found).sum(0) if len(found) > 1 else found[0] if found else None
            for parameter in theirs:
                parameter.grad = None

    def update(self) -> None:
        """Make the copies equal to the module again."""
        with torch.no_grad():
            for ours, theirs in zip(self._master.parameters(), self.module.parameters(), strict=True):
                theirs.copy_(ours)


def mean_vectors(body: TransformerBody, ids: Tensor) -> Tensor:
    """Encode texts as the mean of their tokens' vectors, of length 1."""
    present = (ids != PADDING).unsqueeze(-1).float()
    means = (body(ids).float() * present).sum(1) / present.sum(1)
    return functional.normalize(means, dim=-1)
