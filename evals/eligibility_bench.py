"""How well facts are read from sentences and benefits are chosen, how many questions a verdict and a whole person take,
and how fast verdicts are.

python -m evals.eligibility_bench            dev sentences, questions, speed
python -m evals.eligibility_bench --split test
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import prod
from pathlib import Path
from statistics import mean
from typing import Any

from kb.eligibility.benefits import Benefit
from kb.eligibility.catalogue import VERDICTS, Catalogue
from kb.eligibility.conditions import open_leaves
from kb.eligibility.consultation import read_further
from kb.eligibility.facts import FILE_NAME, TODAY, FactBook
from kb.eligibility.questions import next_questions, possible_answers
from kb.eligibility.sentence import read_everybody, read_sentence
from kb.eligibility.values import Exact, as_json
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.types import Query

SENTENCES = Path(__file__).parent / "data" / "eligibility"
DAY = date(2026, 11, 23)
"""The day on which the sentences are read."""
PEOPLE_DAY = date(2026, 11, 27)
"""The day on which the people of `people.toml` ask."""
DAYS = dict.fromkeys(("blind_dev", "blind_test", "told"), PEOPLE_DAY) | dict.fromkeys(
    ("natural_dev", "natural_test", "natural_fresh"), date(2026, 11, 28)
)
"""The day on which the sentences of a split are read, where that is not `DAY`."""
SPLITS = ("dev", "test", "fresh_dev", "fresh_test", *DAYS)
State = tuple[tuple[str, Exact], ...]
"""What was answered so far, sorted by fact."""
Key = tuple[int, str]
"""Of whom, 0 being the one whom a sentence is about, and which fact."""
Told = tuple[object, bool]
"""A value as the API gives it, and whether it was said without doubt."""


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """Facts right, read wrongly or read where none is, and all that the sentences state."""

    right: int
    read: int
    stated: int
    mistakes: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Give the share of what was read that is right."""
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """Give the share of what was stated that was read rightly."""
        return self.right / self.stated if self.stated else 1.0


def score_sentences(split: str, book: FactBook) -> ReadingScore:
    """Compare what is read, value and doubt, with what the sentences state.

    What `people` of a sentence says of others than the one whom it is about is stated, too, in the order in which they
    are told of. A date counts for what is stated as counted from it: who says 65年12月生的 is 60.
    """
    day = DAYS.get(split, DAY)
    right = read = stated = 0
    mistakes: list[str] = []
    sentences = tomllib.loads((SENTENCES / f"{split}.toml").read_text("utf-8"))
    tells_of_people = any("people" in facts for facts in sentences.values())  # older sets say nothing of others
    for sentence, facts in sentences.items():
        unsure = facts.pop("unsure", [])
        others = [{name: value for name, value in one.items() if name != "who"} for one in facts.pop("people", [])]
        expected = {(0, name): (_plain(value), name not in unsure) for name, value in facts.items()}
        for number, told in enumerate(others, start=1):
            expected |= {(number, name): (_plain(value), True) for name, value in told.items()}
        heard = read_everybody(sentence, book, day)
        found = {
            (number, one.fact_id): (as_json(one.value), one.certain)
            for number, readings in enumerate(
                (heard.own, *(other.readings for other in heard.others if tells_of_people))
            )
            for one in readings
        }
        found = {_as_stated(key, expected, book): value for key, value in found.items()}
        same = {
            key
            for key, value in found.items()
            if key in expected and expected[key] == _counted(key[1], value, book, day)
        }
        right, read, stated = right + len(same), read + len(found), stated + len(expected)
        if same != set(expected) or len(same) != len(found):
            wrong = {_named(key): value for key, value in found.items() if key not in same}
            missed = {_named(key): value for key, value in expected.items() if key not in same}
            mistakes.append(f"{sentence}\n    read {wrong}\n    stated {missed}")
    return ReadingScore(right, read, stated, tuple(mistakes))


