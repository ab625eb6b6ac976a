"""What is said in a conversation: small talk, several questions at once, what leans on what was said, what is not
stated."""

from __future__ import annotations

import time
from datetime import date

import pytest
from indexing import KnowledgeBaseOf

from kb.answering import refusals
from kb.knowledge_base import KnowledgeBase
from kb.question.follow_up import readings, resolve
from kb.question.pointed import pointed_in
from kb.question.several import MOST, asked_in_turn
from kb.question.small_talk import REPLIES, small_talk
from kb.types import Answer, Query

DAY = date(2026, 11, 23)


def ask(knowledge_base: KnowledgeBase, question: str, *previous: str) -> Answer:
    return knowledge_base.ask(Query("", question, DAY, previous=previous))


@pytest.mark.parametrize(
    ("said", "talk"),
    [
        ("谢谢您！", "thanks"), ("多谢，帮大忙了", "thanks"), ("太好了，谢谢", "thanks"), ("你好", "greeting"), ("您好，在吗？", "greeting"),
        ("你是谁？", "identity"), ("你是机器人吗", "identity"), ("你能做什么？", "identity"), ("什么破系统，一点用都没有", "complaint"),
        ("答非所问！", "complaint"), ("你错了吧", "pressure"), ("你确定吗？", "pressure"), ("真的吗？", "pressure"), ("再好好想想", "pressure"),
        ("不对，你胡说", "pressure"), ("好的，知道了", "farewell"), ("没有问题了，再见", "farewell"),
        ("谢谢，那托育补贴呢？", None), ("你好，社区食堂对谁开放？", None), ("不对，应该是80个吧", None), ("补贴真的能领吗？", None),
        ("居民在家能用什么服务？", None),
        ("我要投诉", "grievance"), ("我想举报你们", "grievance"), ("我要投诉物业公司", None), ("物业投诉几天要答复？", None), ("投诉电话是多少？", None),
        ("你是谁开发的", "identity"), ("你们是哪家公司做的？", "identity"), ("你用的是什么大模型？", "identity"), ("你的数据是从哪里来的？", "identity"),
        ("这个系统怎么用？", "identity"), ("你是机器人还是真人？", "identity"), ("是谁开发的？", None), ("能做什么？", None), ("有哪些功能？", None),
        ("这个小区是谁开发的？", None), ("你们单位有哪些补贴？", None), ("哈哈，长知识了", "thanks"), ("不错，谢谢", "thanks"), ("你回答得太慢了", "complaint"),
        ("没有别的问题了", "farewell"), ("好吧，感谢", "thanks"), ("我不信，再查查", "pressure"),
    ],
)  # fmt: skip
def test_small_talk_is_what_leaves_nothing_to_look_for(said: str, talk: str | None) -> None:
    assert small_talk(said) == talk


@pytest.mark.parametrize("said", ["找谁投诉？", "怎么举报？", "向谁举报", "我要投诉", "去哪里告？"])
def test_where_to_complain_is_asked_of_the_matter_that_was_talked_about(said: str) -> None:
    before = "小区里有人乱搭建，物业不管怎么办？"
    assert (small_talk(said), small_talk(said, after_questions=True)) == ("grievance", None)
    assert resolve(Query("", said, previous=(before, "谢谢"))).leans
    assert len(resolve(Query("", "多久答复？", previous=(before, said))).query.text) > len("多久答复？")


@pytest.mark.parametrize("said", ["我要投诉你们", "怎么举报这个系统？", "投诉你们的回答"])
def test_a_complaint_of_the_service_is_none_of_the_matter(said: str) -> None:
    assert small_talk(said, after_questions=True) == "grievance"


def test_small_talk_is_answered_by_one_sentence_without_a_search(corpus: KnowledgeBase) -> None:
    for said in ("谢谢", "你错了", "你是谁？"):
        answer = ask(corpus, said, "托育机构由谁主管？")
        talk = small_talk(said)
        assert talk is not None and answer.text == REPLIES[talk]
        assert answer.refusal is None and not answer.citations and not answer.hits


def test_a_question_after_small_talk_leans_on_the_question_before_it(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "那2027年呢？", "到2025年要开展多少个试点？", "谢谢")
    assert answer.resolved == "到2027年要开展多少个试点？"


