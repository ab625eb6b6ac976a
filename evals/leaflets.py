"""How well a reader tells what a text answers from what it does not, over leaflets of invented places, in a minute.

    python -m evals.leaflets [--reader kb/models/reader] [--against OTHER]

The questions are put in everyday words that the texts do not use, and a third of them ask for what is not said. Beside
them stand contrasts: pairs about the same sentence in the same voice, of which one is answered and the other asks for
what stands beside it or nowhere, and questions in the vernacular, which say everything in another way (推倒了重来 for
拆除重建). Nothing has to be found, so that reading alone is measured. No weights learn from these texts, nor from
others of their writers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from evals.significance import compare_values
from evals.training.contrastive_data import read_lines
from evals.training.reading_data import notice_texts
from kb.errors import ModelError
from kb.index.encoder import MODELS_DIR
from kb.reading.reader import ClauseText, Reader

LEAFLETS = Path(__file__).parent / "data" / "leaflets"


@dataclass(frozen=True, slots=True)
class LeafletReading:
    """What a reader made of one question: the log-odds that its leaflet answers, and whether the sentences that it
    takes for the answer hold what was asked for."""

    register: str
    answerable: bool
    score: float
    said: bool


def read_leaflets(reader: Reader, folder: Path = LEAFLETS, questions: str = "questions") -> list[LeafletReading]:
    """Read every question in the parts of its leaflet; the likeliest part speaks for it."""
    parts = {row["id"]: notice_texts(row) for row in read_lines(folder / "texts.jsonl")}
    readings = []
    for row in read_lines(folder / f"{questions}.jsonl"):
        texts = parts[row["notice"]]
        found = reader.read(row["question"], [ClauseText(text.context, text.text) for text in texts])
        best = max(range(len(texts)), key=lambda n: found[n].score)
        said = "\n".join(texts[best].text[start:end] for start, end in found[best].answer())
        wanted = row.get("short") or next(iter(row["pieces"]), "")
        readings.append(LeafletReading(row["register"], row["answerable"], found[best].score, wanted in said))
    return readings


def told_apart(readings: Sequence[LeafletReading]) -> list[float]:
    """Give, for each answered question, the share of the unanswered ones of its register that score lower: the mean is
    the area under the curve.

    >>> of = [LeafletReading("lay", answerable, score, False) for answerable, score in [(True, 1), (True, 0), (False, 0), (False, -1)]]
    >>> told_apart(of)
    [1.0, 0.75]
    """
    missed = {
        register: np.asarray([one.score for one in readings if one.register == register and not one.answerable])
        for register in {one.register for one in readings}
    }
    return [
        float(np.mean((missed[one.register] < one.score) + (missed[one.register] == one.score) / 2))
        for one in readings
        if one.answerable
    ]


def pairs_told_apart(readings: Sequence[LeafletReading]) -> list[float]:
    """Say of each pair, which stand together, the answered question first, whether that scores higher.

    >>> pairs_told_apart([LeafletReading("lay", answerable, score, False) for answerable, score in [(True, 1), (False, 0), (True, 0), (False, 0)]])
    [1.0, 0.0]
    """
    return [
        float(answered.score > missed.score) for answered, missed in zip(readings[::2], readings[1::2], strict=True)
    ]


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--reader", type=Path, default=MODELS_DIR / "reader")
    parser.add_argument("--against", type=Path, help="a reader to compare with")
    options = parser.parse_args()
    table = Table(
        "reader",
        "questions",
        "area under the curve",
        "of lay ones",
        "of brief ones",
        "right words",
        "pairs",
        "vernacular",
        "right words",
    )
    values = []
    for folder in filter(None, (options.against, options.reader)):
        try:
            reader = Reader.open(folder)
        except ModelError as error:
            parser.error(str(error))
        readings = read_leaflets(reader)
        pairs = pairs_told_apart(read_leaflets(reader, questions="contrasts"))
        vernacular = read_leaflets(reader, questions="vernacular")
        apart, answered = told_apart(readings), [one for one in readings if one.answerable]
        apart_vernacular = told_apart(vernacular)
        by_register = [
            np.mean([value for value, one in zip(apart, answered, strict=True) if one.register == register])
            for register in ("lay", "brief")
        ]
        said = [np.mean([one.said for one in of if one.answerable]) for of in (readings, vernacular)]
        figures = (np.mean(apart), *by_register, said[0], np.mean(pairs), np.mean(apart_vernacular), said[1])
        table.add_row(str(folder), str(len(readings)), *(f"{x:.3f}" for x in figures))
        values.append((apart, [float(one.said) for one in answered], pairs, apart_vernacular))
    console = Console(width=110)
    console.print(table)
    if options.against:
        for what, first, second in zip(("told apart", "right words", "pairs", "vernacular"), *values, strict=True):
            difference = compare_values(first, second)
            console.print(
                f"{what}: {difference.mean:+.3f} ({difference.low:+.3f} to {difference.high:+.3f}), p = {difference.p:.4f}"
            )


if __name__ == "__main__":
    main()
