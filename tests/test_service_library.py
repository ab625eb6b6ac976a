"""The shelf of the service: what it lends out, when it exchanges it, and what it does with a bad snapshot."""

from __future__ import annotations

import threading

import pytest

from kb.errors import SnapshotDamagedError, SnapshotError, SnapshotMissingError
from kb.knowledge_base import KnowledgeBase
from service.library import Library


class FakeKnowledgeBase(KnowledgeBase):
    """Holds no documents; remembers whether it was closed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False

    @property
    def snapshot_name(self) -> str:
        return self.name

    def documents(self, audience: object = "public") -> list:  # type: ignore[type-arg, override]
        return []

    def close(self) -> None:
        self.closed = True


class FakeIndex:
    """An index folder: the name that CURRENT holds, what was opened, and the names that are damaged."""

    def __init__(self, current: str | None) -> None:
        self.named = current
        self.damaged: set[str] = set()
        self.opened: list[FakeKnowledgeBase] = []
        self.good: set[str] = set()
        self.hidden: frozenset[str] = frozenset()
        self.tried = 0

    def current(self) -> str:
        if self.named is None:
            raise SnapshotMissingError.of("index_missing", file="index")
        return self.named

    def open(self, name: str, hidden: frozenset[str]) -> FakeKnowledgeBase:
        self.tried += 1
        self.hidden = hidden
        if name in self.damaged:
            raise SnapshotDamagedError.of("snapshot_file_changed", file=name)
        self.opened.append(FakeKnowledgeBase(name))
        return self.opened[-1]

    def harmed(self, name: str) -> bool:
        return name in self.damaged

    broken = harmed

    def last_good(self) -> str | None:
        return max((one for one in self.good if one not in self.damaged), default=None)

    def library(self) -> Library:
        library = Library(self)
        library.refresh()
        return library


def lent(library: Library) -> str:
    with library.use() as knowledge_base:
        return knowledge_base.snapshot_name


def test_a_new_snapshot_is_lent_out_after_the_next_look():
    index = FakeIndex("one")
    library = index.library()
    assert lent(library) == "one"
    index.named = "two"
    assert lent(library) == "one"
    library.refresh()
    assert lent(library) == "two"


def test_who_looks_while_another_does_finds_the_change_served():
    index = FakeIndex("one")
    library = index.library()
    opening, go_on = threading.Event(), threading.Event()
    open_at_once = index.open

    def open_slowly(name: str, hidden: frozenset[str]) -> FakeKnowledgeBase:
        opening.set()
        assert go_on.wait(5)
        return open_at_once(name, hidden)

    index.open = open_slowly  # type: ignore[method-assign]
    index.named = "two"
    watcher = threading.Thread(target=library.refresh)
    watcher.start()
    assert opening.wait(5)
    index.named = "three"
    threading.Timer(0.05, go_on.set).start()
    library.refresh()
    assert lent(library) == "three"
    watcher.join()


def test_looking_again_opens_nothing_when_nothing_changed():
    index = FakeIndex("one")
    library = index.library()
    library.refresh()
    assert index.tried == 1


def test_an_old_snapshot_is_closed_when_its_last_reader_is_done():
    index = FakeIndex("one")
    library = index.library()
    with library.use() as first, library.use():
        index.named = "two"
        library.refresh()
        assert lent(library) == "two"
        assert first is index.opened[0]
        assert not index.opened[0].closed
    assert index.opened[0].closed
    assert not index.opened[1].closed


def test_an_idle_old_snapshot_is_closed_at_once():
    index = FakeIndex("one")
    library = index.library()
    index.named = "two"
    library.refresh()
    assert index.opened[0].closed


def test_a_reader_that_fails_still_gives_its_snapshot_back():
    index = FakeIndex("one")
    library = index.library()
    with pytest.raises(ZeroDivisionError), library.use():
        _ = 1 / 0
    library.close()
    assert index.opened[0].closed


def test_a_damaged_snapshot_leaves_the_last_good_one_in_service_and_says_so():
    index = FakeIndex("one")
    library = index.library()
    index.named, index.damaged = "two", {"two"}
    library.refresh()
    assert lent(library) == "one"
    assert library.problem is not None
    assert "two: changed" in library.problem.message
    index.named = "one"
    library.refresh()
    assert library.problem is None


def test_a_damaged_snapshot_is_not_opened_again_every_second():
    index = FakeIndex("one")
    library = index.library()
    index.named, index.damaged = "two", {"two"}
    for _ in range(5):
        library.refresh()
    assert index.tried == 2
    index.named = "three"
    library.refresh()
    assert lent(library) == "three"


def test_without_an_index_the_reason_is_raised_until_there_is_one():
    index = FakeIndex(None)
    library = index.library()
    with pytest.raises(SnapshotMissingError, match="no index here"), library.use():
        pass
    index.named = "one"
    library.refresh()
    assert lent(library) == "one"


def test_a_closed_library_lends_nothing():
    index = FakeIndex("one")
    library = index.library()
    library.close()
    assert index.opened[0].closed
    with pytest.raises(SnapshotError), library.use():
        pass


def test_damage_in_use_is_told_and_the_last_good_snapshot_takes_its_place():
    index = FakeIndex("two")
    library = index.library()
    index.damaged, index.good = {"two"}, {"one"}
    with pytest.raises(SnapshotDamagedError, match="while it was served"), library.use():
        _ = 1 / 0
    library.refresh()
    assert lent(library) == "one"
    assert index.opened[0].closed
    assert library.problem is not None
    index.damaged = set()
    index.named = "three"
    library.refresh()
    assert lent(library) == "three"
    assert library.problem is None


def test_a_service_starts_with_the_last_good_snapshot():
    index = FakeIndex("two")
    index.damaged, index.good = {"two"}, {"one"}
    library = index.library()
    assert lent(library) == "one"
    assert library.problem is not None


def test_where_no_snapshot_is_whole_nothing_is_served():
    index = FakeIndex("two")
    library = index.library()
    index.damaged = {"two"}
    library.refresh()
    with pytest.raises(SnapshotDamagedError, match="two"), library.use():
        pass


def test_what_was_withdrawn_or_deleted_stays_away_from_an_earlier_snapshot_too():
    index = FakeIndex("two")
    library = index.library()
    library.withdrawn, library.deleted = lambda: frozenset({"a"}), lambda: frozenset({"b"})
    library.refresh()
    assert index.hidden == {"a"}, "what was deleted is not in the snapshot in use"
    index.damaged, index.good = {"two"}, {"one"}
    library.refresh()
    assert (lent(library), index.hidden) == ("one", {"a", "b"})
    library.withdrawn = lambda: frozenset({"a", "c"})
    library.refresh()
    assert (lent(library), index.hidden) == ("one", {"a", "b", "c"})
