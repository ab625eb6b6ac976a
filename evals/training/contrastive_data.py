"""Pairs of a question and a passage that answers it, from the sets whose licence allows training.

A passage reads as it does in an index: the title of its document and the headings above it, then its words. Its group
is the document; passages of the same group are the hard negatives, because another law may well hold the same rule. A
question whose answer stands in several passages makes a pair with each.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from evals.training.everyday_words import everyday_pairs

T = TypeVar("T")
ANSWER_WINDOW = 120  # characters of an encyclopedia paragraph around its answer; whole ones would take most of the time
WRITTEN = Path(__file__).parent / "written"
ARTICLE = re.compile(r"(第[一二三四五六七八九十百千零]+条(?:之[一二三四五六七八九十]+)?)[\s　]*")
HEADING = re.compile(r"[一二三四五六七八九十]+、.{1,30}$")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage that answers it; `group` is the document (a law, a notice), `source` says which share of
    a batch it counts to."""

    question: str
    passage: str
    group: str
    source: str


VERNACULAR = "vernacular"  # the source of questions that say everything in other words than their text
PAPERS = ("notices", "digests", "leaflets", "papers")
ABOUT_PAPERS = ("notices", "brief", "digests", "leaflets", "papers", "premises", "contrasts", "verdicts", VERNACULAR)
ABOUT_ARTICLES = ("laws", "articles", "contrasts_articles", "verdicts_articles", "vernacular_articles")
"""What was written for training: texts, questions about them, and questions over articles of the set `laws`."""


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a JSONL file, packed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def notice_passages(title: str, text: str) -> list[tuple[str, str]]:
    """Cut a policy paper at its lines; give (context, line), a heading being the context of what follows."""
    passages, heading = [], ""
    for line in text.split("\n"):
        if HEADING.match(line):
            heading = line
        elif line.strip():
            passages.append((f"{title}\n{heading}" if heading else title, line))
    return passages


@cache
def articles(laws: Path) -> dict[tuple[str, str], str]:
    """Put the lines of the set `laws` together to articles, by title and number."""
    found: dict[tuple[str, str], str] = {}
    at: tuple[str, str] | None = None
    for row in read_lines(laws):
        opening = ARTICLE.match(row["text"])
        if opening:
            at = (row["title"], opening[1])
            found[at] = row["text"][opening.end() :]
        elif at and at[0] == row["title"]:
            found[at] += "\n" + row["text"]
    return found


def law_rows(path: Path, laws: Path) -> Iterator[dict[str, Any]]:
    """Read questions over articles; where a file leaves their text out, it is that of the set `laws`."""
    for row in read_lines(path):
        yield row if "text" in row else row | {"text": articles(laws)[row["title"], row["label"]]}


def law_pairs(path: Path, laws: Path, source: str = "civic") -> Iterator[Pair]:
    """Pair questions with the articles that answer them, under the name of their law."""
    for row in law_rows(path, laws):
        if row["answerable"]:
            yield Pair(row["question"], f"{row['title']}\n{row['label']} {row['text']}", row["title"], source)


def notice_pairs(papers: Mapping[str, dict[str, Any]], questions: Path, source: str = "notices") -> Iterator[Pair]:
    """Pair questions with the parts of their paper that hold a required piece; those without an answer are left out."""
    for row in read_lines(questions):
        paper = papers[row["notice"]]
        if not row["answerable"]:
            continue
        for context, line in notice_passages(paper["title"], paper["text"]):
            if any(piece in line or line in piece for piece in row["pieces"]):
                yield Pair(row["question"], f"{context}\n{line}", row["notice"], source)


