"""What was searched is remembered: for its edition, for who asked, on its day, and no more than so much of it."""

from __future__ import annotations

from datetime import date

from kb.knowledge_base import KnowledgeBase
from kb.types import Hit, Query
from service.library import Library
from service.searching import Search, Searches

DAY = date(2026, 3, 1)


class CountedKnowledgeBase(KnowledgeBase):
    """Finds nothing, and remembers what it was asked for."""

    def __init__(self, name: str, hidden: frozenset[str]) -> None:
        self.name = name
        self.asked: list[Query] = []

    @property
    def snapshot_name(self) -> str:
        return self.name

    def documents(self, audience: object = "public") -> list:  # type: ignore[type-arg, override]
        return []

    def search(self, query: Query | str, k: int = 10) -> list[Hit]:
        assert isinstance(query, Query)
        self.asked.append(query)
        return []

    def close(self) -> None:
        pass


class CountedIndex:
    """An index folder of snapshots that find nothing."""

    named = "one"

    def __init__(self) -> None:
        self.opened: list[CountedKnowledgeBase] = []

    def current(self) -> str:
        return self.named

    def open(self, name: str, hidden: frozenset[str]) -> CountedKnowledgeBase:
        self.opened.append(CountedKnowledgeBase(name, hidden))
        return self.opened[-1]

    def harmed(self, name: str) -> bool:
        return False

    broken = harmed

    def last_good(self) -> str | None:
        return None


def opened() -> tuple[CountedIndex, Library]:
    index = CountedIndex()
    library = Library(index)
    library.refresh()
    return index, library


def test_only_the_very_same_search_is_told_from_memory() -> None:
    index, library = opened()
    searches = Searches(library)
    wanted = Search("助餐", 10, "public", DAY, "")
    assert searches.remembered(wanted) is None
    assert searches.answer(wanted) == searches.remembered(wanted) == '{"query":"助餐","hits":[]}'.encode()
    assert len(index.opened[0].asked) == 1
    for other in (
        Search("助餐", 10, "staff", DAY, ""),
        Search("助餐", 9, "public", DAY, ""),
        Search("助餐", 10, "public", date(2026, 3, 2), ""),
        Search("助餐", 10, "public", DAY, "/kb"),
        Search("助餐？", 10, "public", DAY, ""),
    ):
        assert searches.remembered(other) is None


def test_a_new_edition_remembers_nothing_of_the_one_before() -> None:
    index, library = opened()
    hidden: set[str] = set()
    library.withdrawn = lambda: frozenset(hidden)
    searches = Searches(library)
    wanted = Search("助餐", 10, "public", DAY, "")
    searches.answer(wanted)
    index.named = "two"
    library.refresh()
    assert searches.remembered(wanted) is None
    searches.answer(wanted)
    hidden.add("withdrawn")
    library.refresh()
    assert searches.remembered(wanted) is None, "a document that was withdrawn is gone from what is remembered"
    assert [len(one.asked) for one in index.opened] == [1, 1, 0]


def test_what_was_searched_longest_ago_is_forgotten() -> None:
    _, library = opened()
    searches = Searches(library, remembered=2)
    first, second, third = (Search(text, 10, "public", DAY, "") for text in ("一", "二", "三"))
    searches.answer(first)
    searches.answer(second)
    searches.remembered(first)
    searches.answer(third)
    assert [searches.remembered(one) is None for one in (first, second, third)] == [False, True, False]
