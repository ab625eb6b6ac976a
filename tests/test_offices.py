"""Which issuers the words of a question stand for: what stands before the name of an office has to be its own place or
level."""

from __future__ import annotations

import pytest

from kb.home import Home
from kb.question.vocabulary import Vocabulary
from kb.text.fold import fold_text
from kb.types import Document, Level

ISSUERS: tuple[tuple[str, Level, str], ...] = (
    ("东湖市民政局", "municipal", "东湖市"),
    ("市发改委", "municipal", "东湖市"),
    ("东湖市城乡建设委员会", "municipal", "东湖市"),
    ("东湖市人民政府", "municipal", "东湖市"),
    ("东湖市人民政府办公室", "municipal", "东湖市"),
    ("东湖市西城区柳浪街道办事处", "district", "东湖市西城区"),
    ("东湖市西城区柳浪镇人民政府", "district", "东湖市西城区"),
    ("宣州区民政局", "district", "安徽省宣城市宣州区"),
    ("浙江省民政厅", "provincial", "浙江省"),
    ("浙江省人民政府办公厅", "provincial", "浙江省"),
    ("国家发展改革委", "national", "全国"),
    ("民政部", "national", "全国"),
    ("住房和城乡建设部办公厅", "national", "全国"),
    ("住房和城乡建设部", "national", "全国"),
)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    file = tmp_path_factory.mktemp("home") / "home.toml"
    file.write_text(
        'province = "浙江省"\ncity = "东湖市"\nonly_with_ending = ["西城区"]\n[counties]\n"西城区" = []\n"新城区" = []\n',
        "utf-8",
    )
    papers = [
        Document(
            doc_id=issuer, title=issuer, issuers=(issuer,), level=level, region=region, source="", sha256="", text=""
        )
        for issuer, level, region in ISSUERS
    ]
    return Vocabulary(papers, Home.read(file))


@pytest.mark.parametrize(
    ("said", "issuers"),
    [
        ("国家发改委", {"国家发展改革委"}),
        ("省发改委", set()),
        ("市发改委", {"市发改委"}),
        ("发改委", {"国家发展改革委", "市发改委"}),
        ("市民政局", {"东湖市民政局"}),
        ("东湖民政局", {"东湖市民政局"}),
        ("宣州区民政局", {"宣州区民政局"}),
        ("民政局", {"东湖市民政局", "宣州区民政局"}),
        ("省民政厅", {"浙江省民政厅"}),
        ("民政部门", {"东湖市民政局", "宣州区民政局", "浙江省民政厅", "民政部"}),
        ("市民政部门", {"东湖市民政局"}),
        ("东湖市政府", {"东湖市人民政府"}),
        ("市人民政府", {"东湖市人民政府"}),
        ("住建部", {"住房和城乡建设部"}),
        ("住建部办公厅", {"住房和城乡建设部办公厅"}),
        ("浙江省人民政府", {"浙江省人民政府办公厅"}),  # nothing is its own
        ("有关部门", set()),
    ],
)  # fmt: skip
def test_an_office_is_that_of_the_government_named(vocabulary: Vocabulary, said: str, issuers: set[str]) -> None:
    found = vocabulary.issuer_at(fold_text(said), 0)
    whole = found is not None and found[0] == len(said)
    assert (set(found[1]) if found and whole else set()) == issuers


@pytest.mark.parametrize(
    ("text", "first"),
    [("市发改委和市建委分别发过哪些文件", "市发改委"), ("市建委、市民政局各有几份文件", "市建委"), ("住房和城乡建设部的文件", "住房和城乡建设部")],
)  # fmt: skip
def test_the_name_of_an_office_ends_before_the_next(vocabulary: Vocabulary, text: str, first: str) -> None:
    found = vocabulary.issuer_at(fold_text(text), 0)
    assert found is not None and text[: found[0]] == first


def test_a_place_that_is_a_word_as_well_is_known_with_its_ending(vocabulary: Vocabulary) -> None:
    assert vocabulary.place_at("新城区有哪些文件", 0) == (3, "新城")
    assert vocabulary.place_at("西城区有哪些文件", 0) == (3, "西城")


class CountedPlaces(Vocabulary):
    """Counts how often a place is looked for."""

    looks = 0

    def place_at(self, text: str, at: int) -> tuple[int, str] | None:
        self.looks += 1
        return super().place_at(text, at)


def test_an_office_is_sought_no_further_than_a_name_reaches() -> None:
    vocabulary = CountedPlaces([], Home())
    looks = []
    for times in (20, 600):
        vocabulary.looks = 0
        vocabulary.issuer_at("杭州市" * times, 0)
        looks.append(vocabulary.looks)
    assert looks[0] == looks[1] > 1
