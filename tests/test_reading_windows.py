"""Windows: what a text is cut into to be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.reading.windows import cut_windows
from kb.text.sentences import sentence_spans


@given(st.lists(st.text("甲乙丙。；\n", min_size=1, max_size=80), max_size=12), st.integers(10, 120))
def test_windows_hold_every_sentence_once_and_in_order(parts: list[str], length: int) -> None:
    text = "".join(parts)
    windows = cut_windows(text, length=length)
    assert [span for window in windows for span in window.sentences] == sentence_spans(text)
    for window in windows:
        assert window.end - window.start <= length or len(window.sentences) == 1
