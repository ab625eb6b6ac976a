"""Furniture of web pages that is known by its words: where one stands, how to print, share and close the page.

Structure and names of elements tell most of a page's furniture (`html`); what sits in plain elements says these words
on all government pages.
"""

from __future__ import annotations

import re

_LONGEST = 120  # characters of a line of furniture
_LINE = re.compile(
    r"(?:您?(?:的|现在|目前)*(?:当前|所在|现在)?(?:的)?位置(?:是|为)?|当前(?:所在)?(?:位置|页面))\s*[:：].*"
    r"|首页\s*(?:[>＞»›]\s*[^>＞»›。]{1,20})+"
    r"|(?:微信|手机)?(?:扫一扫|扫描二维码|扫码)[，,]?(?:在?手机.{0,6}(?:打开|查看|阅读|浏览)|分享|关注|用?微信|看|打开|下载).{0,16}"
    r"|(?:上|下)一[篇条则页]\s*[:：].*"
    r"|(?:相关|延伸|推荐)(?:文章|阅读|新闻|链接|信息|稿件|报道)\s*[:：]?"
    r"|(?:[【\[(（|]?\s*(?:打印(?:本页|此页|文章|页面)?|关闭(?:本页|窗口|页面|此页)?|返回(?:顶部|首页|列表|上一页)|分享(?:到)?[:：]?|收藏(?:本页)?|纠错|我要纠错"
    r"|(?:分享|转发)?(?:到|至)?(?:微信|微博|朋友圈|新浪微博|腾讯微博|QQ空间))\s*[】\])）|]?\s*)+",
)
_FONT = re.compile(
    r"\s*[【\[(（]?\s*(?:字体|字号)(?:大小)?\s*[:：]\s*[\[【]?\s*(?:特大\s*)?大[\s|/]*中[\s|/]*小\s*[】\])）]*"
)
_NO_MARK = "打印", "关闭", "分享", "收藏", "纠错"  # alone they may be words of the text


def without_furniture(line: str) -> str:
    """Give a line without the words that only serve the page; empty where there are no others.

    >>> without_furniture("当前位置：首页 > 政务公开"), without_furniture("来源：市民政局 【字体：大 中 小】")
    ('', '来源：市民政局')
    """
    if len(line) <= _LONGEST and line not in _NO_MARK and _LINE.fullmatch(line):
        return ""
    return _FONT.sub("", line)
