"""Web pages: the document comes out, the page around it and every script stay behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.disclosure import read_disclosure
from ingest.header import read_header
from ingest.readers.file_reader import Unread
from ingest.readers.html import HtmlReader
from kb.errors import DocumentError

PATH = Path("saved/a.html")
PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><title>通知_东湖市人民政府</title>
<script>var page = "</p>脚本一<b>";</script><style>p { content: "样式"; }</style></head>
<body onload="脚本二()">
<header><h1>东湖市人民政府门户网站</h1></header>
<nav><ul><li><a href="/">首页</a></li><li>政务公开</li></ul></nav>
<div class="breadcrumb">当前位置：首页 &gt; 政策文件</div>
<form action="/search"><label>站内检索</label><input value="请输入"><select><option>全部</option></select></form>
<div id="article">
<table class="head">
<tr><td>索引号:</td><td>002489444/2031-276097</td><td>公开方式:</td><td>主动公开</td></tr>
<tr><td>文号:</td><td></td><td>成文日期:</td><td>2031-04-17</td></tr>
<tr><td>发布单位:</td><td>市民政局</td><td>主题分类:</td><td>其他</td></tr>
</table>
<h2>关于印发长者食堂管理办法的通知</h2>
<p>&emsp;&emsp;第一条&nbsp;为了方便老年人就餐，
根据<b>有关</b>规定，制定本办法。</p>
<p onclick="脚本三()">第二条　补贴标准如下：<br>（一）每餐补贴3元；<br/>（二）送餐另计。<!-- 注释 --></p>
<p style="color:red; display: none">隐藏一</p><p hidden>隐藏二</p><span aria-hidden="true">隐藏三</span>
<table><thead><tr><th>年龄</th><th>每餐补贴</th></tr></thead>
<tbody><tr><td>70<br>周岁</td><td><p>3元</p></td></tr></tbody></table>
<noscript>请开启脚本四</noscript><template>模板</template><svg><text>图形</text></svg><iframe>框架</iframe>
<script type="text/javascript">document.write("<p>脚本五</p>");</script>
</div>
<div class="share">分享到</div><footer>版权所有</footer>
</body></html>"""


def read(page: str | bytes) -> str:
    return HtmlReader().read(PATH, page if isinstance(page, bytes) else page.encode()).text


def test_a_government_page_gives_its_document_and_nothing_else() -> None:
    assert read(PAGE) == (
        "索引号: | 002489444/2031-276097 | 公开方式: | 主动公开\n"
        "文号: | | 成文日期: | 2031-04-17\n"
        "发布单位: | 市民政局 | 主题分类: | 其他\n"
        "关于印发长者食堂管理办法的通知\n"
        "第一条\u00a0为了方便老年人就餐，根据有关规定，制定本办法。\n"
        "第二条　补贴标准如下：\n"
        "（一）每餐补贴3元；\n"
        "（二）送餐另计。\n"
        "年龄 | 每餐补贴\n"
        "70 周岁 | 3元"
    )


def test_the_header_table_of_a_page_is_read_as_a_header() -> None:
    header = read_header(read(PAGE))
    assert header.value("index_no") == "002489444/2031-276097"
    assert header.value("issued") == "2031-04-17"
    assert read_disclosure(header.value("disclosure") or "") == "public"


