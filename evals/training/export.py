"""Writes a trained body as an ONNX graph whose large matrices have 8 bits.

The graph is put together node by node, from the operators that onnxruntime has for transformers on a processor (`MatMulNBits`,
`MultiHeadAttention`, `SkipLayerNormalization`, `BiasGelu`), so that neither torch's exporter nor a graph optimizer is needed. Every block of
`BLOCK` weights has a scale of its own, and onnxruntime quantises what is multiplied with it block by block too: cosines
differ from float32 in the fourth digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from evals.training.pretrained import HEADS, WIDTH

# Weights that share a scale: a smaller block keeps more of them, a larger one is faster.
BLOCK = 128
ACCURACY_INT8 = 4  # onnxruntime's name for products of 8-bit numbers
EPSILON = 1e-12
OPSET, CONTRIB = 20, 1
Array = NDArray[np.generic]


def quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Quantise a matrix of shape (outputs, inputs) to 8 bits in blocks; give (outputs, blocks, BLOCK) and the scales.

    >>> values, scales = quantised(np.eye(128, dtype=np.float32))
    >>> values.shape, scales.shape, int(values[0, 0, 0]), int(values[0, 0, 1])
    ((128, 1, 128), (128,), 255, 128)
    """
    blocks = matrix.reshape(len(matrix), -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2), 1e-12) / 127
    values = np.rint(blocks / scales[:, :, None]) + 128
    return values.astype(np.uint8), scales.reshape(-1).astype(np.float32)


class Graph:
    """Nodes and constants of one ONNX graph, in the order in which they are computed."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: Array) -> str:
        """Add a tensor and give its name back, so that calls can be nested."""
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node and give the name of its output back, so that calls can be nested."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def linear(self, x: str, name: str, weights: Mapping[str, NDArray[np.float32]], *, bias: bool = True) -> str:
        """Multiply by a quantised matrix; the bias is left to the next operator where `bias` is false."""
        matrix = weights[f"{name}.weight"]
        values, scales = quantised(matrix)
        inputs = [x, self.constant(f"{name}.values", values), self.constant(f"{name}.scales", scales)]
        if bias:
            inputs += ["", "", self.constant(f"{name}.bias", weights[f"{name}.bias"])]
        outputs, width = matrix.shape
        return self.add(
            "MatMulNBits", inputs, f"{name}.out", "com.microsoft",
            K=width, N=outputs, bits=8, block_size=BLOCK, accuracy_level=ACCURACY_INT8,
        )  # fmt: skip

    def normalised(
        self, x: str, name: str, weights: Mapping[str, NDArray[np.float32]], *, skip: str = "", bias: str = ""
    ) -> str:
        """Normalise x, or x + skip + the bias named."""
        parts = [self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        if not skip:
            return self.add("LayerNormalization", [x, *parts], f"{name}.out", axis=-1, epsilon=EPSILON)
        parts.append(self.constant(f"{bias}.bias", weights[f"{bias}.bias"]))
        return self.add("SkipLayerNormalization", [x, skip, *parts], f"{name}.out", "com.microsoft", epsilon=EPSILON)


def add_body(graph: Graph, weights: Mapping[str, NDArray[np.float32]], layers: int, added: str = "") -> str:
    """Lead from `ids`, int64 of shape (texts, tokens), to the vectors of all tokens; give the name of these.

    `added` names what is added to every token's embedding.
    """
    word = weights["word.weight"]
    scales = np.maximum(np.abs(word).max(axis=1, keepdims=True), 1e-12) / 127
    table = graph.constant("word.values", np.rint(word / scales).astype(np.int8))
    rows = graph.add("Cast", [graph.add("Gather", [table, "ids"], "word.rows")], "word.floats", to=TensorProto.FLOAT)
    scale = graph.add("Gather", [graph.constant("word.scales", scales.astype(np.float32)), "ids"], "word.scale")
    words = graph.add("Mul", [rows, scale], "words")
    length = graph.add("Gather", [graph.add("Shape", ["ids"], "shape"), graph.constant("one", np.array([1]))], "length")
    zero = graph.constant("zero", np.array([0]))
    positions = graph.add(
        "Slice", [graph.constant("pos.weight", weights["pos.weight"]), zero, length, zero], "positions"
    )
    embedded = graph.add("Add", [words, positions], "embedded")
    x = graph.normalised(graph.add("Add", [embedded, added], "informed") if added else embedded, "ln", weights)
    present = graph.add(
        "Not", [graph.add("Equal", ["ids", graph.constant("padding", np.array(1))], "padded")], "present"
    )
    mask = graph.add("Cast", [present], "mask", to=TensorProto.INT32)
    for n in range(layers):
        at = f"layers.{n}"
        q, k, v = (graph.linear(x, f"{at}.{part}", weights) for part in "qkv")
        attended = graph.add(
            "MultiHeadAttention", [q, k, v, "", mask], f"{at}.attended", "com.microsoft", num_heads=HEADS
        )
        out = graph.linear(attended, f"{at}.ao", weights, bias=False)
        x = graph.normalised(x, f"{at}.aln", weights, skip=out, bias=f"{at}.ao")
        inner = graph.linear(x, f"{at}.fi", weights, bias=False)
        bias = graph.constant(f"{at}.fi.bias", weights[f"{at}.fi.bias"])
        inner = graph.add("BiasGelu", [inner, bias], f"{at}.gelu", "com.microsoft")
        out = graph.linear(inner, f"{at}.fo", weights, bias=False)
        x = graph.normalised(x, f"{at}.oln", weights, skip=out, bias=f"{at}.fo")
    return x


def mean_of_tokens(graph: Graph, tokens: str, output: str) -> str:
    """Add the mean of the vectors of a text's tokens, padding left out, scaled to length 1."""
    weights = graph.add("Cast", ["mask"], "mask.floats", to=TensorProto.FLOAT)
    column = graph.add("Unsqueeze", [weights, graph.constant("last", np.array([-1]))], "mask.column")
    row = graph.constant("middle", np.array([1]))
    total = graph.add("ReduceSum", [graph.add("Mul", [tokens, column], "masked"), row], "total", keepdims=0)
    # The mean's length does not matter: the vector is scaled to length 1 anyway.
    return graph.add("LpNormalization", [total], output, axis=-1, p=2)


def write_graph(path: Path, graph: Graph, outputs: Mapping[str, list[str | int]]) -> None:
    """Write the graph with one input, `ids`, and outputs of float32 by name and shape."""
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
    made = helper.make_graph(graph.nodes, "body", [ids], values, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", CONTRIB)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=10), path)


def write_encoder(path: Path, weights: Mapping[str, NDArray[np.float32]], layers: int) -> None:
    """Write the graph of an encoder: `ids` to `vectors`, shape (texts, 384), not yet of length 1."""
    graph = Graph()
    tokens = add_body(graph, weights, layers)
    mean_of_tokens(graph, tokens, "vectors")
    write_graph(path, graph, {"vectors": ["texts", WIDTH]})
