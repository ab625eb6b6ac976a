"""From when until when a document holds, as its last article, its notice and the note under its title say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.formalities import with_formalities
from ingest.header import Header, read_header
from ingest.lifetime import Lifetime, read_lifetime
from kb.types import HeaderField

NOTE = (
    "东湖市养犬管理条例\n"
    "（2011年3月25日东湖市人民代表大会常务委员会通过　2011年5月27日西山省人民代表大会常务委员会批准　2011年6月8日公布　"
    "根据2015年8月1日东湖市人民代表大会常务委员会通过、2015年9月25日西山省人民代表大会常务委员会批准的《关于修改〈东湖市养犬管理\n"
    "条例〉第三条的决定》修正）\n"
)


def read(text: str, name: str = "a.txt") -> Lifetime:
    lifetime = read_lifetime(text, read_header(text), Path(name))
    assert all(text[field.start : field.end] == field.value for field in lifetime.fields)
    return lifetime


def days(lifetime: Lifetime) -> tuple[str | None, ...]:
    named = (lifetime.issued, lifetime.amended, lifetime.effective, lifetime.expires)
    return tuple(day.iso if day else None for day in named)


@pytest.mark.parametrize(
    ("last", "effective", "expires"),
    [
        ("本办法自2031年5月1日起施行，有效期至2034年4月30日。", "2031-05-01", "2034-04-30"),
        ("本办法自2031年5月1日起施行，有效期三年。", "2031-05-01", "2034-04-30"),
        ("本办法自二〇三一年五月一日起试行，试行期1年。", "2031-05-01", "2032-04-30"),
        ("本办法自公布之日起施行。", "2031-03-08", None),
        ("本办法自公布之日起三十日后施行。", "2031-04-07", None),
        ("本办法由市民政局负责解释，自2031年5月1日起实施。", "2031-05-01", None),
        ("本办法有效期为5年，自2031年5月1日起施行。", "2031-05-01", "2036-04-30"),
        ("本办法自2031年5月1日起至2033年4月30日止执行。", "2031-05-01", "2033-04-30"),
        ("以上政策自2031年1月1日起执行，执行期限至2031年12月31日。", "2031-01-01", "2031-12-31"),
        ("本办法第五条自2032年1月1日起施行。", None, None),
        ("居住证有效期为10年，自签发之日起计算。", None, None),
        ("将第八条修改为：“本办法自2030年1月1日起施行。”", None, None),
        ("本办法施行前已经受理的，自2031年6月1日起按新标准办理。", None, None),
        ("本辦法自2031年5月1日起施行，有效期至2034年4月30日。", "2031-05-01", "2034-04-30"),
    ],
)
def test_the_last_article_says_from_when_until_when(last: str, effective: str | None, expires: str | None) -> None:
    text = f"东湖市长者食堂管理办法\n成文日期：2031年3月8日\n第一条 为了助餐，制定本办法。\n第二条 {last}\n"
    assert days(read(text)) == ("2031-03-08", None, effective, expires)


def test_a_notice_says_it_of_what_it_hands_out() -> None:
    text = "关于印发东湖市助餐办法的通知\n各区：\n现将《东湖市助餐办法》印发给你们，自2031年5月1日起施行。\n东湖市民政局\n2031年4月2日\n"
    assert days(read(text))[2] == "2031-05-01"


def test_the_note_under_the_title_tells_who_made_it_and_who_changed_it() -> None:
    lifetime = read(NOTE + "第一条 为了规范养犬，制定本条例。\n第二条 本条例自公布之日起施行。\n")
    assert days(lifetime) == ("2011-06-08", "2015-09-25", "2011-06-08", None)
    assert [field.name for field in lifetime.fields] == ["issued", "amended", "effective"]


def test_a_whole_revision_begins_anew_and_a_decision_on_parts_does_not() -> None:
    head = "东湖市绿化条例\n2001年10月17日 东湖市人民代表大会常务委员会通过\n\n2013年8月23日 东湖市人民代表大会常务委员会{}\n\n"
    last = "第一条 制定本条例。\n第二条 本条例自公布之日起施行。\n"
    assert days(read(head.format("修订") + last)) == ("2001-10-17", "2013-08-23", "2013-08-23", None)
    decision = "《关于修改〈东湖市绿化条例〉的决定》修正"
    assert days(read(head.format(decision) + last)) == ("2001-10-17", "2013-08-23", "2001-10-17", None)


def test_the_text_comes_before_the_header_and_the_header_before_the_name_of_the_file() -> None:
    header = Header((HeaderField("effective", "2030年1月1日", 0, 9), HeaderField("issued", "2030年1月1日", 0, 9)), ())
    text = "某办法\n第一条 制定本办法。\n第二条 {}\n"
    path = Path("某办法(2029-01-01).txt")
    assert days(read_lifetime(text.format("本办法自2031年5月1日起施行。"), header, path))[2] == "2031-05-01"
    assert days(read_lifetime(text.format("附则。"), header, path)) == ("2030-01-01", None, "2030-01-01", None)
    assert days(read(text.format("附则。"), path.name)) == ("2029-01-01", None, None, None)


def test_what_cannot_be_told_is_unknown() -> None:
    assert days(read("某办法\n第一条 制定本办法。\n第二条 本办法自发布之日起施行，有效期两年。\n")) == (None,) * 4


def test_a_report_that_begins_with_a_day_is_no_note() -> None:
    assert days(read("简报\n2031年3月8日，市政府召开会议，通过了三项议题，会后有关部门作了说明。\n"))[0] is None


@pytest.mark.parametrize(
    "written",
    ["2031-04-02 17:50:58", "2031/4/2", "2031.04.02", "20310402", "2031 年 4 月 2 日", "2031年4月2日 星期三", "二〇三一年四月二日", "2031-04-02T09:30:00"],
)  # fmt: skip
def test_a_header_tells_the_day_in_whatever_form(written: str) -> None:
    assert days(read(f"关于助餐的通知\n成文日期：{written}\n各区：\n请照办。\n"))[0] == "2031-04-02"


@pytest.mark.parametrize("written", ["2031-13-02", "20319", "第2031号"])
def test_what_is_no_day_tells_none(written: str) -> None:
    assert days(read(f"关于助餐的通知\n成文日期：{written}\n各区：\n请照办。\n"))[0] is None


def test_the_order_that_published_a_law_is_its_number() -> None:
    text = "彩票管理条例\n2031年4月22日 国务院第58次常务会议通过\n2031年5月4日 中华人民共和国国务院令第554号公布\n第一条 制定本条例。\n"
    assert with_formalities(text, read_header(text)).value("doc_no") == "国务院令第554号"


@pytest.mark.parametrize(
    ("acts", "issuer"),
    [
        ("2031年4月22日 国务院第58次常务会议通过\n2031年5月4日 中华人民共和国国务院令第554号公布", "国务院"),
        ("2031年4月22日 第十九届全国人民代表大会常务委员会第三次会议通过", "全国人民代表大会常务委员会"),
        (
            "2031年4月22日 东湖市第九届人民代表大会常务委员会第三次会议通过\n2031年5月2日 西山省第八届人民代表大会常务委员会第一次会议批准",
            "东湖市第九届人民代表大会常务委员会",
        ),
        ("（2031年4月22日经市十届人大常委会第十二次会议通过）", "市十届人大常委会"),
        ("2031年4月22日 最高人民法院审判委员会第1600次会议通过", "最高人民法院"),
        ("2031年4月22日 中共中央、国务院发布", "中共中央、国务院"),
        ("2031年4月22日 东湖市人民政府令第30号公布", "东湖市人民政府"),
        ("根据2031年4月22日《关于修改〈甲条例〉的决定》修正", None),
    ],
)
def test_the_note_of_a_law_names_who_made_it(acts: str, issuer: str | None) -> None:
    text = f"甲条例\n{acts}\n第一条 制定本条例。\n"
    assert with_formalities(text, read_header(text)).value("issuer") == issuer