def test_a_correction_takes_the_place_of_what_it_corrects(corpus: KnowledgeBase) -> None:
    asked = "杭州2024年老旧小区加装电梯多少台？"
    assert ask(corpus, "不是加装电梯，是老旧小区改造", asked).resolved != asked
    turn = resolve(Query("", "不是浙江，是杭州", previous=("浙江2025年每千人多少托位？",)))
    assert turn.query.text == "杭州2025年每千人多少托位？"


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (("产假休多少天，我生的第二个", "那我老公呢"), "我老公，产假休多少天"),
        (("我今年62，去公园要门票吗", "我老伴71呢"), "我老伴71，去公园要门票吗"),
        (("我爸82岁，低保，每月能领多少补贴", "不对，他今年79"), "我爸82岁，低保，不对，他今年79，每月能领多少补贴"),
        (("我妈62，去食堂有优惠吗", "坐公交车免费吗", "那我爸呢，他59"), "我爸，他59，坐公交车免费吗"),
        (("孩子2022年出生的能领补贴吗", "2024年12月出生的呢"), "孩子2024年12月出生的能领补贴吗"),
        (("我能领多少补贴", "要多久"), "我能领补贴，要多久"),
    ],
)
def test_what_tells_of_somebody_and_asks_nothing_asks_the_question_before_again(
    said: tuple[str, ...], whole: str
) -> None:
    *previous, last = said
    assert resolve(Query("", last, previous=tuple(previous))).query.text == whole


LEVELS = ("托育设施", "老旧小区")


@pytest.mark.parametrize(
    ("before", "said", "whole"),
    [
        ("浙江省未来社区的目标是什么？", "那市里呢", "市里未来社区的目标是什么？"),
        ("国家对综合体面积有什么要求？", "那杭州呢？", "杭州对综合体面积有什么要求？"),
        ("杭州市的公租房怎么申请？", "那国家的规定呢？", "国家的公租房怎么申请？"),
        ("浙江省杭州市的公租房怎么申请？", "那温州呢？", "温州的公租房怎么申请？"),
        ("70岁坐公交免费吗", "在浙江呢", "浙江70岁坐公交免费吗"),
        ("垃圾不分类罚多少", "杭州的规定呢", "杭州垃圾不分类罚多少"),
        ("托育设施新建小区的标准", "老旧小区呢", "托育设施老旧小区的标准"),
        ("杭州户口，公园免费吗", "安徽户口的呢", "安徽户口，公园免费吗"),
        ("我妈70，杭州户口，公园免费吗", "说错了，她户口在安徽", "我妈70，杭州户口，不对，她户口在安徽，公园免费吗"),
        ("保租房的面积标准是多少？", "租金呢", "保租房的租金是多少"),
        ("小区里能养狗吗", "社区里呢", "社区里能养狗吗"),
        ("独居老人吃饭国家有照顾吗", "像我这样不困难的老人呢", "像我这样不困难的老人吃饭国家有照顾吗"),
    ],
)
def test_what_is_new_takes_the_place_of_what_it_stands_against(before: str, said: str, whole: str) -> None:
    assert resolve(Query("", said, previous=(before,)), LEVELS).query.text == whole


def test_of_another_place_the_old_one_is_not_asked(corpus: KnowledgeBase) -> None:
    found = readings(Query("", "那市里呢", previous=("浙江省未来社区的目标是什么？",)))
    assert [turn.query.text for turn in found] == ["市里未来社区的目标是什么？"]
    answer = ask(corpus, "那市里呢", "浙江省未来社区的目标")
    assert {corpus.document(citation.doc_id).level for citation in answer.citations} == {"municipal"}


def test_words_of_any_matter_are_not_asked_alone_behind_a_question() -> None:
    found = readings(Query("", "多久到？", previous=("电梯困人怎么办",)))
    assert [turn.query.text for turn in found] == ["电梯困人，多久到？"]


def test_what_has_a_subject_of_its_own_is_answered_by_nothing_else(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "杭州市民政局的电话是多少？", "比较国家和杭州市的育儿补贴标准")
    assert answer.refusal is not None and answer.resolved is None