@pytest.mark.parametrize(
    "page",
    [
        "<p>文</p><script>脚本</script>",
        "<p>文</p><SCRIPT\n>脚本</SCRIPT >",
        "<p>文</p><script>'</p><p>脚本'</script>",
        "<p>文</p><script><!-- 脚本 --></script>",
        "<p>文</p><script>脚本",
        "<p>文</p><style>脚本</style><noscript><p>脚本</p></noscript>",
        "<p>文</p><svg><script>脚本</script><text>脚本</text></svg>",
        "<p>文<img src=x onerror='脚本'><a href='javascript:脚本'></a></p>",
        "<table><tr><td>文<script>脚本</script></td></tr></table>",
        "<p>文</p><textarea><script>脚本</script></textarea>",
        "<p>文</p><template><p>脚本</p></template>",
    ],
)
def test_no_script_survives(page: str) -> None:
    assert read(page) == "文"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>甲<p>乙<div>丙<span>丁", "甲\n乙\n丙丁"),
        ("<p>甲</div></b>乙</p></table>", "甲乙"),
        ("<td>甲<td>乙", "甲\n乙"),
        ("甲<br>乙<hr>丙", "甲\n乙\n丙"),
        ("<ul><li>甲<li>乙</ul><dl><dt>丙<dd>丁</dl>", "甲\n乙\n丙\n丁"),
        ("<p>中文\n  中文 <b> 甲</b></p>", "中文中文 甲"),
        ("<p>two\nwords</p>", "two words"),
        ("<pre>第一行\n  第二  行</pre>", "第一行\n第二  行"),
        ("<p>&lt;试行&gt; &amp;lt; &#65; &#x7532; &nosuch;</p>", "<试行> &lt; A 甲 &nosuch;"),
        ("<table><tr><td>甲</td><td></td><td>乙</td><td></td></tr></table>", "甲 | | 乙 |"),
        ("<table><tr><td><table><tr><td>甲<td>乙</table><p>正文<td>旁栏</table>", "甲 | 乙\n正文\n旁栏"),
        ("<table><tr><td><p>一段</p><p>二段</p></td></tr></table>", "一段\n二段"),
        ("<form><p>整页都在表单里的网站，正文应当留下</p><input value=x></form>", "整页都在表单里的网站，正文应当留下"),
        ("<header><p>忘了结束的页眉，后面全是正文，正文，正文", "忘了结束的页眉，后面全是正文，正文，正文"),
        ("<article><header><h1>标题</h1></header><p>正文</article>", "标题\n正文"),
        ("<body style='display:none'><p>脚本运行后才显示</p>", "脚本运行后才显示"),
    ],
)
def test_structure_becomes_lines(page: str, text: str) -> None:
    assert read(page) == text


def test_the_title_stands_in_only_where_there_is_no_heading() -> None:
    assert read("<title>关于某事的通知</title><p>正文</p>") == "关于某事的通知\n正文"
    assert read("<title>网站</title><h3>关于某事的通知</h3><p>正文</p>") == "关于某事的通知\n正文"
    assert read("<title>通知</title><p>通知</p><p>正文</p>") == "通知\n正文"
    assert (
        read('<meta name="ArticleTitle" content="关于某事的通知"><title>网站</title><p>正文</p>')
        == "关于某事的通知\n正文"
    )


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("gb18030", '<meta charset="gb2312">'),
        ("gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=GBK">'),
        ("gb18030", '<?xml version="1.0" encoding="gb2312"?>'),
        ("gb18030", '<meta charset="utf-8">'),
        ("gb18030", ""),
        ("utf-8", '<meta charset="gb2312">'),
        ("utf-8", ""),
        ("utf-8-sig", '<meta charset="big5">'),
        ("utf-16", '<meta charset="utf-16">'),
    ],
)
def test_the_encoding_is_found_whatever_the_page_declares(encoding: str, declared: str) -> None:
    page = f"{declared}<html><body><p>年满七十周岁的老年人每餐补贴三元。</p></body></html>"
    assert read(page.encode(encoding)) == "年满七十周岁的老年人每餐补贴三元。"


def test_a_big5_page_is_read() -> None:
    page = '<meta charset="big5"><p>年滿七十周歲的老年人每餐補貼三元。</p>'
    assert read(page.encode("big5")) == "年滿七十周歲的老年人每餐補貼三元。"


def test_a_page_nested_beyond_reason_is_refused_not_cut_short() -> None:
    assert read("<div>" * 1000 + "深") == "深"
    with pytest.raises(DocumentError, match=r"a.html: its elements are nested too deeply .*; save the page again"):
        read("<div>" * 100_000 + "深")


