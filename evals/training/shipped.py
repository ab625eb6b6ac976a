"""The weights of a model that ships, as a state that training goes on from: 4 and 8 bits are read back as the numbers
they stand for, and the words as the pieces have them that the model is shown.

What quantising took away is far below what a hundred steps change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from kb.errors import ModelError
from kb.model_folder import read_config
from kb.transformer.model import FORMAT
from kb.transformer.pieces import WORDS


def words_of(graph: Path) -> NDArray[np.float32]:
    """Read the table of pieces that `export.write_words` wrote, shape (pieces, width)."""
    constants = _constants(graph)
    numbers, scales = constants["word.values"].astype(np.float32), constants["word.scales"].astype(np.float32)
    table: NDArray[np.float32] = numbers * np.repeat(scales, numbers.shape[1] // scales.shape[1], axis=1)
    return table


def weights_of(graph: Path) -> dict[str, Tensor]:
    """Read the weights that `export` wrote, by the names of the network's parameters, all but the words."""
    constants = _constants(graph)
    weights: dict[str, NDArray[np.float32]] = {}
    for name, values in constants.items():
        stem, _, part = name.rpartition(".")
        if part == "values":
            scales = constants[f"{stem}.scales"]
            # What q is given k and v are given too, so that one smoothing does for the three.
            smoothing = constants.get(f"{stem}.smoothing", constants.get(f"{re.sub('[kv]$', 'q', stem)}.smoothing", 1))
            weights[f"{stem}.weight"] = (values * scales).T * smoothing
        elif part == "matrix":
            weights[f"{stem}.weight"] = values.T
        elif part in ("weight", "bias"):
            weights[name] = values
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in weights.items()}


def _constants(graph: Path) -> dict[str, NDArray[Any]]:
    return {constant.name: numpy_helper.to_array(constant) for constant in onnx.load(graph).graph.initializer}


def state_of(path: Path) -> dict[str, Tensor]:
    """Read the weights of a checkpoint (`.pt`) or of a model folder's graph (`.onnx`)."""
    if path.suffix == ".onnx":
        pieces = path.parent / read_config(path.parent, FORMAT, ModelError)["pieces"]
        weights = {"word.weight": torch.from_numpy(words_of(pieces / WORDS))} | weights_of(path)
        head = "body." if any(name.startswith("layers.") for name in weights) and "window.weight" in weights else ""
        bare = ("kind.", "inner.", "window.", "tokens.")
        return {name if name.startswith(bare) else f"{head}{name}": value for name, value in weights.items()}
    state: dict[str, Tensor] = torch.load(path, map_location="cpu")["module"]
    return state


def mean_of(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the mean of two states of one network, which often errs less than either (Wortsman et al., Model soups, ICML
    2022)."""
    return {name: (value + second[name].view_as(value)) / 2 for name, value in first.items()}