def set_pairs(folder: Path, split: str) -> Iterator[Pair]:
    """Pairs of a BEIR folder: stard (articles), cmrc and drcd (paragraphs, cut around the answer)."""
    corpus_path = next(path for path in (folder / "corpus.jsonl", folder / "corpus.jsonl.gz") if path.exists())
    corpus = {row["_id"]: row for row in read_lines(corpus_path)}
    questions = {row["_id"]: row["text"] for row in read_lines(folder / "queries.jsonl")}
    answers = {row["query_id"]: row["answers"] for row in read_lines(folder / "answers.jsonl")}
    lines = (folder / "qrels" / f"{split}.tsv").read_text("utf-8").split("\n")[1:]
    for query, document, _ in (line.split("\t") for line in lines if line):
        row = corpus[document]
        text = row["text"]
        at = text.find(answers[query][0]) if answers.get(query) else 0
        begin = max(0, at - random.Random(query).randrange(ANSWER_WINDOW)) if len(text) > 2 * ANSWER_WINDOW else 0
        yield Pair(
            questions[query],
            f"{row.get('title', '')}\n{text[begin : begin + 2 * ANSWER_WINDOW]}",
            re.sub(r"第[^第]+条.*$", "", row.get("title") or document) or document,
            folder.name,
        )


def sentence_pairs(laws: Path, count: int, seed: int) -> Iterator[Pair]:
    """A sentence of an article against the rest of it (inverse cloze, Lee 2019): the language of laws, without
    questions."""
    rows = list(read_lines(laws))
    for row in random.Random(seed).sample(rows, count):
        sentences = re.findall(r"[^。；\n]+[。；\n]?", row["text"])
        if 2 <= len(sentences) <= 12:
            at = random.Random(row["text"]).randrange(len(sentences))
            if len(sentences[at]) > 12:
                rest = "".join(sentences[:at] + sentences[at + 1 :])
                yield Pair(re.sub(r"^第\S+条\s*", "", sentences[at]), f"{row['title']}\n{rest}", row["title"], "laws")


def training_pairs(benchmarks: Path, written: Path = WRITTEN) -> list[Pair]:
    """Read all pairs; `written` holds the questions that come with the project. Nothing is of a law that `civic` judges
    on."""
    civic, laws = benchmarks / "civic", benchmarks / "laws" / "articles.jsonl.gz"
    texts = (civic / "notices.jsonl", *(written / f"{name}.jsonl" for name in PAPERS))
    papers = {row["id"]: row for path in texts for row in read_lines(path)}
    open_articles = dict(unjudged(articles(laws).items(), lambda article: article[0][0], benchmarks))
    pairs = [
        *law_pairs(civic / "train.jsonl", laws),
        *(
            pair
            for name in ABOUT_ARTICLES
            for pair in law_pairs(
                written / f"{name}.jsonl", laws, VERNACULAR if name.startswith(VERNACULAR) else "civic"
            )
        ),
        *notice_pairs(papers, civic / "notices_train.jsonl"),
        *(
            pair
            for name in ABOUT_PAPERS
            for pair in notice_pairs(
                papers, written / f"{name}_questions.jsonl", VERNACULAR if name == VERNACULAR else "notices"
            )
        ),
        *set_pairs(benchmarks / "stard", "train"),
        *set_pairs(benchmarks / "cmrc", "train"),
        *set_pairs(benchmarks / "drcd", "train"),
        *sentence_pairs(laws, 6000, 1),
        *(Pair(*pair) for pair in everyday_pairs(open_articles, 1)),
    ]
    return unjudged(pairs, lambda pair: pair.group, benchmarks)


def unjudged(found: Iterable[T], law_of: Callable[[T], str], benchmarks: Path) -> list[T]:
    """Leave out what is of a law that `civic` judges on; some sets put the name of the state before a title."""
    judged = {without_state(row["title"]) for row in read_lines(benchmarks / "civic" / "corpus.jsonl")}
    return [one for one in found if without_state(law_of(one)) not in judged]


def without_state(title: str) -> str:
    """Give the short title of a law: some sets write 中华人民共和国土地管理法, some 土地管理法."""
    return title.removeprefix("中华人民共和国")