def test_a_whole_question_on_the_same_document_is_not_answered_with_what_was_said_already(
    corpus: KnowledgeBase,
) -> None:
    before = ask(corpus, "装电梯能提公积金吗")
    answer = ask(corpus, "装电梯政府给补贴吗", "装电梯能提公积金吗")
    assert answer.refusal is None and "补助" in answer.text
    assert answer.citations[0].start != before.citations[0].start


def test_a_short_question_that_nothing_answers_is_refused_as_it_was_put(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "杭州明天会不会下雨", "坐公交车免费吗")
    assert answer.refusal is not None and answer.resolved is None


def test_what_is_no_matter_of_the_documents_is_not_answered_by_what_was_asked_before(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "火星上能养鱼吗", "我爸七十一，坐公交要钱吗")
    assert answer.refusal is not None and answer.refusal.kind == "out_of_scope" and not answer.statements


@pytest.mark.parametrize("question", ["上海市物业管理条例什么时候施行", "宁波市第95号提案答复的发布单位"])
def test_the_header_of_another_place_is_no_answer(corpus: KnowledgeBase, question: str) -> None:
    assert ask(corpus, question).refusal is not None


@pytest.mark.parametrize("question", ["2025年杭州市物业管理条例什么时候施行", "2025年物业管理条例什么时候施行"])
def test_the_days_of_a_header_are_told_whatever_year_is_asked_about(corpus: KnowledgeBase, question: str) -> None:
    assert "2022年3月1日" in ask(corpus, question).text


def test_a_header_that_was_found_and_not_named_says_whose_it_is(corpus: KnowledgeBase) -> None:
    assert ask(corpus, "物业管理条例的发文日期").statements[0].text.startswith("《杭州市物业管理条例》的成文日期：")


def test_the_header_of_a_city_answers_for_no_province(corpus: KnowledgeBase) -> None:
    assert ask(corpus, "浙江省物业管理条例的发文日期").refusal is not None


def test_a_name_takes_the_place_of_one_that_ends_alike(corpus: KnowledgeBase) -> None:
    answer = corpus.ask(Query("", "那物管会呢？", DAY, previous=("业委会由多少人组成？",)))
    assert "7至11人" in answer.text


def test_the_second_of_two_quantities_is_asked_of_the_matter_of_the_first(corpus: KnowledgeBase) -> None:
    told = ask(corpus, "浙工新村重建每户出多少钱，什么时候开工的？").text
    assert "50万至100万元" in told and "2023年11月28日" in told and "46个" not in told
    once = ask(corpus, "独生子女奖励费每年多少，领到几岁？")
    assert "100元" in once.text and len(once.statements) == 1


def test_a_refusal_does_not_deny_the_documents_that_it_names(corpus: KnowledgeBase) -> None:
    refusal = ask(corpus, "第342号提案和第343号提案的答复在支持政策数量上有什么不同？").refusal
    assert refusal is not None and refusal.kind != "out_of_scope"
    assert "没有找到针对" not in refusal.message and "不在资料库的范围内" not in refusal.message


def test_search_reads_a_follow_up_as_search_for_documents_does(corpus: KnowledgeBase) -> None:
    query = Query("", "它的租金打几折？", DAY, previous=("蓝领公寓租给哪些人？",))
    documents = [doc_id for doc_id, _ in corpus.search_documents(query, 5)]
    assert documents[0] == "hz-2018-blue-collar"
    assert corpus.search(query, 5)[0].passage.doc_id == documents[0]


def test_the_five_hundredth_turn_is_as_short_and_as_fast_as_the_second() -> None:
    before = ("公租房怎么申请？", *("那要多久呢？", "它要什么材料？") * 250)
    started = time.process_time()
    found = readings(Query("", "它在哪里办？", previous=before))
    assert time.process_time() - started < 2.0
    assert all(len(turn.query.text) < 60 for turn in found)
    assert found[0].query.text == "公租房申请，它在哪里办？"


@pytest.mark.parametrize("question", ["比较国办函〔2023〕121号和国办函〔2023〕121号", "公租房和公租房有什么区别？"])
def test_what_is_compared_with_itself_is_asked_back(corpus: KnowledgeBase, question: str) -> None:
    answer = ask(corpus, question)
    assert answer.refusal is not None and answer.refusal.message == refusals.WITH_ITSELF


