"""Amending decisions: read into operations, and the text that they make."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals import amending_bench
from evals.amending_bench import AT_LEAST, DECISIONS, kinds, measure
from ingest.amending.consolidation import consolidate
from ingest.amending.operations import read_operations
from ingest.document import make_document
from ingest.header import read_header
from ingest.outline import parse_outline
from ingest.readers import ReadText
from ingest.settlement import Settlement, settle
from kb.editions import editions_of
from kb.text.dates import PartialDate
from kb.text.numerals import to_chinese
from kb.types import Relation
from kb.visibility import in_force

BASE = (
    "东湖市临时救助办法\n第一章　总则\n第一条　为了规范临时救助，制定本办法。\n第二条　申请人应当自困难发生之日起180日内申请。\n"
    "街道办事处应当及时办理。\n第三条　下列家庭可以申请：\n（一）低保家庭；\n（二）其他困难家庭。\n第四条　审核期限为10个工作日。\n"
    "第五条　救助标准为每人每月800元。\n第二章　附则\n第六条　本办法自2021年4月1日起施行。\n"
)


def amended(*items: str) -> tuple[str, list[str], list[str]]:
    """Give the text after a decision of these items, what was changed in it, and why items did not fit."""
    decision = (
        "关于修改《东湖市临时救助办法》的决定\n作如下修改：\n" + "\n".join(items) + "\n本决定自2022年6月1日起施行。\n"
    )
    done = consolidate(BASE, parse_outline("d", BASE, read_header(BASE).blocks), read_operations(decision))
    return done.text, [done.text[start:end] for start, end in done.changed], [unfit.reason for unfit in done.unfit]


@pytest.mark.parametrize(
    ("item", "before", "after"),
    [
        ("一、将第二条第一款中的“180日”修改为“270日”。", "180日", "270日"),
        ("一、第五条修改为：“救助标准为每人每月1000元。”", "救助标准为每人每月800元。", "救助标准为每人每月1000元。"),
        (
            "一、将第二条第二款修改为：“街道办事处应当在5日内办理。”",
            "街道办事处应当及时办理。",
            "街道办事处应当在5日内办理。",
        ),
        ("一、删去第二条第二款。", "\n街道办事处应当及时办理。", ""),
        ("一、删去第四条。", "第四条　审核期限为10个工作日。\n", ""),
        ("一、将第三条第二项修改为：“（二）残疾人家庭。”", "（二）其他困难家庭。", "（二）残疾人家庭。"),
        (
            "一、第三条增加一项，作为第二项：“特困家庭；”",
            "（二）其他困难家庭。",
            "（二）特困家庭；\n（三）其他困难家庭。",
        ),
        (
            "一、在第二条中增加一款，作为第二款：“特殊情况可以延长。”\n原第二款作为第三款。",
            "街道办事处应当",
            "特殊情况可以延长。\n街道办事处应当",
        ),
        (
            "一、在第五条后增加一条，作为第五条之一：“标准每年调整。\n“调整方案应当公布。”",
            "800元。\n",
            "800元。\n第五条之一　标准每年调整。\n调整方案应当公布。\n",
        ),
        ("一、第一条中的“临时救助”后增加“工作”。", "规范临时救助，", "规范临时救助工作，"),
        ("一、删去第四条中的“工作”。", "10个工作日", "10个日"),
        ("一、将第二条、第四条中的“日”修改为“天”。", None, None),
    ],
)
def test_an_operation_changes_its_place_and_nothing_else(item: str, before: str | None, after: str | None) -> None:
    text, changed, unfit = amended(item)
    assert unfit == []
    if before is not None and after is not None:
        assert text == BASE.replace(before, after)
        assert "删去第四条。" in item or len(changed) == 1
    else:
        assert "180天内" in text and "10个工作天" in text and "困难发生之天" in text


def test_new_articles_take_their_numbers_and_the_rest_is_counted_anew_where_the_decision_says_so() -> None:
    text, _, unfit = amended(
        "一、增加一条，作为第二条：“救助应当公开。”", "二、删去第四条。", "此外，条文顺序作相应调整。"
    )
    assert unfit == []
    numbered = [line for line in text.split("\n") if line.startswith("第") and "章" not in line]
    assert [line.partition("　")[0] for line in numbered] == [
        "第一条",
        "第二条",
        "第三条",
        "第四条",
        "第五条",
        "第六条",
    ]
    assert "第二条　救助应当公开。" in text and "第三条　申请人应当" in text and "第五条　救助标准" in text


def test_articles_that_are_moved_stand_in_the_order_of_their_new_numbers() -> None:
    text, _, unfit = amended(
        "一、将第二条改为第三条。", "二、将第三条改为第二条。", "三、将第五条改为第六条。", "四、将第六条改为第七条。",
        "五、增加一条，作为第五条：“救助应当公开。”",
    )  # fmt: skip
    assert unfit == []
    numbered = [line[:7] for line in text.split("\n") if line.startswith("第") and "章" not in line]
    assert numbered == [
        "第一条　为了规",
        "第二条　下列家",
        "第三条　申请人",
        "第四条　审核期",
        "第五条　救助应",
        "第六条　救助标",
        "第七条　本办法",
    ]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("一、将第九条修改为：“照旧。”", "原文没有第九条"),
        ("一、将第二条第三款修改为：“照旧。”", "第二条没有第三款"),
        ("一、将第五条中的“900元”修改为“1000元”。", "第五条中没有“900元”"),
        ("一、将第二条和第三条合并修改为：“照旧。”", "没有读懂"),
        ("一、增加一条，作为第四条：“照旧。”", "修改后有两个第四条"),
        ("一、删去第三条第五项。", "第三条没有第五项"),
    ],
)
def test_what_does_not_fit_is_named_and_the_text_stays(item: str, reason: str) -> None:
    text, changed, unfit = amended("一、将第一条中的“规范”修改为“做好”。", item)
    assert text == BASE and changed == []
    assert len(unfit) == 1 and reason in unfit[0]


def test_nothing_that_speaks_of_a_change_is_dropped() -> None:
    decision = "关于修改《某办法》的决定\n一、将引言修改为：“为了救助。”\n二、第五条条首部分修改为：“有下列情形的”；并增加一项作为第三项：“其他。”\n"
    operations = read_operations(decision)
    assert [one.action for one in operations].count("not_understood") >= 2
    assert all(decision[one.start : one.end] for one in operations)


DECISION = (
    "东湖市人民政府关于修改《东湖市临时救助办法》的决定\n公开方式：主动公开\n成文日期：2022-05-06\n东湖市人民政府决定对《东湖市临时救助办法》作如下修改：\n"
    "一、第五条修改为：“救助标准为每人每月1000元。”\n二、{}\n本决定自2022年6月1日起施行。\n"
)


def settled(*texts: str) -> Settlement:
    documents = [
        make_document(Path(f"{name}.txt"), ReadText(text, (), None, "text/plain"), "public")
        for name, text in zip(("base", "decision", "second"), texts, strict=False)
    ]
    return settle({document.doc_id: document for document in documents})


def test_a_decision_makes_an_edition_that_holds_from_its_day() -> None:
    settlement = settled(BASE, DECISION.format("删去第四条。"))
    edition = settlement.documents["base.2022-06-01"]
    assert edition.consolidated_from == ("base", "decision")
    assert "（根据2022年5月6日《东湖市人民政府关于修改〈" not in edition.text
    assert "（根据2022年5月6日《东湖市人民政府关于修改《东湖市临时救助办法》的决定》修正）" in edition.text
    assert [field.value for field in edition.header if field.name == "changed"] == [
        "第五条　救助标准为每人每月1000元。"
    ]
    base = settlement.documents["base"]
    assert (base.status, base.expires and base.expires.iso) == ("superseded", "2022-05-31")
    assert in_force(base, date(2022, 5, 31)) and not in_force(base, date(2022, 6, 1))
    assert in_force(edition, date(2022, 6, 1)) and not in_force(edition, date(2022, 5, 31))
    again = settle(settlement.documents)
    assert again.documents == settlement.documents, "settled again, nothing is made twice"


def test_a_second_decision_builds_on_the_edition_of_the_first() -> None:
    second = (
        "关于修改《东湖市临时救助办法》的决定\n公开方式：主动公开\n成文日期：2023-05-06\n一、将第五条中的“1000元”修改为“1200元”。\n"
        "本决定自2023年6月1日起施行。\n"
    )
    documents = settled(BASE, DECISION.format("删去第四条。"), second).documents
    assert "1200元" in documents["base.2023-06-01"].text
    assert documents["base.2022-06-01"].expires == PartialDate(2023, 5, 31)
    editions = editions_of(documents["base"], documents.values())
    assert [edition.doc_id for edition in editions] == ["base", "base.2022-06-01", "base.2023-06-01"]


def test_a_decision_that_does_not_fit_leaves_the_base_marked() -> None:
    settlement = settled(BASE, DECISION.format("将第九条修改为：“照旧。”"))
    assert sorted(settlement.documents) == ["base", "decision"]
    (amendment,) = settlement.amendments
    assert amendment.edition is None and "原文没有第九条" in amendment.reasons[0]
    assert Relation("amended_by", "decision") in settlement.documents["base"].relations
    assert settlement.documents["base"].status == "unknown"


def test_of_two_decisions_of_one_day_neither_is_lost() -> None:
    second = (
        "关于修改《东湖市临时救助办法》的决定\n公开方式：主动公开\n成文日期：2022-05-07\n一、将第五条中的“800元”修改为“1200元”。\n"
        "本决定自2022年6月1日起施行。\n"
    )
    settlement = settled(BASE, DECISION.format("删去第四条。"), second)
    edition = settlement.documents["base.2022-06-01"]
    assert "每月1000元" in edition.text and edition.consolidated_from == ("base", "decision")
    (refused,) = [one for one in settlement.amendments if one.edition is None]
    assert refused.decision == "second" and "同一天修改同一份文件，先后不明" in refused.reasons[0]
    assert Relation("amended_by", "second") in edition.relations, "what is in force says that more was changed"
    assert settle(settlement.documents).documents == settlement.documents


def test_a_decision_on_itself_or_on_its_own_amendment_changes_nothing_and_says_why() -> None:
    itself = (
        "关于修改《东湖市救助决定》的决定\n成文日期：2022-05-06\n对《关于修改〈东湖市救助决定〉的决定》作如下修改：\n"
        "一、将第一条修改为：“照旧。”\n本决定自2022年6月1日起施行。\n"
    )
    (one,) = settled(itself).amendments
    assert (one.base, one.edition, one.reasons) == (None, None, ("决定所修改的是它自己",))
    circle = (
        "关于修改《东湖市{own}》的决定\n成文日期：2022-05-06\n对《关于修改〈东湖市{other}〉的决定》作如下修改：\n"
        "一、将第一条修改为：“照旧。”\n"
        "本决定自2022年6月1日起施行。\n"
    )
    both = settled(circle.format(own="甲办法", other="乙办法"), circle.format(own="乙办法", other="甲办法")).amendments
    assert len(both) == 2
    assert all("互相修改" in reason for one in both for reason in one.reasons)


def test_a_decision_whose_text_is_not_here_says_so() -> None:
    (one,) = settled(DECISION.format("删去第四条。")).amendments
    assert one.base is None and "没有找到它所修改的" in one.reasons[0]


def test_a_consolidated_text_of_the_office_makes_ours_needless() -> None:
    own = BASE.replace(
        "办法\n", "办法\n（2021年3月1日公布　根据2022年5月6日《关于修改〈东湖市临时救助办法〉的决定》修正）\n", 1
    )
    settlement = settled(BASE, DECISION.format("删去第四条。"), own.replace("800", "1000"))
    assert sorted(settlement.documents) == ["base", "decision", "second"]


def made_law(number: int, separator: str) -> str:
    """Make a law with articles of one and of several paragraphs, two of them with items, a chapter, and lines
    `separator` apart."""
    towns = ("东湖", "清溪", "南浦", "北原", "西陵")
    lines = [f"{towns[number % 5]}市第{number}号管理条例", "第一章　总则"]
    for article in range(1, 15):
        lines += ["第二章　附则"] * (article == 13)
        lines.append(
            f"第{to_chinese(article)}条　{towns[article % 5]}市管理事项之{to_chinese(article)}由主管部门会同街道办事处负责{'：' if article in (5, 9) else '。'}"
        )
        if article in (5, 9):
            lines += [f"（{to_chinese(item)}）第{to_chinese(item)}类申请材料齐全；" for item in range(1, 5)]
        elif article % 2 == 0:
            lines.append(f"有关单位应当配合前款第{to_chinese(article)}号工作。")
    return separator.join(lines) + "\n"


@pytest.mark.parametrize("separator", ["\n", "\n\n"])
def test_forty_decisions_give_the_text_that_editing_by_hand_gives(separator: str) -> None:
    asked, right, wrong = measure([made_law(number, separator) for number in range(DECISIONS)])
    assert wrong == []
    assert asked == right and min(asked.values()) >= AT_LEAST
    assert len(asked) == len(kinds(random.Random(0)))


def test_a_text_that_differs_by_one_character_counts_as_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    done = amending_bench.decide

    def decide(*arguments: Any) -> tuple[str, str, list[str]]:
        decision, expected, had = done(*arguments)
        return decision, f"{expected}。", had

    monkeypatch.setattr(amending_bench, "decide", decide)
    assert len(measure([made_law(1, "\n")])[2]) == 1


@pytest.mark.parametrize(
    ("article", "left"),
    [
        ("第三条", "第二条　乙。\n\n第二章　附则\n\n第四条　丁。"),
        ("第四条", "第二条　乙。\n\n第二章　附则\n\n第三条　丙。"),
        ("第二条", "第二章　附则\n\n第三条　丙。\n\n第四条　丁。"),
    ],
)
def test_what_stands_around_a_deleted_article_stays_as_it_was(article: str, left: str) -> None:
    base = "东湖市办法\n\n第一条　甲。\n\n第二条　乙。\n\n第二章　附则\n\n第三条　丙。\n\n第四条　丁。"
    decision = f"关于修改《东湖市办法》的决定\n作如下修改：\n一、删去{article}。\n"
    done = consolidate(base, parse_outline("d", base, read_header(base).blocks), read_operations(decision))
    assert done.text == f"东湖市办法\n\n第一条　甲。\n\n{left}"