def score_offers(split: str, book: FactBook) -> ReadingScore:
    """Compare what is offered to be confirmed beside what the rules read, as the page and the chat offer it, with what
    the sentences state of the one whom they are about; `stated` is what the rules did not read."""
    day = DAYS.get(split, DAY)
    right = read = stated = 0
    mistakes: list[str] = []
    for sentence, facts in tomllib.loads((SENTENCES / f"{split}.toml").read_text("utf-8")).items():
        heard = read_everybody(sentence, book, day)
        known = {one.fact_id for one in heard.own}
        open_facts = {name: _plain(value) for name, value in facts.items() if name not in known | {"people", "unsure"}}
        everything = read_further(heard, sentence, book, day).own
        offered = {one.fact_id: as_json(one.value) for one in everything if one.fact_id not in known}
        wrong = {name: value for name, value in offered.items() if open_facts.get(name) != value}
        right, read, stated = right + len(offered) - len(wrong), read + len(offered), stated + len(open_facts)
        if wrong:
            mistakes.append(f"{sentence}\n    offered {wrong}\n    stated {open_facts}")
    return ReadingScore(right, read, stated, tuple(mistakes))


@dataclass(frozen=True, slots=True)
class ServedScore:
    """Facts of those whom sentences are about, as page and chat go by them: how many are `taken` without a question and
    how many `asked` to be confirmed, how many of either are right, and how many the sentences state."""

    taken: int
    taken_right: int
    asked: int
    asked_right: int
    stated: int


def score_served(split: str, book: FactBook) -> ServedScore:
    """Compare what is taken and what is asked with what the sentences state; what they state with doubt is right to be
    asked only."""
    day = DAYS.get(split, DAY)
    counts: Counter[tuple[bool, bool]] = Counter()  # of (certain, right)
    stated = 0
    for sentence, facts in tomllib.loads((SENTENCES / f"{split}.toml").read_text("utf-8")).items():
        unsure = facts.pop("unsure", [])
        expected: dict[Key, Told] = {
            (0, name): (_plain(value), True) for name, value in facts.items() if name != "people"
        }
        stated += len(expected)
        for one in read_further(read_everybody(sentence, book, day), sentence, book, day).own:
            key = _as_stated((0, one.fact_id), expected, book)
            same = key in expected and expected[key] == _counted(key[1], (as_json(one.value), True), book, day)
            counts[one.certain, same and not (one.certain and key[1] in unsure)] += 1
    right, asked_right = counts[True, True], counts[False, True]
    return ServedScore(right + counts[True, False], right, asked_right + counts[False, False], asked_right, stated)


def _as_stated(key: Key, expected: Mapping[Key, Told], book: FactBook) -> Key:
    """Name a date by what is counted from it where that is stated and the date is not."""
    number, name = key
    counted = [(number, fact.fact_id) for fact in book.counted_from.get(name, ())]
    return next((one for one in counted if one in expected and key not in expected), key)


def _counted(name: str, value: Told, book: FactBook, day: date) -> Told:
    """Count what was told as a date where it is compared with a number."""
    source = book.asked(name)
    if source == name or not _is_date(value[0]):
        return value
    return as_json(book.profile({source: value[0]}, day).values[name]), value[1]


def _is_date(value: object) -> bool:
    told = list(value.values()) if isinstance(value, dict) else [value]
    return any(isinstance(one, str) and one[:4].isdigit() for one in told)


def _named(key: Key) -> str:
    return key[1] if key[0] == 0 else f"{key[1]} of the {key[0]}. of the others"