def test_a_comparison_of_headers_cites_every_side_and_is_none_where_no_header_tells_anything(
    build: KnowledgeBaseOf,
) -> None:
    canteens, nurseries = ("东湖市社区食堂管理办法", "东湖市社区托育管理办法")
    texts = {
        "canteens": f"{canteens}\n一、总则\n食堂应当公示菜价。\n",
        "nurseries": f"{nurseries}\n一、总则\n托育点应当公示收费。\n",
        "sports": "东湖市社区体育管理办法\n发布单位：东湖市体育局\n一、总则\n体育馆应当开放。\n",
    }
    shelf = build(**texts)
    answer = ask(shelf, f"比较《{canteens}》和《东湖市社区体育管理办法》")
    assert answer.statements[0].text == f"《{canteens}》：发布单位：未载明。"
    assert all(statement.citations for statement in answer.statements)
    assert [citation.quote for citation in answer.citations] == [canteens, "东湖市体育局"]
    nothing = ask(shelf, f"比较《{canteens}》和《{nurseries}》")
    assert nothing.refusal is not None and nothing.refusal.kind == "no_evidence" and nothing.text == ""


def test_a_comparison_says_of_which_side_it_found_nothing(corpus: KnowledgeBase) -> None:
    one = corpus.ask("二孩和四孩的育儿补助分别是多少？")
    assert one.refusal is None and one.statements[-1].text == "关于“四孩”没有找到能回答的内容，以上没有比较它。"
    both = corpus.ask("对比杭州和余姚的加装电梯补贴")
    assert not any(statement.own for statement in both.statements) and len(both.citations) == 2


def test_a_comparison_says_which_of_its_documents_was_not_found(corpus: KnowledgeBase) -> None:
    answer = ask(
        corpus, "对比《浙江省社会养老服务促进条例》、《浙江省养老服务补贴制度实施办法》和《火星养老条例》的主要区别"
    )
    assert answer.statements[-1].text == "按名称没有找到《火星养老条例》，以上没有比较它；请核对名称。"
    assert len({citation.doc_id for citation in answer.citations}) == 2


def test_a_topic_takes_the_place_of_the_one_before(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "蓝领公寓呢？", "公租房货币补贴怎么算？")
    assert answer.resolved == "蓝领公寓货币补贴怎么算？"
    assert "公租房货币补贴按" not in answer.text


def test_what_is_chosen_of_what_was_asked_back_is_answered(corpus: KnowledgeBase) -> None:
    back = ask(corpus, "补贴标准是多少？")
    assert back.refusal is not None and back.refusal.kind == "needs_clarification"
    chosen = ask(corpus, "第二个", "补贴标准是多少？")
    assert {citation.doc_id for citation in chosen.citations} == {back.citations[1].doc_id}


LISTED = "2023年印发的市级文件有哪些？"


@pytest.mark.parametrize(
    ("said", "number", "told"),
    [
        (("第五份是什么时候施行的？",), 5, "2023年9月10日"),
        (("最后一份是谁发的？",), 5, "杭州市卫生健康委员会"),
        (("第四份的文号是多少？",), 4, "未载明文号"),
        (("第四份的文号是多少？", "倒数第一份呢？", "它的发布单位是谁？"), 5, "杭州市财政局"),
        (("谢谢", "第1个的失效日期"), 1, "2025年12月31日"),
    ],
)
def test_an_ordinal_points_at_a_document_of_the_list_before(
    corpus: KnowledgeBase, said: tuple[str, ...], number: int, told: str
) -> None:
    listed = ask(corpus, LISTED).citations[number - 1]
    answer = ask(corpus, said[-1], LISTED, *said[:-1])
    assert told in answer.text
    assert {citation.doc_id for citation in answer.citations} == {listed.doc_id}


def test_an_ordinal_that_a_document_does_not_answer_is_refused_and_nothing_else_searched(corpus: KnowledgeBase) -> None:
    second = ask(corpus, LISTED).citations[1].doc_id
    answer = ask(corpus, "第二份是什么时候施行的？", LISTED)
    assert answer.refusal is not None and {citation.doc_id for citation in answer.citations} <= {second}
    beyond = ask(corpus, "第九份的文号是多少？", LISTED).refusal
    assert beyond is not None and beyond.message.startswith("上面的回答只列出五份，没有第九份")


