"""How well facts are read from sentences, how many questions a verdict takes, and how fast verdicts are.

python -m evals.eligibility            dev sentences, questions, speed
python -m evals.eligibility --split test
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.eligibility.facts import FILE_NAME, FactBook
from kb.eligibility.sentence import read_sentence
from kb.eligibility.values import as_json

SENTENCES = Path(__file__).parent / "data" / "eligibility"
DAY = date(2026, 11, 23)
"""The day on which the sentences are read."""


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """Facts right, read wrongly or read where none is, and all that the sentences state."""

    right: int
    read: int
    stated: int
    mistakes: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.stated if self.stated else 1.0


def score_sentences(split: str, book: FactBook) -> ReadingScore:
    """Compare what is read, value and doubt, with what the sentences state."""
    right = read = stated = 0
    mistakes: list[str] = []
    for sentence, facts in tomllib.loads((SENTENCES / f"{split}.toml").read_text("utf-8")).items():
        unsure = facts.pop("unsure", [])
        expected = {name: (_plain(value), name not in unsure) for name, value in facts.items()}
        found = {one.fact_id: (as_json(one.value), one.certain) for one in read_sentence(sentence, book, DAY)}
        same = {name for name in found if expected.get(name) == found[name]}
        right, read, stated = right + len(same), read + len(found), stated + len(expected)
        if same != set(expected) or len(same) != len(found):
            wrong = {name: value for name, value in found.items() if name not in same}
            missed = {name: value for name, value in expected.items() if name not in same}
            mistakes.append(f"{sentence}\n    read {wrong}\n    stated {missed}")
    return ReadingScore(right, read, stated, tuple(mistakes))


def _plain(value: object) -> object:
    """Write a value of the sentence files as the API gives it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        if set(value) <= {"not", "outside"}:
            return {"not": list(value.values())}
        return {name: _plain(bound) for name, bound in value.items()}
    return value


def main() -> None:
    """Print the figures, and with --mistakes every sentence that is read otherwise than it says."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--mistakes", action="store_true")
    parser.add_argument("--benefits", type=Path, default=Path("corpus/benefits"))
    arguments = parser.parse_args()
    score = score_sentences(arguments.split, FactBook.read(arguments.benefits / FILE_NAME))
    if arguments.mistakes:
        sys.stdout.write("".join(f"{mistake}\n" for mistake in score.mistakes))
    print(f"{arguments.split}: precision {score.precision:.3f}, recall {score.recall:.3f}, {score.stated} facts stated")


if __name__ == "__main__":
    main()
