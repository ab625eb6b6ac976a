"""The words by which papers are kept from the public: 秘密★1年, 工作秘密, 内部资料 注意保存, 仅供会议使用, 征求意见稿.

A line is a mark where it consists of such words and of what may stand beside them in a letterhead (份号, 紧急程度, 文号),
and of nothing else, however it is spaced, bracketed or written: 保守国家秘密 in a sentence is none. A line that names
two levels (绝密、机密、秘密) lists them and is none either.
"""

from __future__ import annotations

import re

from kb.text.fold import fold_text
from kb.types import MarkKind

_LONGEST = 40  # characters of a mark, blanks and punctuation left out
_COUNT = "[一二三四五六七八九十百零〇两]"
_TERM = (
    r"(?:至?\d{4}年\d{1,2}月(?:\d{1,2}日)?(?:止|前)?|长期|永久|(?:使用|启用|启封|公布)前"
    rf"|(?:\d{{1,3}}|{_COUNT}{{1,4}})个?(?:年|月|日|天))"
)
_UNTIL = rf"(?:[^\d一二三四五六七八九十]?{_TERM})?"  # one stray character is a star that OCR took for something else
_LEVEL = "绝密|机密|秘密"
_WORDS: tuple[tuple[MarkKind | None, str], ...] = (
    ("state_secret", rf"(?:{_LEVEL})(?:级|件|文件|材料|资料)?(?:保密期限|期限)?{_UNTIL}"),
    ("work_secret", rf"(?:工作秘密|内部工作秘密|工作密件){_UNTIL}"),
    ("internal", "内部(?:资料|文件|材料|使用|传阅|参阅|参考|掌握|刊物|文稿|文档|发放|发行|交流|讨论|公开|明电|电报)"),
    ("restricted", rf"(?:核心|普通)商(?:业秘)?密{_UNTIL}|商业秘密.?{_TERM}"),
    ("restricted", "注意(?:保存|保密|保管)"),
    ("restricted", "(?:不得|请勿|严禁|禁止|切勿|勿)(?:擅自|对外|随意|私自|向外)*"
                   "(?:外传|外泄|外借|泄露|泄密|扩散|转发|转载|传播|翻印|复印|复制|拷贝|拍照|公开|上网|发布|提供|引用)"),
    ("restricted", r"(?:仅供|仅限|专供|只供|供(?=内部|领导|会议))\D{1,16}(?:使用|参考|阅读|阅示|阅知|掌握|讨论|阅)"),
    ("restricted", "(?:阅|用|会)后(?:请)?(?:即焚|即毁|销毁|收回|回收|清退|退回|交回)"),
    ("draft", rf"(?:公开|内部|草案|第?(?:{_COUNT}|\d)+次?)*"
              rf"(?:征求意见|征求意见草|征求意见讨论|送审|讨论|报审|报批|审议|审查|代拟|草拟|未定|初)(?:第?(?:{_COUNT}|\d)+)?稿"
              rf"(?:第?(?:{_COUNT}|\d)+[稿版次]?)?|草稿|讨论草案"),
    # What stands beside a mark and is none.
    (None, r"(?:no)?\d{1,8}|第\d{1,6}号|份号|编号|共\d{1,4}份|特急|加急|平急|急件|特提"),
    (None, "密级(?:和保密期限)?|(?:秘密|保密|涉密|密级)(?:等级|级别|程度)|保密期限|国家秘密|知悉范围"),
    (None, "(?:此|本)(?:件|文件?|文稿|资料|材料|刊)(?:为|系|属于?)?|的|请|并|和|及"),
    (None, rf"(?!{_LEVEL}|内部|工作)[一-龥]{{1,12}}\d{{5,9}}号"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _WORDS)
_LEVELS = re.compile(_LEVEL)
_NO_WORDS = re.compile(r"[\W_]+")
_HINT = re.compile("[密祕内內注仅僅供勿不禁严嚴阅閱用会會稿专專只讨討]")
_GRAVITY: tuple[MarkKind, ...] = ("state_secret", "work_secret", "internal", "restricted", "draft")


def read_mark(line: str) -> MarkKind | None:
    """Give the gravest mark that a line is, None where it is no mark.

    >>> read_mark("000012　機 密 ★ 三 年　特急"), read_mark("（内部资料，注意保存）"), read_mark("保守国家秘密")
    ('state_secret', 'internal', None)
    """
    if not _HINT.search(line):
        return None
    words = _NO_WORDS.sub("", fold_text(line))
    if not 2 <= len(words) <= _LONGEST:
        return None
    found: set[MarkKind] = set()
    levels: set[str] = set()
    at = 0
    while at < len(words):
        # The longest words count, so that 国家秘密 is not taken for 秘密.
        kind, end = max(((kind, _end(pattern, words, at)) for kind, pattern in _PATTERNS), key=lambda word: word[1])
        if end <= at:
            return None
        if kind == "state_secret":
            levels.update(_LEVELS.findall(words[at:end]))
        if kind:
            found.add(kind)
        at = end
    if len(levels) > 1:
        return None
    return next((kind for kind in _GRAVITY if kind in found), None)


def _end(pattern: re.Pattern[str], words: str, at: int) -> int:
    match = pattern.match(words, at)
    return match.end() if match else at
