"""Questions about oneself, answered with a verdict: the same as on the page, first of all, with its clause and one
question more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from indexing import CORPUS, ROOT, KnowledgeBaseOf
from numpy.typing import NDArray

from kb.eligibility.consultation import consult
from kb.eligibility.sentence import read_sentence
from kb.errors import FactError
from kb.index.embedded_encoder import EmbeddedEncoder
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.personal.asked_benefit import SURE, asks_for_all, what_is_asked
from kb.presentation import answer_lines, answer_payload
from kb.reading.reader import Reader
from kb.types import Answer, Known, Query

DAY = date(2026, 11, 27)


def ask(knowledge_base: KnowledgeBase, text: str, **known: object) -> Answer:
    return knowledge_base.ask(Query("", text, as_of=DAY, **known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "benefit", "verdict"),
    [
        ("我舅六十六，老家湖北，现在跟我住临平，去食堂吃饭能便宜点不", "elder-meal-discount", "yes"),
        ("我妈今年五十八，去社区食堂吃饭有优惠吗", "elder-meal-discount", "no"),
        ("我爸七十一，湖北户口住拱墅，坐公交要钱吗", "elder-transport-70", "yes"),
        ("我孩子两岁半，能上幼儿园的托班吗", "nursery-class-kindergarten", "yes"),
        ("孩子一岁，我和老公每年能不能休育儿假", "parental-leave", "depends"),
        ("老婆刚生完孩子，我能休几天陪产假", "paternity-leave", "depends"),
    ],
)
def test_the_verdict_comes_first_with_its_clause_and_is_that_of_the_page(
    personal: KnowledgeBase, question: str, benefit: str, verdict: str
) -> None:
    answer = ask(personal, question)
    told = answer.eligibility
    assert told and told["benefit"] == benefit
    first = answer.statements[0]
    assert first.verdict == verdict and first.citations
    page = consult(personal.catalogue, {}, question, DAY)
    assert told["verdict"] == next(one["verdict"] for one in page["benefits"] if one["id"] == benefit)
    assert told["readings"] == page["readings"]
    for citation in answer.citations:
        assert personal.document(citation.doc_id).text[citation.start : citation.end] == citation.quote
    pointed_at = {number for statement in answer.statements for number in statement.citations}
    assert pointed_at == {citation.number for citation in answer.citations}
    assert (told["question"] is not None) == (verdict == "depends")


def test_what_is_given_is_cited_where_it_is_said(personal: KnowledgeBase) -> None:
    def cited(question: str) -> set[str]:
        answer = ask(personal, question)
        return {one.quote for one in answer.citations if one.number in answer.statements[0].citations}

    given = personal.catalogue.find("elder-transport-70").given_by[0].quote
    assert given in cited("我爸七十一，湖北户口住拱墅，坐公交要钱吗")  # 符合
    assert given in cited("坐公交要钱吗，我想了解是否符合“70周岁以上老年人乘车优惠”的条件？")  # nothing told
    assert given not in cited("我爸七十一，坐公交要钱吗")  # still open, and not said again


def test_the_next_question_decides_and_its_answer_is_taken_with_the_same_question(personal: KnowledgeBase) -> None:
    question = "我妈七十三，老家湖北，坐公交能免费吗"
    told = ask(personal, question).eligibility
    assert told and told["verdict"] == "undetermined"
    assert told["question"]["id"] == "hukou" and told["question"]["suggested"]["value"] == "湖北"
    told = ask(personal, question, facts={"hukou": "湖北"}).eligibility
    assert told and told["question"]["id"] == "home"
    decided = ask(personal, question, facts={"hukou": "湖北", "home": "拱墅"})
    assert decided.statements[0].verdict == "yes"
    left = ask(personal, question, skipped=("hukou", "home"))
    assert left.eligibility and left.eligibility["question"] is None
    assert left.statements[0].verdict == "depends" and left.statements[0].citations


def test_what_was_heard_with_doubt_chooses_the_benefit_and_is_told_as_not_used(personal: KnowledgeBase) -> None:
    # No rule reads this age, on which the benefit turns.
    question = "外公整九十一了，瘫着，户口在建德，能请人上门护理吗"
    assert "age" not in {one.fact_id for one in read_sentence(question, personal.catalogue.book, DAY)}
    assert [one.benefit_id for one in ask(personal, question).offers] == ["elder-health-record"]
    told = ask(personal, "外公整九十一了，瘫着，一个人住建德").eligibility
    assert told and (told["question"]["id"], told["question"]["suggested"]["value"]) == ("age", 91)  # no birthday
    told = ask(personal, "外公整九十一了，瘫着，一个人住建德", skipped=("age",)).eligibility
    assert told and told["question"]["id"] not in ("age", "birth_date")
    doubted = [
        one.text for one in ask(personal, "我大概62，去食堂吃饭有优惠吗").statements if "判断时没有采用" in one.text
    ]
    assert doubted == ["您说的“我大概62”可能是指年龄62周岁，还没有确认，判断时没有采用。"]


@pytest.mark.parametrize(
    ("title", "facts", "words"),
    [
        ("育儿补助", {"same_couple": False}, "条件：“同一对夫妻的孩子”一项要求为“是”，您的情况为“否”。"),
        ("加装电梯财政补助", {"has_lift": True}, "条件：“已有电梯”一项要求为“否”，您的情况为“是”。"),
        ("70周岁以上老年人乘车优惠", {"hukou": "杭州"}, "条件，还要看年龄。"),  # and not where one lives
        ("孕产补助", {}, "，还要看孩次、同一对夫妻的孩子、生育登记、已生育等情况。"),
    ],
)
def test_a_verdict_says_what_was_required_and_what_is_missing(
    personal: KnowledgeBase, title: str, facts: dict[str, object], words: str
) -> None:
    told = ask(personal, f"我想了解是否符合“{title}”的条件？", facts=facts).statements[0].text
    assert told.endswith(words)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("我家小孩八个月，国家育儿补贴申请要带什么材料", ("办理：", "出生医学证明、居民户口簿等基础材料")),
        ("孩子2024年出生，育儿假有几天", ("符合条件的，标准：每年10天",)),
        ("我妈85岁，低保，养老服务补贴向谁咨询", ("咨询：",)),
    ],
)
def test_what_is_really_asked_is_answered_behind_a_verdict_that_is_open(
    personal: KnowledgeBase, question: str, words: tuple[str, ...]
) -> None:
    answer = ask(personal, question)
    assert answer.statements[0].verdict == "depends"
    told = "".join(one.text for one in answer.statements)
    assert all(one in told for one in words), told


def test_an_age_that_a_birth_contradicts_is_no_error_in_the_chat(personal: KnowledgeBase) -> None:
    assert ask(personal, "我妈70岁，1950年生，坐公交免费吗").statements[0].verdict == "depends"
    assert ask(personal, "女儿2019年出生，儿子一岁，育儿补贴能领吗").eligibility


def test_of_one_parent_alone_the_age_of_the_other_is_asked(personal: KnowledgeBase) -> None:
    told = ask(personal, "我是独生子女，我爸58，能请陪护假吗").eligibility
    assert told and told["verdict"] == "undetermined"


def test_facts_that_cannot_be_are_refused(personal: KnowledgeBase) -> None:
    with pytest.raises(FactError):
        ask(personal, "我妈七十三，坐公交能免费吗", facts={"home": "天上人间"})


@pytest.mark.parametrize(
    "question",
    [
        "我今年62，社保断了怎么补缴", "我妈72岁被骗了钱，能报警吗", "我户口在江西，能在杭州买房吗", "社区食堂什么时候开门",
        "国务院2023年对老年助餐有什么要求", "杭州市梳理了多少项支持政策？",
    ],
)  # fmt: skip
def test_where_no_benefit_or_no_person_is_asked_about_nothing_changes(
    personal: KnowledgeBase, corpus: KnowledgeBase, question: str
) -> None:
    answer, without = ask(personal, question), ask(corpus, question)
    assert answer.eligibility is None
    assert (answer.statements, answer.citations, answer.refusal) == (
        without.statements,
        without.citations,
        without.refusal,
    )


def test_who_asks_for_everything_is_told_what_applies_and_asked_on(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我今年62，安徽户口，现住拱墅，能享受哪些优惠政策？")
    assert asks_for_all(answer.question)
    told = answer.eligibility
    assert told and told["benefit"] is None and told["question"]
    assert "符合" in answer.statements[0].text and answer.statements[0].citations
    assert any("老年人助餐用餐优惠" in statement.text for statement in answer.statements)


def test_where_no_benefit_can_apply_the_documents_answer(build: KnowledgeBaseOf, tmp_path: Path) -> None:
    build(rule="清溪市失业补助办法\n一、补助\n失业人员每月可以领取失业补助三百元。\n")
    shelf = KnowledgeBase.open(tmp_path / "index", open_encoder(), benefits=ROOT / "corpus" / "benefits")
    assert not shelf.catalogue.benefits  # the documents that they rest on are not here
    answer = ask(shelf, "我失业了，能领到什么补助吗")
    assert answer.eligibility is None
    assert answer.refusal is None and "三百元" in answer.statements[0].text


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("我妈72，户口在拱墅，一个人住", True),
        ("我男人今年五十五，下岗了没收入", True),
        ("我妈72，户口在拱墅，被人骗了钱能报警吗", False),  # asks for something
        ("物业不管事，楼道灯坏了", False),  # tells of nobody
        ("婆婆跟我处不来", False),  # tells nothing that is certain
        ("帮我写篇作文《我的妈妈》，四百字", False),  # names a relative and tells nothing of her
    ],
)
def test_who_only_tells_is_told_what_there_is(personal: KnowledgeBase, text: str, listed: bool) -> None:
    answer = ask(personal, text)
    if not listed:
        assert answer.eligibility is None and answer.refusal
        return
    assert answer.eligibility and answer.eligibility["benefit"] is None and answer.eligibility["question"]
    assert answer.refusal is None and "项还不能确定" in answer.statements[0].text
    assert ask(personal, text, within=frozenset({"hz-2024-343"})).eligibility is None


@pytest.mark.parametrize(
    "text", ["我大伯66，杭州户口，政府给不给补贴", "我妈八十五了，住上城，能不能领补助", "太公满一百岁了，有钱发吗"]
)
def test_who_asks_for_any_allowance_is_told_those_that_there_are(personal: KnowledgeBase, text: str) -> None:
    answer = ask(personal, text)
    assert answer.eligibility and answer.eligibility["benefit"] is None
    assert answer.statements[0].text.startswith("按您说的情况，符合")


def test_a_question_confined_to_other_documents_gets_no_verdict(personal: KnowledgeBase) -> None:
    within = frozenset({"hz-2024-343"})
    assert ask(personal, "我爸七十一，湖北户口住拱墅，坐公交要钱吗", within=within).eligibility is None


def test_a_year_and_a_place_of_ones_life_are_no_limits_of_what_is_asked(
    personal: KnowledgeBase, corpus: KnowledgeBase
) -> None:
    question = "我们楼2005年造的，住临平，没有电梯，可以加装电梯吗"
    limited, told = (one.ask(Query("", question, as_of=DAY)) for one in (corpus, personal))
    assert limited.refusal and "没有找到针对" in limited.refusal.message
    assert told.refusal is None or "没有找到针对" not in told.refusal.message


def test_what_is_asked_leaves_out_what_is_only_told(personal: KnowledgeBase) -> None:
    question = "我妈八十五，一个人住，想进公办养老院，能优先吗"
    heard = read_sentence(question, personal.catalogue.book, DAY)
    assert what_is_asked(question, heard) == "想进公办养老院，能优先吗"
    assert what_is_asked("我妈八十五，一个人住", heard) == ""


def test_what_was_asked_before_is_not_read_again(personal: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query("", "我妈七十二，杭州户口，去社区食堂吃饭有优惠吗")
    first = personal.ask(query)
    assert first.eligibility and personal.remembers(query)

    def read(*_: object) -> None:
        raise AssertionError("it is read again")

    monkeypatch.setattr(Reader, "read", read)
    assert personal.ask(query).statements == first.statements


def test_where_the_benefit_is_not_sure_the_documents_answer_and_verdicts_are_offered(
    personal: KnowledgeBase, corpus: KnowledgeBase
) -> None:
    question = "外公整九十一了，瘫着，户口在建德，能请人上门护理吗"
    answer = ask(personal, question)
    assert answer.eligibility is None and answer.statements == ask(corpus, question).statements
    offer = answer.offers[0]
    assert offer.benefit_id == "elder-health-record" and len(answer.offers) <= 3
    told = ask(personal, offer.question)
    assert told.eligibility and told.eligibility["benefit"] == offer.benefit_id
    assert told.statements[0].verdict and SURE <= told.confidence < 1


def test_what_the_documents_do_not_say_is_refused_with_the_benefits_that_are_near(personal: KnowledgeBase) -> None:
    answer = ask(personal, "楼里装电梯政府贴多少")
    assert answer.refusal and answer.refusal.kind in ("weak_evidence", "no_evidence") and not answer.statements
    offer = next(one for one in answer.offers if one.benefit_id == "lift-subsidy")
    told = ask(personal, offer.question)
    assert told.eligibility and told.eligibility["benefit"] == "lift-subsidy" and not told.refusal
    assert told.statements[0].text.startswith("还不能确定是否符合“加装电梯财政补助”的条件")
    question = told.eligibility["question"]
    further = ask(personal, "七层", previous=(offer.question,))
    assert question["id"] == "floors" and further.eligibility and further.eligibility["chosen"] == {"floors": 7}


def test_the_benefits_of_an_index_are_encoded_once(
    personal: KnowledgeBase, corpus_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode, encoded = EmbeddedEncoder.encode_passages, list[str]()

    def noted(encoder: EmbeddedEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
        encoded.extend(texts)
        return encode(encoder, texts)

    question = "我舅六十六，去食堂吃饭能便宜点不"
    first = ask(personal, question)
    monkeypatch.setattr(EmbeddedEncoder, "encode_passages", noted)
    again = KnowledgeBase.open(corpus_index, open_encoder(), benefits=CORPUS / "benefits")
    assert ask(again, question).statements == first.statements and encoded
    assert not any(text.startswith("老年人助餐用餐优惠。") for text in encoded)
    again.close()


def test_behind_a_no_near_benefits_that_are_still_open_are_offered(personal: KnowledgeBase) -> None:
    answer = ask(personal, "孩子一岁半，能上幼儿园托班吗")
    assert answer.statements[0].verdict == "no" and answer.offers
    told = [ask(personal, one.question).statements[0].verdict for one in answer.offers]
    assert "yes" in told and "no" not in told


def test_in_lines_an_answer_ends_with_what_may_be_said_next(personal: KnowledgeBase) -> None:
    def ends(question: str) -> str:
        return answer_lines(answer_payload(ask(personal, question), personal))[-1]

    assert ends("我爸七十一，坐公交要钱吗").startswith("还要请您说明：")
    assert ends("我妈七十三，老家湖北，坐公交能免费吗") == "还要请您确认：您说“老家湖北”，户籍所在地是湖北吗？"
    offered = ask(personal, "楼里装电梯政府贴多少").offers
    assert ends("楼里装电梯政府贴多少") == f"您是否想了解“{offered[-1].title}”？可以问：{offered[-1].question}"
    assert ends("社区食堂对哪些人开放？").startswith("[")


@pytest.mark.parametrize(
    "question", ["今天天气怎么样", "社区食堂对哪些人开放？", "育儿假有几天？我想了解是否符合“月球补贴”的条件？"]
)
def test_what_is_out_of_scope_or_answered_has_no_benefit_offered(personal: KnowledgeBase, question: str) -> None:
    answer = ask(personal, question)
    assert answer.offers == () and answer.eligibility is None


def test_what_is_typed_in_answer_takes_the_verdict_further(personal: KnowledgeBase) -> None:
    asked = "我妈七十三，老家湖北，坐公交能免费吗"
    told = ask(personal, "不是", previous=(asked,))
    assert told.question == "不是" and told.resolved == asked
    assert told.eligibility and told.eligibility["chosen"] == {"hukou": {"not": ["湖北"]}}
    further = ask(personal, "住拱墅", previous=(asked, "是"))
    assert further.statements[0].verdict == "yes"
    assert further.eligibility and further.eligibility["chosen"] == {"hukou": "湖北", "home": "拱墅"}
    left = ask(personal, "不知道", previous=(asked, "不知道"))
    assert left.eligibility and left.eligibility["skipped"] == ["hukou", "home"] and not left.eligibility["question"]
    pressed = ask(personal, "住拱墅", previous=(asked,), before=Known({"hukou": "湖北"}))
    assert pressed.statements == further.statements
    other = "社区食堂平时对哪些人开放？"
    assert ask(personal, other, previous=(asked,)).eligibility is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("我妈82岁，能自理，杭州户口，还没做过评估，能领养老服务补贴吗", "还要先做社会养老服务需求评估，另外还要看家庭困难情况。"),
        (
            "我们小区电梯坏了，想用维修资金修电梯，还没经过业委会审核，街道确认过了，可以吗",
            "“紧急情况使用维修资金”（可不经业主表决，直接申请使用维修资金）的其他条件都已符合，还要先经业主委员会审核。",
        ),
        (
            "我安徽户口，没办居住证，本科毕业两年，没签劳动合同，没有营业执照，单身，杭州没房，能申请公租房吗",
            "还要先办理浙江省居住证、与用人单位签订一年以上的劳动合同或办理杭州市区的营业执照，",
        ),
    ],
)  # fmt: skip
def test_a_step_that_is_still_to_be_taken_is_told_and_makes_nobody_ineligible(
    personal: KnowledgeBase, question: str, words: str
) -> None:
    first = ask(personal, question).statements[0]
    assert first.verdict == "depends" and words in first.text and first.citations


def test_facts_that_cannot_be_are_refused_whatever_is_asked(personal: KnowledgeBase) -> None:
    with pytest.raises(FactError):
        ask(personal, "社区食堂什么时候开门", facts={"age": 900})


def verdicts_by_name(answer: Answer) -> list[tuple[str, str]]:
    return [(one.text.partition("：")[0], one.verdict) for one in answer.statements if one.verdict]


def test_of_two_relatives_of_whom_the_same_is_told_each_is_judged_by_name(personal: KnowledgeBase) -> None:
    answer = ask(personal, "公公八十三，婆婆六十六，两个人都是桐庐户口，坐公交免费吗")
    assert answer.eligibility is None
    assert verdicts_by_name(answer) == [("公公", "yes"), ("婆婆", "no")]
    assert "（婆婆的情况：66周岁）" in answer.statements[2].text
    assert [offer.title for offer in answer.offers] == [
        "70周岁以上老年人乘车优惠（公公）",
        "70周岁以上老年人乘车优惠（婆婆）",
    ]
    told = [ask(personal, offer.question) for offer in answer.offers]
    assert [one.statements[0].verdict for one in told] == ["yes", "no"]
    ages = [
        fact["value"] for one in told if one.eligibility for fact in one.eligibility["facts"] if fact["id"] == "age"
    ]
    assert ages == [83, 66]


@pytest.mark.parametrize(
    ("question", "verdicts"),
    [
        ("我爸75，我妈68，他们坐公交免费吗", [("爸", "depends"), ("妈", "no")]),
        ("我爸101，我妈98，他们能领长寿保健补助吗", [("爸", "depends"), ("妈", "no")]),
        ("老伴75，我69，坐公交要钱吗", [("您本人", "no"), ("老伴", "depends")]),
        ("我35岁，妈妈62，去食堂吃饭能打折吗", [("您本人", "no"), ("妈妈", "yes")]),
    ],
)
def test_whoever_may_be_asked_about_has_a_verdict_of_their_own(
    personal: KnowledgeBase, question: str, verdicts: list[tuple[str, str]]
) -> None:
    assert verdicts_by_name(ask(personal, question)) == verdicts


@pytest.mark.parametrize("question", ["我老公71岁，我坐公交免费吗", "我老公71岁，我65，我坐公交免费吗"])
def test_who_asks_of_themselves_is_not_judged_by_what_is_told_of_a_spouse(
    personal: KnowledgeBase, question: str
) -> None:
    answer = ask(personal, question)
    assert answer.eligibility and 71 not in [fact["value"] for fact in answer.eligibility["facts"]]
    assert "您还说到了老公，以上判断没有采用其情况，请分别查询。" in [one.text for one in answer.statements]


def test_who_tells_of_another_beside_themselves_is_told_both_verdicts(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我六十二，老伴七十一，坐公交要钱吗")
    assert verdicts_by_name(answer) == [("您本人", "no"), ("老伴", "depends")]
    (offer,) = answer.offers
    told = ask(personal, offer.question).eligibility
    assert told and [fact["value"] for fact in told["facts"] if fact["id"] == "age"] == [71]


def test_of_two_of_whom_the_same_is_told_the_one_named_where_it_asks_is_judged(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我七十三，老婆五十七，老婆坐公交要钱吗")
    assert answer.statements[0].verdict == "no"
    assert not any("您还说到了" in one.text for one in answer.statements)


def test_of_another_nothing_is_offered_where_the_verdict_does_not_turn_on_what_is_told(
    personal: KnowledgeBase,
) -> None:
    answer = ask(personal, "我六十二，妈妈有杭州户口，去老年食堂能打折吗")
    assert answer.statements[0].verdict == "yes" and answer.offers == ()
    assert not any("您还说到了" in one.text for one in answer.statements)


def test_whoever_says_for_whom_they_ask_is_judged_for_that_one(personal: KnowledgeBase) -> None:
    told = ask(personal, "爷爷82奶奶69，都是杭州户口，帮奶奶问一下坐公交免费吗").eligibility
    assert told and told["verdict"] == "not_eligible"


def test_a_verdict_goes_on_to_the_next_person_with_what_was_asked(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我老伴71呢", previous=("我今年62，去公园要门票吗",))
    assert answer.eligibility is not None and answer.eligibility["title"] == "70周岁以上老年人免费游园"
    assert [fact["value"] for fact in answer.eligibility["facts"] if fact["id"] == "age"] == [71]


def test_what_nobody_can_be_is_told_back_and_not_used(personal: KnowledgeBase) -> None:
    for question, said in (("我300岁，坐公交免费吗", "我300岁"), ("我-70岁，杭州户口，坐公交免费吗", "-70岁")):
        answer = ask(personal, question)
        assert answer.statements[0].verdict == "depends"
        assert f"您说的“{said}”不可能是年龄，判断时没有采用，请核对后再问。" in [one.text for one in answer.statements]


@pytest.mark.parametrize("correction", ["不对，我其实71", "不对不对，我今年71", "说错了，我71"])
def test_who_puts_an_age_right_is_judged_anew(personal: KnowledgeBase, correction: str) -> None:
    answer = ask(personal, correction, previous=("我69，杭州户口，坐公交免费吗",))
    assert answer.statements[0].verdict == "yes"
    assert answer.eligibility and 71 in [fact["value"] for fact in answer.eligibility["facts"]]


def test_who_only_says_that_they_ask_tells_of_nobody(personal: KnowledgeBase) -> None:
    answer = ask(personal, "我想问下女职工产假多少天")
    assert answer.eligibility is None and answer.refusal is None
