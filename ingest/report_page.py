"""The report of an ingestion as a file: JSON, or one HTML page that asks nothing of any network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from ingest.collection import FileState
from ingest.ingestion_report import FileLine, Report, report_fields
from ingest.readers.file_reader import Unread, UnreadKind
from kb.layout import LOW_CONFIDENCE

_STATES: dict[FileState, str] = {
    "read": "新读入", "replaced": "已更新", "unchanged": "没有变化", "duplicate": "另有同文", "deleted": "已由工作人员删除", "refused": "没有读入",
}  # fmt: skip
_UNREAD: dict[UnreadKind, str] = {
    "attachment": "附带的文件", "embedded": "嵌入的文件", "picture": "图片", "drawing": "图形里的文字", "chart": "图表",
    "formula": "没有存下结果的公式", "comment": "批注", "hidden": "隐藏的内容", "annotation": "注释", "page": "没有认出文字的页", "character": "认不出的字（正文中以〓代替）", "part": "读不了的部分",
    "correction": "与重新读出的文字对不上、没有用上的人工更正",
}  # fmt: skip
# The page is one file that goes by mail, so it brings its style.
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2321;--soft:#56605c;--line:#d9dedb;--paper:#fff;--card:#f4f7f5;--bad:#a3241c;--good:#1d6a3b;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebe8;--soft:#a3aea9;--line:#36403b;--paper:#161b19;--card:#1f2623;--bad:#ff9c92;--good:#7fd6a0;--warn:#f0c069}}
body{font:15px/1.65 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem}p,small{color:var(--soft)}
.counts{display:flex;flex-wrap:wrap;gap:.8rem;padding:0;list-style:none}.counts li{background:var(--card);border-radius:.6rem;padding:.6rem 1.1rem;min-width:6rem}
.counts b{display:block;font-size:1.6rem;line-height:1.2}.bad{color:var(--bad)}.good{color:var(--good)}.warn{color:var(--warn)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}td.path{word-break:break-all}
"""


def write_report(report: Report, path: Path) -> None:
    """Write a report in the format that the name of the file says."""
    as_json = path.suffix.lower() == ".json"
    fields = report_fields(report) if as_json else {}
    path.write_text(
        json.dumps(fields, ensure_ascii=False, indent=2) + "\n" if as_json else report_page(report), "utf-8"
    )


def report_page(report: Report) -> str:
    """Give the page."""
    body = [
        "<h1>文件读入报告</h1>",
        f"<p>索引 {escape(report.snapshot)}：{report.documents} 份文件、{report.clauses} 个条款、"
        f"{report.passages} 个段落，用时 {report.seconds:.1f} 秒。</p>",
        _counts(report),
        _refused(report),
        _unread(report),
        _by_hand(report),
        _passed_over(report),
        _scanned(report),
        _duplicates(report),
        _near(report),
        _versions(report),
        _removed(report),
        _files(report),
    ]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>文件读入报告</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _counts(report: Report) -> str:
    items = [
        f'<li class="{_tone(state)}"><b>{count}</b>{_STATES[state]}</li>' for state, count in report.counts().items()
    ]
    return f'<ul class="counts">{"".join(items)}</ul>'


def _tone(state: str) -> str:
    return {"refused": "bad", "duplicate": "warn", "read": "good", "replaced": "good"}.get(state, "")


def _refused(report: Report) -> str:
    rows = [
        (line.path, _where(line), line.reason_zh or "", line.remedy_zh or "")
        for line in report.files
        if line.state == "refused"
    ]
    return _section("没有读入的文件", "其他文件不受影响。", ("文件", "位置", "原因", "怎么办"), rows)


def _where(line: FileLine) -> str:
    return f"第 {line.page} 页" if line.page else f"第 {line.line} 行" if line.line is not None else ""


def _unread(report: Report) -> str:
    rows = [
        (line.path, f"第 {one.page} 页" if one.page else "", unread_words(one))
        for line in report.files
        for one in line.unread
    ]
    note = "正文已经读入，下列部分不在其中；需要检索的，请另存为文件单独读入。"
    return _section("文件中没有读入的部分", note, ("文件", "位置", "没有读入的部分"), rows)


