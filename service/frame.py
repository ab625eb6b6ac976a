"""The pages, put together: what each is for stands in `web/pages`, what all share around it in `web/frame.html`; one
that stands in a page of another site has `web/bare.html` around it. The box that one asks in is `web/composer.html`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

WEB = Path(__file__).parent / "web"

_NAME = "政策知识库"
# Beside these there is the page of staff, which only they are shown.
_NAVIGATION = {"/": "提问", "/eligibility": "政策匹配", "/documents": "文件目录"}
# Scripts are ES modules; each names what it needs, so a page preloads exactly that.
_IMPORT = re.compile(r'^import .* from "\./([\w-]+\.js)";$', re.MULTILINE)
_COMPOSER = "        <!-- composer -->\n"  # Where a page has the box that one asks in.
_HISTORY = """\
<button class="tool history-toggle" id="history-toggle" type="button" aria-label="对话记录" title="对话记录" aria-expanded="false" aria-controls="history">
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M4 6h16M4 12h10M4 18h13"></path></svg>
    </button>
    """


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page has of its own beside its content: `main` is the id of what keyboards skip to, and `skip` how that is
    called; `address` marks the entry of the navigation that it is."""

    main: str
    skip: str = "跳到正文"
    title: str = ""
    description: str = ""
    address: str = ""
    styles: tuple[str, ...] = ()
    body_class: str = ""
    tool: str = ""
    listed: bool = True  # by search engines
    typed_into: bool = False  # its height gives way to the keyboard of a phone
    template: str = "frame.html"
    script: str = ""  # where it is not that of its name


# What tells one page from another; all else they share.
PAGES: dict[str, PageHead] = {
    "ask": PageHead(
        "question",
        "跳到提问框",
        description="从已收录的政策文件里找答案，每一句都标明出处，点开就能核对。",
        address="/",
        body_class="ask-page",
        tool=_HISTORY,
        typed_into=True,
    ),
    "comparison": PageHead("comparison", title="版本对照"),
    "document": PageHead("document"),
    "documents": PageHead(
        "register", "跳到文件列表", "文件目录", description="已收录的政策文件和提案答复。", address="/documents"
    ),
    "eligibility": PageHead(
        "results",
        "跳到结果",
        "政策匹配",
        description="说说您的情况，看看哪些政策适用于您，每一条都标明出处。",
        address="/eligibility",
        styles=("eligibility.css",),
    ),
    "embed": PageHead(
        "question", title="政策咨询", listed=False, body_class="ask-page", template="bare.html", script="ask.js"
    ),
    "offline": PageHead("offline", title="现在连不上网络", listed=False, script="missing.js"),
    "missing": PageHead("missing", title="没有找到这个页面", listed=False),
    "publication": PageHead("publication", title="核对与发布", listed=False),
    "reading": PageHead("reading", title="识读结果", body_class="wide", listed=False),
    "refused": PageHead("refused", title="没有登录成功", listed=False, script="missing.js"),
    "shared": PageHead("chat", "跳到回答", "分享的回答", body_class="ask-page", listed=False),
    "staff": PageHead("staff", title="工作人员"),
}


def framed(name: str) -> str:
    """Give a page whole, in simplified Chinese."""
    page = PAGES[name]
    return Template((WEB / page.template).read_text("utf-8")).substitute(
        title=f"{page.title} · {_NAME}" if page.title else _NAME,
        viewport=", interactive-widget=resizes-content" if page.typed_into else "",
        head="\n  ".join(_head(name, page)),
        body_class=f' class="{page.body_class}"' if page.body_class else "",
        main=page.main,
        skip=page.skip,
        tool=page.tool,
        nav="\n      ".join(
            f'<a href="{address}"{current}>{words}</a>'
            for address, words in _NAVIGATION.items()
            for current in [' aria-current="page"' if address == page.address else ""]
        ),
        content=(WEB / "pages" / f"{name}.html")
        .read_text("utf-8")
        .replace(_COMPOSER, (WEB / "composer.html").read_text("utf-8")),
    )


@cache
def welcome_questions() -> tuple[str, ...]:
    """Give the questions that the page where one asks shows to begin with."""
    page = (WEB / "pages" / "ask.html").read_text("utf-8")
    return tuple(re.findall(r'<li><button type="button">([^<]+)</button></li>', page))


def _head(name: str, page: PageHead) -> list[str]:
    lines = [f'<meta name="description" content="{page.description}">'] if page.description else []
    lines += [] if page.listed else ['<meta name="robots" content="noindex">']
    lines += [f'<link rel="stylesheet" href="/static/{style}">' for style in ("style.css", *page.styles)]
    # What a script imports would be asked for only when it has come; said here, all come at once.
    script = page.script or f"{name}.js"
    lines += [f'<link rel="modulepreload" href="/static/{module}">' for module in imported_by(script)]
    return [*lines, f'<script type="module" src="/static/{script}"></script>']


@cache
def imported_by(script: str) -> tuple[str, ...]:
    """Name the modules that a script imports, and those that they import; not what is fetched when it is wanted.

    >>> imported_by("eligibility.js")
    ('api.js', 'sse.js', 'texts.js', 'dom.js')
    """
    found: dict[str, None] = {}
    for module in _IMPORT.findall((WEB / script).read_text("utf-8")):
        found |= dict.fromkeys((module, *imported_by(module)))
    return tuple(found)
