"""Markdown and its front matter: data become citable lines, marks go, words and numbers stay as typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import CORPUS

from ingest.readers import FrontMatter, ReadText, read_file
from ingest.readers.markdown import MarkdownReader
from kb.errors import DocumentError
from kb.text.dates import PartialDate

PATH = Path("corpus/policies/x.md")
FRONT = """+++
id = "hz-2031-canteen"
title = "东湖市社区长者食堂管理办法"
short_title = "长者食堂办法"
aliases = ["食堂办法"]
kind = "digest"
doc_no = "东政办发〔2031〕7号"
index_no = "0024/2031-1"
proposal_no = "市政协一届二次会议第3号"
issuers = ["东湖市民政局", "东湖市财政局"]
issued = "2031-04"
effective = "2031-05-01"
expires = "2034"
status = "trial"
level = "municipal"
region = "东湖市"
disclosure = "on_request"
topics = ["助餐", "养老"]
compiled_from = ["新闻"]

[[relations]]
type = "implements"
target = "nat-2030"
+++

正文。
"""


def read(source: str) -> ReadText:
    return MarkdownReader().read(PATH, source.encode())


def body(source: str) -> str:
    return read(source).text


def test_front_matter_opens_the_text_as_lines() -> None:
    assert body(FRONT) == (
        "标题：东湖市社区长者食堂管理办法\n"
        "文号：东政办发〔2031〕7号\n"
        "索引号：0024/2031-1\n"
        "提案号：市政协一届二次会议第3号\n"
        "发布单位：东湖市民政局、东湖市财政局\n"
        "成文日期：2031年4月\n"
        "施行日期：2031年5月1日\n"
        "失效日期：2034年\n"
        "效力状态：试行\n"
        "公开方式：依申请公开\n"
        "适用地区：东湖市\n"
        "主题：助餐、养老\n"
        "\n"
        "正文。"
    )


def test_front_matter_is_given_as_data_too() -> None:
    front = read(FRONT).front_matter
    assert front is not None
    assert (front.id, front.kind, front.level, front.status) == ("hz-2031-canteen", "digest", "municipal", "trial")
    assert (front.issued, front.expires) == (PartialDate(2031, 4), PartialDate(2034))
    assert front.issuers == ("东湖市民政局", "东湖市财政局")
    assert [(relation.type, relation.target) for relation in front.relations] == [("implements", "nat-2030")]


def test_only_the_title_is_required() -> None:
    read_text = read('+++\ntitle = "通知"\n+++\n正文')
    assert read_text.text == "标题：通知\n\n正文"
    assert read_text.front_matter == FrontMatter(title="通知")


def test_a_document_without_front_matter_is_its_body() -> None:
    assert read("一、总则\n正文") == ReadText("一、总则\n正文", (), None, "text/markdown")


def test_front_matter_may_be_in_gb18030() -> None:
    assert MarkdownReader().read(PATH, FRONT.encode("gb18030")) == read(FRONT)


@pytest.mark.parametrize("line", ["+++  ", "+++\r"])
def test_fences_may_end_in_blanks(line: str) -> None:
    assert body(f'{line}\ntitle = "通知"\n{line}\n正文') == "标题：通知\n\n正文"


TITLE = 'title = "通知"'
MALFORMED = [
    ('effective = "2019-13-01"', "x.md:3: effective 2019-13-01 is not a date; write 2024, 2024-03 or 2024-03-08"),
    ('expires = ""', 'x.md:3: expires "" is not a date; write 2024, 2024-03 or 2024-03-08'),
    ("issued = 2024-03-08", "x.md:3: issued 2024-03-08 must be a date in quotes"),
    ('\n\neffectiv = "2019"', "x.md:5: unknown key effectiv in the front matter; did you mean effective?"),
    ("zzz = 1", "x.md:3: unknown key zzz in the front matter; allowed are title, id, short_title, aliases,"),
    ("[extra]\na = 1", "x.md:3: unknown key extra in the front matter; allowed are title,"),
    ('"主题" = "x"', "x.md:3: unknown key 主题 in the front matter; allowed are title,"),
    ('status = "inforce"', "x.md:3: status inforce is none of in_force, trial, planned, draft, expired, repealed,"),
    ('level = "city"', "x.md:3: level city is none of national, provincial, municipal, district"),
    ('kind = "law"', "x.md:3: kind law is none of full_text, digest, response"),
    (
        'background = ["一、背景"]',
        "x.md:3: background: only a digest tells background, and says in compiled_from where",
    ),
    (
        'kind = "digest"\ncompiled_from = ["新闻"]\nbackground = ["一、背景"]',
        "x.md:5: background 一、背景 is no line of the text; write the heading as it stands there",
    ),
    ('disclosure = "yes"', "x.md:3: disclosure yes is none of public, on_request, withheld"),
    ('issuers = "市民政局"', 'x.md:3: issuers 市民政局 must be a list; write issuers = ["市民政局"]'),
    ('issuers = ["市民政局", 3]', "x.md:3: issuers.2 3 must be text; put it in quotes"),
    ('topics = ["养老", " "]', "x.md:3: topics.2 is empty; give it a value or leave the key out"),
    ('region = ""', "x.md:3: region is empty; give it a value or leave the key out"),
    ('region = "甲\\n乙"', "x.md:3: region must stand on one line"),
    ("doc_no = 3", "x.md:3: doc_no 3 must be text; put it in quotes"),
    ("doc_no = true", "x.md:3: doc_no True must be text; put it in quotes"),
    ('id = "甲 乙#1"', "x.md:3: id 甲 乙#1 must be letters, digits, - . _ only"),
    ('title = "再次"', "x.md:3: front matter is not TOML: Cannot overwrite a value; keep one of the two"),
    ("region = 杭州", 'x.md:3: front matter is not TOML: Invalid value; write key = "value"'),
    ('region = "杭州', "x.md:3: front matter is not TOML: "),
    ("region: 杭州", "x.md:3: front matter is not TOML: "),
    ('topics = ["甲",\n', "front matter is not TOML: "),
    ('relations = ["a"]', "x.md:3: relations.1 a must be a table; write [[relations]] with type and target below it"),
    ('[relations]\ntype = "implements"', "x.md:3: relations {'type': 'implements'} must be a table; write [[relat"),
    ('[[relations]]\ntype = "implements"', 'x.md:3: front matter has no relations.1.target; write target = "…"'),
    (
        '[[relations]]\ntype = "cites"\ntarget = "a"\n\n[[relations]]\ntype = "implement"\ntarget = "b"',
        "x.md:8: relations.2.type implement is none of implements, implemented_by,",
    ),
    (
        '[[relations]]\ntype = "cites"\ntarget = "a"\n[[relations]]\ntype = "cites"\ntarget = "b"\nnote = "c"',
        "x.md:9: unknown key note in the front matter; allowed are type, target",
    ),
]


@pytest.mark.parametrize(("lines", "words"), MALFORMED)
def test_malformed_front_matter_names_line_value_and_remedy(lines: str, words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(f"+++\n{TITLE}\n{lines}\n+++\n正文")
    assert words in str(caught.value)
    assert str(caught.value).startswith("corpus/policies/x.md:")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("+++\n+++\n正文", 'x.md:1: front matter has no title; write title = "…"'),
        ('+++\nid = "a"\n+++\n正文', "x.md:1: front matter has no title"),
        (
            f"+++\n{TITLE}\n正文",
            "x.md:1: the front matter that begins here is not closed; write +++ on a line of its own",
        ),
        (f"\n\n+++\n{TITLE}\nzz = 1\n+++\n正文", "x.md:5: unknown key zz"),
        ("---\ntitle: 通知\n---\n正文", "x.md:1: front matter is TOML between lines of +++, not YAML"),
        (f"+++\n{TITLE}\n+++\n\n<!-- 待补 -->\n", "x.md: nothing stands below the front matter; write"),
        (f"+++\n{TITLE}\n+++\n正文\n文 <!-- 未完\n文", "x.md:5: the comment that begins here is not closed; write -->"),
        ("+++\na = " + "[" * 5000 + "\n+++\n正文", "x.md:"),
    ],
)
def test_a_malformed_document_names_the_line(source: str, words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(source)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# 标题\n\n## 一、总则 ##\n正文", "标题\n\n一、总则\n正文"),
        ("标题\n====\n正文\n\n---\n\n又", "标题\n正文\n\n又"),
        ("一、甲\n（一）乙\n1.丙\n（1）丁\n①戊\n一是己", "一、甲\n（一）乙\n1.丙\n（1）丁\n①戊\n一是己"),
        ("第一条　适用范围\n第二条 定义", "第一条　适用范围\n第二条 定义"),
        ("1. 甲\n3. 乙\n7) 丙\n2031. 丁", "1. 甲\n3. 乙\n7) 丙\n2031. 丁"),
        ("- 甲\n* 乙\n+ 丙\n  - 丁", "甲\n乙\n丙\n丁"),
        ("> 引用\n> 续行\n\n正文", "引用\n续行\n\n正文"),
        ("**强调**和*强调*与***强调***，~~删去~~", "强调和强调与强调，删去"),
        ("突出**“一老一小”**需求", "突出“一老一小”需求"),
        ("见[办法](https://a.cn/b_c)和<https://a.cn>，![图](x.png)", "见办法和https://a.cn，图"),
        ("`代码 <b>`与\\*星号\\*及&lt;甲&gt;", "代码 <b>与*星号*及<甲>"),
        ("甲<br>乙  \n丙\\\n丁", "甲\n乙\n丙\n丁"),
        ("| 索引号: | 0024 |\n|---|:-:|\n| 文号: | |\n| 甲 | **乙** |", "索引号: | 0024\n文号: |\n甲 | 乙"),
        ("```\n# 照抄 <!-- 留下 -->\n```\n后", "# 照抄 <!-- 留下 -->\n后"),
        ("    四格缩进的**段落**", "四格缩进的段落"),
        ("[1]: 见附件\n\n正文[1]", "[1]: 见附件\n\n正文[1]"),
        ("<table><tr><td>甲</td><td>乙</td></tr></table>\n\n正文", "甲 | 乙\n\n正文"),
        ("<script>alert(1)</script>\n\n甲<script>alert(2)</script>乙", "甲乙"),
        ("snake_case_name，a * b", "snake_case_name，a * b"),
    ],
)
def test_marks_go_and_words_stay(source: str, text: str) -> None:
    assert body(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("甲。<!-- #06 -->乙。<!-- #07 -->", "甲。乙。"),
        ("甲。 <!-- #06 --> 乙。 <!-- #07 -->  \n丙。", "甲。乙。\n丙。"),
        ("甲。\n<!-- 整行 -->\n乙。", "甲。\n乙。"),
        ("甲。<!-- 跨\n行 -->乙。\n丙。", "甲。\n乙。\n丙。"),
        ("word <!-- x --> word", "word word"),
        ("- <!-- x -->甲\n1. <!-- y -->乙\n\n# <!-- z -->丙", "甲\n1. 乙\n\n丙"),
    ],
)
def test_comments_go_without_a_trace(source: str, text: str) -> None:
    assert body(source) == text


def test_the_digest_of_the_plan_begins_with_its_data_and_keeps_its_outline() -> None:
    lines = read_file(CORPUS / "policies" / "hz-2024-embedded-plan.md").text.split("\n")
    assert lines[0].startswith("标题：杭州市人民政府办公厅关于印发")
    assert "文号：杭政办函〔2024〕11号" in lines
    assert "成文日期：2024年3月8日" in lines
    assert lines[lines.index("") + 1].startswith("本文是《")
    assert "（一）任务安排" in lines
    assert not [line for line in lines if "<!--" in line or "#0" in line or line != line.rstrip()]


@given(st.lists(st.sampled_from(["一、甲", "（一）乙。", "1.丙，丁。", "第三条　戊", "", "二〇三一年"]), min_size=1))
def test_plain_chinese_lines_come_out_as_they_went_in(lines: list[str]) -> None:
    kept = [line for line in lines if line]
    assert [line for line in body("\n".join(lines)).split("\n") if line] == kept