def _plain(value: object) -> object:
    """Write a value of the sentence files as the API gives it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        if set(value) <= {"not", "outside"}:
            return {"not": list(value.values())}
        return {name: _plain(bound) for name, bound in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class ChoiceScore:
    """Of the questions of a split how many were told a verdict, of those how many of a benefit that is meant, and of
    the others to how many such a one was offered; `about_one` is how many ask for a benefit at all."""

    questions: int
    about_one: int
    told: int
    right: int
    offered: int


def score_choices(split: str, knowledge_base: KnowledgeBase) -> ChoiceScore:
    """Ask the questions of `asked_dev.toml` or `asked_test.toml`, each with the benefits that it may mean."""
    wanted = tomllib.loads((SENTENCES / f"asked_{split}.toml").read_text("utf-8"))
    told = right = offered = 0
    for text, meant in wanted.items():
        answer = knowledge_base.ask(Query("", text, as_of=PEOPLE_DAY))
        if answer.eligibility:
            told += 1
            right += answer.eligibility["benefit"] in meant
        else:
            offered += any(offer.benefit_id in meant for offer in answer.offers)
    return ChoiceScore(len(wanted), sum(map(bool, wanted.values())), told, right, offered)


def milliseconds_for_many(catalogue: Catalogue, benefits: int = 1000) -> float:
    """Measure one profile against `benefits` benefits, copies of those there are; the median of 51 runs."""
    times = benefits // len(catalogue.benefits) + 1
    many = [replace(one, benefit_id=f"{one.benefit_id}-{n}") for n in range(times) for one in catalogue.benefits]
    wide = Catalogue(catalogue.book, many[:benefits], catalogue.tests, catalogue.sources)
    profile = wide.book.profile({"birth_date": "1957-02-03", "hukou": "安徽", "home": "拱墅", "owns_home": False}, DAY)
    seconds = []
    for _ in range(51):
        started = time.perf_counter()
        wide.verdicts(profile)
        seconds.append(time.perf_counter() - started)
    return 1000 * sorted(seconds)[25]


def question_ratio(catalogue: Catalogue, most_facts: int = 5) -> tuple[float, int]:
    """Compare the questions asked until a verdict with the fewest possible, in the mean over answers.

    The fewest is the best decision tree, found by trying every order; answers are those of `possible_answers`, each
    as likely as the next. Benefits of more than `most_facts` facts are left out; the second figure says how many
    were compared.
    """
    asked = fewest = 0.0
    compared = 0
    for benefit in catalogue.benefits:
        names = {catalogue.book.asked(leaf.test.fact_id) for leaf in benefit.conditions.leaves()} - {TODAY}
        empty = catalogue.book.profile({}, DAY)
        answers = {name: possible_answers(catalogue, catalogue.book[name], empty) for name in names}
        if (
            benefit.root.truth(catalogue.truths(empty))
            or len(names) > most_facts
            or prod(map(len, answers.values())) > 600
        ):
            continue
        tree = _Tree(catalogue, benefit, answers)
        compared += 1
        asked += tree.asked(())
        fewest += tree.fewest(())
    return asked / fewest, compared


class _Tree:
    """The mean number of questions from a state on; a state is what was answered so far, sorted by fact."""

    def __init__(self, catalogue: Catalogue, benefit: Benefit, answers: dict[str, list[Exact]]) -> None:
        self._catalogue = catalogue
        self._benefit = benefit
        self._answers = answers
        self._fewest: dict[State, float] = {}
        self._asked: dict[State, float] = {}

    def fewest(self, state: State) -> float:
        if state not in self._fewest:
            names = self._open(state)
            self._fewest[state] = min((1 + self._mean(self.fewest, state, name) for name in names), default=0.0)
        return self._fewest[state]

    def asked(self, state: State) -> float:
        if state not in self._asked:
            profile = self._catalogue.book.profile(dict(state), DAY)
            questions = next_questions(self._catalogue, profile, [self._benefit])
            name = next((one.fact.fact_id for one in questions if one.fact.fact_id not in dict(state)), None)
            self._asked[state] = 1 + self._mean(self.asked, state, name) if name else 0.0
        return self._asked[state]

    def _open(self, state: State) -> list[str]:
        truths = self._catalogue.truths(self._catalogue.book.profile(dict(state), DAY))
        leaves = open_leaves(self._benefit.root, truths)
        return sorted({self._catalogue.book.asked(leaf.test.fact_id) for leaf in leaves} - set(dict(state)))

    def _mean(self, cost: Callable[[State], float], state: State, name: str) -> float:
        return mean(cost(tuple(sorted((*state, (name, answer))))) for answer in self._answers[name])


@dataclass(frozen=True, slots=True)
class Walk:
    """What a person of `people.toml` was asked until nothing was open, and the verdicts then.

    `fewest` counts the answers that would have been enough: one after another is left out as long as the same verdicts
    stand without it, beginning with the first answer and with the last; the better of the two.
    """

    name: str
    asked: tuple[str, ...]
    fewest: int
    verdicts: Mapping[str, str]


def read_people(path: Path = SENTENCES / "people.toml") -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Give the people by name, and what they answer where nothing is said of it."""
    people = tomllib.loads(path.read_text("utf-8"))
    return people, people.pop("otherwise")


