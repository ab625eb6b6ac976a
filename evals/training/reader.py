"""Trains the reader.

    python -m evals.training.reader --benchmarks ../shared/benchmarks --output kb/models/reader

Three parts, each of which can be trained alone (`--parts ranker spans evidence`): trees that rank sentences, a
network that finds the answer in one, and the weights that decide whether there is an answer at all. Two cores need
less than an hour; the same seed, threads and versions give the same weights.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from evals.policy import read_questions
from evals.reader import SETS, measure_reading
from evals.training.boosting import train_trees
from evals.training.reader_card import write_reader_card
from evals.training.reader_data import Group, groups
from evals.training.reader_evidence import fit_evidence, judge_questions
from evals.training.span_data import made_examples, written_examples
from evals.training.span_network import SpanRecipe, train_spans
from ingest.build import build_index, index_lock
from ingest.collection import collect_files, find_lexicon
from kb.answering.evidence import Evidence
from kb.answering.investigate import Investigator
from kb.answering.model import CONFIG, ReaderModel, open_reader_model, write_config, write_ranker, write_spans
from kb.index.encoder import MODELS_DIR, STATIC, Encoder, open_encoder
from kb.index.snapshot import open_snapshot
from kb.index.static_encoder import read_term_table
from kb.retrieval import Retriever

PARTS = ("ranker", "spans", "evidence")
_TRAINED_ON = (("drcd", "train"), ("cmrc", "train"), ("xquad", "dev"))
_TREES = 300
_WRONGLY_REFUSED = 0.08
_INDEX = Path("build/eval/reader-policy")


def main() -> None:
    """Train the parts asked for, keep the others, and write config and model card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    parser.add_argument("--output", type=Path, default=MODELS_DIR / "reader")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    started = time.monotonic()
    encoder = open_encoder()
    before = _evidence_before(options.output)
    if "ranker" in options.parts:
        _train_ranker(options.benchmarks, options.output, open_encoder(STATIC), options.seed, options.threads)
    if "spans" in options.parts:
        _train_spans(options.benchmarks, options.output, options.seed)
    training = {"seed": options.seed, "trees": _TREES, "spans": asdict(SpanRecipe())}
    write_config(options.output, before, training)
    if "evidence" in options.parts:
        evidence = _train_evidence(open_reader_model(options.output), encoder)
        write_config(options.output, evidence, training)
    model = open_reader_model(options.output)
    readings = {
        name: measure_reading(options.benchmarks / name, "dev", open_encoder(STATIC), model, _silent)
        for name in SETS
        if (options.benchmarks / name).is_dir()
    }
    write_reader_card(options.output, readings, options.seed)
    print(f"done in {time.monotonic() - started:.0f} s")


def _train_ranker(benchmarks: Path, output: Path, encoder: Encoder, seed: int, threads: int) -> None:
    found: list[Group] = []
    for name, split in _TRAINED_ON:
        found += groups(benchmarks / name, split, encoder, seed)
        print(f"ranker: {len(found):,} groups with {name}", flush=True)
    rows, right = np.vstack([group.rows for group in found]), np.concatenate([group.right for group in found])
    write_ranker(output, train_trees(rows, right, trees=_TREES, seed=seed, threads=threads))
    print(f"ranker: trained on {len(rows):,} sentences", flush=True)


def _train_spans(benchmarks: Path, output: Path, seed: int) -> None:
    recipe = SpanRecipe()
    written = [example for name, split in _TRAINED_ON for example in written_examples(benchmarks / name, split)]
    made = made_examples(benchmarks, ("drcd", "cmrc"), recipe.made, random.Random(seed))
    table = read_term_table(MODELS_DIR / STATIC)
    terms, weights = train_spans(made, written, table, recipe, seed)
    write_spans(output, terms, weights)


def _train_evidence(model: ReaderModel, encoder: Encoder) -> Evidence:
    corpus = [Path("corpus")]
    with index_lock(_INDEX):
        documents = collect_files(corpus, {}, _silent).documents.values()
        build_index(_INDEX, list(documents), encoder, _silent, find_lexicon(corpus, _INDEX))
    snapshot = open_snapshot(_INDEX, encoder)
    questions = [q for q in read_questions(Path("evals/data/policy")) if q.split == "dev"]
    investigator = Investigator(Retriever(snapshot, encoder), snapshot.records, model)
    evidence = fit_evidence(judge_questions(questions, investigator), _WRONGLY_REFUSED)
    snapshot.close()
    return evidence


def _evidence_before(output: Path) -> Evidence:
    """Give the weights that are there; a folder that is new begins with none."""
    path = output / CONFIG
    return Evidence(**json.loads(path.read_text("utf-8"))["evidence"]) if path.exists() else Evidence()


def _silent(step: str, done: int, total: int) -> None:
    """Training prints its own progress."""


if __name__ == "__main__":
    main()
