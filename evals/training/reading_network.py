"""The reader as a torch module: the body sees question, context and text together, and small heads say what it read.

    <s> question </s> context </s> text </s>

`window` holds one number for "answers" and four for the verdict: that none is asked for, yes, no, it depends; `tokens` three for every token: whether it belongs to the
answer, whether the minimal answer begins with it, whether it ends there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from evals.training.pretrained import WIDTH
from evals.training.transformer import PADDING, Body

SEPARATOR = 2


class ReadingNetwork(nn.Module):
    """Token ids of shape (windows, tokens) to (windows, 5) and (windows, tokens, 3)."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self.body = body
        self.inner = nn.Linear(5 * WIDTH, WIDTH)
        self.window = nn.Linear(WIDTH, 5)
        self.tokens = nn.Linear(WIDTH, 3)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        tokens = self.body(ids)
        part = (ids == SEPARATOR).cumsum(1)
        question = _mean(tokens, part == 0)
        text = _mean(tokens, (part >= 2) & (ids != PADDING))
        features = torch.cat([tokens[:, 0], question, text, question * text, (question - text).abs()], -1)
        return self.window(functional.gelu(self.inner(features))), self.tokens(tokens)


def _mean(tokens: Tensor, chosen: Tensor) -> Tensor:
    weights = chosen.unsqueeze(-1).to(tokens.dtype)
    return (tokens * weights).sum(1) / weights.sum(1)
