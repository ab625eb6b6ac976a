"""Writes a trained body as an ONNX graph whose large matrices have 8 bits, and whose table of pieces has 4.

The graph is put together node by node, from the operators that onnxruntime has for transformers on a processor
(`MatMulIntegerToFloat`, `MultiHeadAttention`, `BiasGelu`), so that neither torch's exporter nor a graph optimizer is
needed. (`SkipLayerNormalization` would be one more: it takes four times as long as the sum and the normalisation that
it stands for.) The weights of an output have a scale of their own, and so has each token's vector when it is multiplied
with them, so that what a text is taken for does not depend on the texts beside it in a batch. Weights are signed and
vectors are not, which is what processors multiply fastest (VNNI, AMX). A few channels hold numbers twenty times as
large as the others, which would leave these few steps: before they are rounded, channels are divided by what their
weights are multiplied with (SmoothQuant, Xiao et al., ICML 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from evals.training.pretrained import HEADS, LOWER, WIDTH

ZERO = 128  # what a number of 0 is written as in a token's vector
LARGEST = 127  # what the largest number of a vector or column is written as, above that
BLOCK = 32  # numbers of a piece's vector that share a scale: as in the pretrained table, which has 4 bits too
EPSILON = 1e-12
OPSET, CONTRIB = 20, 1
IDS = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
BY_TOKEN: list[str | int] = ["texts", "tokens", WIDTH]
Array = NDArray[np.generic]


def quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise a matrix of shape (outputs, inputs) to 8 bits; give (inputs, outputs) and the scales of the outputs.

    >>> values, scales = quantised(np.array([[0.5, -1.0], [0.0, 0.0]], np.float32))
    >>> values.tolist(), (values * scales).round(2).tolist()
    ([[64, 0], [-127, 0]], [[0.5, 0.0], [-1.0, 0.0]])
    """
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / LARGEST
    return np.rint(matrix / scales[:, None]).astype(np.int8).T, scales.astype(np.float32)


