"""Laws by the names that people use, and laws that are not held."""

from __future__ import annotations

import pytest
from indexing import laws_of

from kb.knowledge_base import KnowledgeBase
from kb.naming import Register
from kb.types import Document, Query

INJURY = (
    "第一条　为了保障职工，制定本条例。\n第二条　停工留薪期一般不超过{}个月。\n第三条　本条例自2021年6月1日起施行。\n"
)
TEXTS = {
    "insurance": "中华人民共和国社会保险法\n第一条　为了规范社会保险关系，制定本法。\n"
    "第二条　职工应当参加基本养老保险。\n第三条　本法自2011年7月1日起施行。\n",
    "injury": "工伤保险条例\n" + INJURY.format("12"),
    "injury-zhejiang": "浙江省工伤保险条例\n" + INJURY.format("24"),
}


def _paper(title: str) -> Document:
    return Document(doc_id=title, title=title, kind="full_text", source="", sha256="", text="")


TITLES = ["中华人民共和国社会保险法", "中华人民共和国行政复议法", "中华人民共和国未成年人保护法", "工伤保险条例", "浙江省工伤保险条例",
          "杭州市物业管理条例", "物业管理条例"]  # fmt: skip
REGISTER = Register([_paper(title) for title in TITLES])


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return laws_of(tmp_path_factory.mktemp("laws"), TEXTS)


@pytest.mark.parametrize(
    ("question", "titles", "unheld"),
    [
        ("社会保险法规定养老金要交满几年", ["中华人民共和国社会保险法"], ()),
        ("按照社保法要交几年", ["中华人民共和国社会保险法"], ()),
        ("复议法书面答复时间几天", ["中华人民共和国行政复议法"], ()),
        ("杭州物业管理条例规定任期几年", ["杭州市物业管理条例"], ()),
        ("浙江的工伤保险条例规定几天受理", ["浙江省工伤保险条例"], ()),
        ("江苏工伤保险条例规定几天受理", ["工伤保险条例"], ("江苏工伤保险条例",)),
        ("工伤保险条例规定几天受理", ["工伤保险条例"], ()),
        ("请问劳动法规定停工多久", [], ("劳动法",)),
        ("民法典对遗产怎么规定", [], ("民法典",)),
        ("环境保护法怎么规定罚款", [], ("环境保护法",)),
        ("社会保险法律援助找谁", [], ()),
        ("有什么办法规定这件事", [], ()),
        ("该法规定了什么", [], ()),
        ("业主表决的方法对不对", [], ()),
    ],
)
def test_a_law_is_known_by_its_usual_name_and_place(question: str, titles: list[str], unheld: tuple[str, ...]) -> None:
    named = REGISTER.find(question)
    assert [TITLES[ordinal] for ordinal in named.documents] == titles
    assert named.unheld == unheld


def test_a_law_that_is_not_held_is_said_first(laws: KnowledgeBase) -> None:
    answer = laws.ask(Query("", "劳动法规定停工留薪期多久"))
    assert answer.text.startswith("资料库中没有名称为“劳动法”的文件；")


def test_the_law_of_the_place_answers(laws: KnowledgeBase) -> None:
    answer = laws.ask(Query("", "浙江工伤保险条例规定停工留薪期多久"))
    assert answer.citations[0].doc_id == "injury-zhejiang"
