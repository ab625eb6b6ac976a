"""The header of an official document: 索引号, 文号, 公开方式, 成文日期, 发布单位, 主题分类 and the like.

Government pages print it as a table (`索引號: | 002489444/2024-276097 | 公開方式: | 主動公開`), other
texts as lines (`发文机关：……`). Both are read here from the canonical text, in either script, and every
value keeps its place, so that an answer about a document's data can cite it. Contact lines (联系人、
联系电话) stand at the end and are read the same way. A key without a value is absent, not empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.dates import PartialDate
from kb.text.fold import fold_text
from kb.text.numerals import in_digits
from kb.types import Document, HeaderBlock, HeaderField, Status

# The names of fields, as offices of different provinces write them.
KEYS = {
    "index_no": ("索引号", "信息索引号", "信息索取号", "索取号"),
    "doc_no": ("文号", "发文字号", "发文文号", "文件编号", "文件字号", "公文文号", "文件文号"),
    "issuer": (
        "发布单位",
        "发布机构",
        "发布机关",
        "发布部门",
        "发文机关",
        "发文机构",
        "发文单位",
        "发文部门",
        "制发机关",
        "制定机关",
        "印发单位",
        "公开主体",
        "公开机构",
        "公开责任部门",
        "信息来源",
        "来源",
    ),
    "issued": ("成文日期", "成文时间", "发文日期", "发文时间", "印发日期", "印发时间", "制发日期", "签发日期"),
    "published": ("发布日期", "发布时间", "公开日期", "公开时间", "公布日期", "生成日期", "日期", "时间"),
    "effective": ("施行日期", "生效日期", "实施日期", "生效时间", "实施时间"),
    "amended": ("修改日期", "修订日期", "修正日期", "最后修改日期"),
    "expires": ("失效日期", "废止日期", "失效时间", "废止时间", "有效期至", "有效期限至"),
    "disclosure": (
        "公开方式",
        "公开属性",
        "公开形式",
        "公开类别",
        "公开类型",
        "信息公开类别",
        "公开选项",
        "信息公开选项",
        "政府信息公开选项",
    ),
    "topic": ("主题分类", "主题", "信息分类", "信息类别", "公文主题", "主题词", "主题类别"),
    "status": ("有效性", "效力状态", "效力状况", "时效性", "效力", "文件状态", "有效状态"),
    "title": ("标题", "名称", "信息名称", "公文名称", "文件名称", "文件标题", "题名"),
    "proposal_no": ("提案号", "建议号"),
    "region": ("适用地区",),
    "contact": ("联系人", "经办人"),
    "phone": ("联系电话", "咨询电话", "电话"),
}
OTHER_KEYS = (
    "统一编号", "登记号", "体裁分类", "组配分类", "公开范围", "公开时限", "公开程序", "公开责任人", "服务对象", "服务对象分类", "关键词",
    "信息格式", "语种", "载体类型", "体裁", "所属机构", "责任编辑", "浏览次数", "浏览量", "阅读次数", "访问次数", "访问量", "点击数", "字号", "字体", "作者", "编辑", "签发人", "备注", "政策咨询机关", "解读机关",
)  # fmt: skip
"""Keys of the same tables whose values are not asked for: they do not end the header."""

_DAYS = frozenset(("issued", "published", "effective", "amended", "expires"))
_NAMES = {key: name for name, keys in KEYS.items() for key in keys}  # Backwards.
# Letters may stand apart (发 文 字 号); longer names first, since 文号 stands within 发文文号.
_SPACED = {key: r"\s*".join(key) for key in sorted((*_NAMES, *OTHER_KEYS), key=len, reverse=True)}
_ANY_KEY = "|".join(_SPACED.values())
_KEY = re.compile(rf"\s*({_ANY_KEY})\s*:\s*")  # A key in running text needs its colon.
_KEY_CELL = re.compile(rf"\s*({_ANY_KEY})\s*:?\s*")  # A cell of a table is a key without one.
# A cell ends at a bar, or where blanks lead up to the next key.
_CELL = re.compile(rf"(?:(?!\s+(?:{_ANY_KEY})\s*:)[^|\n])+")
_SIGNS = re.compile("[:：|｜]")
_LINE = 1000  # characters of a line that may be part of a header
_KEY_LENGTH = 24  # characters within which the first key of a line ends, blanks included
_VALUE = 60  # characters of a value on the line below its key
_LINES_SEARCHED = 40  # of a document; a header stands at its beginning
_STATUS: dict[str, Status] = {
    "现行有效": "in_force", "有效": "in_force", "继续有效": "in_force", "废止失效": "repealed", "已修改": "superseded", "试行": "trial", "计划出台": "planned", "征求意见稿": "draft",
    "已失效": "expired", "失效": "expired", "已废止": "repealed", "废止": "repealed", "已被替代": "superseded",
    "效力不明": "unknown",
}  # fmt: skip
_NOTHING = re.compile(r"[-—–―－/\\_\s.。*]*|无|暂无|空")  # what stands for a value that there is none
_UNKNOWN_KEY = re.compile(r"[^\d:|<>《》。，,;]{2,10}")
_UNKNOWN_LINE = re.compile(r"\s*[^\d:|<>《》。，,;]{2,10}(?::|\s*\|)[^|]{0,60}\|?\s*")
_AHEAD = 3  # lines within which a header has to go on behind lines with unknown keys
_PROPOSAL = re.compile(
    r"(?:您|你|贵|该)?[^。\n]{0,30}?(?P<session>[市省区县州]?(?:政协|人大)[^。\n<(]{0,20}?会议)上?"
    r"[^。\n<]{0,12}提出的?<(?P<title>[^\n]{4,120}?)>\s*\(?(?P<number>第\s*\d+号)"
)


@dataclass(frozen=True, slots=True)
class Header:
    """The fields found, and the lines that hold nothing but fields."""

    fields: tuple[HeaderField, ...]
    blocks: tuple[HeaderBlock, ...]

    def value(self, name: str) -> str | None:
        """Give the first value of a field as the text has it; None where it has none."""
        return next((field.value for field in self.fields if field.name == name), None)

    def date(self, name: str) -> PartialDate | None:
        """Read a field as a date; what is no date is left to the text."""
        value = self.value(name)
        return PartialDate.read(in_digits(value)) if value else None

    @property
    def block(self) -> tuple[int, int] | None:
        """Give the span of the lines at the head; None where the text has none."""
        return next(((block.start, block.end) for block in self.blocks if block.name == "header"), None)

    @property
    def status(self) -> Status | None:
        """Give the validity that the text states; None where it states none."""
        return _STATUS.get(fold_text(self.value("status") or ""))


def read_header(text: str) -> Header:
    """Find header and contact fields in a canonical text."""
    lines = _lines(text)
    fields: list[HeaderField] = []
    block: list[int] = []
    open_key: str | None = None  # its value stands on the next line
    for number, (start, end) in enumerate(lines[:_LINES_SEARCHED]):
        found, key = _read_line(text, start, end)
        if found is None and open_key is not None and _is_value(text[start:end]):
            found = [] if open_key in OTHER_KEYS else _fields_of(open_key, text, start, end)
        if found is None and block and _goes_on(text, lines[number : number + 1 + _AHEAD]):
            found = []
        open_key = key
        if found is None or not (found or block or key in _NAMES.values()):  # keys of no interest begin no header
            if block and text[start:end].strip():
                break
            continue
        fields += found
        block += [start, end]
    contact: list[int] = []
    for start, end in reversed(lines):
        found, _ = _read_line(text, start, end)
        if not found or not all(field.name in ("contact", "phone") for field in found):
            if text[start:end].strip():
                break
            continue
        if start in block:
            break
        fields += found
        contact += [start, end]
    fields += _proposal_fields(text, max(block, default=0))
    fields.sort(key=lambda field: field.start)
    spans = (("header", block), ("contact", contact))
    return Header(tuple(fields), tuple(HeaderBlock(name, min(ends), max(ends)) for name, ends in spans if ends))


def names_no_day(field: HeaderField) -> bool:
    """Tell whether a field that should name a day names one that does not exist: 2024年2月30日."""
    return field.name in _DAYS and PartialDate.misses(in_digits(field.value))


def header_of(document: Document) -> Header:
    """Give the header of a document that was read before."""
    return Header(document.header, document.header_blocks)


def proposal_number(text: str, header: Header) -> str | None:
    """Give the whole name of the proposal that a response answers: 市政協十二屆三次會議第343號."""
    found = _proposal(text, header.block[1] if header.block else 0)
    return text[slice(*found[0])] + text[slice(*found[2])] if found else header.value("proposal_no")


def _lines(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^\n]+", text)]


def _read_line(text: str, start: int, end: int) -> tuple[list[HeaderField] | None, str | None]:
    """Read a line of keys and values, and the last key if it has no value; no fields (None) where the line holds
    anything else."""
    if end - start > _LINE or not _SIGNS.search(text, start, min(end, start + _KEY_LENGTH)):
        return None, None
    folded = fold_text(text[start:end])
    if len(folded) != end - start:
        return None, None
    fields: list[HeaderField] = []
    key: str | None = None
    cells = 0
    in_table = "|" in folded
    guessed = False  # whether a key is taken for one because another of its row is
    found = [cell for cell in _CELL.finditer(folded) if cell.group().strip()]
    known = in_table and any(_KEY_CELL.fullmatch(cell.group()) or _KEY.match(cell.group()) for cell in found)
    for cell in found:
        matched = _KEY.match(cell.group()) or (_KEY_CELL.fullmatch(cell.group()) if in_table else None)
        if matched:
            name, value_at = _name(matched[1]), cell.start() + matched.end()
        elif key is not None:
            name, value_at = key, cell.start()
        elif known and _UNKNOWN_KEY.fullmatch(cell.group().strip().rstrip(":")):
            name, value_at = OTHER_KEYS[0], cell.end()
            guessed = True
        else:
            return None, None
        cells += 1
        if not folded[value_at : cell.end()].strip():
            key = name
            continue
        if name not in OTHER_KEYS:
            fields += _fields_of(name, text, start + value_at, start + cell.end())
        key = None
    if guessed and key is not None:
        return None, None  # the row that heads a table: its last cell is a name, too
    return (fields, key) if cells else (None, None)


def _is_value(line: str) -> bool:
    """Tell whether a line may be the value of the key above it: short, and no key itself."""
    return 0 < len(line.strip()) <= _VALUE and not line.rstrip().endswith((":", "："))


def _goes_on(text: str, lines: list[tuple[int, int]]) -> bool:
    """Tell whether a line has the form of a key that is not known, and lines of known keys follow it."""
    for start, end in lines:
        found, _ = _read_line(text, start, end)
        if found:
            return True
        if end - start > _LINE or not _UNKNOWN_LINE.fullmatch(fold_text(text[start:end])):
            return False
    return False


def _name(written: str) -> str:
    key = re.sub(r"\s+", "", written)
    return _NAMES.get(key, key)


def _fields_of(name: str, text: str, start: int, end: int) -> list[HeaderField]:
    """Give the field whose value stands there; none where a dash or 无 says that there is none."""
    value = text[start:end]
    at = start + len(value) - len(value.lstrip())
    if _NOTHING.fullmatch(fold_text(value.strip())):
        return []
    return [HeaderField(name, value.strip(), at, at + len(value.strip()))]


def _proposal(text: str, after: int) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]] | None:
    opening = text[after : after + 400]
    folded = fold_text(opening)
    if len(folded) != len(opening):
        return None
    match = _PROPOSAL.search(folded)
    if match is None:
        return None
    session, title, number = (match.span(name) for name in ("session", "title", "number"))
    return (
        (after + session[0], after + session[1]),
        (after + title[0], after + title[1]),
        (after + number[0], after + number[1]),
    )


def _proposal_fields(text: str, after: int) -> list[HeaderField]:
    found = _proposal(text, after)
    if found is None:
        return []
    _, title, number = found
    return [
        HeaderField("proposal_title", text[slice(*title)], *title),
        HeaderField("proposal_no", text[slice(*number)], *number),
    ]
