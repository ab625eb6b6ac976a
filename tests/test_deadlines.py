"""The last day of a period, reckoned from a day in the question, and what is said of how it was found."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import laws_of, silent

from ingest.build import build_index, index_lock
from ingest.collection import collect_files
from kb.answering.deadline import Counted, counted_in, period_for, reckon, reckon_back, working_days_rule
from kb.calendar import UNKNOWN_CALENDAR, WorkingCalendar, read_calendar
from kb.errors import SettingError
from kb.index.encoder import STATIC, open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.question.change_question import change_asked
from kb.question.deadline_question import deadline_asked
from kb.question.impossible_day import impossible_day
from kb.text.people import people_in
from kb.text.periods import Period, Unit
from kb.types import Answer, Query

TODAY = date(2032, 1, 5)
HOLIDAYS = """[2031]
holidays = ["2031-01-01", "2031-05-01/2031-05-05"]
workdays = ["2031-05-10"]
"""
RELIEF = """东湖市临时救助办法
成文日期：2021-03-01
第一条　申请人应当自困难发生之日起180日内向街道办事处申请临时救助。
第二条　街道办事处应当自受理临时救助申请之日起十个工作日内完成审核。
第三条　申请人对审核决定不服的，可以自收到审核决定书之日起五日内申请复核。
第四条　本办法有关“五日”、“七日”的规定是指工作日。
第五条　本办法自2021年4月1日起施行。
"""

MEETINGS = """东湖市业主大会规则
成文日期：2021-03-01
第一条　召开业主大会会议，业主委员会应当于定期会议召开十五日前或者临时会议召开七日前通知全体业主。
第二条　业主委员会应当自业主大会作出决定之日起三日内公布决定内容。
第三条　物业服务合同需要续订的，物业服务人应当在合同期限届满三十日前书面告知业主委员会。
第四条　临时用房的使用证明需要延续的，使用人可以在使用证明有效期届满前三十日内申请延续。
第五条　业主委员会更换印章的，应当提前五个工作日书面告知街道办事处。
第六条　本规则自2021年4月1日起施行。
"""


@pytest.fixture(scope="module")
def meetings(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return laws_of(tmp_path_factory.mktemp("meetings"), {"meetings": MEETINGS})


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> WorkingCalendar:
    path = tmp_path_factory.mktemp("calendar") / "holidays.toml"
    path.write_text(HOLIDAYS, "utf-8")
    return read_calendar(path)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("relief")
    (folder / "relief.txt").write_text(RELIEF, "utf-8")
    index_dir = folder / "index"
    with index_lock(index_dir):
        collection = collect_files([folder / "relief.txt"], {}, silent, unstated="public")
        build_index(index_dir, list(collection.documents.values()), open_encoder(STATIC), silent)
    return index_dir


def ask(index: Path, question: str, calendar: WorkingCalendar = UNKNOWN_CALENDAR) -> Answer:
    knowledge_base = KnowledgeBase.open(index, open_encoder(STATIC), calendar=calendar)
    try:
        return knowledge_base.ask(Query("", question, TODAY))
    finally:
        knowledge_base.close()


@pytest.mark.parametrize(
    ("question", "start", "by"),
    [
        ("2031年3月10日困难发生，最迟哪天申请临时救助？", date(2031, 3, 10), None),
        ("二〇三一年三月十日受理的，应当在哪一天之前审核完？", date(2031, 3, 10), None),
        ("3月10日受理，审核什么时候到期？", date(2032, 3, 10), None),
        ("去年3月10日受理，审核期限到哪天为止？", date(2031, 3, 10), None),
        ("2031年3月10日困难发生，2031年12月1日申请还来得及吗？", date(2031, 3, 10), date(2031, 12, 1)),
        ("2031年3月10日困难发生，12月1日申请还来得及吗？", date(2031, 3, 10), date(2031, 12, 1)),
    ],
)
def test_a_question_with_a_day_asks_for_the_end_of_a_period(question: str, start: date, by: date | None) -> None:
    asked = deadline_asked(question, TODAY)
    assert asked is not None
    assert (asked.start, asked.by) == (start, by)
    assert "多少日内" in asked.question
    assert "3月10" not in asked.question


@pytest.mark.parametrize(
    "question",
    [
        "最迟哪天申请临时救助？",
        "2031年3月10日印发了什么文件？",
        "2031年2月30日受理，最迟哪天审核？",
        "2031年3月10日前要办什么？",
    ],
)
def test_a_question_that_lacks_a_day_or_asks_for_none_is_left_alone(question: str) -> None:
    assert deadline_asked(question, TODAY) is None


def test_of_several_periods_the_one_whose_rule_is_asked_about_counts() -> None:
    sentence = "自收到申请之日起五日内受理，自作出决定之日起三日内送达，在十五日内办结。"
    assert [one.period.count for one in counted_in(sentence)] == [5, 3]
    found = period_for("作出决定后多少日内送达", sentence)
    assert found is not None
    assert found.period == Period(3, "day")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_a_period_of_days_ends_so_many_days_after_its_event(start: date, count: int) -> None:
    assert reckon(start, Period(count, "day"), UNKNOWN_CALENDAR).last == start + timedelta(days=count)


@given(st.dates(date(2031, 1, 1), date(2031, 6, 1)), st.integers(1, 60))
def test_working_days_are_counted_one_by_one(start: date, count: int) -> None:
    calendar = WorkingCalendar(frozenset((2031,)), frozenset(date(2031, 5, n) for n in range(1, 6)))
    last = reckon(start, Period(count, "working_day"), calendar).last
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(map(calendar.is_working, between)) == count
    assert calendar.is_working(last)


def test_a_last_day_that_is_free_moves_to_the_next_working_day(calendar: WorkingCalendar) -> None:
    moved = reckon(date(2031, 4, 1), Period(30, "day"), calendar)
    assert moved.last == date(2031, 5, 6)
    assert "2031年5月1日是休息日" in moved.words
    assert reckon(date(2031, 4, 10), Period(30, "day"), calendar).last == date(2031, 5, 10)  # a Saturday that is worked


def test_without_a_calendar_working_days_are_said_to_be_calendar_days() -> None:
    reckoned = reckon(date(2031, 3, 10), Period(10, "working_day"), UNKNOWN_CALENDAR)
    assert reckoned.last == date(2031, 3, 20)
    assert "没有2031年的放假安排，按自然日计算" in reckoned.words


def test_a_year_without_holidays_in_the_calendar_is_not_made_up(calendar: WorkingCalendar) -> None:
    assert "没有2031年、2032年的放假安排" in reckon(date(2031, 12, 29), Period(10, "working_day"), calendar).words


def test_the_answer_gives_the_day_how_it_was_reckoned_and_the_clause(index: Path) -> None:
    answer = ask(index, "2031年3月10日困难发生的，最迟哪天向街道办事处申请临时救助？")
    assert answer.refusal is None
    assert (
        answer.statements[0].text
        == "最后一日为2031年9月6日（从2031年3月10日起算180日，当日不计入，按自然日计算；当天是星期六，最后一日是法定休假日的，以休假结束的次日为最后一日）。"
    )
    assert [citation.label for citation in answer.citations] == ["第一条"]
    assert answer.hits == (), "there is nothing from which a language model could write another day"
    focus = answer.statements[0].focus
    assert focus is not None
    assert answer.statements[0].text[slice(*focus)] == "2031年9月6日"


def test_the_answer_counts_working_days_by_the_calendar(index: Path, calendar: WorkingCalendar) -> None:
    question = "街道办事处2031年4月28日受理临时救助申请，最晚哪天完成审核？"
    assert "2031年5月14日" in ask(index, question, calendar).statements[0].text
    assert "2031年5月8日" in ask(index, question).statements[0].text


def test_a_law_that_counts_its_days_as_working_days_is_followed_and_cited(index: Path) -> None:
    answer = ask(index, "2031年3月10日收到审核决定书不服的，最迟哪天申请复核？")
    assert "5个工作日" in answer.statements[0].text
    assert [citation.label for citation in answer.citations] == ["第三条", "第四条"]


def test_a_second_day_is_told_to_be_in_time_or_late(index: Path) -> None:
    question = "2031年3月10日困难发生，2031年{}申请临时救助还来得及吗？"
    assert ask(index, question.format("9月1日")).statements[0].text.startswith("2031年9月1日仍在期限内")
    assert ask(index, question.format("12月1日")).statements[0].text.startswith("2031年12月1日已超过期限")


def counted(unit: Unit, count: int) -> Counted:
    return Counted("收到决定", Period(count, unit), "收到决定之日起内申请")


def test_a_rule_on_days_holds_for_the_days_that_it_names(index: Path) -> None:
    knowledge_base = KnowledgeBase.open(index, open_encoder(STATIC))
    document = knowledge_base.document("relief")
    rule = working_days_rule(document, counted("day", 5))
    assert rule is not None
    assert "是指工作日" in document.text[slice(*rule)]
    assert working_days_rule(document, counted("day", 180)) is None
    assert working_days_rule(document, counted("month", 5)) is None
    knowledge_base.close()


@pytest.mark.parametrize(
    ("sentence", "event", "count", "side"),
    [
        ("应当于会议召开15日以前通知全体业主。", "会议召开", 15, "before"),
        ("应当于举行听证的五日前通知当事人。", "举行听证", 5, "before"),
        ("在有效期届满前一个月提出检验要求。", "有效期届满", 1, "before"),
        ("用人单位应当提前三十日书面通知。", "用人单位应当", 30, "before"),
        ("可以在期限届满前六十日内申请延续。", "期限届满", 60, "within"),
    ],
)
def test_a_period_is_counted_back_from_its_event(sentence: str, event: str, count: int, side: str) -> None:
    assert [(one.event, one.period.count, one.side) for one in counted_in(sentence)] == [(event, count, side)]


@pytest.mark.parametrize("sentence", ["应当在每年3月31日前公布。", "每月十日前缴纳。", "于2020年前完成改造。"])
def test_a_day_of_the_calendar_is_no_period_before_an_event(sentence: str) -> None:
    assert list(counted_in(sentence)) == []


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_counting_back_and_on_again_gives_the_day(day: date, count: int) -> None:
    (back,) = counted_in(f"应当于会议召开{count}日前通知。")
    last = reckon_back(day, back, UNKNOWN_CALENDAR).last
    assert reckon(last, Period(count, "day"), UNKNOWN_CALENDAR).last == day


def test_working_days_are_counted_back_by_the_calendar(calendar: WorkingCalendar) -> None:
    (back,) = counted_in("应当提前三个工作日通知。")
    assert reckon_back(date(2031, 5, 8), back, calendar).last == date(2031, 4, 30)
    unknown = reckon_back(date(2031, 5, 8), back, UNKNOWN_CALENDAR)
    assert unknown.last == date(2031, 5, 5)
    assert "没有2031年的放假安排，按自然日计算" in unknown.words


def test_a_last_day_that_is_counted_back_does_not_move_on(calendar: WorkingCalendar) -> None:
    (back,) = counted_in("应当于会议召开十五日前通知。")
    reckoned = reckon_back(date(2031, 5, 16), back, calendar)
    assert reckoned.last == date(2031, 5, 1)
    assert "当天是休息日，顺延后就不足15日" in reckoned.words


def test_the_answer_counts_back_from_the_day_of_the_event(meetings: KnowledgeBase) -> None:
    answer = meetings.ask(Query("", "2031年9月25日召开业主大会定期会议，最迟哪天通知全体业主？", TODAY))
    assert (
        answer.statements[0].text == "最后一日为2031年9月10日（从2031年9月25日往前推15日，当日不计入，按自然日计算）。"
    )
    assert [citation.label for citation in answer.citations] == ["第一条"]
    assert "2031年9月18日" in meetings.ask(Query("", "2031年9月25日开临时会议，最迟哪天通知业主？", TODAY)).text


def test_the_end_of_a_contract_is_counted_back_from(meetings: KnowledgeBase) -> None:
    answer = meetings.ask(Query("", "物业服务合同2031年12月31日到期，最晚哪天书面告知业主委员会续订？", TODAY))
    assert "2031年12月1日" in answer.statements[0].text
    assert [citation.label for citation in answer.citations] == ["第三条"]


def test_what_may_be_done_only_shortly_before_an_event_has_a_first_day_too(meetings: KnowledgeBase) -> None:
    question = "使用证明有效期2031年12月31日届满，最晚哪天申请延续？"
    answer = meetings.ask(Query("", question, TODAY))
    assert answer.statements[0].text.startswith("最后一日为2031年12月31日")
    assert "2031年12月1日起可以办理" in answer.statements[0].text
    early = "使用证明有效期2031年12月31日届满，2031年9月1日申请延续超期了吗？"
    assert meetings.ask(Query("", early, TODAY)).statements[0].text.startswith("2031年9月1日还不到可以办理的时间")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("[soon]\n", "'soon' is no year"),
        ("[2031]\nfree = []\n", "[2031] free: write holidays or workdays"),
        ('[2031]\nholidays = ["2031-02-30"]\n', "[2031] holidays: '2031-02-30' is no day"),
        ('[2031]\nholidays = ["2032-01-01"]\n', "does not lie in 2031"),
        ('[2031]\nholidays = ["2031-05-05/2031-05-01"]\n', "first day before last"),
        ('[2031]\nholidays = ["2031-05-01"]\nworkdays = ["2031-05-01"]\n', "2031-05-01 is both a holiday and a workday"),
        ("[2031\n", "cannot be read"),
    ],
)  # fmt: skip
def test_a_malformed_calendar_is_refused_by_name(tmp_path: Path, written: str, words: str) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text(written, "utf-8")
    with pytest.raises(SettingError) as error:
        read_calendar(path)
    assert words in str(error.value)
    assert "holidays.toml" in str(error.value)


def test_a_calendar_that_is_not_there_is_refused_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"none\.toml: .* cannot be opened.*KB_HOLIDAYS"):
        read_calendar(tmp_path / "none.toml")


PERMITS = """东湖市许可规定
成文日期：2021-03-01
第一条　行政机关应当自受理许可申请之日起二十日内作出许可决定。
第二条　行政机关作出准予许可的决定，应当自作出决定之日起十日内送达许可证件。
第三条　被许可人需要延续许可有效期的，应当在许可有效期届满三十日前向行政机关提出申请。
第四条　人民法院收到许可诉讼材料的，应当自收到诉讼材料之日起七日内立案。
第五条　在许可有效期届满四十日前，被许可人应当缴清费用。
第六条　本规定规定的行政机关实施许可的期限以工作日计算，不含法定节假日。
第七条　本规定自2021年4月1日起施行。
"""


@pytest.fixture(scope="module")
def permits(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return laws_of(tmp_path_factory.mktemp("permits"), {"permits": PERMITS})


@pytest.mark.parametrize(
    ("article", "party"), [("第一条", False), ("第二条", False), ("第三条", True), ("第四条", False), ("第五条", True)]
)
def test_the_period_of_an_authority_is_told_from_that_of_a_party(article: str, party: bool) -> None:
    sentence = next(line for line in PERMITS.splitlines() if line.startswith(article))
    assert [one.party for one in counted_in(sentence)] == [party]


def test_a_rule_on_the_periods_of_the_authority_says_nothing_of_those_of_the_applicant(permits: KnowledgeBase) -> None:
    authority = permits.ask(Query("", "行政机关2031年3月10日受理许可申请，最迟哪天作出许可决定？", TODAY))
    applicant = permits.ask(Query("", "许可有效期2031年12月31日届满，被许可人最晚哪天提出延续申请？", TODAY))
    assert "20个工作日" in authority.text and "第六条" in [citation.label for citation in authority.citations]
    assert "2031年12月1日" in applicant.text and "按自然日计算" in applicant.text
    assert [citation.label for citation in applicant.citations] == ["第三条"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("2031年2月30日受理许可申请，最迟哪天作出许可决定？", "2031年2月只有28天，没有2月30日"),
        ("4月31日受理许可申请，哪天之前作出决定？", "4月只有30天，没有4月31日"),
        ("13月5日受理的，应当在哪天之前作出许可决定？", "一年只有12个月，没有13月"),
        ("2031年13月有什么规定？", "一年只有12个月，没有13月"),
        ("今年2月29日收到的许可申请怎么办？", "2031年2月只有28天，没有2月29日"),
        ("2031-06-31受理的许可申请何时决定？", "2031年6月只有30天，没有6月31日"),
        ("二月三十号受理许可申请，最迟哪天决定？", "2月最多29天，没有2月30日"),
        ("2031年5月0日受理许可申请，最迟哪天决定？", "日期从1日算起，没有5月0日"),
    ],
)
def test_a_day_that_no_calendar_has_is_named(permits: KnowledgeBase, question: str, words: str) -> None:
    answer = permits.ask(Query("", question, date(2031, 8, 1)))
    assert answer.refusal is not None and answer.refusal.kind == "needs_clarification"
    assert answer.refusal.message == f"{words}；请核对日期后再问。"


@pytest.mark.parametrize(
    "question",
    [
        "宝宝13月能打疫苗吗？",
        "第13月5日内交齐",
        "自受理之日起3个月30日内",
        "2032年2月29日",
        "2月29日",
        "6月31号楼在哪里？",
        "2031年6月30日",
    ],
)
def test_what_may_be_a_day_or_is_none_at_all_is_no_impossible_day(question: str) -> None:
    assert impossible_day(question, date(2031, 8, 1)) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_no_day_of_the_calendar_is_impossible(day: date) -> None:
    assert impossible_day(f"{day.year}年{day.month}月{day.day}日受理的", TODAY) is None
    assert impossible_day(f"{day.month}月{day.day}日受理的", TODAY) is None
    assert impossible_day(day.isoformat(), TODAY) is None


def test_the_29th_of_february_without_a_year_is_the_last_that_there_was() -> None:
    asked = deadline_asked("2月29日收到决定，最迟哪天申请？", date(2031, 8, 1))
    assert asked is not None and asked.start == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", ["杭州市公租房" * 330, "30日内" * 500, "自受理之日起" * 330, "是都" * 1000, "我妈在" * 660]
)
def test_a_long_text_without_a_pause_is_read_in_no_time(text: str) -> None:
    began = time.perf_counter()
    list(counted_in(text))
    change_asked(text)
    people_in(text)
    assert time.perf_counter() - began < 3
