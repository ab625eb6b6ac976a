"""The register: one name for an office and a topic, orders that stay, charts, and files that hold neither a formula nor
a hidden document."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from indexing import CORPUS, index_folder
from openpyxl import load_workbook
from served_texts import staff_token

from ingest.settings import Settings
from kb.errors import HomeError
from kb.home import Home
from kb.text.dates import PartialDate
from kb.topics import TopicTree
from kb.types import Document
from service.register import DocumentRegister, Filters, Order
from service.register_export import write_csv, write_xlsx
from service.register_figures import figures
from service.server import serving

TODAY = date(2031, 6, 1)
HOME = Home(
    issuers={"市发改委": "东湖市发展和改革委员会"},
    topics=TopicTree.of({"一老一小": {"养老服务": ["养老"], "托育服务": ["托育"]}, "住房": {"加装电梯": []}}),
)


def paper(doc_id: str, **fields: Any) -> Document:
    return Document(**({"doc_id": doc_id, "title": doc_id, "source": "", "sha256": "", "text": ""} | fields))


PAPERS = (
    paper("甲", title="养老办法", issuers=("市發改委",), topics=("養老",), level="municipal", issued=PartialDate(2029, 3)),
    paper("乙", title="托育办法", issuers=("东湖市发展和改革委员会", "东湖市民政局"), topics=("托育", "试点"), level="national",
          issued=PartialDate(2031, 1), expires=PartialDate(2032, 12, 31)),
    paper("丙", title="加装电梯意见", issuers=("市发改委等3部门",), topics=("其他",), level="provincial"),
    paper("丁", title="电梯", issuers=("东湖市民政局办公室",), issued=PartialDate(2029, 3), expires=PartialDate(2030, 1), status="in_force"),
)  # fmt: skip
REGISTER = DocumentRegister(PAPERS, HOME, TODAY)


def found(order: Order = "newest", **chosen: Any) -> list[str]:
    return [entry.document.doc_id for entry in REGISTER.find(Filters(**chosen), order)]


def choices(name: str, **chosen: Any) -> list[tuple[str, int]]:
    return [(choice["value"], choice["count"]) for choice in REGISTER.facets(Filters(**chosen))[name]]


def test_an_office_is_one_thing_however_documents_write_it() -> None:
    assert choices("issuer") == [("东湖市发展和改革委员会", 3), ("东湖市民政局", 1), ("东湖市民政局办公室", 1)]
    for name in ("市發改委", "市发改委", "东湖市发展和改革委员会"):
        assert sorted(found(issuer=name)) == sorted(("甲", "乙", "丙"))
    assert found(issuer="东湖市民政局") == ["乙"]  # an office is not its own 办公室
    assert set(found(issuer="民政")) == {"乙", "丁"}  # what is no office may be part of one's name


def test_topics_are_a_small_tree_in_the_order_of_its_file() -> None:
    assert choices("topic") == [("一老一小", 2), ("养老服务", 1), ("托育服务", 1), ("住房", 1), ("加装电梯", 1)]
    assert REGISTER.facets(Filters())["topic"][1]["under"] == "一老一小"
    assert set(found(topic="一老一小")) == {"甲", "乙"}
    assert found(topic="養老服務") == ["甲"]
    assert found(topic="试点") == ["乙"]  # a word of the document itself
    assert found(topic="加装电梯") == ["丙"]  # by its title, since 其他 says nothing


def test_without_a_tree_every_topic_stands_for_itself() -> None:
    plain = DocumentRegister(PAPERS, Home(), TODAY).facets(Filters())["topic"]
    assert {choice["value"] for choice in plain} == {"養老", "托育", "试点", "其他"}
    assert {choice["under"] for choice in plain} == {None}


def test_levels_come_from_the_nation_down() -> None:
    assert [value for value, _ in choices("level")] == ["national", "provincial", "municipal"]


@pytest.mark.parametrize(
    ("order", "ids"),
    [("newest", ["乙", "丁", "甲", "丙"]), ("oldest", ["丁", "甲", "乙", "丙"]), ("title", []), ("issuer", [])],
)  # fmt: skip
def test_an_order_is_always_the_same(order: Order, ids: list[str]) -> None:
    backwards = DocumentRegister(reversed(PAPERS), HOME, TODAY)
    assert [one.document.doc_id for one in backwards.find(Filters(), order)] == found(order)
    if order in ("newest", "oldest"):  # by day, then by title; what has no day comes last
        assert found(order) == ids


def test_titles_stand_in_the_order_of_pinyin() -> None:
    titles = ("注册办法", "安全规定", "保障意见", "补贴办法")
    register = DocumentRegister([paper(title) for title in titles], HOME, TODAY)
    assert [one.document.title for one in register.find(Filters(), "title")] == [
        "安全规定",
        "保障意见",
        "补贴办法",
        "注册办法",
    ]


def test_the_charts_say_what_their_tables_say() -> None:
    told = figures(REGISTER.find(Filters()), TODAY)
    assert told["issued"]["rows"] == [
        {"year": 2029, "before": False, "count": 2},
        {"year": 2030, "before": False, "count": 0},
        {"year": 2031, "before": False, "count": 1},
    ]
    assert [row["doc_id"] for row in told["expiring"]["rows"]] == ["乙"]  # 丁 has ended, the others never do
    for name in ("issued", "expiring"):
        assert told[name]["chart"].startswith("<svg") and "<script" not in told[name]["chart"]
    assert "2032下半年" in told["expiring"]["chart"]
    assert figures([], TODAY)["issued"] == {"chart": None, "rows": []}


def test_the_oldest_of_many_years_stand_together() -> None:
    papers = [paper(str(year), issued=PartialDate(year)) for year in range(1990, 2031)]
    rows = figures(DocumentRegister(papers, HOME, TODAY).find(Filters()), TODAY)["issued"]["rows"]
    assert (rows[0], len(rows)) == ({"year": 2011, "before": True, "count": 21}, 21)


@pytest.mark.parametrize("text", ["=HYPERLINK(A1)", "+1", "-1+2", "@SUM(A1)", "\t=1", "=1\x07"])
def test_no_cell_is_read_as_a_formula(text: str) -> None:
    table = [(text, "无")]
    (_, row) = csv.reader(StringIO(write_csv(table).decode("utf-8-sig")))
    assert row[0].startswith("'")
    book = load_workbook(BytesIO(write_xlsx(table, {"查找": text}, TODAY)))
    for cell in (book["文件目录"]["A2"], book["说明"]["B1"]):
        assert cell.data_type == "s" and cell.quotePrefix


def test_a_home_that_names_topics_wrongly_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home.toml").write_text('city = "东湖市"\n[topics]\n"养老服务" = ["养老"]\n', "utf-8")
    with pytest.raises(HomeError, match=r"topics\.养老服务"):
        Home.read(tmp_path / "home.toml")


def test_every_document_of_the_corpus_stands_in_the_tree() -> None:
    tree = Home.read(CORPUS / "home.toml").topics
    leaves = {leaf for topics in tree.branches.values() for leaf in topics}
    assert len(leaves) <= 20
    for path in (CORPUS / "policies").glob("*.md"):
        front = path.read_text("utf-8").split("+++")[1]
        topics = tuple(
            part.strip(' "')
            for line in front.splitlines()
            if line.startswith("topics")
            for part in line[10:-1].split(",")
        )
        assert set(tree.topics_of(paper(path.stem, topics=topics))) <= leaves, path.name


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    folder = tmp_path_factory.mktemp("register")
    texts = {
        "open": "=HYPERLINK(“x”)食堂办法\n公开方式：主动公开\n发布机构：东湖市民政局\n成文日期：2020年1月5日\n第一条　每餐补贴三元。\n",
        "other": "电梯办法\n公开方式：主动公开\n发布机构：东湖市住建局\n成文日期：2021年1月5日\n第一条　每台补助二十万元。\n",
        "duty-roster": "值班安排\n公开方式：不予公开\n发布机构：东湖市值班室\n成文日期：1999年1月5日\n有效期至2099年12月31日。\n",
    }
    (folder / "texts").mkdir()
    for name, text in texts.items():
        (folder / "texts" / f"{name}.txt").write_text(text, "utf-8")
    index_folder(folder / "texts", folder / "index")
    settings = Settings(index_dir=folder / "index", database_url=f"sqlite:///{folder}/kb.sqlite3")
    with serving(settings) as url:
        yield url, settings


def test_the_files_follow_the_filters_and_hold_no_trace_of_what_is_hidden(served: tuple[str, Settings]) -> None:
    with httpx.Client(base_url=served[0], timeout=60) as citizen:
        whole = load_workbook(BytesIO(citizen.get("/api/register.xlsx", params={"sort": "oldest"}).content))
        assert [row[0].value for row in whole["文件目录"].iter_rows(min_row=2)] == [
            "=HYPERLINK(“x”)食堂办法",
            "电梯办法",
        ]
        told = {row[0].value: row[1].value for row in whole["说明"].iter_rows()}
        assert (told["份数"], told["排序"]) == ("2", "成文日期由远到近")
        lines = citizen.get("/api/register.csv", params={"year": 2021}).text.splitlines()
        assert len(lines) == 2 and lines[1].startswith("电梯办法,")
        for path in ("/api/register.xlsx", "/api/register.csv", "/api/register/figures"):
            answer = citizen.get(path)
            words = answer.text
            if path.endswith("xlsx"):
                book = load_workbook(BytesIO(answer.content))
                words = str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])
            assert "值班" not in words and "1999年" not in words and "duty-roster" not in words


def test_staff_find_in_the_files_what_they_may_see(served: tuple[str, Settings]) -> None:
    with httpx.Client(base_url=served[0], timeout=60) as staff:
        assert staff.post("/api/session", json={"token": staff_token(served[1])}).status_code == 200
        assert "值班安排" in staff.get("/api/register.csv").text
