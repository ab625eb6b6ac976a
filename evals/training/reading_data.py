"""Questions with windows of text to learn reading from: some answer, the others look as if they might.

What does not answer is taken from where the reader will meet it: the rest of the same article, articles of the same law
that look like the question, and such articles of laws on something else (laws of other places on the same thing often
hold the same rule).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.training.contrastive_data import (
    ABOUT_ARTICLES,
    ABOUT_PAPERS,
    ANSWER_WINDOW,
    HEADING,
    PAPERS,
    WRITTEN,
    law_rows,
    read_lines,
    unjudged,
    without_state,
)
from kb.reading.windows import Window, cut_windows

VERDICTS = ("", "yes", "no", "depends")  # "": no yes or no is asked for
TALK = "talk"  # the source of what is asked about no public matter, which no text answers
PLACE = re.compile(r"^.{2,8}?(?:省|市|自治区|自治州|自治县|县|区)")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is read: `context` is its title and heading, `kin` what other texts of the same law share, `kind`
    what laws on the same thing share."""

    context: str
    text: str
    kin: str
    kind: str


@dataclass(frozen=True, slots=True)
class Example:
    """One question and the text that it was written for; without pieces that does not answer it."""

    question: str
    text: Text
    pieces: tuple[str, ...]
    short: str
    verdict: str
    source: str
    sort: tuple[str, str] = ("", "")  # what is asked for (an amount, where …) and how it is put (lay, plain, formal)
    marked: bool = True  # whether the pieces are known, or only that the text answers

    @property
    def answered(self) -> bool:
        """Say whether the text answers the question."""
        return bool(self.pieces) or not self.marked


@dataclass(frozen=True, slots=True)
class Target:
    """What the reader should say of one window: whether it answers, the spans that do, the minimal one, the verdict."""

    context: str
    text: str
    answers: bool
    pieces: tuple[tuple[int, int], ...] = field(default=())
    short: tuple[int, int] | None = None
    verdict: int | None = None


def kind_of(title: str) -> str:
    """Give what the titles of laws on the same thing share: without the state and the place."""
    return PLACE.sub("", without_state(title))


def law_examples(path: Path, laws: Path, source: str = "civic") -> Iterator[Example]:
    """Give questions to articles of law, with the pieces that answer, those without an answer too."""
    for row in law_rows(path, laws):
        title = row["title"]
        text = Text(f"{title}\n{row['label']}", row["text"], title, kind_of(title))
        pieces, sort = tuple(row["pieces"]), (row["asks"], row["register"])
        yield Example(row["question"], text, pieces, row.get("short", ""), row.get("verdict", ""), source, sort)


