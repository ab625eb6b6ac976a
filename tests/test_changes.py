"""When an article was changed and how it read before, and two editions compared word by word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import laws_of

from kb.edition_comparison import ComparedArticle, articles_of, compare
from kb.knowledge_base import KnowledgeBase
from kb.question.change_question import change_asked
from kb.text.word_changes import reads_alike, word_changes
from kb.types import Answer, Clause, Query

TODAY = date(2032, 1, 1)
OLD = """东湖市养犬管理条例
（2021年3月25日东湖市人民代表大会常务委员会通过）
第一条　为了规范养犬行为，维护公共秩序，制定本条例。
第二条　养犬人应当向公安机关办理养犬登记。
每户限养一只犬。
第三条　遛犬应当使用长度不超过两米的牵引绳，并及时清除犬只粪便。
第四条　违反第三条规定的，处五十元罚款。
第五条　本条例自2021年6月1日起施行。
"""
NEW = """东湖市养犬管理条例
（2021年3月25日东湖市人民代表大会常务委员会通过　根据2026年5月6日《关于修改〈东湖市养犬管理条例〉的决定》第一次修正　根据2030年9月1日《关于修改〈东湖市养犬管理条例〉的决定》第二次修正）
第一条　为了规范养犬行为，维护公共秩序，制定本条例。
第二条　养犬人应当向公安机关办理养犬登记。
每户限养两只犬。
第三条　禁止在学校、医院和车站养犬，导盲犬除外。
第四条　遛犬应当使用长度不超过一点五米的牵引绳，并及时清除犬只粪便。
第五条　本条例自2021年6月1日起施行。
"""
CANTEENS = (
    "东湖市社区食堂管理办法\n成文日期：2030年1月5日\n第一条　为了方便就餐，制定本办法。\n第二条　食堂应当公示菜价。\n"
)


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return laws_of(tmp_path_factory.mktemp("laws"), {"old": OLD, "new": NEW, "canteens": CANTEENS})


def ask(laws: KnowledgeBase, question: str, *previous: str, day: date = TODAY) -> Answer:
    return laws.ask(Query("", question, day, previous=previous))


@pytest.mark.parametrize(
    ("question", "kind", "about"),
    [
        ("养犬条例第二条什么时候改的？", "when", "养犬条例第2条"),
        ("养犬条例第二条是在哪一年修改的", "when", "养犬条例第2条"),
        ("这条最近一次是什么时候修改的？", "when", "这条"),
        ("养犬条例第二条改过没有？", "whether", "养犬条例第2条"),
        ("养犬条例第二条有没有修改过", "whether", "养犬条例第2条"),
        ("养犬条例第二条以前怎么规定的？", "before", "养犬条例第2条"),
        ("养犬条例第二条修改前的规定是什么", "before", "养犬条例第2条"),
        ("以前怎么规定？", "before", ""),
        ("那改之前呢？", "before", "那"),
        ("养犬条例第二条旧的规定是怎样的", "before", "养犬条例第2条"),
        ("养犬条例第二条先前是什么内容", "before", "养犬条例第2条"),
        ("每户限养几只犬，以前怎么写的？", "before", "每户限养几只犬"),
    ],
)
def test_questions_for_a_change_are_read(question: str, kind: str, about: str) -> None:
    asked = change_asked(question)
    assert asked is not None
    assert (asked.kind, asked.about) == (kind, about)


@pytest.mark.parametrize(
    "question",
    [
        "到2025年以前要建多少个？",
        "怎么变更登记？",
        "食堂应当公示什么？",
        "改造老旧小区要多少钱？",
        "5月1日以前怎么申请？",
    ],
)
def test_other_questions_are_none_for_a_change(question: str) -> None:
    asked = change_asked(question)
    assert asked is None or asked.whole


@pytest.mark.parametrize("question", ["养犬条例第二条是什么时候改的？", "养犬条例第二条改过没有？"])
def test_the_edition_that_changed_an_article_is_told_with_both_wordings(laws: KnowledgeBase, question: str) -> None:
    answer = ask(laws, question)
    assert answer.refusal is None
    assert "2030年9月1日修改" in answer.statements[0].text
    assert "每户限养一只犬" in answer.text
    assert "每户限养两只犬" in answer.text
    assert "办理养犬登记" not in answer.text, "what did not change is not repeated"
    assert {citation.doc_id for citation in answer.citations} == {"old", "new"}
    assert "2030年9月1日" in answer.citations[0].quote
    assert "2026年5月6日" not in answer.citations[0].quote, "the amendment that is told is the one that is cited"


def test_a_change_that_no_field_tells_is_held_by_the_opening_of_the_text(tmp_path: Path) -> None:
    _, _, *articles = NEW.splitlines(keepends=True)
    revised = "".join(["东湖市养犬\n管理条例（2030年修订）\n", *articles[:-1]])
    texts = {"东湖市养犬管理条例(2021-03-25)": OLD, "东湖市养犬管理条例(2030-09-01)": revised}
    answer = ask(laws_of(tmp_path, texts), "养犬条例第二条是什么时候改的？")
    assert "2030年9月1日" in answer.statements[0].text
    assert answer.citations[0].quote == "东湖市养犬"


def test_a_renumbered_article_is_followed_by_its_words(laws: KnowledgeBase) -> None:
    answer = ask(laws, "养犬条例第四条以前怎么规定的？")
    assert "第三条" in answer.statements[0].text
    assert "不超过两米" in answer.statements[0].text
    assert "不超过一点五米" in answer.text


def test_an_article_that_was_added_has_no_wording_before(laws: KnowledgeBase) -> None:
    answer = ask(laws, "养犬条例第三条以前怎么规定的？")
    assert "增加" in answer.statements[0].text
    assert "牵引绳" not in answer.text


def test_an_article_that_reads_alike_in_all_editions_was_not_changed(laws: KnowledgeBase) -> None:
    answer = ask(laws, "养犬条例第一条什么时候改过？")
    assert answer.refusal is None
    assert "有2个版本，第一条没有修改" in answer.statements[0].text


def test_a_law_with_one_edition_shows_no_change(laws: KnowledgeBase) -> None:
    answer = ask(laws, "社区食堂管理办法第二条以前怎么规定？")
    assert answer.refusal is not None
    assert answer.refusal.kind == "no_evidence"
    assert "只有一个版本" in answer.refusal.message


def test_before_its_change_an_article_was_not_changed(laws: KnowledgeBase) -> None:
    answer = ask(laws, "养犬条例第二条改过没有？", day=date(2025, 1, 1))
    assert "两只" not in answer.text


def test_this_article_is_the_one_spoken_of(laws: KnowledgeBase) -> None:
    assert "2030年9月1日修改" in ask(laws, "这条是什么时候改的？", "养犬条例第二条讲什么？").text
    assert "每户限养一只犬" in ask(laws, "以前怎么规定？", "每户可以养几只犬？").text


def test_what_changed_is_asked_for_in_many_words(laws: KnowledgeBase) -> None:
    first = "养犬条例第二条讲什么？"
    assert "每户限养一只犬" in ask(laws, "那改之前呢？", first).text
    for question in (
        "养犬条例第二条旧的规定是怎样的",
        "养犬条例第二条改之前限养几只？",
        "每户可以养几只犬，以前怎么写的？",
    ):
        assert "每户限养一只犬" in ask(laws, question).statements[0].text


def test_what_the_texts_say_is_asked_of_the_former_edition(laws: KnowledgeBase) -> None:
    answer = ask(laws, "每户以前可以养几只犬？")
    assert answer.statements[0].text.endswith("每户限养一只犬。")


def test_an_article_that_is_not_there_is_no_changed_one(laws: KnowledgeBase) -> None:
    answer = ask(laws, "养犬条例第九十九条什么时候改的？")
    assert answer.refusal is not None
    assert "没有第九十九条" in answer.refusal.message


def test_editions_are_paired_by_words(laws: KnowledgeBase) -> None:
    old, new = (articles_of(laws.document(name), laws.clauses(name)) for name in ("old", "new"))
    pairs = {
        (pair.before.label if pair.before else None, pair.after.label if pair.after else None): pair.is_same
        for pair in compare(old, new)
    }
    assert pairs[("第一条", "第一条")]
    assert pairs[("第三条", "第四条")] is False
    assert (None, "第三条") in pairs
    assert ("第四条", None) in pairs


def test_an_article_that_was_written_anew_is_known_by_its_neighbours() -> None:
    def articles(*texts: str) -> list[ComparedArticle]:
        return [
            ComparedArticle(f"a{n}", f"第{n}条", text, text, (Clause(f"law#a{n}", "law", f"第{n}条", (), 0, 1),))
            for n, text in enumerate(texts, 1)
        ]

    first, last = "为了规范养犬行为，制定本条例。", "本条例自公布之日起施行。"
    pairs = compare(articles(first, "每户限养一只。", last), articles(first, "养犬数量由社区公约约定。", last))
    assert [(p.before.key if p.before else None, p.after.key if p.after else None) for p in pairs] == [
        ("a1", "a1"),
        ("a2", "a2"),
        ("a3", "a3"),
    ]


@given(st.text("一二三，。（）( 1230日内", max_size=60), st.text("一二三，。（）( 1230日内", max_size=60))
def test_pieces_joined_are_the_wording(before: str, after: str) -> None:
    old, new = word_changes(before, after)
    assert "".join(piece.text for piece in old) == before
    assert "".join(piece.text for piece in new) == after
    kept = ["".join(p.text for p in pieces if not p.changed) for pieces in (old, new)]
    assert reads_alike(*kept)


@given(st.text("一二三，。（）1230日内", max_size=60))
def test_a_wording_has_no_changes_against_itself(text: str) -> None:
    assert not any(piece.changed for pieces in word_changes(text, text) for piece in pieces)
