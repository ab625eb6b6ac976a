"""Articles that say the same in other words: what different places rule on one subject.

Dozens of provinces and cities have their own 物业管理条例 or 养老服务条例. Within such a family of laws,
articles of two laws that are each other's nearest neighbours by TF-IDF paraphrase each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evals.training.corpora import LawArticle
from evals.training.streams import Streams

# Laws of two provinces on one subject are paraphrases; their places are not.
_PLACE = re.compile(r"^.{2,8}?(?:省|自治区|自治州|自治县|特别行政区|经济特区|市|州|县|区)(?=..)")
# What is left is the subject.
_EDITION = re.compile(r"[（(].*?[）)]|^中华人民共和国|实施办法$|条例$|办法$|规定$|若干$|暂行$|管理$|实施$")
LEAST, MOST = 0.2, 0.85
"""Cosines between which two articles paraphrase each other; above, they are copies."""


def subject(law: str) -> str:
    """Strip a law's title to its subject.

    >>> subject("上海市养老服务条例"), subject("浙江省物业管理条例")
    ('养老服务', '物业')
    """
    stripped, before = law, ""
    while stripped != before:
        before = stripped
        stripped = _EDITION.sub("", stripped)
    while (place := _PLACE.match(stripped)) and place.end() < len(stripped):
        stripped = stripped[place.end() :]
    return stripped


def find_paraphrases(articles: Sequence[LawArticle], streams: Streams, idf: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give pairs of rows of `articles`, shape (pairs, 2)."""
    families: dict[str, list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        families[subject(article.law)].append(row)
    found = []
    for rows in families.values():
        laws = np.unique([articles[row].law for row in rows], return_inverse=True)[1]
        if laws.max() > 0 and len(rows) < 8000:
            found.append(_mutual(np.array(rows), laws, streams, idf))
    return np.concatenate([pairs for pairs in found if len(pairs)])


def _mutual(
    rows: NDArray[np.int64], laws: NDArray[np.int64], streams: Streams, idf: NDArray[np.float32]
) -> NDArray[np.int64]:
    bags = [np.unique(streams.bag(int(row))) for row in rows]
    bounds = np.cumsum([0, *map(len, bags)])
    columns = np.concatenate(bags)
    vectors = sparse.csr_matrix((idf[columns], columns, bounds), (len(rows), len(idf)))
    lengths = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    vectors = sparse.diags(1 / np.maximum(lengths, 1e-9)).astype(np.float32) @ vectors
    pairs = []
    order = np.argsort(laws, kind="stable")
    spans = np.split(order, np.flatnonzero(np.diff(laws[order])) + 1)
    for place, one in enumerate(spans):
        # The next few laws of the family are enough; all pairs of laws would repeat themselves.
        for other in spans[place + 1 : place + 7]:
            cosines = (vectors[one] @ vectors[other].T).toarray()
            best, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
            for i, j in enumerate(best):
                if back[j] == i and LEAST <= cosines[i, j] <= MOST:
                    pairs.append((rows[one[i]], rows[other[j]]))
    return np.array(pairs, np.int64).reshape(-1, 2)