def test_what_was_said_is_told_with_its_document(corpus: KnowledgeBase) -> None:
    before = "老旧小区改造有什么要求"
    told = ask(corpus, before)
    assert len(told.statements) > 1
    first = ask(corpus, "上面第一条是哪个文件说的", before)
    assert [one.quote for one in first.citations] == [told.citations[0].quote]
    assert first.text.startswith("《国务院办公厅关于全面推进城镇老旧小区改造工作的指导意见》")
    assert [one.quote for one in ask(corpus, "这句话出自哪里", before).citations] == [c.quote for c in told.citations]


@pytest.mark.parametrize(
    "question",
    [
        "第二个孩子补贴多少？",
        "第三批试点有哪些",
        "第一个月怎么算",
        "第二份材料要什么",
        "物业条例第三条讲什么",
        "最后怎么办",
        "这个小区在哪",
    ],
)
def test_an_ordinal_that_counts_something_of_its_own_points_at_nothing(question: str) -> None:
    assert pointed_in(question) is None


def test_a_second_child_is_no_second_statement(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "第九个呢", "生二孩能领多少补助？")
    assert answer.refusal is None or "上面的回答" not in answer.refusal.message


def test_each_of_several_questions_is_answered_or_refused_by_itself(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "杭州市梳理了多少项支持政策？火星上的车船补贴是多少？")
    assert "34項" in answer.text or "34项" in answer.text
    assert answer.statements[-1].text.startswith("关于“火星上的车船补贴是多少”：")
    numbers = [number for statement in answer.statements for number in statement.citations]
    assert sorted(set(numbers)) == [citation.number for citation in answer.citations]


def test_each_part_says_which_question_it_answers_and_cites_a_place_once(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "杭州市梳理了多少项支持政策？物管会由几个人组成？物管会任期多久？")
    first, second, third = answer.statements
    assert first.text.startswith("关于“杭州市梳理了多少项支持政策”：") and second.text.startswith(
        "关于“物管会由几个人组成”："
    )
    assert third.text == "关于“物管会任期多久”：见上面所引的内容。" and third.citations == second.citations
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_a_handful_of_questions_is_answered_and_the_others_are_named(corpus: KnowledgeBase) -> None:
    questions = [f"第{n}号火星公约管什么？" for n in range(1, 8)]
    refusal = ask(corpus, "".join(questions)).refusal
    assert refusal is not None
    assert refusal.message.count("关于“") == MOST
    assert refusal.message.endswith("一次最多回答5个问题，请再问：“第6号火星公约管什么”、“第7号火星公约管什么”。")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("失业金能领多久、怎么领", 2), ("工伤怎么申请，几天出结果", 2), ("居住证补办要钱吗，签注要钱吗，丢了怎么办？", 3),
        ("社区食堂谁能去，怎么收费？", 2), ("我妈今年72，能免费坐公交吗", 1), ("补贴是按月发，还是一次性发？", 1),
        ("没几天就到期了，怎么续？", 1), ("几个小区一起改造，谁来牵头？", 1), ("我不知道怎么办，找谁？", 1),
        ("国务院由哪些人组成，以前怎么写的？", 1), ("老百姓满不满意，指标定在多少？", 1), ("改造了多少小区，惠及多少户？", 1),
    ],
)  # fmt: skip
def test_a_pause_takes_apart_what_asks_on_every_side_of_it(text: str, parts: int) -> None:
    assert len(asked_in_turn(text)) == parts


def test_what_is_asked_behind_a_pause_is_answered_too(build: KnowledgeBaseOf) -> None:
    text = "第一条　食堂对七十周岁以上的老年人每餐补贴三元。\n第二条　食品留样保存四十八小时。\n"
    answer = ask(build(就餐=text), "老年人每餐补贴多少元，食品怎么留样？")
    assert [statement.text for statement in answer.statements] == [
        "关于“老年人每餐补贴多少元”：食堂对七十周岁以上的老年人每餐补贴三元。",
        "关于“食品怎么留样”：食品留样保存四十八小时。",
    ]


