"""Writes a trained reader as an ONNX graph: `ids` and `words` to `window`, (windows, 5), and `tokens`, (windows,
tokens, 3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from evals.training.export import BY_TOKEN, Graph, add_body, write_graph
from evals.training.reading_network import PARTS, SEPARATOR


def _mean(graph: Graph, tokens: str, chosen: str, name: str) -> str:
    weights = graph.add("Cast", [chosen], f"{name}.weights", to=TensorProto.FLOAT)
    column = graph.add("Unsqueeze", [weights, "last"], f"{name}.column")
    total = graph.add(
        "ReduceSum", [graph.add("Mul", [tokens, column], f"{name}.masked"), "middle"], f"{name}.total", keepdims=0
    )
    count = graph.add("ReduceSum", [column, "middle"], f"{name}.count", keepdims=0)
    return graph.add("Div", [total, count], name)


def _kinds(graph: Graph, part: str, asked: str, table: str) -> str:
    """Compute `reading_network.kinds_of` and take its rows of the table."""
    row, column = (graph.constant(f"as_{name}", np.array([axis])) for name, axis in (("row", 1), ("column", 2)))

    def against_all(operator: str, name: str) -> str:
        return graph.add(
            operator,
            [graph.add("Unsqueeze", [name, axis], f"{name}.{axis}") for axis in (column, row)],
            f"{name}.pairs",
        )

    same = graph.add("And", [against_all("Equal", "ids"), against_all("Xor", asked)], "same")
    counts = graph.add("Cast", [same], "same.counts", to=TensorProto.INT64)
    matched = graph.add("ReduceMax", [counts, "last"], "matched", keepdims=0)
    last = graph.constant("last_part", np.array(PARTS - 1))
    doubled = graph.add(
        "Mul", [graph.add("Min", [part, last], "part.capped"), graph.constant("pair", np.array(2))], "doubled"
    )
    return graph.add("Gather", [table, graph.add("Add", [doubled, matched], "kinds")], "kinds.rows")


def _linear(graph: Graph, x: str, name: str, weights: Mapping[str, NDArray[np.float32]], output: str) -> str:
    """The heads are small: 16 bits do."""
    product = graph.add("MatMul", [x, graph.half(f"{name}.matrix", weights[f"{name}.weight"].T)], f"{name}.product")
    return graph.add("Add", [product, graph.constant(f"{name}.bias", weights[f"{name}.bias"])], output)


def write_reader(
    path: Path, weights: Mapping[str, NDArray[np.float32]], ranges: Mapping[str, NDArray[np.float32]], layers: int
) -> None:
    """Write the network of `reading_network`, given by the names of its parameters; `ranges` as `export.add_body` takes
    them."""
    body = {name.removeprefix("body."): value for name, value in weights.items() if name.startswith("body.")}
    graph = Graph()
    graph.constant("middle", np.array([1]))
    separator = graph.constant("separator", np.array(SEPARATOR))
    ends = graph.add("Cast", [graph.add("Equal", ["ids", separator], "is_end")], "ends", to=TensorProto.INT64)
    part = graph.add("CumSum", [ends, graph.constant("axis", np.array(1))], "part")
    in_question = graph.add("Equal", [part, graph.constant("none", np.array(0))], "in_question")
    kinds = _kinds(graph, part, in_question, graph.constant("kind.weight", weights["kind.weight"]))
    tokens = add_body(graph, body, ranges, layers, kinds)
    behind = graph.add("GreaterOrEqual", [part, graph.constant("two", np.array(2))], "behind")
    in_text = graph.add("And", [behind, "present"], "in_text")
    question, text = _mean(graph, tokens, in_question, "question"), _mean(graph, tokens, in_text, "text")
    first = graph.add("Gather", [tokens, "none"], "first", axis=1)
    both = graph.add("Mul", [question, text], "both")
    apart = graph.add("Abs", [graph.add("Sub", [question, text], "difference")], "apart")
    features = graph.add("Concat", [first, question, text, both, apart], "features", axis=-1)
    inner = graph.add("Gelu", [_linear(graph, features, "inner", weights, "inner.out")], "inner.gelu")
    _linear(graph, inner, "window", weights, "window")
    _linear(graph, tokens, "tokens", weights, "tokens")
    write_graph(path, graph, {"window": ["texts", 5], "tokens": ["texts", "tokens", 3]}, {"words": BY_TOKEN})
