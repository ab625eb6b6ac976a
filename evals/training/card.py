"""The model card: what the weights are, where they come from and how well they do."""

from __future__ import annotations

import json
from pathlib import Path

from evals.training.measure import SETS, figures, read_evaluation_set
from kb.index.static_encoder import StaticEncoder
from kb.model_folder import CONFIG

_CARD = """\
---
language: zh
license: cc-by-sa-4.0
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---

# static: a static encoder for Chinese policies, laws and questions about them

A table of {terms:,} vectors of {dimensions} numbers for Chinese characters, character pairs, numbers and Latin
words. The vector of a text is the sum of its terms' vectors, scaled to length 1. Traditional and simplified
script, full and half width, Chinese numerals and digits are folded first, so they make no difference.
{megabytes:.0f} MB, four bits a number. It runs on numpy; no other library, no network.

```python
from kb.index.encoder import open_encoder

encoder = open_encoder("static")  # numpy
vectors = encoder.encode_queries(["老人吃饭有优惠吗"])

from sentence_transformers import SentenceTransformer

model = SentenceTransformer("kb/models/static", trust_remote_code=True)  # the same vectors, with torch
```

sentence-transformers loads classes from outside itself only with `trust_remote_code=True`; the class is
`kb.index.sentence_transformers_module.NgramEmbedding`, which must be importable.

## Training

    python -m evals.training.static_training --benchmarks ../shared/benchmarks --output kb/models/static

Contrastive learning (InfoNCE in both directions, temperature 0.05, in-batch and BM25 negatives), seed {seed},
{steps:,} steps of {pairs} pairs, less than two hours on two cores. Pairs in every batch: {shares}.
{distilled}
| data | what it gives | licence |
| --- | --- | --- |
| laws | articles of Chinese laws and regulations: clauses against their articles, lay rewritings, paraphrases | official texts, outside copyright (article 5 of the Copyright Law) |
| stard, train | questions of non-lawyers and their statutes | MIT |
| cmrc, train | questions and paragraphs of CMRC 2018 | CC BY-SA 4.0 |
| drcd, train | questions and paragraphs of DRCD, traditional script | CC BY-SA 3.0 |
| `evals/training/questions.tsv` | lay questions for 488 articles, written for this project | Apache-2.0 |
{taught}| `evals/training/lay_wording.tsv` | official wording and everyday wording, written for this project | Apache-2.0 |

No dev split and none of ncp, cail and xquad was trained on. The weights are offered under CC BY-SA 4.0, as
the licences of cmrc and drcd ask of what is made from them.

## Figures

Dev splits; `mixed w` adds the standardised scores of both arms, the dense one with weight w; long texts are
encoded in overlapping windows of about a sentence, articles of stard whole. Printed by `python -m evals.training.measure`.

| set | arm | Success@1 | R@10 | R@100 | nDCG@10 |
| --- | --- | --- | --- | --- | --- |
{figures}

## Limits

It knows words, not word order: 甲告乙 and 乙告甲 have nearly the same vector. Names and numbers that are rare
in its texts are better found by the lexical arm; the two are meant to be used together.
"""


_DISTILLED = """
Then {steps} steps from there:

    python -m evals.training.static_distillation --benchmarks ../shared/benchmarks --work build/static --output build/static/model

{questions} questions with their passages and {clauses} clauses with the rest of theirs a step, by contrast as before, and as many questions
whose neighbours among questions and passages were to be as near to them as the embedded transformer finds them (cross entropy of the odds, its
temperature 0.03). Articles under the name of a law that `civic` judges on were left out of these steps.
"""
_TAUGHT = """\
| `civic` train and `evals/training/written` | questions over laws, and over policy papers of invented places, written for this project | Apache-2.0 |
"""


def write_card(folder: Path, benchmarks: Path) -> None:
    """Measure the model in `folder` and write its README.md."""
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    training = config["training"]
    encoder = StaticEncoder.open(folder)
    rows = [row for name in SETS for row in figures(encoder, read_evaluation_set(benchmarks / name))]
    shares = training["pairs_per_batch"]
    distilled = training.get("distilled")
    card = _CARD.format(
        terms=config["terms"],
        dimensions=config["dimensions"],
        megabytes=sum(path.stat().st_size for path in folder.iterdir()) / 1e6,
        seed=training["seed"],
        steps=training["steps"],
        pairs=sum(shares.values()),
        shares=", ".join(f"{name} {count}" for name, count in shares.items()),
        distilled=_DISTILLED.format(**distilled) if distilled else "",
        taught=_TAUGHT if distilled else "",
        figures="\n".join(rows),
    )
    (folder / "README.md").write_text(card, "utf-8")
