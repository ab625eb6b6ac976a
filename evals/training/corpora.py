"""The texts that shipped weights may learn from: laws, and the train splits of stard, cmrc and drcd.

Nothing else is opened here. A law arrives line by line in `laws/articles.jsonl.gz`; the lines of one
article (its paragraphs and its items （一）, （二）) are put together again, and an article that several
editions share is kept once.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kb.text.numerals import to_chinese

# The number is cut off: it would be learned as a word.
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千]+条(之[一二三四五六七八九十]+)?\s*")
_NOISE = re.compile(r"[\s\u3000]+|\[[^\]]*\]\([^)]*\)")  # Links and blanks of the law files.
SHORTEST, LONGEST = 12, 1200  # In characters: shorter articles say nothing (略), longer ones are cut.


@dataclass(frozen=True, slots=True)
class LawArticle:
    """One article of a law, without its number."""

    law: str
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """One of `count` parts of the passages, by a checksum of their ids: what is learned outside it may be judged in
    it."""

    number: int
    count: int

    def holds(self, passage_id: str) -> bool:
        """Say whether a passage belongs to the fold, by a checksum of its id: the same on every machine."""
        return zlib.crc32(passage_id.encode()) % self.count == self.number

    @classmethod
    def read(cls, text: str) -> Fold:
        """Read "1/2", the second half; raise ValueError for what is no fold."""
        number, _, count = text.partition("/")
        if not (number.isdigit() and count.isdigit() and int(number) < int(count)):
            raise ValueError(f"{text!r} is no fold; write 0/2 or 1/2")
        return cls(int(number), int(count))


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Passages of a benchmark and its train questions, each with the positions of its passages."""

    name: str
    passage_ids: list[str]
    titles: list[str]
    passages: list[str]
    question_ids: list[str]
    questions: list[str]
    relevant: list[list[int]]

    def part(self, fold: Fold, *, outside: bool) -> LabelledSet:
        """Give the questions whose first passage belongs to `fold`, or with `outside` the others."""
        kept = [row for row, own in enumerate(self.relevant) if fold.holds(self.passage_ids[own[0]]) != outside]
        return replace(
            self,
            question_ids=[self.question_ids[row] for row in kept],
            questions=[self.questions[row] for row in kept],
            relevant=[self.relevant[row] for row in kept],
        )


def read_laws(folder: Path) -> list[LawArticle]:
    """Read the laws as whole articles, in their order, duplicates removed."""
    seen: set[str] = set()
    articles = []
    for article in _articles(folder / "articles.jsonl.gz"):
        key = re.sub(r"\W+", "", article.text)
        if len(key) >= SHORTEST and key not in seen:
            seen.add(key)
            articles.append(article)
    return articles


def _articles(path: Path) -> Iterator[LawArticle]:
    law = ""
    lines: list[str] = []
    for line in read_lines(path):
        text = _NOISE.sub(" ", line["text"]).strip()
        start = _ARTICLE.match(text)
        if line["title"] != law or start:
            if lines:
                yield LawArticle(law, "\n".join(lines)[:LONGEST])
            lines = []
        law = line["title"]
        if start:
            lines = [text[start.end() :].strip()]
        elif lines:
            lines.append(text)
    if lines:
        yield LawArticle(law, "\n".join(lines)[:LONGEST])


def read_labelled(folder: Path) -> LabelledSet:
    """Read the passages and the train questions of a benchmark."""
    compressed = folder / "corpus.jsonl.gz"
    corpus = list(read_lines(compressed if compressed.exists() else folder / "corpus.jsonl"))
    rows = {line["_id"]: row for row, line in enumerate(corpus)}
    questions = {line["_id"]: line["text"] for line in read_lines(folder / "queries.jsonl") if line["split"] == "train"}
    relevant: dict[str, list[int]] = {question: [] for question in questions}
    for line in (folder / "qrels" / "train.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, score = line.split("\t")
        if int(score) > 0:
            relevant[question].append(rows[passage])
    kept = [question for question in questions if relevant[question]]
    return LabelledSet(
        name=folder.name,
        passage_ids=list(rows),
        titles=[line["title"] for line in corpus],
        passages=[line["text"] for line in corpus],
        question_ids=kept,
        questions=[questions[question] for question in kept],
        relevant=[relevant[question] for question in kept],
    )


def read_written(path: Path, found: LabelledSet) -> LabelledSet:
    """Read questions written by hand for articles of `found`: law, article, questions apart by |.

    An article is 1245 or 287之二. Raise ValueError where `found` has no such article.
    """
    rows = {title: row for row, title in enumerate(found.titles)}
    ids: list[str] = []
    questions: list[str] = []
    relevant: list[list[int]] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        law, article, written = line.split("\t")
        main, joint, branch = article.partition("之")
        title = f"{law}第{to_chinese(int(main))}条{joint}{branch}"
        row = rows.get(f"中华人民共和国{title}", rows.get(title))
        if row is None:
            raise ValueError(f"{path}:{number}: {title} is not in {found.name}; correct the law or the article")
        for question in written.split("|"):
            ids.append(f"written-{number}-{len(ids)}")
            questions.append(question)
            relevant.append([row])
    return replace(found, name="written", question_ids=ids, questions=questions, relevant=relevant)


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    """Read a JSON Lines file, compressed or not."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            yield json.loads(line)
