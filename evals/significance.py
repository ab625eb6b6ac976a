"""Whether a difference between two runs is chance.

The paired randomisation test flips the sign of each question's difference at random and asks how often the
mean comes out as far from zero as it did (Fisher; for retrieval: Smucker, Allan and Carterette, CIKM
2007). The interval is the percentile bootstrap over questions (Efron, 1979). Several tests of one comparison are
corrected by Holm's method (1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SAMPLES = 10_000  # At p = .05 the standard error of p itself is .002 then.
_CHUNK = 500  # samples at a time: bounds the memory for thousands of questions


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean difference (second run minus first) over `questions`, its 95 % interval and p."""

    mean: float
    low: float
    high: float
    p: float
    questions: int


def compare_values(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Difference:
    """Compare two runs question by question; raise ValueError where they are not paired.

    >>> compare_values([0, 0, 1, 0], [0, 0, 1, 0]).p
    1.0
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values cannot be paired with {len(second)}")
    differences = np.asarray(second, float) - np.asarray(first, float)
    n = len(differences)
    if n == 0 or not differences.any():
        return Difference(0.0, 0.0, 0.0, 1.0, n)
    random = np.random.default_rng(seed)
    observed = abs(differences.mean()) - 1e-12
    extreme = 0
    means = []
    for start in range(0, SAMPLES, _CHUNK):
        count = min(_CHUNK, SAMPLES - start)
        signs = random.integers(0, 2, (count, n), dtype=np.int8) * 2 - 1
        extreme += int((np.abs(signs @ differences) / n >= observed).sum())
        means.append(differences[random.integers(0, n, (count, n))].mean(axis=1))
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    # The observed assignment is one of those possible, so p is never zero.
    return Difference(float(differences.mean()), float(low), float(high), (extreme + 1) / (SAMPLES + 1), n)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Correct p values for being several.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    corrected: dict[str, float] = {}
    least = 0.0
    ordered = sorted(p_values.items(), key=lambda item: item[1])
    for n, (name, p) in enumerate(ordered):
        least = max(least, min(1.0, p * (len(ordered) - n)))
        corrected[name] = round(least, 10)
    return corrected
