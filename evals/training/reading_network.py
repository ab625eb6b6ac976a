"""The reader as a torch module: the body sees question, context and text together, and small heads say what it read.

    <s> question </s> context </s> text </s>

Every token comes with the part that it stands in and with whether its piece stands on the other side too, in the
question for what is read and in what is read for the question: to compare is what the body was not pretrained for.

`window` holds one number for "answers" and four for the verdict: that none is asked for, yes, no, it depends; `tokens`
three for every token: whether it belongs to the answer, whether the minimal answer begins with it, whether it ends
there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from evals.training.pretrained import WIDTH
from evals.training.transformer_body import PADDING, TransformerBody

SEPARATOR = 2  # </s> of XLM-RoBERTa, between question, context and text.
PARTS = 3  # question, context, text


class ReadingNetwork(nn.Module):
    """Token ids of shape (windows, tokens) to (windows, 5) and (windows, tokens, 3)."""

    def __init__(self, body: TransformerBody) -> None:
        super().__init__()
        self.body = body
        self.kind = nn.Embedding(2 * PARTS, WIDTH)
        nn.init.zeros_(self.kind.weight)
        self.inner = nn.Linear(5 * WIDTH, WIDTH)
        self.window = nn.Linear(WIDTH, 5)
        self.tokens = nn.Linear(WIDTH, 3)

    def keep(self, layers: int) -> None:
        """Keep the words as they are, and the lower layers with what comes before them."""
        self.body.keep(layers)
        if layers:
            self.kind.requires_grad_(False)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Give (windows, 5), what each window says as a whole, and (windows, tokens, 3), what each of its tokens
        belongs to; `ids` are padded."""
        part = (ids == SEPARATOR).cumsum(1)
        tokens = self.body(ids, self.kind(kinds_of(ids, part)))
        question = _mean(tokens, part == 0)
        text = _mean(tokens, (part >= 2) & (ids != PADDING))
        features = torch.cat([tokens[:, 0], question, text, question * text, (question - text).abs()], -1)
        return self.window(functional.gelu(self.inner(features))), self.tokens(tokens)


def kinds_of(ids: Tensor, part: Tensor) -> Tensor:
    """Number every token by its part and by whether the other side has its piece: 2 * part + (0 or 1)."""
    asked = part == 0
    same = (ids[:, :, None] == ids[:, None, :]) & (asked[:, :, None] != asked[:, None, :])
    return 2 * part.clamp(max=PARTS - 1) + same.any(-1).long()


def _mean(tokens: Tensor, chosen: Tensor) -> Tensor:
    weights = chosen.unsqueeze(-1).to(tokens.dtype)
    return (tokens * weights).sum(1) / weights.sum(1)
