"""The encoding of a Chinese text: UTF-8, GB18030, Big5 or UTF-16, found from the bytes.

UTF-8 proves itself. The others accept each other's bytes, so each candidate is read and judged by
what comes out: four in five characters of running Chinese are among the 500 commonest or usual
punctuation, in either script once folded, against one in ten of a wrong reading. That tells them
apart from about 20 characters on and, unlike statistics over bytes, is the same on every run.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from kb.errors import DocumentError
from kb.text.fold import fold_text

# The commonest characters of Chinese laws, encyclopaedia articles and news, counted over 17 million.
_COMMON = frozenset(
    "的人和业一行有在年为工以政国务第中部应法定条理关会用市作生情民当对大管发地保防十公区不是员上时疫等规于者税机门及通要产出日主本或企设其物资实可进位控建全成经事个后方动合二学家月制期分施三开体办加新单安"
    "下由重所提服并自责他与府同场了处内到任得化品各医级省报院运力过信相名金委构前护组间之水能电性社入复项交现道度外立收费四持查展照代线供长小利文依支监高据教按面海接车治证表共病局五件受点纳营准使台明程确被"
    "取将子款式向计议目来县强路活申口指城求专多职系特好改权息平数统常告元标调案量检正导联西因记次需至请障北格基决总织集审最原备商而南策科种措划布例型具农斯知从东染予网毒影做就结天采况限助类卫司起书批传也山"
    "技源疗财督无军解心这意险境育村色协违域六称流落状未冠置列球万广直根范消队约健参环战属此执负形术号亚站反但严预律手如包给质免排两输增已放缴推担马领居赛里华优急除响康达测尔效认肺配炎选七投美登造料州八克世"
    "们节德食补价非校王感罚续都林身止还群比际承转视征少融乡九离近更清示研户先举房核许令该百然问围完港客则减团镇济维见气风别销江额住着整超拉士延序说京每必药积究义果我修值存验停救足回众鱼难变送捐厅益岛题引打"
)
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉〔〕【】「」『』—…·－　％")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5hkscs": "Big5", "cp950": "Big5", "utf-16-le": "UTF-16",
          "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}  # fmt: skip
_CANDIDATES = ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")  # the first of equals is taken
_SAMPLE = 2**15  # bytes; enough characters to tell encodings apart, and quickly read
_ASCII = bytes(range(1, 128))
_LEAST_SCORE = 0.25
_MOST_CONTROL = 0.02
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(path: Path, data: bytes, declared: str | None = None) -> str:
    """Give the text of `data`; `declared` is an encoding that the file itself names, tried after UTF-8.

    Raises DocumentError where the bytes are no text or are broken, with the line of the first bad byte.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(path, _strict(path, data[len(bom) :], encoding))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data, error.start):
            raise _broken(path, data, "utf-8", error) from None
    else:
        if text.count("\x00") <= _MOST_CONTROL * len(text):  # more are the high bytes of UTF-16
            return _checked(path, text)
    if declared and (known := _known(declared)):
        try:
            return _checked(path, data.decode(known))
        except UnicodeDecodeError:
            pass  # a page may name the wrong encoding: judge the bytes
    scores = {encoding: _score(data, encoding) for encoding in _CANDIDATES}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _LEAST_SCORE:
        raise DocumentError.of("text_not", file=path, begins=data[:8].hex(" "))
    return _checked(path, _strict(path, data, best))


def _known(name: str) -> str | None:
    """Give the codec for the name of an encoding; browsers read GB2312 and GBK as GB18030, so do we."""
    name = name.strip().lower()
    if name in ("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312"):
        return "gb18030"
    if name in ("big5", "big5-hkscs", "x-x-big5", "cn-big5"):
        return "cp950"
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # a codec such as base64 is none for text
    except (LookupError, ValueError):  # of a damaged name too, which may hold a NUL
        return None
    return codec.name


def _strict(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(path, data, encoding, error) from None


def _broken(path: Path, data: bytes, encoding: str, error: UnicodeDecodeError) -> DocumentError:
    line = data[: error.start].decode(encoding, "replace").count("\n") + 1
    sentence = "text_broken_off" if error.end >= len(data) else "text_broken"
    number, byte, name = error.start + 1, data[error.start], _NAMES.get(encoding, encoding)
    return DocumentError.of(sentence, file=path, line=line, number=number, byte=byte, encoding=name)


def _is_mostly_utf8(data: bytes, first_error: int) -> bool:
    """Tell damaged UTF-8 from another encoding, in which hardly any sequence is valid UTF-8."""
    sample = data[max(first_error - _SAMPLE, 0) : first_error + _SAMPLE].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    sound = sum(char > "\x7f" for char in sample) - broken
    return sound >= 4 * broken


def _score(data: bytes, encoding: str) -> float:
    """Give the share of what looks like Chinese text, 0 to 1, in `data` read as `encoding`."""
    wide = encoding.startswith("utf-16")
    if wide and len(data) % 2:
        return 0.0
    # Where ASCII opens the text, what follows is what tells; UTF-16 has to be read from its first byte.
    sample = data[:_SAMPLE] if wide else data.lstrip(_ASCII)[:_SAMPLE]
    try:
        # A character that the end of the sample cuts is not an error.
        text = codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) < _SAMPLE)
    except UnicodeDecodeError:
        return 0.0
    folded = fold_text("".join(char for char in text if char > "\x7f" and char not in _PUNCTUATION))
    plain = sum(" " <= char <= "~" or char in "\t\r\n" for char in text)
    common = sum(char in _COMMON for char in folded) + sum(char in _PUNCTUATION for char in text)
    bad = sum(unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") and char not in "\t\r\n\f" for char in text)
    others = len(text) - plain
    if not others:
        return 1.0
    return max(0.0, (common - 2 * bad) / others)


def _checked(path: Path, text: str) -> str:
    control = sum(1 for _ in _CONTROL.finditer(text))
    if control > _MOST_CONTROL * len(text):
        raise DocumentError.of("text_of_controls", file=path, count=control, length=len(text))
    return text
