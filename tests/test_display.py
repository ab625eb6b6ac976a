"""Languages and scripts of the pages: nothing is left untranslated, and documents keep their own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.display import displayed, displayed_answer, page, texts
from service.frame import PAGES, WEB

HAN = re.compile("[\u4e00-\u9fff]")
EXAMPLES = {
    "杭州市梳理了多少项支持政策？",
    "第343号提案答复的成文日期是哪天？",
    "老年人用餐有什么优惠？",
    "婴幼儿照护设施按什么标准配建？",
}
CITATION = {
    "quote": "年满七十周岁的老年人", "title": "长者食堂管理办法", "label": "第一条", "doc_no": None, "status": "in_force",
    "effective": None, "expires": None, "page": None, "source": "original",
}  # fmt: skip
ANSWER = {
    "statements": [{"text": "年满七十周岁的老年人"}],
    "citations": [CITATION],
    "refusal": {"kind": "no_evidence", "message": "没有找到依据", "contacts": [{"title": "长者食堂管理办法"}]},
    "suggestions": ["老年人用餐有什么优惠？"],
}


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)


# What other sites load for the question box has one text, which they may give in their own language.
MODULES = sorted(path for path in WEB.glob("*.js") if path.name != "embedding.js")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_text_of_a_module_is_looked_up_and_known(path: Path) -> None:
    code = without_comments(path)
    assert {text for text in re.findall(r'\bt\("([^"]+)"', code) if text not in texts("en")} == set()
    rest = re.sub(r'\bt\("[^"]+"|ApiError\(t\([^)]*\)|= /[^/\n]+/;', "", code)
    written = [text for text in re.findall(r'"[^"\n]*"', rest) if HAN.search(text)]
    assert [text for text in written if not re.fullmatch(r'"[年月日]"', text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_has_no_chinese_text_but_the_examples_and_the_names_of_scripts(name: str) -> None:
    written = page(name, "en")
    assert '<html lang="en"' in written
    pieces = re.findall(r">([^<>]+)<|(?:label|placeholder|title)=\"([^\"]+)\"", written)
    left = {text.strip() for pair in pieces for text in pair if HAN.search(text)}
    assert {text for text in left if not text.startswith("For example")} <= EXAMPLES | {"简体", "繁體"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_traditional_script_is_the_same_page(name: str) -> None:
    written = page(name, "zh-Hant")
    assert '<html lang="zh-Hant"' in written
    navigated = "文件目录" in page(name, "zh-CN")  # the box that other sites embed leads nowhere
    assert ("文件目錄" in written) is navigated and ">文件目录<" not in written
    tags = re.compile(r"<[a-z]+")
    assert tags.findall(written) == tags.findall(page(name, "zh-CN"))


def test_every_english_text_has_the_places_of_the_chinese_one() -> None:
    places = re.compile(r"\{\w+\}")
    for text, english in texts("en").items():
        assert sorted(places.findall(text)) == sorted(places.findall(english)), text
        assert english.strip()
    assert texts("zh-Hant")["没有找到依据"] == "沒有找到依據"


def test_our_own_words_change_their_script_and_quotations_do_not() -> None:
    shown = displayed_answer(ANSWER, "zh-Hant")
    assert shown["refusal"]["message"] == "沒有找到依據"
    assert shown["suggestions"] == ["老年人用餐有什麼優惠？"]
    named = "《长者食堂管理办法》（現行有效）第一条"
    note = f"{named}：“年满七十周岁的老年人”"
    assert shown["citations"] == [{**CITATION, "validity": "現行有效", "reference": named, "note": note}]
    assert shown["statements"] == ANSWER["statements"]
    assert shown["refusal"]["contacts"] == [{"title": "长者食堂管理办法"}]
    assert shown["script_kept"] is True
    assert "script_kept" not in displayed_answer(ANSWER, "zh-CN")
    traditional = {**ANSWER, "citations": [{**CITATION, "quote": "年滿七十周歲"}]}
    assert displayed_answer(traditional, "zh-CN")["script_kept"] is True


def test_what_an_answer_says_in_our_own_words_changes_its_script_and_no_name_or_quotation_in_it() -> None:
    told = [
        ("可以查阅的市级文件共1份：", "可以查閱的市級文件共1份："),
        ("《长者食堂管理办法》（浙民发〔2020〕5号，试行）。", "《长者食堂管理办法》（浙民发〔2020〕5号，試行）。"),
        ("年满七十周岁的老年人（试行文件）", "年满七十周岁的老年人（試行文件）"),
        ("还不能确定是否符合“长者用餐补贴”的条件。", "還不能確定是否符合“長者用餐補貼”的條件。"),
        ("您说的“我过七十岁”还没有确认。", "您說的“我过七十岁”還沒有確認。"),
    ]
    answer = {
        **ANSWER,
        "question": "我过七十岁了，有补贴吗？",
        "statements": [{"text": text, "focus": [0, 2]} for text, _ in told],
        "citations": [{**CITATION, "doc_no": "浙民发〔2020〕5号"}],
        "offers": [{"benefit": "meals", "title": "长者用餐补贴", "question": "长者用餐补贴的条件？"}],
        "eligibility": {
            "question": {
                "id": "hukou",
                "question": "您的户籍在哪里？",
                "choices": [{"value": "杭州户籍", "words": "杭州户籍"}],
            },
            "chosen": {"district": "拱墅区划"},
        },
    }
    shown = displayed_answer(answer, "zh-Hant")
    assert [one["text"] for one in shown["statements"]] == [traditional for _, traditional in told]
    assert {tuple(one["focus"]) for one in shown["statements"]} == {(0, 2)}
    assert shown["offers"] == [{"benefit": "meals", "title": "長者用餐補貼", "question": "長者用餐補貼的條件？"}]
    assert shown["eligibility"]["question"]["question"] == "您的戶籍在哪裡？"
    assert shown["eligibility"]["question"]["choices"] == [{"value": "杭州户籍", "words": "杭州戶籍"}]
    assert shown["eligibility"]["chosen"] == {"district": "拱墅区划"}
    assert displayed_answer(answer, "zh-CN")["statements"] == answer["statements"]


def test_the_title_of_a_benefit_is_ours_and_that_of_its_document_is_not() -> None:
    benefit = {
        "id": "meals",
        "title": "长者用餐补贴",
        "gives": "每餐补贴",
        "given_by": [{"title": "长者办法", "quote": "补贴"}],
    }
    shown = displayed({"benefits": [benefit], "unfounded": [{"title": "长者补贴", "missing": "某条"}]}, "zh-Hant")
    assert shown["benefits"] == [
        {"id": "meals", "title": "長者用餐補貼", "gives": "每餐補貼", "given_by": benefit["given_by"]}
    ]
    assert shown["unfounded"][0]["title"] == "長者補貼"


def test_what_programs_read_is_left_alone() -> None:
    told = {"kind": "group", "words": "全部满足", "value": "杭州", "parts": [{"quote": "满足"}], "all": True, "n": 1}
    assert displayed(told, "zh-Hant") == {**told, "words": "全部滿足"}
    assert displayed(told, "en") is told


def test_every_page_stands_in_the_frame_and_skips_to_what_it_has() -> None:
    assert {path.stem for path in (WEB / "pages").glob("*.html")} == set(PAGES)
    for name, described in PAGES.items():
        written = page(name, "zh-CN")
        assert (
            f'id="{described.main}"' in written
            and written.count("<h1") + (name in ("document", "publication", "reading")) == 1
        )
        assert written.count(' aria-current="page"') == bool(described.address)
        assert not re.search(r"\$\w", written)