def in_four_bits(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Quantise rows in blocks of 32: numbers of -8 to 7, shape (rows, width), and scales, shape (rows, width / 32).

    Each block has the scale that errs least of some: the largest number as the seventh step, or a later one, which
    leaves it cut to the last.
    """
    blocks = table.reshape(len(table), -1, BLOCK)
    largest = np.maximum(np.abs(blocks).max(axis=-1, keepdims=True), 1e-6)
    tried = [(largest / steps).astype(np.float16).astype(np.float32) for steps in np.arange(7, 12.5, 0.25)]
    errors = [((blocks - np.clip(np.rint(blocks / scales), -8, 7) * scales) ** 2).sum(-1) for scales in tried]
    scales = np.take_along_axis(np.stack(tried), np.argmin(errors, axis=0)[None, ..., None], axis=0)[0]
    values = np.clip(np.rint(blocks / scales), -8, 7).astype(np.int8)
    return values.reshape(table.shape), scales[..., 0].astype(np.float16)


@dataclass(frozen=True, slots=True)
class Rounded:
    """The names of the vectors of all tokens in 8 bits, and of the scale of each, as a column."""

    values: str
    scales: str


class Graph:
    """Nodes and constants of one ONNX graph, in the order in which they are computed."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: Array) -> str:
        """Add a tensor and give its name back, so that calls can be nested."""
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def half(self, name: str, values: NDArray[np.float32]) -> str:
        """Add numbers that are kept in 16 bits and computed with in 32."""
        return self.add(
            "Cast", [self.constant(name, values.astype(np.float16))], f"{name}.floats", to=TensorProto.FLOAT
        )

    def rows(self, name: str, table: NDArray[np.float32], ids: str, output: str) -> str:
        """Take the rows of a table that is kept in 4 bits."""
        values, scales = in_four_bits(table)
        kept = [
            self.constant(f"{name}.values", values.astype(ml_dtypes.int4)),
            ids,
            self.constant(f"{name}.scales", scales),
        ]
        how = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK}
        rows = self.add("GatherBlockQuantized", kept, f"{name}.rows", "com.microsoft", **how)
        return self.add("Cast", [rows], output, to=TensorProto.FLOAT)

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node and give the name of its output back, so that calls can be nested."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def rounded(self, x: str, name: str) -> Rounded:
        """Write vectors, shape (tokens of all texts, width), with 8 bits."""
        above = self.add("ReduceMax", [x, "last"], f"{name}.above", keepdims=0)
        below = self.add("Neg", [self.add("ReduceMin", [x, "last"], f"{name}.least", keepdims=0)], f"{name}.below")
        largest = self.add("Max", [above, below, "least"], f"{name}.largest")
        scales = self.add("Div", [largest, "steps"], f"{name}.row_scales")
        zeros = self.add("Expand", ["middle_step", self.add("Shape", [scales], f"{name}.count")], f"{name}.zeros")
        values = self.add("QuantizeLinear", [x, scales, zeros], f"{name}.rounded", axis=0)
        return Rounded(values, self.add("Unsqueeze", [scales, "last"], f"{name}.row_scales.column"))

    def product(self, x: Rounded, name: str, weights: Mapping[str, NDArray[np.float32]]) -> str:
        """Multiply by a matrix; its bias is left to the operator that comes next."""
        values, scales = quantised(weights[f"{name}.weight"])
        matrix = [self.constant(f"{name}.values", values), "unit", self.constant(f"{name}.scales", scales)]
        whole = self.add("MatMulIntegerToFloat", [x.values, *matrix, "middle_step"], f"{name}.whole", "com.microsoft")
        return self.add("Mul", [whole, x.scales], f"{name}.out")

    def smoothed(
        self, x: str, names: Sequence[str], weights: Mapping[str, NDArray[np.float32]], ranges: Mapping[str, Array]
    ) -> tuple[Rounded, dict[str, NDArray[np.float32]]]:
        """Round vectors that several matrices are multiplied with, after channels were divided by scales; give these
        matrices times the scales."""
        first = names[0]
        largest = np.max([np.abs(weights[f"{name}.weight"]).max(axis=0) for name in names], axis=0)
        scales = np.sqrt(np.maximum(ranges[first], 1e-6) / np.maximum(largest, 1e-6)).astype(np.float32)
        divided = self.add("Mul", [x, self.constant(f"{first}.smoothing", 1 / scales)], f"{first}.smoothed")
        return self.rounded(divided, first), {f"{name}.weight": weights[f"{name}.weight"] * scales for name in names}

    def normalised(self, x: str, name: str, weights: Mapping[str, NDArray[np.float32]]) -> str:
        """Normalise vectors."""
        parts = [self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.add("LayerNormalization", [x, *parts], f"{name}.out", axis=-1, epsilon=EPSILON)

    def with_skip(self, x: str, out: str, name: str, weights: Mapping[str, NDArray[np.float32]]) -> str:
        """Add what a layer computed, and its bias, to what it was given."""
        # Sum and not Add: onnxruntime would make of two Add and the normalisation behind them the slow operator.
        return self.add("Sum", [x, out, self.constant(f"{name}.bias", weights[f"{name}.bias"])], f"{name}.sum")


def add_rounding(graph: Graph) -> None:
    """Add the constants that layers are computed with."""
    for name, value in (("unit", 1), ("steps", LARGEST), ("least", 1e-12)):
        graph.constant(name, np.array(value, np.float32))
    graph.constant("middle_step", np.array(ZERO, np.uint8))
    graph.constant("last", np.array([-1]))
    graph.constant("flat", np.array([-1, WIDTH]))


def add_layers(
    graph: Graph,
    x: str,
    weights: Mapping[str, NDArray[np.float32]],
    ranges: Mapping[str, Array],
    numbers: range,
    by_text: str,
    mask: str = "",
) -> str:
    """Lead the vectors of all tokens, shape (tokens of all texts, width), through layers; give the name of what they
    become.

    `by_text` is the shape (texts, tokens, width), `mask` says which tokens are there; without one, all are.
    """
    for n in numbers:
        at = f"layers.{n}"
        rounded, matrices = graph.smoothed(x, [f"{at}.{part}" for part in "qkv"], weights, ranges)
        parts = [
            graph.add("Reshape", [graph.product(rounded, f"{at}.{part}", matrices), by_text], f"{at}.{part}.by_text")
            for part in "qkv"
        ]
        biases = [graph.constant(f"{at}.{part}.bias", weights[f"{at}.{part}.bias"]) for part in "qkv"]
        parts += [graph.add("Concat", biases, f"{at}.qkv.bias", axis=0), *([mask] if mask else [])]
        attended = graph.add("MultiHeadAttention", parts, f"{at}.attended", "com.microsoft", num_heads=HEADS)
        attended = graph.add("Reshape", [attended, "flat"], f"{at}.attended.flat")
        out = graph.product(graph.rounded(attended, f"{at}.ao"), f"{at}.ao", weights)
        x = graph.normalised(graph.with_skip(x, out, f"{at}.ao", weights), f"{at}.aln", weights)
        rounded, matrices = graph.smoothed(x, [f"{at}.fi"], weights, ranges)
        bias = graph.constant(f"{at}.fi.bias", weights[f"{at}.fi.bias"])
        inner = graph.product(rounded, f"{at}.fi", matrices)
        inner = graph.add("BiasGelu", [inner, bias], f"{at}.gelu", "com.microsoft")
        out = graph.product(graph.rounded(inner, f"{at}.fo"), f"{at}.fo", weights)
        x = graph.normalised(graph.with_skip(x, out, f"{at}.fo", weights), f"{at}.oln", weights)
    return x


def add_body(
    graph: Graph,
    weights: Mapping[str, NDArray[np.float32]],
    ranges: Mapping[str, Array],
    layers: int,
    added: str = "",
) -> str:
    """Lead from `ids`, int64 of shape (texts, tokens), and `words`, the vectors of these pieces, to the vectors of all
    tokens, shape (texts, tokens, width); give the name of these. What they are behind the lower layers is called
    `states`.

    `ranges` are the largest numbers that the channels hold which a matrix is multiplied with
    (`activations.channel_ranges`); `added` names what is added to every token's embedding.
    """
    length = graph.add("Gather", [graph.add("Shape", ["ids"], "shape"), graph.constant("one", np.array([1]))], "length")
    zero = graph.constant("zero", np.array([0]))
    positions = graph.add("Slice", [graph.half("pos.weight", weights["pos.weight"]), zero, length, zero], "positions")
    embedded = graph.add("Add", ["words", positions], "embedded")
    spread = graph.normalised(graph.add("Add", [embedded, added], "informed") if added else embedded, "ln", weights)
    present = graph.add(
        "Not", [graph.add("Equal", ["ids", graph.constant("padding", np.array(1))], "padded")], "present"
    )
    mask = graph.add("Cast", [present], "mask", to=TensorProto.INT32)
    by_text = graph.add("Concat", ["shape", graph.constant("width", np.array([WIDTH]))], "by_text", axis=0)
    add_rounding(graph)
    x = graph.add("Reshape", [spread, "flat"], "tokens.flat")
    lower = min(LOWER, layers)
    x = add_layers(graph, x, weights, ranges, range(lower), by_text, mask)
    graph.add("Reshape", [x, by_text], "states")
    x = add_layers(graph, x, weights, ranges, range(lower, layers), by_text, mask)
    return graph.add("Reshape", [x, by_text], "tokens.vectors")


def mean_of_tokens(graph: Graph, tokens: str, output: str) -> str:
    """Add the mean of the vectors of a text's tokens, padding left out, scaled to length 1."""
    weights = graph.add("Cast", ["mask"], "mask.floats", to=TensorProto.FLOAT)
    column = graph.add("Unsqueeze", [weights, "last"], "mask.column")
    row = graph.constant("middle", np.array([1]))
    total = graph.add("ReduceSum", [graph.add("Mul", [tokens, column], "masked"), row], "total", keepdims=0)
    # The mean's length does not matter: the vector is scaled to length 1 anyway.
    return graph.add("LpNormalization", [total], output, axis=-1, p=2)


def write_graph(
    path: Path,
    graph: Graph,
    outputs: Mapping[str, list[str | int]],
    given: Mapping[str, list[str | int]],
    ids: bool = True,
) -> None:
    """Write the graph with inputs and outputs of float32 by name and shape, and `ids` before the inputs."""
    numbers, values = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in named.items()]
        for named in (given, outputs)
    )
    made = helper.make_graph(graph.nodes, "body", [IDS] * ids + numbers, values, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", CONTRIB)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=10), path)


def write_encoder(
    path: Path, weights: Mapping[str, NDArray[np.float32]], ranges: Mapping[str, Array], layers: int
) -> None:
    """Write the graph of an encoder: `ids` and `words` to `vectors`, shape (texts, 384), and to the `states` of all
    tokens behind the lower layers."""
    graph = Graph()
    tokens = add_body(graph, weights, ranges, layers)
    mean_of_tokens(graph, tokens, "vectors")
    write_graph(path, graph, {"vectors": ["texts", WIDTH], "states": BY_TOKEN}, {"words": BY_TOKEN})


def write_words(path: Path, table: NDArray[np.float32]) -> None:
    """Write the graph that looks up the vectors of pieces, `ids` to `words`, in a table of shape (pieces, 384)."""
    graph = Graph()
    graph.rows("word", table, "ids", "words")
    write_graph(path, graph, {"words": BY_TOKEN}, {})
