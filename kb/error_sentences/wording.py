"""A sentence of the catalogue: what is wrong and what to do about it, in English and in Chinese.

English goes to logs and terminals, Chinese to pages. The values in braces are those that the error carries; both
languages may leave some out, as Chinese does with the words in which a library of programs complains.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

USUAL_FORMATS_ZH = "PDF、OFD、Word、WPS、Excel"
"""What an office has, of all the formats that are read, which are too many to be read aloud."""


class Wording(NamedTuple):
    """Reason and remedy, twice; a remedy is empty where the reason says already what to do, or nothing can be done."""

    reason: str
    remedy: str
    reason_zh: str
    remedy_zh: str

    def english(self, values: Mapping[str, object]) -> tuple[str, str]:
        """Give reason and remedy with `values` in them; a list is written with commas."""
        written = {name: _written(value, ", ") for name, value in values.items()}
        return self.reason.format(**written), self.remedy.format(**written)

    def chinese(self, values: Mapping[str, object]) -> tuple[str, str]:
        """Give the same in Chinese, without a full stop.

        >>> Wording("is none of {options}", "give one", "只能是{options}之一", "").chinese({"options": ("甲", "乙")})
        ('只能是甲、乙之一', '')
        """
        written = {name: _written(value, "、") for name, value in values.items()}
        return self.reason_zh.format(**written), self.remedy_zh.format(**written)


def _written(value: object, comma: str) -> object:
    return comma.join(map(str, value)) if isinstance(value, list | tuple) else value
