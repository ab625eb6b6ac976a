"""The places that rules speak of: those of the nation, those of the home, and its areas (杭州市区: several districts
together).

A place lies in those before it in its chain. The home is data beside the corpus (`kb.home`); where there is none, only
the nation's places are known, and no rule speaks of a city of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.home import FILE_NAME, Home

_FAR = ("北京", "上海")
"""Two, so that one of them lies outside every home."""


@dataclass(frozen=True, eq=False, slots=True)
class Regions:
    """`chains` gives per place those that it lies in, widest first, itself last; `city` is the home's, `areas` are by
    name."""

    chains: Mapping[str, tuple[str, ...]]
    city: str | None
    areas: tuple[str, ...]

    @classmethod
    def of(cls, home: Home) -> Regions:
        """Take the places of a home, its areas between the city and the districts that make them up, its neighbourhoods
        below them."""
        chains = dict(home.places.chains)
        for county, names in home.neighbourhoods.items():
            chains |= {name: (*chains[county], name) for name in names}
        known = dict(chains)
        for area, members in home.areas.items():
            within = chains[members[0]][:-1]
            for place, chain in known.items():
                if chain[: len(within)] == within and chain[len(within) :][:1] and chain[len(within)] in members:
                    chains[place] = (*within, area, *chain[len(within) :])
            chains[area] = (*within, area)
        return cls(chains, home.city, tuple(home.areas))

    @classmethod
    def beside(cls, folder: Path) -> Regions:
        """Take those of the corpus beside whose documents a folder of benefits lies; raise HomeError."""
        path = folder.resolve().parent / FILE_NAME
        return cls.of(Home.of(path if path.is_file() else None))

    @property
    def elsewhere(self) -> str:
        """Name a place outside every region that rules of this home name."""
        return next(place for place in _FAR if self.city is None or place not in self.chains[self.city])


NATIONWIDE = Regions.of(Home())
