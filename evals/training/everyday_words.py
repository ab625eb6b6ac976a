"""The dictionary of everyday words: what people say for the words of laws and policies, as pairs to learn from.

`written/everyday_words.tsv` was written by several writers, each of one field of public life, who had seen no question
and no document. An encoder learns that what is said is near to the official words for it (没工作了看病谁交,
失业人员参加职工医保), and to articles that hold these and few other words. Words that stand in very many articles tell
none, and are left out there.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.text.fold import fold_text

WORDS = Path(__file__).parent / "written" / "everyday_words.tsv"
EVERYWHERE = 1500  # articles in which a word tells nothing any more
ARTICLES = 3  # that are shown for an entry
PLAIN = 160  # characters of an article beside which its words for a thing count as few
FRAMES = (
    "{}",
    "{}",
    "{}",
    "{}怎么办",
    "{}有什么规定",
    "{}找谁",
    "{}可以吗",
    "请问{}",
    "{}能享受什么政策",
    "{}要什么条件",
)


def read_words(path: Path = WORDS) -> list[tuple[tuple[str, ...], list[str]]]:
    """Read the dictionary: for each notion its official words and, behind a tab, what people say, all folded."""
    lines = (line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [(tuple(official.split()), said.split()) for official, said in (line.split("\t") for line in lines)]


def articles_of(
    words: set[str], articles: Mapping[tuple[str, str], str]
) -> dict[str, list[tuple[float, tuple[str, str]]]]:
    """Give, for each word, the articles that hold it with the share that it has in them, the largest first."""
    begins: dict[str, set[int]] = defaultdict(set)
    for word in words:
        begins[word[:2]].add(len(word))
    found: dict[str, list[tuple[float, tuple[str, str]]]] = defaultdict(list)
    for name, text in articles.items():
        folded = fold_text(text)
        held: dict[str, int] = defaultdict(int)
        for at in range(len(folded) - 1):
            for length in begins.get(folded[at : at + 2], ()):
                word = folded[at : at + length]
                if word in words:
                    held[word] += 1
        for word, count in held.items():
            found[word].append((count / (len(folded) + PLAIN), name))
    return {word: sorted(rows, reverse=True) for word, rows in found.items()}


def everyday_pairs(articles: Mapping[tuple[str, str], str], seed: int) -> Iterator[tuple[str, str, str, str]]:
    """Give what is said, the passage that it is to find, the law that this is of, and its source: the official words
    alone ("words"), and an article with them ("worded")."""
    entries = read_words()
    found = articles_of({word for official, _ in entries for word in official}, articles)
    for official, said in entries:
        drawn = random.Random(f"{seed}{official}")
        rows = [
            row for word in official if len(found.get(word, ())) <= EVERYWHERE for row in found.get(word, ())[:ARTICLES]
        ]
        names = list(dict.fromkeys(name for _, name in sorted(rows, reverse=True)))[:ARTICLES]
        for words in said:
            question = drawn.choice(FRAMES).format(words)
            yield question, " ".join(official), "", "words"
            if names:
                title, label = name = drawn.choice(names)
                yield question, f"{title}\n{label} {articles[name]}", title, "worded"
