"""Models that think aloud: what stands between `<think>` and `</think>` is no part of what they write.

Some servers put the opening tag into the prompt, so that only the closing one arrives. Then all before it is thought,
and that is known only when it comes: until a model is known to open its thoughts, its text is held back.
"""

from __future__ import annotations

import re

# The tags that models which think aloud use.
_TAG = re.compile(r"<(/?)(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_BEGUN_TAG = re.compile(r"<[/a-zA-Z]{0,10}$")  # A tag that the stream has not finished yet.


class ThoughtFilter:
    """Takes a text piece by piece and gives what is outside of thoughts.

    With `held` nothing is given before the first tag or the end. `unopened` tells afterwards whether a thought closed
    that had not been opened.

    >>> thoughts = ThoughtFilter(held=True)
    >>> [thoughts.feed(piece) for piece in ("用户问试点数量。</th", "ink>共100个", "[1]。")] + [thoughts.end()]
    ['', '共100个', '[1]。', '']
    """

    def __init__(self, *, held: bool) -> None:
        self.unopened = False
        self._held = held
        self._thinking = False
        self._given = False
        self._rest = ""

    def feed(self, piece: str) -> str:
        """Give what is settled now; raise ValueError where a thought ends that was given as text already."""
        self._rest += piece
        outside = ""
        while tag := _TAG.search(self._rest):
            before, self._rest = self._rest[: tag.start()], self._rest[tag.end() :]
            opens = not tag[1]
            if opens and not self._thinking:
                outside += before
            elif not opens and not self._thinking:
                self.unopened = True
                if self._given or outside.strip() or (before.strip() and not self._held):
                    raise ValueError("a thought ends that was written as text")
            self._thinking, self._held = opens, False
        if not self._held and not self._thinking:
            # What may become a tag waits for its end.
            begun = _BEGUN_TAG.search(self._rest)
            cut = begun.start() if begun else len(self._rest)
            outside, self._rest = outside + self._rest[:cut], self._rest[cut:]
        self._given = self._given or bool(outside.strip())
        return outside

    def end(self) -> str:
        """Give what is left, when the text has ended; a thought that never ended is left out."""
        rest, self._rest = self._rest, ""
        return "" if self._thinking else rest