def notice_texts(paper: dict[str, Any]) -> list[Text]:
    """Cut a policy paper into its parts: a heading with the lines below it."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in paper["text"].split("\n"):
        if HEADING.match(line):
            parts.append((line, []))
        elif line.strip():
            parts[-1][1].append(line)
    return [
        Text(f"{paper['title']}\n{heading}".strip(), "\n".join(lines), paper["id"], paper["id"])
        for heading, lines in parts
        if lines
    ]


def notice_examples(texts: Sequence[Path], questions: Path, source: str = "notices") -> Iterator[Example]:
    """Give questions to notices, each with the part that holds most of the answer; left out where the answer runs over
    two parts."""
    papers = {row["id"]: notice_texts(row) for path in texts for row in read_lines(path)}
    for row in read_lines(questions):
        wanted = row["pieces"] or [row.get("near") or ""]
        parts = papers[row["notice"]]
        best = max(parts, key=lambda part: sum(len(piece) for piece in wanted if piece in part.text))
        pieces = tuple(piece for piece in row["pieces"] if piece in best.text)
        if row["answerable"] and not pieces:
            continue  # the piece runs over two parts
        sort = (row["asks"], row["register"])
        yield Example(row["question"], best, pieces, row.get("short") or "", row.get("verdict") or "", source, sort)


def set_examples(folder: Path, split: str) -> Iterator[Example]:
    """Questions of a BEIR folder: stard knows only which article answers, cmrc and drcd the words that do."""
    corpus_path = next(path for path in (folder / "corpus.jsonl", folder / "corpus.jsonl.gz") if path.exists())
    corpus = {row["_id"]: row for row in read_lines(corpus_path)}
    questions = {row["_id"]: row["text"] for row in read_lines(folder / "queries.jsonl")}
    answers = {row["query_id"]: row["answers"] for row in read_lines(folder / "answers.jsonl")}
    for line in (folder / "qrels" / f"{split}.tsv").read_text("utf-8").split("\n")[1:]:
        if not line:
            continue
        query, document, _ = line.split("\t")
        row, short = corpus[document], (answers.get(query) or [""])[0]
        title = row.get("title", "")
        law = re.sub(r"第[^第]+条.*$", "", title) or document
        body = row["text"]
        if short:
            at = body.find(short)
            if at < 0:
                continue
            begin = max(0, at - 2 * ANSWER_WINDOW)
            body = body[begin : at + 2 * ANSWER_WINDOW]
        yield Example(
            questions[query],
            Text(title, body, law, kind_of(law)),
            (short,) if short else (),
            short,
            "",
            folder.name,
            marked=bool(short),
        )


def small_talk(path: Path) -> Iterator[Example]:
    """Give what is said that no text is about: it belongs to none, and whatever it is shown with does not answer it."""
    for question in path.read_text("utf-8").splitlines():
        yield Example(question, Text("", "", TALK, TALK), (), "", "", TALK)


def examples(benchmarks: Path, written: Path = WRITTEN) -> list[Example]:
    """Read all questions; `written` holds those that come with the project. None is about a law that `civic` judges
    on."""
    civic, laws = benchmarks / "civic", benchmarks / "laws" / "articles.jsonl.gz"
    papers = [civic / "notices.jsonl", *(written / f"{name}.jsonl" for name in PAPERS)]
    found = [
        *law_examples(civic / "train.jsonl", laws),
        *(one for name in ABOUT_ARTICLES for one in law_examples(written / f"{name}.jsonl", laws, source_of(name))),
        *notice_examples(papers, civic / "notices_train.jsonl"),
        *(one for name in ABOUT_PAPERS for one in notice_examples(papers, written / f"{name}_questions.jsonl", name)),
        *set_examples(benchmarks / "cmrc", "train"),
        *set_examples(benchmarks / "drcd", "train"),
        *set_examples(benchmarks / "stard", "train"),
        *small_talk(written / "small_talk.txt"),
    ]
    return unjudged(found, lambda example: example.text.kin, benchmarks)


def source_of(name: str) -> str:
    """Name the source of questions over articles: those of the older file are drawn with the ones of `civic`."""
    return "civic" if name == "laws" else name.removesuffix("_articles")


def shown(text: str, window: Window) -> str:
    """Give the words of a window as the reader sees them: what is between its sentences comes along."""
    return text[window.start : window.end]


def lead_of(text: Text, window: Window) -> str:
    """Give what stands above a window: its context, and the sentence that opens the list that it continues."""
    return f"{text.context}\n{text.text[window.lead[0] : window.lead[1]]}" if window.lead else text.context


def spans_in(text: str, pieces: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Give where the pieces stand in a text; one that does not is left out."""
    return tuple((at, at + len(piece)) for piece in pieces if piece and (at := text.find(piece)) >= 0)


def targets_of(example: Example) -> tuple[list[Target], list[Target]]:
    """Give the windows of the example's own text that answer, and those that do not."""
    text = example.text.text
    spans = spans_in(text, example.pieces)
    yes: list[Target] = []
    no: list[Target] = []
    for window in cut_windows(text):
        context, words = lead_of(example.text, window), shown(text, window)
        if not example.marked:
            yes.append(Target(context, words, True))
            continue
        inside = tuple(
            (max(begin, window.start) - window.start, min(end, window.end) - window.start)
            for begin, end in spans
            if min(end, window.end) - max(begin, window.start) >= min(8, end - begin)
        )
        if not inside:
            no.append(Target(context, words, False))
            continue
        at = next(
            (
                words.find(example.short, begin, end)
                for begin, end in inside
                if example.short and example.short in words[begin:end]
            ),
            -1,
        )
        short = (at, at + len(example.short)) if at >= 0 else None
        verdict = VERDICTS.index(example.verdict)
        yes.append(Target(context, words, True, inside, short, verdict))
    return yes, no


def rivals(examples: list[Example]) -> tuple[list[Text], dict[str, list[int]]]:
    """Give every text once, and by its law the numbers of those that belong together."""
    texts = list({(e.text.context, e.text.text): e.text for e in examples if e.text.text}.values())
    kin: dict[str, list[int]] = defaultdict(list)
    for n, text in enumerate(texts):
        kin[text.kin].append(n)
    return texts, kin


def window_of(text: Text, drawn: random.Random) -> Target:
    """Give any window of a text that does not answer."""
    window = drawn.choice(cut_windows(text.text))
    return Target(lead_of(text, window), shown(text.text, window), False)
