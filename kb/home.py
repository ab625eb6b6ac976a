"""Where a corpus is at home: its city, the places in it, its offices, the topics of its register; data beside the
corpus (`home.toml`), not code.

    province = "江南省"
    city = "东湖市"
    only_with_ending = ["新城区"]

    [counties]
    "西城区" = ["柳浪街道"]
    "新城区" = []

    [issuers]
    "市房管局" = "东湖市住房和城乡建设局"

    [levels]
    "东湖经济开发区" = "district"

    [areas]
    "东湖市区" = ["西城区", "新城区"]

    [elsewhere]
    "宁波市" = ["余姚市"]

    [topics."一老一小"]
    "养老服务" = ["养老"]

It is kept in the snapshot, so that an index answers the same wherever it is opened. docs/other-cities.md tells how to
write one.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import HomeError
from kb.text.fold import fold_text
from kb.text.places import NATION, Gazetteer, bare
from kb.topics import TopicTree
from kb.types import Level

FILE_NAME = "home.toml"
_TOGETHER = re.compile(r"等\d*(?:个)?(?:部门|单位)$")  # 国家发展改革委等23部门
_SHORTEST = 2  # characters of a name without its ending; 县 of one character is never named without it


class _HomeFile(BaseModel):
    """What `home.toml` may say; an unknown key is an error, since a misspelt one would be silently without effect."""

    model_config = ConfigDict(extra="forbid", strict=True)

    city: str = Field(min_length=_SHORTEST)
    province: str | None = Field(default=None, min_length=_SHORTEST)
    counties: dict[str, list[str]] = {}
    neighbourhoods: dict[str, list[str]] = {}
    only_with_ending: list[str] = []
    issuers: dict[str, str] = {}
    levels: dict[str, Level] = {}
    areas: dict[str, list[str]] = {}
    elsewhere: dict[str, list[str]] = {}
    topics: dict[str, dict[str, list[str]]] = {}


@dataclass(frozen=True, slots=True)
class Home:
    """`places` are those of the nation, of this home and those elsewhere that it names; `regions` gives per place of
    this home its full name; `issuers` gives per everyday name of an office the one that documents write, `levels` per
    beginning of an issuer's name the level that it is of, where the name does not tell. `city` and `province` are
    without their ending, `areas` are several counties under one name, without theirs, `neighbourhoods` what lies in
    each county that people name as where they live, as they say it; `topics` is the tree by which the register is
    ordered."""

    places: Gazetteer = NATION
    regions: Mapping[str, str] = field(default_factory=dict)
    issuers: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    city: str | None = None
    province: str | None = None
    areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    neighbourhoods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topics: TopicTree = field(default_factory=TopicTree)

    @classmethod
    def read(cls, path: Path) -> Home:
        """Read a home file; raise HomeError naming file, key, value and remedy."""
        try:
            said = _HomeFile.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise HomeError.of("home_not_read", file=path, cause=error) from None
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            if first["type"] == "missing":
                raise HomeError.of("home_key_missing", file=path, key=key) from None
            raise HomeError.of(
                "home_wrong", file=path, key=key, shown=str(first["input"])[:40], cause=first["msg"]
            ) from None
        chains, elsewhere = _chains(said), _elsewhere(said)
        known = {chain[-1] for chain in (*chains, *elsewhere)}
        around = {name for names in said.neighbourhoods.values() for name in names}
        for key, names, among in (
            ("only_with_ending", said.only_with_ending, known | around),
            ("neighbourhoods", said.neighbourhoods, said.counties),
            *((area, counties, known) for area, counties in said.areas.items()),
        ):
            if unknown := [name for name in names if name not in among]:
                raise HomeError.of("home_not_a_place", file=path, key=key, shown=unknown[0])
        places = Gazetteer((*elsewhere, *chains), frozenset(said.only_with_ending) | _short(known))
        regions = {bare(chain[-1]): "".join(name for name in chain if name != said.province) for chain in chains}
        if said.province:
            regions[bare(said.province)] = said.province
        # A name that a place has already, or that is an everyday word, is that of a neighbourhood only with its ending;
        # what lies in two counties is in neither, for nobody can say which is meant.
        taken = {bare(name) for name in said.only_with_ending} | places.chains.keys()
        times = Counter(name for names in said.neighbourhoods.values() for name in set(map(bare, names)))
        neighbourhoods = {
            bare(county): tuple(name if bare(name) in taken else bare(name) for name in names if times[bare(name)] == 1)
            for county, names in said.neighbourhoods.items()
        }
        areas = {area: tuple(map(bare, counties)) for area, counties in said.areas.items() if counties}
        province = bare(said.province) if said.province else None
        issuers = {fold_text(name): office for name, office in said.issuers.items()}
        topics = TopicTree.of(said.topics)
        return cls(places, regions, issuers, _levels(said), bare(said.city), province, areas, neighbourhoods, topics)

    @classmethod
    def of(cls, path: Path | None) -> Home:
        """Read a home file where there is one; else nothing is known beyond the nation."""
        return cls.read(path) if path else cls()

    def level_of(self, issuer: str) -> Level | None:
        """Give the level of an issuer, by the longest beginning that is known; None where none is.

        >>> Home(levels={"东湖市": "municipal", "东湖市西城区": "district"}).level_of("东湖市西城区民政局")
        'district'
        """
        fits = [start for start in self.levels if issuer.startswith(start)]
        return self.levels[max(fits, key=len)] if fits else None

    def issuer_name(self, written: str) -> str:
        """Give the one name of an office that documents write in several ways; 等N部门 behind it stays.

        >>> home = Home(issuers={"市发改委": "东湖市发展和改革委员会"})
        >>> home.issuer_name("市發改委"), home.issuer_name("市发改委等3部门"), home.office("市发改委等3部门")
        ('东湖市发展和改革委员会', '东湖市发展和改革委员会等3部门', '东湖市发展和改革委员会')
        """
        together = _TOGETHER.search(written)
        return self.office(written) + (together[0] if together else "")

    def office(self, written: str) -> str:
        """Give the one name of the office itself, without those that issued together with it."""
        alone = _TOGETHER.sub("", written)
        return self.issuers.get(fold_text(alone), alone)

    def region_of(self, text: str, issuers: Sequence[str]) -> str | None:
        """Name the place that a text is about, else the narrowest place of this home that its first issuer names."""
        place = self.places.main_place(text) or self._place_of(issuers)
        return self.regions.get(place, place) if place else None

    def _place_of(self, issuers: Sequence[str]) -> str | None:
        found = self.places.places_in(issuers[0]) & self.regions.keys() if issuers else frozenset[str]()
        return max(found, key=lambda place: (len(self.places.chains[place]), place)) if found else None


def _chains(said: _HomeFile) -> list[tuple[str, ...]]:
    city = tuple(name for name in (said.province, said.city) if name)
    chains = [city[: n + 1] for n in range(len(city))]
    for county, parts in said.counties.items():
        chains.append((*city, county))
        chains += [(*city, county, part) for part in parts]
    return chains


def _elsewhere(said: _HomeFile) -> list[tuple[str, ...]]:
    """Give the chains of counties of other cities, which questions and documents name beside those of the home."""
    return [
        (*NATION.chains.get(bare(city), (city,)), county)
        for city, counties in said.elsewhere.items()
        for county in counties
    ]


def _levels(said: _HomeFile) -> dict[str, Level]:
    levels: dict[str, Level] = {said.province: "provincial"} if said.province else {}
    levels[said.city] = "municipal"
    for county in said.counties:
        levels |= dict.fromkeys((county, said.city + county), "district")
    return levels | said.levels


def _short(names: set[str]) -> frozenset[str]:
    return frozenset(name for name in names if len(bare(name)) < _SHORTEST)
