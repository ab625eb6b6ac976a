"""A digest with background, an original text, and a law with what amends it, small and made up, and the questions that
each answers."""

from __future__ import annotations

from pathlib import Path

TITLE = "湖州市人民政府办公厅关于推进社区食堂建设的指导意见"
INVENTED = "湖州社区食堂建设意见"
ORIGIN, ADDRESS = "湖州市人民政府网站公布的页面", "http://example.org/1.html"
DIGEST = f"""+++
id = "dh-canteen"
title = "{TITLE}"
short_title = "{INVENTED}"
kind = "digest"
doc_no = "湖政办〔2024〕5号"
issuers = ["湖州市人民政府办公厅"]
status = "trial"
region = "湖州市"
disclosure = "public"
compiled_from = ["{ORIGIN} {ADDRESS}", "新闻报道"]
background = ["三、背景情况"]
+++
> 本文是《{TITLE}》的摘要，根据市政府网站公布的页面和新闻报道整理（成文日期未见，未载收费标准、承包期限等具体条款，发文单位按报道推定），不是正式文本；如有出入，以正式文本为准。

一、建设任务
1.湖州市的社区食堂向全体居民开放。
二、补助标准
（一）建设补助
1.湖州市新建社区食堂的，验收合格后一次性补助二十万元。
三、背景情况
1.湖州市已经建成社区食堂四十六家，其中示范食堂十二家。
"""
ORIGINAL = """长者食堂管理办法
文号：测政发〔2031〕7号
成文日期：2024年4月2日
第一条　为了方便老年人就餐，制定本办法。
第二条　年满七十周岁的老年人每餐补贴三元。
"""
LAW = """湖州市河道保洁办法
文号：湖政发〔2020〕9号
成文日期：2020年3月8日
公开方式：主动公开
第一条　为了规范河道保洁，制定本办法。
第二条　河道保洁每日一次。
第三条　保洁船只夜间停靠在双桥码头。
第四条　本办法自2020年5月1日起施行。
"""
DECISION = """湖州市人民政府关于修改《湖州市河道保洁办法》的决定
成文日期：2022年3月8日
公开方式：主动公开
一、第二条修改为：“河道保洁每日两次。”
本决定自2022年5月1日起施行。
"""
QUESTIONS = {
    "consolidated": "保洁船只夜间停靠在哪个码头？",
    "original": "年满七十周岁的老年人每餐补贴多少元？",
    "digest": "湖州市新建社区食堂一次性补助多少？",
    "background": "湖州市已经建成多少家示范食堂？",
}
WORDS = {
    "consolidated": "保洁船只夜间停靠在双桥码头。",
    "original": "年满七十周岁的老年人每餐补贴三元。",
    "digest": "湖州市新建社区食堂的，验收合格后一次性补助二十万元。",
    "background": "湖州市已经建成社区食堂四十六家，其中示范食堂十二家。",
}
NAMED = {
    "consolidated": "《湖州市河道保洁办法》〔整理文本〕（湖政发〔2020〕9号，效力未注明）第三条",
    "original": "《长者食堂管理办法》（测政发〔2031〕7号，效力未注明）第二条",
    "digest": f"《{TITLE}》〔摘要〕（湖政办〔2024〕5号，试行）摘要 二、（一）1.",
    "background": f"背景情况，据{ORIGIN}、新闻报道整理的资料，不是文件条文",
}


def write_documents(folder: Path) -> Path:
    folder.mkdir()
    (folder / "canteen.md").write_text(DIGEST, "utf-8")
    (folder / "measures.txt").write_text(ORIGINAL, "utf-8")
    (folder / "river.txt").write_text(LAW, "utf-8")
    (folder / "decision.txt").write_text(DECISION, "utf-8")
    return folder


def assert_told(told: str, source: str) -> None:
    """Hold what an outlet says of a source against how it has to be named, whatever the outlet is."""
    assert NAMED[source] in told
    quoted = f"“{WORDS[source]}”"
    if source == "original":
        assert "摘要" not in told and "背景" not in told
    else:
        assert quoted not in told
    if source == "background":
        assert TITLE not in told and "湖政办" not in told and "三、1." not in told
