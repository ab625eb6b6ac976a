"""Marks of secrecy: known in every form and at every place where a paper bears them, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.file_reader import Aside, ReadText
from ingest.secrecy import describe_mark, marks_of, refuse_state_secret
from ingest.secrecy_words import read_mark
from kb.errors import SecrecyError
from kb.types import Mark, MarkKind, MarkPlace

BODY = "清溪市应急预案\n第一条　为了做好应急物资的储备，制定本预案。\n第二条　物资每年清点两次。\n"


def plain(text: str, *asides: Aside) -> ReadText:
    return ReadText(text, (), None, "text/plain", asides=asides)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("绝密★启用前", "state_secret"),
        ("机密★10年", "state_secret"),
        ("秘密", "state_secret"),
        ("秘 密 ★ 1 年", "state_secret"),
        ("祕　密★三年", "state_secret"),
        ("機密★長期", "state_secret"),
        ("【絕密】", "state_secret"),
        ("秘密大1年", "state_secret"),
        ("秘密★2027年6月", "state_secret"),
        ("密级：秘密★１年", "state_secret"),
        ("本件属机密级国家秘密", "state_secret"),
        ("000012　机密★1年　特急", "state_secret"),
        ("秘密　清政发〔2025〕7号", "state_secret"),
        ("工作秘密", "work_secret"),
        ("工作秘密★3年", "work_secret"),
        ("内部资料 注意保存", "internal"),
        ("（內部文件，請勿外傳）", "internal"),
        ("内部资料", "internal"),
        ("注意保存", "restricted"),
        ("此件不得外传", "restricted"),
        ("（本资料仅供参会人员使用，会后收回）", "restricted"),
        ("仅供内部使用", "restricted"),
        ("征求意见稿", "draft"),
        ("（送審稿）", "draft"),
        ("讨论稿第2稿", "draft"),
        ("第二次征求意见稿", "draft"),
    ],
)
def test_a_mark_is_known_however_it_is_written(line: str, kind: MarkKind) -> None:
    assert read_mark(line) == kind
    (mark,) = marks_of(plain(f"{line}\n{BODY}"))
    assert mark == Mark(kind, " ".join(line.split()), "page")


@pytest.mark.parametrize(
    "line",
    [
        "保守国家秘密",
        "国家秘密的密级分为绝密、机密、秘密三级。",
        "绝密、机密、秘密",
        "密级：公开",
        "中华人民共和国保守国家秘密法",
        "第三条　任何组织和个人不得泄露商业秘密。",
        "本摘要仅供参考",
        "关于公开征求《清溪市养犬管理条例（征求意见稿）》意见的公告",
        "保密期限：3年",
        "特急",
        "2025",
    ],
)
def test_running_text_and_other_lines_are_no_marks(line: str) -> None:
    assert marks_of(plain(f"{line}\n{BODY}"), title=line, file_name=line) == ()


@pytest.mark.parametrize("split", ["秘密\n★\n1年", "秘\n密\n★\n1\n年", "秘密\n★1年", "秘 密\n★ 1 年", "机\n密"])
def test_a_mark_split_over_lines_is_one_mark(split: str) -> None:
    (mark,) = marks_of(plain(f"000001\n{split}\n{BODY}"))
    assert mark.is_state_secret
    assert mark.words == " ".join(split.split())


def test_a_mark_is_found_beside_the_letterhead_that_it_was_glued_to() -> None:
    for line in ("秘密★1年　　　清溪市人民政府文件", "机密 | 清政发〔2025〕7号文件", "秘密★1年清溪市人民政府文件"):
        assert [mark.kind for mark in marks_of(plain(f"{line}\n{BODY}"))] == ["state_secret"], line


@pytest.mark.parametrize("place", ["header", "footer", "property", "picture"])
def test_what_stands_beside_the_text_is_searched(place: MarkPlace) -> None:
    (mark,) = marks_of(plain(BODY, Aside(place, "第 2 页\n内部资料", 2)))
    assert mark == Mark("internal", "内部资料", place, 2)


def test_the_title_and_the_name_of_the_file_tell_drafts() -> None:
    (mark,) = marks_of(plain(BODY), title="清溪市养犬管理条例（征求意见稿）")
    assert (mark.kind, mark.place) == ("draft", "page")
    (mark,) = marks_of(plain(BODY), file_name="【内部资料】清溪市养犬情况")
    assert (mark.kind, mark.place) == ("internal", "property")


def test_a_mark_counts_on_the_first_page_not_in_the_middle() -> None:
    pages = f"{BODY}第三条　密级如下：\n秘密\n第四条　本预案自印发之日起施行。\n"
    assert marks_of(ReadText(pages, (0, len(BODY)), None, "application/pdf")) == ()
    (mark,) = marks_of(ReadText(f"秘密\n{pages}", (0, len(BODY) + 3), None, "application/pdf"))
    assert describe_mark(mark) == "秘密 (on the page, page 1)"


def test_state_secrets_are_refused_with_the_reason_and_the_remedy() -> None:
    refuse_state_secret(Path("a.txt"), plain(f"内部资料\n{BODY}"))
    with pytest.raises(SecrecyError, match=r"a\.txt: bears the mark of a state secret, 秘密★1年 .*law forbids.*; take"):
        refuse_state_secret(Path("a.txt"), plain(f"秘密★1年\n{BODY}"))
