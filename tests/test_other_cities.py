"""A corpus of another city: its home is data beside it, and everything else is as it is for the corpus that ships."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from indexing import ROOT, index_folder

from ingest.collection import collect_files
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.consultation import consult
from kb.eligibility.regions import Regions
from kb.errors import FactError, HomeError
from kb.home import FILE_NAME, Home
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.question.follow_up import resolve
from kb.question.level import levels_asked
from kb.text.places import NATION, bare
from kb.types import Answer, Query
from kb.writing.check import failing

NINGHU = ROOT / "examples" / "ninghu"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def ninghu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    index_dir = tmp_path_factory.mktemp("ninghu") / "index"
    index_folder(NINGHU, index_dir)
    knowledge_base = KnowledgeBase.open(index_dir, open_encoder())
    yield knowledge_base
    knowledge_base.close()


def ask(knowledge_base: KnowledgeBase, question: str) -> Answer:
    return knowledge_base.ask(Query("q", question))


def cited(answer: Answer) -> set[str]:
    return {citation.doc_id for citation in answer.citations}


def test_levels_and_regions_come_from_the_home_where_documents_do_not_say_them(ninghu: KnowledgeBase) -> None:
    told = {one.doc_id: (one.level, one.region) for one in ninghu.documents("public")}
    assert len(told) == 10
    assert told["jn-2021-home-care"] == ("provincial", "江南省")
    assert told["nh-2023-lifts"] == ("municipal", "宁湖市")
    assert told["望山区社区托育补助办法"] == ("district", "宁湖市望山区")
    assert told["柳桥县农村危房改造补助通知"] == ("district", "宁湖市柳桥县")
    assert told["宁湖经济开发区人才公寓申请指南"][0] == "district"


def test_every_document_stands_under_a_topic_of_the_home(ninghu: KnowledgeBase) -> None:
    tree = ninghu.retriever.home.topics
    told = {one.doc_id: tree.topics_of(one) for one in ninghu.documents("public")}
    assert told["nh-2023-lifts"] == ("加装电梯",)
    assert told["望山区社区托育补助办法"] == ("托育服务",)
    assert told["柳桥县农村危房改造补助通知"] == ("农村住房",)
    known = {name for topics in tree.branches.values() for name in topics}
    assert {doc_id for doc_id, topics in told.items() if not known.intersection(topics)} == {"第21号提案的答复"}


def test_without_a_home_an_office_whose_name_does_not_tell_has_no_level(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text((NINGHU / "宁湖经济开发区人才公寓申请指南.txt").read_text("utf-8"), "utf-8")
    (document,) = collect_files([tmp_path], {}, lambda step, done, total: None).documents.values()
    assert (document.level, document.region) == (None, None)


@pytest.mark.parametrize(
    ("issuer", "level"),
    [
        ("教育部", "national"),
        ("人力资源和社会保障部", "national"),
        ("住房城乡建设部", "national"),
        ("公司研发部", None),
    ],
)
def test_the_papers_of_ministries_are_national(tmp_path: Path, issuer: str, level: str | None) -> None:
    (tmp_path / "a.txt").write_text(f"托育服务管理办法\n发布单位：{issuer}\n第一条　为了方便，制定本办法。\n", "utf-8")
    (document,) = collect_files([tmp_path], {}, lambda step, done, total: None).documents.values()
    assert document.level == level


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("宁民发〔2024〕12号是什么时候施行的？", "2024年5月1日"),
        ("助餐办法有效期到什么时候？", "2034年4月30日"),
        ("宁湖经济开发区人才公寓申请指南是谁发布的？", "宁湖经济开发区管理委员会"),
        ("绿地条例第三条讲什么？", "任何单位和个人不得擅自占用城市绿地"),
    ],
)
def test_headers_and_articles_are_told(ninghu: KnowledgeBase, question: str, words: str) -> None:
    answer = ask(ninghu, question)
    assert answer.refusal is None and words in answer.text


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("望山区有哪些文件？", {"望山区社区托育补助办法"}),
        ("柳桥县有哪些文件？", {"柳桥县农村危房改造补助通知"}),
        ("省级的文件有哪些？", {"jn-2021-home-care"}),
        (
            "区县级的文件有哪些？",
            {"望山区社区托育补助办法", "沙浦区老年食堂建设方案", "柳桥县农村危房改造补助通知", "宁湖经济开发区人才公寓申请指南"},
        ),
        ("市住建局发布了哪些文件？", {"nh-2023-lifts", "nh-2022-public-rental"}),
        ("市房产处发布了哪些文件？", {"nh-2023-lifts", "nh-2022-public-rental"}),
    ],
)  # fmt: skip
def test_the_register_knows_its_counties_levels_and_offices(
    ninghu: KnowledgeBase, question: str, documents: set[str]
) -> None:
    answer = ask(ninghu, question)
    assert answer.refusal is None and cited(answer) == documents


def test_what_one_county_does_is_no_answer_for_another(ninghu: KnowledgeBase) -> None:
    assert "八万元" in ask(ninghu, "沙浦区新建老年食堂每处补助多少？").text
    answer = ask(ninghu, "望山区新建老年食堂每处补助多少？")
    assert answer.refusal is not None or "沙浦区老年食堂建设方案" not in cited(answer)


def test_a_home_knows_its_places_by_their_names_and_those_that_are_words_by_their_ending_only() -> None:
    places = Home.read(NINGHU / FILE_NAME).places
    assert places.places_in("望山和柳浪街道的食堂") == {"望山", "柳浪"}
    assert places.places_in("新城区的规划") == {"新城"} and not places.places_in("建设新城")
    assert places.chains["柳浪"] == ("江南", "宁湖", "望山", "柳浪")
    assert places.places_in("杭州") == {"杭州"}


def test_a_county_takes_the_place_of_another_in_a_follow_up(ninghu: KnowledgeBase) -> None:
    before = ("沙浦区新建老年食堂每处补助多少？",)
    assert "八万元" in ask(ninghu, before[0]).text
    assert resolve(Query("q", "那望山区呢？", previous=before), places=ninghu.retriever.home.places).query.text == (
        "望山区新建老年食堂每处补助多少？"
    )
    answer = ninghu.ask(Query("q", "那望山区呢？", previous=before))
    assert answer.refusal is not None or "沙浦区老年食堂建设方案" not in cited(answer)


def test_a_written_sentence_may_name_no_county_that_its_source_does_not_name(ninghu: KnowledgeBase) -> None:
    span, weights = "新建的老年食堂每处补助八万元。", ninghu.retriever.term_weights["public"]
    places = ninghu.retriever.home.places
    assert failing("沙浦区新建的老年食堂每处补助八万元。", [span], "沙浦区老年食堂建设方案", weights, places) is None
    assert failing("望山区新建的老年食堂每处补助八万元。", [span], "沙浦区老年食堂建设方案", weights, places) == "name"


def test_the_city_and_the_province_of_the_home_are_levels_and_no_other_is() -> None:
    home = Home.read(NINGHU / FILE_NAME)
    assert levels_asked("江南和宁湖分别怎么规定？", home) == {"provincial", "municipal"}
    assert levels_asked("浙江和杭州分别怎么规定？", home) == frozenset()


def test_counties_elsewhere_are_known_where_the_home_names_them_and_lie_in_their_city() -> None:
    home = Home.read(NINGHU / FILE_NAME)
    assert home.places.chains["常熟"] == ("江苏", "苏州", "常熟")
    assert home.level_of("常熟市民政局") is None and "常熟" not in home.regions
    assert not NATION.places_in("常熟市和西湖区")


def test_the_code_names_no_place_of_the_corpus_that_ships() -> None:
    home = tomllib.loads((ROOT / "corpus" / FILE_NAME).read_text("utf-8"))
    own = {bare(name) for name in (*home["counties"], *(part for parts in home["counties"].values() for part in parts))}
    assert len(own) > 10 and not own & NATION.chains.keys()


@pytest.mark.parametrize(
    ("text", "hukou", "verdict"),
    [
        ("我今年六十五，户口在柳桥", "柳桥", "eligible"),
        ("我65岁，宁湖主城区户口", "宁湖市区", "eligible"),
        ("我65岁，户口在柳浪街道", "柳浪", "eligible"),
        ("我65岁，户口在松涛", "松涛", "eligible"),
        ("我65岁，户口在宁湖市沙浦区松涛街道", "松涛", "eligible"),
        ("我65岁，户口在新城镇", "新城镇", "eligible"),
        ("我65岁，非宁户籍", {"not": ["宁湖"]}, "not_eligible"),
        ("我65岁，杭州户口", "杭州", "not_eligible"),
        ("我65岁，户口在江南", "江南", "undetermined"),
    ],
)
def test_benefits_of_another_city_are_judged_by_the_places_of_its_home(
    ninghu: KnowledgeBase, text: str, hukou: object, verdict: str
) -> None:
    catalogue = Catalogue.open(NINGHU / "benefits", ninghu)
    told = consult(catalogue, {}, text, date(2026, 1, 1))
    (fact,) = (one for one in told["readings"] if one["fact"] == "hukou")
    (judged,) = told["benefits"]
    assert (fact["value"], judged["verdict"]) == (hukou, verdict)


def test_a_neighbourhood_is_where_somebody_lives_and_no_place_that_questions_are_about(ninghu: KnowledgeBase) -> None:
    home = Home.read(NINGHU / FILE_NAME)
    assert home.neighbourhoods == {"沙浦": ("松涛", "新城镇")}  # 新城 is an everyday word
    assert not home.places.places_in("松涛街道的食堂")
    assert Regions.of(home).chains["松涛"] == ("江南", "宁湖", "宁湖市区", "沙浦", "松涛")


def test_a_neighbourhood_of_one_name_in_two_counties_is_in_neither(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    counties = '[counties]\n"西山县" = []\n"南山县" = []\n'
    streets = '[neighbourhoods]\n"西山县" = ["柳浪街道", "松涛街道"]\n"南山县" = ["柳浪街道"]\n'
    path.write_text(f'city = "东湖市"\n{counties}{streets}', "utf-8")
    home = Home.read(path)
    assert home.neighbourhoods == {"西山": ("松涛",), "南山": ()}
    assert "柳浪" not in Regions.of(home).chains


def test_without_a_home_no_place_of_a_city_of_ones_own_is_known(ninghu: KnowledgeBase, tmp_path: Path) -> None:
    shutil.copytree(NINGHU / "benefits", tmp_path / "benefits")
    (tmp_path / FILE_NAME).write_text('city = "宁湖市"\n', "utf-8")
    book = Catalogue.open(tmp_path / "benefits", ninghu).book
    assert book.profile({"hukou": "宁湖市"}, date(2026, 1, 1)).values == {"hukou": "宁湖"}
    with pytest.raises(FactError, match="柳桥"):
        book.profile({"hukou": "柳桥县"}, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('city = "东湖市"\n[areas]\n"东湖市区" = ["西城区"]\n', ["东湖市区 '西城区'", "add it to [counties]"]),
        ('city = "东湖市"\ncountys = 1\n', ["home.toml: countys '1'", "Extra inputs", "docs/other-cities.md"]),
        ('province = "江南省"\n', ["home.toml: city is missing; write it", "docs/other-cities.md"]),
        ('city = "东湖市"\n[levels]\n"甲" = "city"\n', ["levels.甲 'city'", "municipal"]),
        ('city = "东湖市"\nonly_with_ending = ["新城区"]\n', ["only_with_ending '新城区'", "add it to [counties]"]),
        (
            'city = "东湖市"\n[neighbourhoods]\n"西城区" = ["柳浪街道"]\n',
            ["neighbourhoods '西城区'", "add it to [counties]"],
        ),
        ("city = 东湖", ["home.toml: ", "docs/other-cities.md"]),
    ],
)
def test_a_home_that_cannot_be_used_is_refused_with_its_key(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, "utf-8")
    with pytest.raises(HomeError) as caught:
        Home.read(path)
    assert all(word in caught.value.message for word in words), caught.value.message


def test_a_broken_home_stops_the_ingestion_and_leaves_the_last_index(
    kb_command: Command, small_folder: Path, tmp_path: Path
) -> None:
    assert kb_command("ingest", small_folder, "--index", tmp_path / "index").returncode == 0
    before = (tmp_path / "index" / "CURRENT").read_text("utf-8")
    (small_folder / FILE_NAME).write_text('town = "东湖市"\n', "utf-8")
    done = kb_command("ingest", small_folder, "--index", tmp_path / "index")
    assert done.returncode == 1 and "home.toml: city" in done.stderr
    assert (tmp_path / "index" / "CURRENT").read_text("utf-8") == before


def test_a_file_that_comes_later_is_read_with_the_home_of_the_index(tmp_path: Path) -> None:
    index_dir, later = tmp_path / "index", tmp_path / "later" / "b.txt"
    index_folder(NINGHU, index_dir)
    later.parent.mkdir()
    later.write_text("沙浦区绿道管理办法\n\n发布单位：沙浦区城市管理局\n\n一、绿道免费开放。\n", "utf-8")
    index_folder(later, index_dir)
    knowledge_base = KnowledgeBase.open(index_dir, open_encoder())
    found = knowledge_base.document("b", "public")
    knowledge_base.close()
    assert (found.level, found.region) == ("district", "宁湖市沙浦区")