def _by_hand(report: Report) -> str:
    rows = [(line.path, read, now) for line in report.files for read, now in line.by_hand]
    note = "工作人员对照原件改过的文字，文件内容不变时每次读入都照此更正。"
    return _section("人工更正的文字", note, ("文件", "系统读出的文字", "更正为"), rows)


def _passed_over(report: Report) -> str:
    note = "隐藏文件、系统生成的文件和程序的数据文件，不当作公文读入。"
    return _section("略过的文件", note, ("文件",), [(path,) for path in report.passed_over])


def unread_words(unread: Unread) -> str:
    """Say in Chinese what a file holds beyond its text.

    >>> unread_words(Unread("attachment", "附件.txt")), unread_words(Unread("picture", count=3))
    ('附带的文件：附件.txt', '图片（3 处）')
    """
    words = _UNREAD[unread.kind] + (f"：{unread.name}" if unread.name else "")
    return f"{words}（{unread.count} 处）" if unread.count > 1 else words


def _scanned(report: Report) -> str:
    rows = [
        (
            line.path,
            _numbers(page for page, _ in line.ocr),
            f"{min(confidence for _, confidence in line.ocr):.2f}",
            _numbers(line.low) or "无",
        )
        for line in report.files
        if line.ocr
    ]
    note = f"把握低于 {LOW_CONFIDENCE:g} 的页，请对照原件看一看。"
    return _section("由图像识别的页", note, ("文件", "识别的页", "最低把握", "把握低的页"), rows)


def _duplicates(report: Report) -> str:
    rows = [(line.path, line.doc_id or "") for line in report.files if line.state == "duplicate"]
    return _section("同一文件的另一种格式", "文字相同，只收一份。", ("文件", "已收的文件编号"), rows)


def _near(report: Report) -> str:
    rows = [
        (f"{report.titles[p.one]}（{p.one}）", f"{report.titles[p.other]}（{p.other}）", f"{p.similarity:.0%}")
        for p in report.near_duplicates
    ]
    return _section("内容相近的文件", "都已收入，请看是否重复。", ("文件", "文件", "相同"), rows)


def _versions(report: Report) -> str:
    rows = [
        (
            f"{report.titles[v.newer]}（{v.newer}）",
            f"{report.titles[v.older]}（{v.older}）",
            f"已按新版处理：{v.says}" if v.says else "文中没有说明，仍按两份文件处理，请核对",
        )
        for v in report.versions
    ]
    return _section("新旧版本", "", ("新", "旧", "依据"), rows)


def _removed(report: Report) -> str:
    rows = [(doc_id,) for doc_id in report.removed]
    return _section("不再收录的文件", "原来的文件夹里已经没有这些文件。", ("文件编号",), rows)


def _files(report: Report) -> str:
    lines = sorted(report.files, key=lambda line: line.path)
    head = (
        "<tr><th>文件</th><th>结果</th><th>标题</th><th class=n>字数</th><th class=n>页数</th><th class=n>秒</th></tr>"
    )
    rows = "".join(map(_file_row, lines))
    return f"<h2>全部文件</h2><div class=wide><table>{head}{rows}</table></div>"


def _file_row(line: FileLine) -> str:
    state = (
        f"{_STATES[line.state]}（取自上次）"
        if line.kept and line.state in ("read", "replaced")
        else _STATES[line.state]
    )
    return (
        f'<tr><td class=path>{escape(line.path)}</td><td class="{_tone(line.state)}">{state}</td>'
        f"<td>{escape(line.title or '')}</td><td class=n>{line.characters or ''}</td>"
        f"<td class=n>{line.pages or ''}</td><td class=n>{line.seconds:.2f}</td></tr>"
    )


def _section(title: str, note: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    paragraph = f"<p>{escape(note)}</p>" if note else ""
    return f"<h2>{escape(title)}</h2>{paragraph}<div class=wide><table><tr>{cells}</tr>{lines}</table></div>"


def _numbers(pages: Iterable[int]) -> str:
    """Write page numbers with runs drawn together: 1–3、7."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