@pytest.mark.parametrize("question", ["gzf怎么申请？", "How do I apply for public rental housing?"])
def test_what_is_not_chinese_is_told_kindly(corpus: KnowledgeBase, question: str) -> None:
    refusal = ask(corpus, question).refusal
    assert refusal is not None and refusal.message.startswith("目前只能看懂中文的提问")
    assert ("下面是" in refusal.message) == bool(ask(corpus, question).citations)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("第343号提案答复的文号是多少？", "未载明文号"),
        ("第342号提案答复的联系电话是多少？", "未载明联系电话"),
        ("杭州市物业管理条例的文号是什么？", "未载明文号"),
    ],
)
def test_what_a_header_lacks_is_not_stated_and_no_other_number_told(
    corpus: KnowledgeBase, question: str, told: str
) -> None:
    answer = ask(corpus, question)
    assert told in answer.text
    assert len({citation.doc_id for citation in answer.citations}) == 1


@pytest.mark.parametrize(
    "question",
    [
        "浙政办发〔2023〕4号是哪天发布的，哪天起施行？",
        "民发〔2023〕58号是哪天发布的，哪天起施行？",
        "商流通函〔2021〕176号哪天起施行？",
    ],
)
def test_what_is_asked_of_a_document_named_is_told_of_no_other(corpus: KnowledgeBase, question: str) -> None:
    named = {document.doc_id for document in corpus.documents() if document.doc_no and document.doc_no in question}
    answer = ask(corpus, question)
    assert {citation.doc_id for citation in answer.citations} == named
    assert len(named) == 1


def test_the_second_question_about_a_document_is_not_taken_for_the_first(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "第95号提案答复的索引号是多少？是哪天的？")
    assert "索引号：" in answer.text and "没有载明索引号" not in answer.text


def test_documents_without_a_subject_are_compared_by_their_headers(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "对比《浙江省社会养老服务促进条例》和《浙江省养老服务补贴制度实施办法》的主要区别")
    assert {citation.doc_id for citation in answer.citations} == {
        "zj-2021-eldercare-regulation",
        "zj-2021-eldercare-subsidy",
    }
    assert answer.table is not None and ("施行日期", "2022年1月1日", "未载明") in answer.table.rows


def test_what_one_side_lacks_is_said(corpus: KnowledgeBase) -> None:
    answer = ask(corpus, "《杭州市物业管理条例》和《杭州市老旧小区住宅加装电梯管理办法》分别什么时候施行？")
    assert "2022年3月1日" in answer.statements[0].text
    assert "未载明施行日期" in answer.statements[1].text
    assert all(citation.quote for citation in answer.citations)


def test_a_count_is_answered_by_a_sentence_with_a_figure(corpus: KnowledgeBase) -> None:
    # How many there are of canteens no document says; a sentence on canteens without a figure is none.
    refusal = ask(corpus, "社区食堂有多少个？").refusal
    assert refusal is not None and refusal.kind == "weak_evidence"
    assert "34項" in ask(corpus, "杭州市梳理了多少项支持政策？").text.replace("34项", "34項")


def test_whom_to_turn_to_is_asked_of_a_document_only_where_one_is_named(corpus: KnowledgeBase) -> None:
    before = "育儿补助怎么申请？"
    answer = corpus.ask(Query("", "不给的话我可以找谁？", DAY, previous=(before,)))
    assert "联系人" not in (answer.text if answer.refusal is None else answer.refusal.message)
    assert "联系人" in ask(corpus, "第343号提案的答复有疑问找谁？").text


def test_a_side_of_one_level_is_answered_by_no_document_of_another(corpus: KnowledgeBase) -> None:
    told = ask(corpus, "2000年底以前的老小区，国家和杭州分别打算什么时候改完？")
    levels = [corpus.document(citation.doc_id).level for citation in told.citations]
    assert levels == ["national", "municipal"]
    # Two papers of the city would answer, and none of the nation: these are no two sides.
    assert ask(corpus, "国家和杭州分别要建多少套保障性租赁住房？").table is None


def test_a_second_question_that_has_the_same_answer_is_said_to_have_it(corpus: KnowledgeBase) -> None:
    told = ask(corpus, "物管会由几个人组成？物管会任期多久？")
    assert [statement.text for statement in told.statements if statement.own] == [
        "关于“物管会任期多久”：见上面所引的内容。"
    ]
    assert told.statements[1].citations == told.statements[0].citations