def walk(catalogue: Catalogue, name: str, person: Mapping[str, Any], otherwise: Mapping[str, Any], day: date) -> Walk:
    """Answer question after question as the page asks them."""
    applicants = ("person", "household") if person["applicant"] == "person" else (person["applicant"],)
    truths = {name: as_json(value) for name, value in {**otherwise, **person["facts"]}.items()}
    heard = {
        one.fact_id: as_json(one.value)
        for one in read_sentence(person.get("text", ""), catalogue.book, day)
        if one.certain
    }
    benefits = [one for one in catalogue.benefits if one.applicant in applicants]

    def verdicts(answered: Iterable[str]) -> dict[str, str]:
        said = heard | {fact_id: truths[fact_id] for fact_id in answered}
        tests = catalogue.truths(catalogue.book.profile(said, day))
        return {one.benefit_id: VERDICTS[one.root.truth(tests)] for one in benefits}

    asked: list[str] = []
    while True:
        profile = catalogue.book.profile(heard | {fact_id: truths[fact_id] for fact_id in asked}, day)
        questions = next_questions(catalogue, profile, benefits)
        if not questions:
            break
        asked.append(questions[0].fact.fact_id)
    final = verdicts(asked)
    fewest = len(asked)
    for order in (asked, asked[::-1]):
        needed = list(asked)
        for fact_id in order:
            without = [one for one in needed if one != fact_id]
            if verdicts(without) == final:
                needed = without
        fewest = min(fewest, len(needed))
    return Walk(name, tuple(asked), fewest, final)


def main() -> None:
    """Print the figures, and with --mistakes every sentence that is read otherwise than it says."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--split", choices=SPLITS, default="dev")
    parser.add_argument("--mistakes", action="store_true")
    parser.add_argument("--benefits", type=Path, default=Path("corpus/benefits"))
    parser.add_argument("--index", type=Path, default=Path("index"))
    arguments = parser.parse_args()
    score = score_sentences(arguments.split, FactBook.read(arguments.benefits / FILE_NAME))
    offers = score_offers(arguments.split, FactBook.read(arguments.benefits / FILE_NAME))
    if arguments.mistakes:
        sys.stdout.write("".join(f"{mistake}\n" for mistake in (*score.mistakes, *offers.mistakes)))
    knowledge_base = KnowledgeBase.open(arguments.index, open_encoder(), benefits=arguments.benefits)
    catalogue = Catalogue.open(arguments.benefits, knowledge_base)
    ratio, compared = question_ratio(catalogue)
    print(f"questions until a verdict against the fewest possible: {ratio:.3f} times, {compared} benefits")
    people, otherwise = read_people()
    walks = [walk(catalogue, name, person, otherwise, PEOPLE_DAY) for name, person in people.items()]
    for one in walks:
        print(f"{one.name}: {len(one.asked)} questions, {one.fewest} would have done")
    print(
        f"whole people: {sum(len(one.asked) for one in walks) / sum(one.fewest for one in walks):.3f} times the fewest that would have done"
    )
    for split in ("dev", "test"):
        chosen = score_choices(split, knowledge_base)
        print(
            f"asked_{split}: {chosen.questions} questions, {chosen.about_one} for a benefit: {chosen.told} told, {chosen.right} of them right, {chosen.offered} more offered"
        )
    print(f"one profile against 1,000 benefits: {milliseconds_for_many(catalogue):.2f} ms")
    print(f"{arguments.split}: precision {score.precision:.3f}, recall {score.recall:.3f}, {score.stated} facts stated")
    served = score_served(arguments.split, FactBook.read(arguments.benefits / FILE_NAME))
    print(
        f"as served: {served.taken} taken, {served.taken_right / max(served.taken, 1):.3f} of them right; {served.asked} asked, {served.asked_right / max(served.asked, 1):.3f} of them right;"
        f" of {served.stated} stated {served.taken_right / served.stated:.3f} taken rightly, {served.asked_right / served.stated:.3f} asked rightly"
    )
    print(
        f"offered beside, to be confirmed: {offers.read}, {offers.precision:.3f} of them right, {offers.recall:.3f} of {offers.stated} that the rules do not read"
    )


if __name__ == "__main__":
    main()
