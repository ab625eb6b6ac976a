"""Text that is drawn twice a hair's breadth apart, which makes it bold: it is there once."""

from __future__ import annotations

_BOLD = 0.15  # em between two drawings of one text
_LAST_PLACES = 8  # that a text may have been drawn at, before this


class DrawnTexts:
    """The texts of a page and where each has been drawn."""

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[float, float]]] = {}

    def again(self, words: str, x: float, y: float, size: float) -> bool:
        """Tell whether this text was drawn at this place before; all in points."""
        near = _BOLD * size
        places = self._places.setdefault(words, [])
        if any(abs(x - other_x) < near and abs(y - other_y) < near for other_x, other_y in places[-_LAST_PLACES:]):
            return True
        places.append((x, y))
        return False
