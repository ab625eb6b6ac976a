"""The network that reads facts out of a sentence: the encoder's upper layers, trained along, and for each label a place
to look at.

It goes on from the states that the encoder's lower layers leave, which stay as they are, so that one body serves both.
Each label (a value of a fact) has its own attention over the tokens: a sentence of five clauses tells a fact in one of
them, and a mean would drown it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from evals.training.export import Graph, add_layers, add_rounding, write_graph
from evals.training.pretrained import LAYERS, LOWER, WIDTH
from evals.training.transformer_body import HIDDEN, Layer

HEAD, TAIL = 3, 1  # tokens around the text: <s> and the two of "query: " before it, </s> behind it


class FactNetwork(nn.Module):
    """States of shape (sentences, tokens, 384) to the log-odds of labels, shape (sentences, labels), and where each
    looked."""

    def __init__(self, labels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LOWER, LAYERS))
        self.dropout = nn.Dropout(dropout)
        self.look = nn.Linear(WIDTH, labels)
        self.tell = nn.Linear(WIDTH, labels)

    def forward(self, states: Tensor, present: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        """`present` are the tokens of the whole row, `text` those of the sentence, both of shape (sentences,
        tokens)."""
        x, mask = states, torch.where(present, 0.0, HIDDEN)[:, None, None, :].to(states.dtype)
        for layer in self.layers:
            x = layer(x, mask)
        x = self.dropout(x)
        looked = self.look(x).float().masked_fill(~text[..., None], HIDDEN).softmax(1)
        return (looked * self.tell(x).float()).sum(1), looked

    def begin(self, encoder: Mapping[str, Tensor], shares: NDArray[np.float32]) -> None:
        """Begin with the encoder's upper layers, and with each label as likely as `shares` says."""
        upper = {f"layers.{n}.": f"layers.{n - LOWER}." for n in range(LOWER, LAYERS)}
        known = {new + name.removeprefix(old): w for old, new in upper.items() for name, w in encoder.items() if name.startswith(old)}  # fmt: skip
        self.load_state_dict(self.state_dict() | known)
        likely = np.clip(shares, 1e-3, 1 - 1e-3)
        self.tell.bias.data = torch.from_numpy(np.log(likely / (1 - likely)).astype(np.float32))


def write_facts(path: Path, network: FactNetwork, ranges: Mapping[str, NDArray[np.float32]]) -> None:
    """Write the graph for one sentence: `states`, shape (1, tokens, 384), to `odds`, shape (1, labels), and `looked`,
    shape (1, tokens of the text, labels)."""
    weights = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    graph = Graph()
    add_rounding(graph)
    shape = graph.add("Shape", ["states"], "shape")
    x = graph.add("Reshape", ["states", "flat"], "states.flat")
    x = add_layers(graph, x, weights, ranges, range(LAYERS - LOWER), shape)
    whole = graph.add("Reshape", [x, shape], "tokens")
    first, end, middle = (
        graph.constant(name, np.array([n])) for name, n in (("first", HEAD), ("end", -TAIL), ("middle", 1))
    )
    text = graph.add("Slice", [whole, first, end, middle], "text")
    for name in ("look", "tell"):
        product = graph.add(
            "MatMul", [text, graph.half(f"{name}.matrix", weights[f"{name}.weight"].T)], f"{name}.product"
        )
        graph.add("Add", [product, graph.constant(f"{name}.bias", weights[f"{name}.bias"])], f"{name}.out")
    graph.add("Softmax", ["look.out"], "looked", axis=1)
    graph.add("ReduceSum", [graph.add("Mul", ["looked", "tell.out"], "told"), middle], "odds", keepdims=0)
    labels = len(weights["tell.bias"])
    outputs: dict[str, list[str | int]] = {"odds": [1, labels], "looked": [1, "of_text", labels]}
    write_graph(path, graph, outputs, {"states": [1, "tokens", WIDTH]}, ids=False)