def test_nested_furniture_and_tables_take_no_longer_than_flat_ones() -> None:
    assert read("<nav>" * 900 + "<p>正文</p>" * 5000).count("正文") == 5000
    assert read("<table><tr><td>" * 500 + "<p>正文</p>" * 5000).count("正文") == 5000


def test_control_characters_in_a_table_are_dropped_and_cost_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.html"
    path.write_bytes("<table><tr><td>一\x01类<td>补贴&#1;标准<td>\ufffe3元</table><p>正文".encode())
    assert HtmlReader().read(path, path.read_bytes()).text == "一类 | 补贴标准 | 3元\n正文"


def test_the_numbers_of_ordered_lists_are_written() -> None:
    page = (
        "<p>材料：</p><ol><li>申请表；</li><li><p>身份证。</p></li></ol><ol start=4><li>初审；<li value=7>复核。</ol>"
        '<ol type="a"><li>甲类；</li></ol><ol style="list-style-type: cjk-ideographic"><li>总则</li></ol>'
        '<ol style="list-style: none"><li>无号</li></ol><ol><li>1.自带号</li><li>2.自带号</li></ol>'
    )
    assert read(page).split("\n")[1:] == [
        "1. 申请表；", "2. 身份证。", "4. 初审；", "7. 复核。", "a. 甲类；", "一、总则", "无号", "1.自带号", "2.自带号",
    ]  # fmt: skip


def test_a_term_and_what_it_means_are_a_row() -> None:
    page = "<dl><dt>文号</dt><dd>清政〔2031〕9号</dd><dt>公开方式：</dt><dd>主动公开</dd></dl><h1>便民服务通知</h1>"
    assert read(page).split("\n")[:2] == ["文号 | 清政〔2031〕9号", "公开方式： | 主动公开"]
    assert read(f"<dl><dt>谁能申请？</dt><dd>{'本市居民' * 30}。</dd></dl>").count("|") == 0


def test_elements_on_lines_of_their_own_are_parted_by_a_blank() -> None:
    page = "<div><span>来源：市民政局</span>\n<span>发布时间：2031-03-10</span></div><p>为了方便\n老年人，<b>制定</b>本办法。</p>"
    assert read(page) == "来源：市民政局 发布时间：2031-03-10\n为了方便老年人，制定本办法。"


@pytest.mark.parametrize(
    "line",
    [
        "当前位置：<a>首页</a> &gt; <a>政策文件</a>", "首页 &gt; 政务公开 &gt; 政策文件", "您所在的位置：首页", "扫一扫在手机打开当前页", "【打印本页】【关闭窗口】", "上一篇：另一份通知",
        "分享到：", "【字体：大 中 小】", "相关文章",
    ],
)  # fmt: skip
def test_what_only_serves_the_page_is_no_text(line: str) -> None:
    assert (
        read(f"<div>{line}</div><h1>便民服务通知</h1><p>打印材料由窗口提供。</p><p>关闭</p>")
        == "便民服务通知\n打印材料由窗口提供。\n关闭"
    )


def test_keys_and_values_that_style_alone_parts_are_apart() -> None:
    page = (
        "<ul><li><span>索引号</span><span>AB/2031</span></li><li><span>发文字号：</span><em>清政〔2031〕9号</em></li></ul>"
        "<div><span>日期：2031-04-02</span><span>信息来源：市民政局</span><b>（试行）</b></div>"
    )
    assert read(page).split("\n") == [
        "索引号 | AB/2031", "发文字号：清政〔2031〕9号", "日期：2031-04-02 信息来源：市民政局（试行）",
    ]  # fmt: skip


def test_pictures_frames_and_hidden_words_of_a_page_are_named() -> None:
    page = (
        "<nav><img src=logo.png></nav><h1>通知</h1><p>名单：<img src=a.png><img src=dot.png width=16></p>"
        "<p style='display:none'>内部讨论</p><iframe src=b.html></iframe>"
    )
    found = HtmlReader().read(Path("a.html"), page.encode())
    assert found.unread == (Unread("part", "b.html"), Unread("picture"), Unread("hidden"))
