"""Trains boosted trees with LightGBM and turns them into the plain arrays that `kb.answering.trees` runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray


def train_trees(
    rows: NDArray[np.float32], labels: NDArray[np.float32], *, trees: int, seed: int, threads: int
) -> dict[str, NDArray[Any]]:
    """Learn the log-odds that a row's label is 1; give the arrays of `Trees`.

    The same rows, seed, threads and version of LightGBM give the same trees.
    """
    settings = {
        "objective": "binary", "num_leaves": 31, "learning_rate": 0.06, "min_data_in_leaf": 40,
        "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 127,
        "seed": seed, "num_threads": threads, "deterministic": True, "force_row_wise": True, "verbose": -1,
    }  # fmt: skip
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, labels), trees)
    return arrays_of(booster.dump_model()["tree_info"])


def arrays_of(trees: Sequence[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Lay dumped trees out as arrays: nodes behind one another, leaf n as -1 - n."""
    features: list[int] = []
    thresholds: list[float] = []
    children: list[tuple[int, int]] = []
    values: list[float] = []

    def add(node: dict[str, Any]) -> int:
        if "split_feature" not in node:
            values.append(node["leaf_value"])
            return -len(values)
        at = len(features)
        features.append(node["split_feature"])
        thresholds.append(node["threshold"])
        children.append((0, 0))
        children[at] = (add(node["left_child"]), add(node["right_child"]))
        return at

    roots = [add(tree["tree_structure"]) for tree in trees]
    exact = np.array(thresholds)
    rounded = exact.astype(np.float32)
    # A threshold rounded upwards would send a feature just above it to the other side.
    rounded = np.where(rounded > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded)
    sides = np.array(children, np.int32).reshape(-1, 2)
    return {
        "roots": np.array(roots, np.int32),
        "feature": np.array(features, np.int16),
        "threshold": rounded.astype(np.float32),
        "left": sides[:, 0].copy(),
        "right": sides[:, 1].copy(),
        "values": np.array(values, np.float32),
    }
