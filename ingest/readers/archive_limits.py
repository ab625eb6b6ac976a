"""How much an archive may unpack to, of any format."""

from __future__ import annotations

MAX_MEMBERS = 20_000  # of an archive, those of archives within it counted in: a bound on what a bomb can do
MAX_UNPACKED = 2**30
"""Files, and bytes of all of them together."""

MAX_RATIO = 200
"""The most bytes that one packed byte may give."""

SMALL = 2**20
"""What unpacks to less is harmless, however well it is packed."""
