"""The reader's model card: what the weights are, where they come from and how well they do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evals.reader import Reading
from kb.answering.features import FEATURES

_CARD = """\
---
language: zh
license: cc-by-sa-4.0
pipeline_tag: question-answering
---

# reader: finds the sentence that answers, and the answer in it

Three parts, {megabytes:.1f} MB together, run on numpy alone:

- `ranker.npz`: boosted trees over {features} features of a question and a sentence (`kb.answering.features`);
- `spans.npz`, `terms.txt`: a network of gated convolutions over characters (`kb.answering.spans`); its term vectors
  are those of the embedded encoder in fewer dimensions;
- `config.json`: the weights that decide whether the best sentence answers (`kb.answering.evidence`), checksums, and
  how it was trained.

## Training

    python -m evals.training.reader --benchmarks ../shared/benchmarks --output kb/models/reader

Seed {seed}; less than an hour on two cores.

| data | what it gives | licence |
| --- | --- | --- |
| cmrc, train | questions, sentences and spans of CMRC 2018 | CC BY-SA 4.0 |
| drcd, train | questions, sentences and spans of DRCD, traditional script | CC BY-SA 3.0 |
| xquad, zh | questions, sentences and spans; therefore not reported on | CC BY-SA 4.0 |
| laws | sentences for made questions | official texts, outside copyright |
| the project's own questions, dev half | when to refuse | the project's |

## Figures, right document given, splits that were not trained on

| set | questions | first sentence holds the answer | span exact | span F1 |
| --- | --- | --- | --- | --- |
{rows}

Trained on encyclopedias and tested on policies: a sentence that only a list's heading or the sentence before makes
an answer is often missed, and long answers of several sentences are cut.
"""


def write_reader_card(folder: Path, readings: Mapping[str, Reading], seed: int) -> None:
    """Write README.md beside the weights."""
    rows = "\n".join(
        f"| {name}, dev | {reading.questions} | {reading.sentence:.3f} | {reading.exact:.3f} | {reading.f1:.3f} |"
        for name, reading in readings.items()
    )
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    card = _CARD.format(megabytes=megabytes, features=len(FEATURES), seed=seed, rows=rows)
    (folder / "README.md").write_text(card, "utf-8")
