"""A check at start-up that both arms find Chinese.

Lexical engines ship with tokenizers that see a Chinese sentence as one word or as none, and then
score everything zero without an error. So a phrase is planted among others and has to be found, in
the other script and with the number written differently, before any question is answered.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from kb.errors import EncoderError, SnapshotError
from kb.index.encoder import Encoder
from kb.index.lexical import LexicalIndex, write_lexical

# In traditional script with numerals, asked for in simplified script with digits: folding fails on neither.
_PLANTED = "年滿六十周歲的老年人可以在社區食堂享受助餐優惠。"
_QUERY = "60周岁老年人社区食堂助餐优惠"
# What must not come first.
_NOISE = (
    "老旧小区加装电梯由业主共同决定。",
    "托育机构应当向登记机关备案。",
    "体育场地向公众免费开放。",
    "物业服务企业应当公示收费标准。",
)


def check_arms(encoder: Encoder) -> None:
    """Raise SnapshotError or EncoderError where an arm does not rank the planted phrase first."""
    _check_lexical()
    passages = encoder.encode_passages((*_NOISE, _PLANTED))
    similarities = passages @ encoder.encode_queries([_QUERY])[0]
    if int(similarities.argmax()) != len(_NOISE):
        raise EncoderError.of("encoder_knows_no_chinese", name=encoder.name)


@cache
def _check_lexical() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # tantivy tidies up in a thread of its own
        path = Path(folder) / "lexical"
        write_lexical(path, ((row, row, "", text) for row, text in enumerate((*_NOISE, _PLANTED))))
        found = LexicalIndex(path).search(_QUERY, 1)
    if not found or found[0][0] != len(_NOISE):
        raise SnapshotError.of("lexical_arm_blind")
