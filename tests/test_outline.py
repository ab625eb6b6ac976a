"""The outline parser, the header parser and the passages, on the real response and on small shapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from indexing import CORPUS

from ingest.disclosure import read_disclosure
from ingest.document import make_document
from ingest.formalities import read_title
from ingest.header import proposal_number, read_header
from ingest.outline import parse_outline
from ingest.passages import cut_passages
from ingest.readers import read_file
from kb.types import Clause

RESPONSE = (CORPUS / "responses/hz-2024-343.txt").read_text("utf-8")
GOLDEN = Path(__file__).parent / "golden"

REGULATION = """杭州市某某条例
第一章　总　则
第一条　为了规范管理，制定本条例。
第二条　本条例适用于本市。
法律另有规定的，从其规定。
第三条　业主享有下列权利：
（一）参加业主大会会议；
（二）选举业主委员会：
1．选举权；
2．被选举权。
前款所称业主，是指房屋所有权人。
第十二条规定的情形除外。
第二章　业主大会
第四条之一　业主大会由全体业主组成。
"""


def clauses_of(text: str) -> list[Clause]:
    return parse_outline("d", text, read_header(text).blocks)


def labels(text: str) -> list[str]:
    return [clause.label for clause in clauses_of(text)]


def test_the_header_of_the_response_is_read_from_its_table() -> None:
    header = read_header(RESPONSE)
    assert header.value("index_no") == "002489444/2024-276097"
    assert header.value("issuer") == "市發改委"
    assert header.value("topic") == "其他"
    assert header.value("doc_no") is None
    assert read_disclosure(header.value("disclosure") or "") == "public"
    issued = header.date("issued")
    assert issued is not None and issued.iso == "2024-10-17"
    assert header.value("contact") == "房立波"
    assert header.value("phone") == "85251845"


def test_title_and_proposal_number_come_from_the_first_sentence() -> None:
    header = read_header(RESPONSE)
    assert header.value("proposal_title") == "關於深入推進老舊社區“嵌入式服務設施建設”的建議"
    assert proposal_number(RESPONSE, header) == "市政協十二屆三次會議第343號"


def test_every_header_value_stands_where_it_says() -> None:
    for field in read_header(RESPONSE).fields:
        assert RESPONSE[field.start : field.end] == field.value


def test_the_outline_of_the_response_is_as_recorded() -> None:
    found = [f"{c.clause_id.split('#')[1]}\t{c.label}\t{' / '.join(c.headings)}" for c in clauses_of(RESPONSE)]
    assert found == (GOLDEN / "hz-2024-343.outline").read_text("utf-8").splitlines()


def test_a_regulation_is_cut_into_articles_paragraphs_items_and_points() -> None:
    assert labels(REGULATION) == [
        "开头", "第一章", "第一条", "第二条第一款", "第二条第二款", "第三条第一款", "第三条第一款第（一）项",
        "第三条第一款第（二）项", "第三条第一款第（二）项第1目", "第三条第一款第（二）项第2目", "第三条第二款",
        "第三条第三款", "第二章", "第四条之一",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、总则\n（一）目标\n1.建成80个。\n2.建成90个。", ["一、", "一、（一）", "一、（一）1.", "一、（一）2."]),
        ("一、總則\n(一)目標\n一是先行。\n二是推廣。", ["一、", "一、（一）", "一、（一）一是", "一、（一）二是"]),
        ("1.45万套房源已经开工。\n2024年建成。", ["第1段", "第2段"]),
        ("没有层次的一段话。", ["正文"]),
        ("第三条的规定适用于本市。", ["正文"]),
        ("一、甲\n内容。\n一、乙\n内容。", ["一、", "一、"]),
        ("第二条【补贴】\n每餐补贴三元。\n每月不超过九十元。", ["第二条第一款", "第二条第二款"]),
        ("第三条 罚则\n处五十元罚款。", ["第三条"]),
        ("第四条\n每餐补贴三元。\n每月不超过九十元。", ["第四条第一款", "第四条第二款"]),
    ],
)
def test_markers_count_only_where_they_number_a_clause(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_a_repeated_number_gets_an_id_of_its_own() -> None:
    assert [c.clause_id for c in clauses_of("一、甲\n内容。\n一、乙\n内容。")] == ["d#1", "d#1~2"]


def shape(path: Path) -> list[str]:
    """Give what a golden file lists: id, label and beginning of every clause."""
    text = path.read_text("utf-8")
    return [
        f"{c.clause_id.split('#')[1]}\t{c.label}\t{text[c.start : c.end].splitlines()[0][:16]}"
        for c in clauses_of(text)
    ]


@pytest.mark.parametrize("path", sorted((GOLDEN / "outlines").glob("*.txt")), ids=lambda path: path.stem)
def test_the_outline_of_every_shape_of_document_is_as_recorded(path: Path) -> None:
    assert shape(path) == path.with_suffix(".outline").read_text("utf-8").splitlines()


def test_at_least_twelve_shapes_of_document_are_recorded() -> None:
    assert len(list((GOLDEN / "outlines").glob("*.outline"))) >= 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "索 引 号：002/2031-1　　　文    号：东政发〔2031〕20号\n",
            {"index_no": "002/2031-1", "doc_no": "东政发〔2031〕20号"},
        ),
        ("索引号 | 002/2031-1 | 公开时限 | 长期 | 有效性 | 有效\n", {"index_no": "002/2031-1", "status": "有效"}),
        ("发布机构：\n东湖市民政局\n成文日期：\n2031-04-02\n", {"issuer": "东湖市民政局", "issued": "2031-04-02"}),
        ("發文機關：東湖市民政局\n有效性：有效\n", {"issuer": "東湖市民政局", "status": "有效"}),
        ("统一编号：ZJ01-2031-1 | 主题分类：民政\n", {"topic": "民政"}),
        ("解读机关：东湖市民政局\n", {}),
    ],
)
def test_header_forms_in_use_are_read(text: str, expected: dict[str, str]) -> None:
    header = read_header(text + "东湖市长者食堂管理办法\n第一条　制定本办法。\n")
    assert {field.name: field.value for field in header.fields} == expected
    assert all(text[field.start : field.end] == field.value for field in header.fields)


@pytest.mark.parametrize(
    ("name", "title", "issuers", "doc_no", "issued", "disclosure"),
    [
        ("notice", "东湖市人民政府办公厅关于印发东湖市社区嵌入式服务设施建设实施方案的通知", ("东湖市人民政府办公厅",),
         "东政办〔2031〕12号", "2031-03-08", "public"),
        ("opinion", "东湖市人民政府关于加快发展普惠养老服务的意见", ("东湖市人民政府",), "东政发〔2031〕20号", "2031-05-06", "unstated"),
        ("reply", "东湖市人民政府关于同意设立青松社区卫生服务中心的批复", ("东湖市人民政府",), "东政函〔2031〕31号", "2031-06-18",
         "on_request"),
        ("guide_with_annex", "东湖市民政局 东湖市财政局关于做好2031年养老服务补贴发放工作的通知", ("东湖市民政局", "东湖市财政局"),
         "东民发〔2031〕45号", "2031-04-02", "unstated"),
        ("measures", "东湖市长者食堂管理办法", ("东湖市人民政府",), "东湖市人民政府令第30号", "2031-04-02", "unstated"),
        ("announcement", "东湖市住房保障和房产管理局公告", ("东湖市住房保障和房产管理局",), None, "2031-08-20", "unstated"),
    ],
)  # fmt: skip
def test_letterhead_title_and_signature_tell_what_no_table_tells(
    name: str, title: str, issuers: tuple[str, ...], doc_no: str | None, issued: str, disclosure: str
) -> None:
    path = GOLDEN / "outlines" / f"{name}.txt"
    document = make_document(path, read_file(path))
    assert (document.title, document.issuers, document.doc_no) == (title, issuers, doc_no)
    assert document.issued is not None and document.issued.iso == issued
    assert document.disclosure == disclosure
    assert all(document.text[field.start : field.end] == field.value for field in document.header)


@pytest.mark.parametrize(
    "text",
    [
        "第一条　制定本办法。\n2031年3月8日前完成改造。\n第二条　附则。",
        "第一条　见附件1所列项目。\n附件1所列项目由区政府负责。\n第二条　附则。",
        "一、甲\n抄送材料应当完整。\n二、乙",
        "一、目录管理\n目录管理应当规范。\n二、乙",
        "一、甲\n面积1.45 万平方米。\n1.45 万平方米以上的单独设置。\n二、乙",
    ],
)
def test_what_only_looks_like_a_part_stays_text(text: str) -> None:
    assert all("第" in label or label in ("一、", "二、") for label in labels(text))


@given(
    st.text(
        alphabet="一二、（）()1.2第条章款\n是要甲乙。；：| 文号成文日期:2024联系人附件目录抄送印发年月局注问专栏A",
        max_size=300,
    )
)
@example("目录\n一、甲\n附件1：乙\n抄送：丙\n东湖市民政局\n2031年3月8日\n附件1\n甲\n注：乙")
def test_clauses_are_disjoint_and_cover_all_that_is_not_blank(text: str) -> None:
    clauses = clauses_of(text)
    covered = [False] * len(text)
    for clause in clauses:
        for offset in range(clause.start, clause.end):
            assert not covered[offset]
            covered[offset] = True
    assert all(there or char.isspace() for there, char in zip(covered, text, strict=True))
    assert len({clause.clause_id for clause in clauses}) == len(clauses)


@given(st.text(alphabet="一二、（）1.第条\n是甲乙。；：“”", max_size=400), st.integers(5, 60))
def test_a_passage_lies_in_one_clause(text: str, length: int) -> None:
    clauses = {clause.clause_id: clause for clause in clauses_of(text)}
    for passage in cut_passages("标题", text, list(clauses.values()), length):
        clause = clauses[passage.clause_id]
        assert clause.start <= passage.start < passage.end <= clause.end
        assert passage.end - passage.start <= max(length, 5)


def test_passages_lose_no_sentence() -> None:
    clauses = clauses_of(RESPONSE)
    passages = cut_passages("标题", RESPONSE, clauses, 100)
    kept = "".join(RESPONSE[p.start : p.end] for p in passages) + "".join(p.context for p in passages)
    for sentence in RESPONSE.split("。"):
        assert sentence.split("\n")[-1].strip() in kept


@pytest.mark.parametrize(
    "line",
    ["附件1：甲", "1.甲", "附件：1.甲", "抄送：甲", "东湖市民政局", "2031年3月8日", "注：甲", "1.1 甲", "问：甲"],
)
def test_a_text_of_one_line_many_times_is_read_in_time_that_grows_with_it(line: str) -> None:
    text = "附件：1.甲\n" + f"{line}\n" * 40_000
    assert clauses_of(text)


def test_a_date_alone_behind_the_last_sentence_is_a_signature() -> None:
    assert labels("一、甲\n本意见自发布之日起施行。\n2031年3月8日\n附件1\n名单\n1.甲") == [
        "一、",
        "落款",
        "附件1",
        "附件1 1.",
    ]
    assert labels("一、甲\n2031年3月8日\n二、乙") == ["一、", "二、"]


def test_keys_that_are_not_known_do_not_end_the_header() -> None:
    table = (
        "信息索引号 | 0140/2031 | 生成日期 | 2031-03-08\n文件编号 | 清政发〔2031〕7号 | 办理状况甲 | 有效\n"
        "附件下载 | 无\n发布机构 | 清溪市人民政府\n公开方式 | 主动公开\n关于便民服务的通知\n第一条　每餐补贴3元。\n"
    )
    header = read_header(table)
    names = ("index_no", "doc_no", "issuer", "disclosure")
    assert [header.value(name) for name in names] == ["0140/2031", "清政发〔2031〕7号", "清溪市人民政府", "主动公开"]
    assert header.block is not None and table[header.block[1] :].lstrip().startswith("关于便民服务的通知")


def test_a_table_of_data_below_the_header_is_none_of_it() -> None:
    text = "文号：清政发〔2031〕7号\n街道 | 床位数\n甲街道 | 120\n乙街道 | 80\n"
    header = read_header(text)
    assert header.block is not None and text[slice(*header.block)] == "文号：清政发〔2031〕7号"


@pytest.mark.parametrize("nothing", ["— —", "-", "无", "暂无", "/"])
def test_a_dash_or_a_word_for_nothing_is_no_value(nothing: str) -> None:
    assert read_header(f"索引号 | 0140/2031\n文号 | {nothing}\n").value("doc_no") is None


def test_a_key_is_no_value_of_the_key_above_it() -> None:
    assert read_header("电子普通发票\n名称：\n纳税人识别号：\n某某公司\n").value("title") is None


def test_the_second_text_that_a_notice_issues_has_a_part_of_its_own() -> None:
    text = (
        "关于印发两个办法的通知\n各区民政局：\n现将《社区食堂管理办法》和《助餐补贴发放办法》印发给你们。\n清溪市民政局\n2031年3月8日\n"
        "社区食堂管理办法\n第一条　每餐不超过15元。\n助餐补贴发放办法\n第一条　每餐补贴2元。\n"
    )
    labels = {clause.clause_id: clause.label for clause in parse_outline("d", text, read_header(text).blocks)}
    assert (labels["d#a1"], labels["d#text2.a1"]) == ("第一条", "《助餐补贴发放办法》 第一条")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "中华人民共和国便民法\n（2031年6月29日常务委员会第一次会议通过）\n目 录\n第一章 总则\n",
            "中华人民共和国便民法",
        ),
        ("街道 | 床位数\n甲街道 | 120\n", None),
    ],
)
def test_a_note_of_adoption_contents_and_rows_of_tables_are_no_title(text: str, title: str | None) -> None:
    assert read_title(text, read_header(text)) == title
