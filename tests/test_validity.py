"""What has ended: told as such, answered from where the question is about its time, and from what took its place
else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from indexing import KnowledgeBaseOf, laws_of, silent
from model_server import Recited

from ingest.collection import collect_files
from ingest.notices import notices
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer, Query

TODAY = date(2026, 11, 23)
PLAN = (
    "清溪市长者食堂三年行动计划\n文号：清政发〔2031〕7号\n成文日期：2031年1月5日\n失效日期：2033年12月31日\n适用地区：杭州市\n"
    "一、目标\n新建长者食堂80家。\n二、补贴\n长者食堂每接待一名老年人就餐补贴3元。\n"
)
NEWER = (
    "清溪市长者食堂服务办法\n文号：清政发〔2034〕2号\n成文日期：2034年1月2日\n适用地区：杭州市\n"
    "一、补贴\n长者食堂每接待一名老年人就餐补贴5元。\n二、废止\n《清溪市长者食堂三年行动计划》同时废止。\n"
)


def words(answer: Answer) -> str:
    return answer.refusal.message if answer.refusal else answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "《杭州市嵌入式体育场地设施建设三年行动计划（2022—2024年）》现在还有效吗？",
            ("已失效，有效期至2024年12月31日",),
        ),
        ("嵌入式体育三年行动计划還有效嗎？", ("已失效，有效期至2024年12月31日",)),
        ("嵌入式体育场地设施建设行动计划失效了吗？", ("已失效，有效期至2024年12月31日",)),
        ("财政部公告2019年第76号还有效吗？", ("已失效，有效期至2025年12月31日", "现行有效，有效期至2027年12月31日")),
        ("加装电梯管理办法废止了吗？", ("现行有效",)),
        ("第343号提案的答复还有效吗？", ("未注明效力状态", "；资料库中没有写明它已经失效或者废止的文件")),
    ],
)
def test_whether_a_document_holds_is_answered_and_cited(
    corpus: KnowledgeBase, question: str, told: tuple[str, ...]
) -> None:
    answer = corpus.ask(Query("", question, TODAY))
    assert answer.refusal is None
    assert all(part in answer.text for part in told)
    assert all(statement.citations for statement in answer.statements)


def test_it_is_told_for_the_day_that_is_asked_about(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "嵌入式体育三年行动计划有效吗？", date(2023, 5, 1)))
    assert "在所问的日期有效，有效期至2024年12月31日" in answer.text


def test_nothing_is_said_of_the_validity_of_a_document_that_the_question_does_not_name(corpus: KnowledgeBase) -> None:
    assert "效" not in words(corpus.ask(Query("", "我的驾驶证还有效吗？", TODAY))).replace("有效的文件", "")


def test_the_data_of_a_document_that_has_ended_are_given_and_marked(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "2019年第76号公告的成文日期是哪天？", TODAY))
    assert answer.text.startswith("成文日期：2019年6月28日。")
    assert "已失效" in answer.text


@pytest.mark.parametrize("question", ["2032年长者食堂每接待一名老年人补贴多少元？", "清溪市2033年新建长者食堂多少家？"])
def test_a_question_about_its_time_is_answered_from_it_and_marked(build: KnowledgeBaseOf, question: str) -> None:
    answer = build(plan=PLAN).ask(Query("", question, date(2035, 1, 1)))
    assert "（已失效，有效期至2033年12月31日）" in answer.statements[0].text


def test_what_a_language_model_writes_from_it_is_marked_too(build: KnowledgeBaseOf) -> None:
    shelf = build(plan=PLAN, newer=NEWER.replace("适用地区：杭州市", "适用地区：湖州市"))
    model = Recited("长者食堂每接待一名老年人就餐补贴3元[1]。")
    writing = KnowledgeBase(shelf.snapshot, shelf.retriever.encoder, language_model=model)
    answer = writing.ask(Query("", "2032年长者食堂每接待一名老年人补贴多少元？", date(2035, 1, 1)))
    assert answer.written_by == "recited"
    assert answer.statements[0].text.endswith("就餐补贴3元。（已被替代，有效期至2033年12月31日）")
    assert {n for s in answer.statements for n in s.citations} == {c.number for c in answer.citations}


def test_a_question_about_another_time_is_not(build: KnowledgeBaseOf) -> None:
    answer = build(plan=PLAN).ask(Query("", "2036年长者食堂每接待一名老年人补贴多少元？", date(2036, 5, 1)))
    assert answer.refusal is not None
    assert [citation.doc_id for citation in answer.citations]


def test_what_has_no_date_is_no_evidence_for_a_day_before_all_that_has_one(build: KnowledgeBaseOf) -> None:
    undated = "清溪市长者食堂说明\n适用地区：杭州市\n一、补贴\n长者食堂每接待一名老年人就餐补贴4元。\n"
    shelf = build(undated=undated, plan="清溪市公园计划\n成文日期：2021年1月5日\n一、目标\n新建公园三座。\n")
    question = "长者食堂每接待一名老年人就餐补贴多少元？"
    assert "4元" in shelf.ask(Query("", question, date(2021, 1, 5))).text
    assert shelf.ask(Query("", question, date(2021, 1, 4))).refusal is not None


def test_what_has_no_date_is_there_today_beside_what_is_yet_to_come(build: KnowledgeBaseOf) -> None:
    undated = "清溪市长者食堂说明\n一、补贴\n长者食堂每接待一名老年人就餐补贴4元。\n"
    shelf = build(undated=undated, plan="清溪市公园计划\n成文日期：2999年1月5日\n一、目标\n新建公园三座。\n")
    assert "4元" in shelf.ask(Query("", "长者食堂每接待一名老年人就餐补贴多少元？")).text


def test_what_replaced_it_answers_and_tells_of_both(build: KnowledgeBaseOf) -> None:
    shelf = build(plan=PLAN, newer=NEWER)
    question = "清政发〔2031〕7号规定长者食堂每接待一名老年人补贴多少元？"
    answer = shelf.ask(Query("", question, date(2035, 1, 1)))
    assert answer.refusal is None
    assert "5元" in answer.statements[0].text and "3元" not in answer.text
    assert "《清溪市长者食堂三年行动计划》已被替代" in answer.text
    assert "接续它的是《清溪市长者食堂服务办法》" in answer.text
    asked_then = shelf.ask(Query("", question, date(2032, 1, 1)))
    assert "3元" in asked_then.text and "已" not in asked_then.text


def test_what_is_not_sure_enough_in_its_place_is_shown_and_not_denied(corpus: KnowledgeBase) -> None:
    """The successor is too brief to be sure of. What it says is shown beside the refusal, which must not claim that
    nothing is said."""
    answer = corpus.ask(Query("", "社区托育机构的收入算企业所得税时按多少比例计入收入总额", TODAY))
    assert answer.refusal is not None and answer.refusal.kind == "expired"
    assert "没有找到直接的规定" not in answer.refusal.message
    assert any(one.doc_id == "ext-2026-community-tax" and "减按90%计入" in one.quote for one in answer.citations)
    (header,) = (one for one in answer.citations if one.clause_id.endswith("#header"))
    assert "失效日期：2025年12月31日\n效力状态：已失效" in header.quote


def test_the_same_figure_of_another_thing_does_not_answer_in_its_place(build: KnowledgeBaseOf) -> None:
    parking = "长者食堂的停车场每小时收费3元。"
    shelf = build(plan=PLAN, newer=NEWER.replace("长者食堂每接待一名老年人就餐补贴5元。", parking))
    answer = shelf.ask(Query("", "长者食堂每接待一名老年人补贴多少元？", date(2035, 1, 1)))
    assert answer.refusal is not None and answer.refusal.kind == "expired"


def test_what_is_withheld_is_not_told_as_what_holds_in_its_place(build: KnowledgeBaseOf) -> None:
    shelf = build(plan=PLAN, newer=NEWER.replace("适用地区", "公开方式：不予公开\n适用地区"))
    answer = shelf.ask(Query("", "清政发〔2031〕7号还有效吗？", date(2035, 1, 1)))
    assert "服务办法" not in str(answer)


@pytest.mark.parametrize(
    "item",
    [
        "市政府决定废止《清溪市养鸽办法》、《清溪市养猫办法》。",
        "决定对下列文件予以废止：\n1.《清溪市养猫办法》（清政发〔2019〕2号）\n2.《清溪市养鸽办法》（清政发〔2020〕3号）",
        "一、废止下列2件文件：\n（一）《清溪市养鸽办法》；\n（二）《清溪市养猫办法》。",
        "《清溪市养鸽办法》予以废止。",
    ],
)
def test_what_a_decision_only_ends_is_repealed_and_the_decision_named(tmp_path: Path, item: str) -> None:
    texts = {
        "pigeons": "清溪市养鸽办法\n成文日期：2020-03-01\n第一条　每户养鸽不超过二十羽。\n第二条　本办法自2020年4月1日起施行。\n",
        "decision": f"清溪市人民政府关于废止部分文件的决定\n成文日期：2024-03-01\n{item}\n本决定自2024年4月1日起施行。\n",
    }
    shelf = laws_of(tmp_path, texts)
    today = date(2025, 1, 1)
    told = shelf.ask(Query("", "《清溪市养鸽办法》还有效吗？", today)).text
    assert "已废止，有效期至2024年3月31日" in told
    assert "废止它的是《清溪市人民政府关于废止部分文件的决定》" in told
    article = shelf.ask(Query("", "《清溪市养鸽办法》第一条", today))
    assert "每户养鸽不超过二十羽" in article.text and "由《清溪市人民政府关于废止部分文件的决定》废止" in article.text
    assert "废止" not in shelf.ask(Query("", "《清溪市养鸽办法》第一条", date(2023, 1, 1))).text


@pytest.mark.parametrize(
    "item",
    ["建议废止《清溪市养鸽办法》。", "废止《清溪市养鸽办法》第一条。", "根据关于废止《清溪市养鸽办法》的请示办理。"],
)
def test_what_ends_no_document_as_a_whole_repeals_none(tmp_path: Path, item: str) -> None:
    pigeons = "清溪市养鸽办法\n成文日期：2020-03-01\n第一条　每户养鸽不超过二十羽。\n"
    shelf = laws_of(tmp_path, {"pigeons": pigeons, "opinion": f"清溪市清理意见\n成文日期：2024-03-01\n{item}\n"})
    assert shelf.document("pigeons").status == "unknown"


@pytest.mark.parametrize(
    ("question", "planned"),
    [("片区化大物业要整合什么资源？", True), ("天水街道老旧小区全域化大物业一体管理什么时候开始的？", False)],
)
def test_only_what_is_planned_is_called_planned(corpus: KnowledgeBase, question: str, planned: bool) -> None:
    answer = corpus.ask(Query("", question, TODAY))
    assert answer.citations[0].doc_id == "hz-area-property"
    assert ("计划出台，尚未印发" in answer.text) == planned


@pytest.mark.parametrize(
    "question",
    ["《清溪市养鸽管理规定》还有效吗？", "清溪市养鸽管理规定废止了吗", "《清溪市养鸽管理规定》现在还管用吗"],
)
def test_of_what_is_not_here_the_words_that_ended_it_are_quoted(tmp_path: Path, question: str) -> None:
    ended = "2010年1月5日公布的《清溪市养鸽管理规定》同时废止"
    pigeons = f"清溪市养鸽管理办法\n成文日期：2020-03-01\n第一条　每户养鸽不超过二十羽。\n第二条　本办法自2020年4月1日起施行。{ended}。\n"
    shelf = laws_of(tmp_path, {"pigeons": pigeons})
    answer = shelf.ask(Query("", question, TODAY))
    assert answer.text.startswith(f"资料库中没有这份文件；《清溪市养鸽管理办法》写明：{ended}")
    assert [citation.label for citation in answer.citations] == ["第二条"]
    assert "同时废止" not in words(shelf.ask(Query("", question, date(2019, 1, 1))))


def test_a_title_in_marks_is_not_that_of_another_document(tmp_path: Path) -> None:
    texts = {"pigeons": "清溪市养鸽管理办法\n成文日期：2020-03-01\n第一条　每户养鸽不超过二十羽。\n"}
    shelf = laws_of(tmp_path, texts)
    assert "未注明效力状态" in shelf.ask(Query("", "《养鸽办法》还有效吗？", TODAY)).text
    assert "未注明效力状态" not in words(shelf.ask(Query("", "《清溪市养鸽管理条例》还有效吗？", TODAY)))


def test_a_law_is_told_of_before_another_that_bears_its_name(tmp_path: Path) -> None:
    texts = {
        "law": "养鸽法\n成文日期：2020-03-01\n第一条　养鸽应当登记。\n第二条　本法自2020年4月1日起施行。\n",
        "reading": "清溪市法院关于适用《养鸽法》的解释\n成文日期：2021-03-01\n第一条　《养鸽法》所称养鸽，包括信鸽。\n"
        "第二条　本解释自2021年4月1日起施行。\n",
    }
    assert laws_of(tmp_path, texts).ask(Query("", "养鸽法还有效吗？", TODAY)).citations[0].doc_id == "law"


BACKWARD = "清溪市养鸽管理办法\n成文日期：2024-03-01\n第一条　每户养鸽不超过二十羽。\n第二条　本办法自2025年1月1日起施行，有效期至2024年12月31日。\n"


@pytest.mark.parametrize("day", [date(2024, 6, 1), date(2026, 6, 1)])
def test_of_a_document_that_ends_before_it_begins_that_is_said_and_no_more(tmp_path: Path, day: date) -> None:
    shelf = laws_of(tmp_path, {"pigeons": BACKWARD})
    told = shelf.ask(Query("", "《清溪市养鸽管理办法》还有效吗？", day))
    assert "写明的失效日期（2024年12月31日）早于施行日期（2025年1月1日），不能据此判断是否有效" in told.text
    assert {citation.label for citation in told.citations} == {"第二条"}


def test_what_is_quoted_of_a_document_that_ends_before_it_begins_says_so(tmp_path: Path) -> None:
    article = laws_of(tmp_path, {"pigeons": BACKWARD}).ask(Query("", "《清溪市养鸽管理办法》第一条", TODAY))
    assert "每户养鸽不超过二十羽" in article.text and "早于施行日期" in article.text


IMPOSSIBLE = "清溪市养鸽管理办法\n成文日期：2024年13月45日\n施行日期：2024年2月30日\n第一条　每户养鸽不超过二十羽。\n"


@pytest.mark.parametrize(
    "question", ["《清溪市养鸽管理办法》的施行日期是哪天？", "《清溪市养鸽管理办法》的成文日期是什么？"]
)
def test_a_day_that_does_not_exist_is_never_told_as_the_date_of_a_document(tmp_path: Path, question: str) -> None:
    shelf = laws_of(tmp_path, {"pigeons": IMPOSSIBLE})
    document = shelf.document("pigeons")
    assert (document.issued, document.effective) == (None, None)
    assert "2024年" not in words(shelf.ask(Query("", question, TODAY)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BACKWARD, "1 end before they begin, by their own dates; check these: pigeons"),
        (
            "清溪市养鸽管理办法\n成文日期：2024-03-01\n第一条　《清溪市养鸽管理办法》自2025年1月1日起废止。\n",
            "1 end themselves by their own words, which changes nothing; check these: pigeons",
        ),
        (
            IMPOSSIBLE,
            "1 give as a date what is none, which is left out; correct these:"
            " pigeons (issued 2024年13月45日; effective 2024年2月30日)",
        ),
    ],
)
def test_staff_are_told_of_dates_that_cannot_be(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pigeons.txt").write_text(text, "utf-8")
    assert words in list(notices(collect_files([tmp_path], {}, silent)))
