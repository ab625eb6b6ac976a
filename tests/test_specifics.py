"""What a question pins down: evidence of another year, another place, or a number of a wider one is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.evidence.specifics import specifics_of
from kb.knowledge_base import KnowledgeBase
from kb.text.dates import PartialDate
from kb.types import Answer, Query


def test_a_sentence_may_name_other_places_but_a_row_is_about_those_that_it_names(corpus: KnowledgeBase) -> None:
    asked, document = specifics_of("杭州的住宿费标准是多少？"), corpus.document("hz-2024-343")
    evidence = "宁波来的人员按同一标准执行"
    home = frozenset(("杭州", "宁波"))
    assert asked.held_by(evidence, document, home)
    assert not asked.held_by(evidence, document, home, is_row=True)
    assert asked.held_by("杭州市 | 900", document, home, is_row=True)


def test_what_answers_somebody_holds_where_they_live_and_need_not_name_it(corpus: KnowledgeBase) -> None:
    lived = specifics_of("我家住余杭，食堂补贴多少", corpus.home.places, ("住余杭",))
    document = corpus.document("hz-2024-343")
    city, district = (replace(document, region=name) for name in ("杭州市", "杭州市拱墅区"))
    assert lived.held_by("每餐补贴三元", city, frozenset(("杭州",)))
    assert not lived.held_by("每餐补贴三元", district, frozenset(("杭州",)))


def test_what_is_for_a_part_of_a_place_says_nothing_of_the_whole(corpus: KnowledgeBase) -> None:
    document = replace(
        corpus.document("hz-2024-343"), region="杭州市西湖区", title="西湖区三墩镇（杭州）未来社区建设情况"
    )
    home = frozenset(("浙江", "杭州", "西湖"))
    told = f"{document.title}\n三墩镇建成了4个未来社区。"
    for asked, holds in (("浙江", False), ("杭州", False), ("西湖区", True), ("三墩镇", True)):
        assert specifics_of(f"{asked}建了多少个未来社区？", corpus.home.places).held_by(told, document, home) is holds


@pytest.mark.parametrize(
    ("question", "sentence", "minimal", "headings", "region"),
    [
        ("2022年新增了多少？", "2023年新增6.7万平方米。", "6.7万平方米", (), "杭州市"),
        ("2022年新增了多少？", "《2023年友好10条》提出新增托位5000个。", "5000个", (), "杭州市"),
        ("滨江区新增了多少？", "萧山区新增6.7万平方米。", "6.7万平方米", (), "杭州市"),
        ("滨江区改造多少小区？", "安排开工187个老旧小区。", "187个", (), "杭州市"),
        ("杭州有多少个未来社区？", "全省创建未来社区1500个左右。", "1500个", (), "浙江省"),
        ("杭州选了几个社区？", "选择50个城市开展试点。", "50个", (), "全国"),
        ("2023年新增了多少？", "2024年前三季度新增6处。", "6处", (), "杭州市"),
        ("滨江区有多少个项目？", "杭州首批46个试点项目全部开工。", "", (), "杭州市"),
        ("滨江区有多少个项目？", "杭州累计建成试点项目100个以上。", "100个以上", (), "杭州市"),
        ("收入线2024年是多少？", "自2020年9月4日起的一年里，收入线是66068元。", "66068元", (), "杭州市"),
    ],
)
def test_a_sentence_of_another_year_or_place_is_no_evidence(
    corpus: KnowledgeBase, question: str, sentence: str, minimal: str, headings: tuple[str, ...], region: str
) -> None:
    document = replace(corpus.document("hz-2024-343"), region=region)
    assert specifics_of(question, corpus.home.places).gainsaid_by(sentence, minimal, "", headings, document)


@pytest.mark.parametrize(
    ("question", "sentence", "minimal", "headings", "region"),
    [
        ("2024年补贴多少？", "自2022年1月1日起每月补贴100元。", "100元", (), "杭州市"),
        ("2023年新增多少？", "2021-2025年每年新增41处。", "41处", (), "杭州市"),
        ("2023年能申请吗？", "2025年底前均可申请。", "", (), "杭州市"),
        ("2022年新增了多少？", "比2021年多6.7万平方米。", "6.7万平方米", ("2022年工作",), "杭州市"),
        ("滨江区补贴多少？", "每人每年补贴300元。", "300元", (), "杭州市"),
        ("滨江区改造多少小区？", "上城、滨江改造64个。", "64个", (), "杭州市"),
        ("滨江区每个社区配几名？", "每个社区配备2名。", "2名", (), "杭州市"),
        ("滨江区新增了多少？", "新增6处。", "6处", ("滨江区",), "杭州市"),
        ("杭州有哪些试点？", "上城区、拱墅区开展试点。", "上城区、拱墅区", (), "杭州市"),
        ("杭州有多少个？", "共有34个。", "34个", (), None),
        ("2024年哪些小区可以改造？", "2000年底以前建成的小区可以改造。", "", (), "杭州市"),
        ("杭州2000年前盖的小区有多少个？", "2000年底前建成的小区共1200个。", "1200个", (), "杭州市"),
        ("2025年谁能领？", "1958年12月31日前出生的每月领100元。", "", (), "杭州市"),
        ("2025年谁能领？", "按《补贴办法》（2016年修订）执行。", "", (), "杭州市"),
        ("拱墅区由谁评估？", "由民政部门统一组织评估。", "民政部门统一组织", (), "杭州市"),
        ("2026年补助多少？", "两项合计最多可领7000元。", "两项合计最多可领7000元", (), "杭州市"),
        ("杭州的乳儿班几人？", "乳儿班10人以下。", "10人以下", (), "全国"),
        ("杭州哪些单位要报？", "10人以上的单位要报。", "10人以上的单位", (), "全国"),
        ("滨江区谁来建？", "46个项目由街道来建。", "", (), "杭州市"),
        ("2022年出生的三孩能领吗？", "2023年1月1日以后出生的每人领500元。", "", (), "杭州市"),
        ("2002年建成的小区能改造吗？", "2000年以前建成的小区改造费由财政承担。", "", (), "杭州市"),
    ],
)
def test_a_sentence_that_speaks_of_the_year_and_place_is_evidence(
    corpus: KnowledgeBase, question: str, sentence: str, minimal: str, headings: tuple[str, ...], region: str | None
) -> None:
    document = replace(corpus.document("hz-2024-343"), region=region, title="关于试点的答复", issuers=())
    assert not specifics_of(question, corpus.home.places).gainsaid_by(sentence, minimal, "", headings, document)


def test_a_number_is_of_the_place_that_its_paragraph_speaks_of(corpus: KnowledgeBase) -> None:
    document, places = corpus.document("hz-2024-343"), corpus.home.places
    said = ("可同时容纳300名青少年。", "300名")
    assert not specifics_of("淳安的能容纳几人？", places).gainsaid_by(*said, "淳安县首批开办2家。", (), document)
    assert specifics_of("淳安的能容纳几人？", places).gainsaid_by(*said, "全市首批开办2家。", (), document)


def test_what_is_in_force_holds_in_every_year_since_it_began(corpus: KnowledgeBase) -> None:
    base, day = corpus.document("hz-2024-343"), PartialDate(2021)
    law = replace(base, status="in_force", issued=day, effective=day, title="某办法", expires=None)
    for asked, told, holds in (
        ("2026年补贴多少？", "每人每年补贴300元。", True),
        ("2019年补贴多少？", "每人每年补贴300元。", False),
        ("2026年补贴多少？", "2023年补贴300元。", False),
        ("2026年补贴多少？", "自2023年1月1日起补贴300元。", True),
    ):
        assert specifics_of(asked, corpus.home.places).held_by(told, law, frozenset()) is holds
    unknown = replace(law, status="unknown")
    assert not specifics_of("2026年补贴多少？", corpus.home.places).held_by("每人补贴300元。", unknown, frozenset())


def test_a_number_of_things_is_of_its_year_and_a_rule_of_all(corpus: KnowledgeBase) -> None:
    document = replace(corpus.document("hz-2024-343"), issued=PartialDate(2024), title="某答复", doc_no=None)
    pinned = specifics_of("2026年有多少家？", corpus.home.places)
    assert pinned.gainsaid_by("全市已有食堂2300余家。", "2300余家", "", (), document)
    assert pinned.gainsaid_by("自2025年5月1日起施行，此时已有2300余家。", "2300余家", "", (), document)
    assert not pinned.gainsaid_by("每个街道应当设2家。", "2家", "", (), document)
    assert not pinned.gainsaid_by("全市已有食堂2300余家。", "2300余家", "2026年。", (), document)


def test_a_district_is_answered_by_what_holds_in_its_city_which_says_so(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "临安的育儿补助怎么领？"))
    assert answer.refusal is None and answer.statements[0].text.endswith("（杭州市）")
    own = corpus.ask(Query("", "杭州的育儿补助怎么领？"))
    assert own.refusal is None and "（杭州市）" not in own.text


def test_a_figure_of_the_next_district_is_shown_and_not_given(corpus: KnowledgeBase) -> None:
    refusal = corpus.ask(Query("", "滨江区2023年新增了多少嵌入式体育场地？"))
    assert refusal.refusal is not None and "没有找到针对“滨江”的规定" in refusal.refusal.message
    assert "萧山区2023年" in refusal.citations[0].quote


def test_what_stands_beside_a_sentence_of_another_year_is_no_answer_without_it(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "2024年余杭区哪些老旧小区可以改造？"))
    assert answer.refusal is not None


def test_last_year_is_not_answered_by_a_figure_of_another(corpus: KnowledgeBase) -> None:
    def ask(question: str) -> Answer:
        return corpus.ask(Query("", question, as_of=date(2026, 11, 30)))

    told = ask("去年杭州新增了多少托位？")  # the documents know the figure of 2023
    assert told.refusal is not None and "“2025年”" in told.refusal.message
    assert any("2023年" in citation.quote for citation in told.citations)
    assert "212" in ask("前年杭州改造了多少老旧小区？").text
    assert "七折" in ask("今年蓝领公寓租金打几折？").text  # A rule that names no year holds today.


def test_what_is_left_out_of_a_question_takes_no_part_of_another_word_with_it() -> None:
    for asked, left in (
        ("2025年底前杭州建多少个", "建多少个"),
        ("2024年度预算多少", "预算多少"),
        ("2023年以来杭州市民能领多少", "市民能领多少"),
    ):
        assert specifics_of(asked).left_out_of(asked, "") == left


def test_how_many_were_built_in_a_year_is_asked_of_that_year() -> None:
    assert specifics_of("2023年建成的食堂有多少家？").years == ("2023",)
    assert specifics_of("2023年建成的食堂能加装电梯吗？").years == ()
