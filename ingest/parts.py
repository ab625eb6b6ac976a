"""The parts of an official document around and behind its body (GB/T 9704): 版头, 目录, 附件清单, 落款, 版记, 附件, 注.

Each part is known by the form of its lines and by where they stand, so that a signature, a list of annexes or
the offices that get a copy never become the end of the last article, and an annex counts its clauses anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.secrecy_words import read_mark
from kb.text.fold import fold_text
from kb.text.markers import read_marker
from kb.text.numerals import parse_numeral

Line = tuple[int, int]

_HEAD_LINES = 14  # within which a letterhead ends
_SHORT = 60  # characters of a line that names something
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_YEAR = r"(?:\d{4}|[二一][〇零○一二三四五六七八九]{3})"
_DATE = rf"{_YEAR}年(?:\d{{1,2}}|{_NUMERAL})月(?:\d{{1,2}}|{_NUMERAL})日"
_OFFICE = r"[一-龥、()]{2,40}(?:府|厅|局|委|会|室|部|院|司|署|中心|公司|处|社|组|所|行|站|队|街道|镇|乡|办|校|馆)"

_NUMBER = r"[一-龥]{1,12}\[\d{4}\]第?\d{1,5}号"  # The number of a paper, as its letterhead has it.
# What stands above the title of an official paper: office, number, signer, stars, urgency. Source: GB/T 9704-2012.
_LETTERHEAD = re.compile(
    rf"{_OFFICE}文件|{_NUMBER}(?:签发人:?[一-龥、]{{2,20}})?|签发人:?[一-龥、]{{2,20}}|[★☆]+"
    r"|(?:特急|加急|平急|急件|特提|(?:绝密|机密|秘密)(?:★.{0,8})?)|\d{6}|[-_=—]{3,}"
)
_CONTENTS = re.compile(r"目[录次]")  # 目录, 目次, and what is left of them with a space between.
# A line of a table of contents ends in dots or a page number.
_LEADERS = re.compile(r"[.·…]{2,}\d{0,4}$|(?<=\D)\d{1,4}$")
# 附件1, 附件一：, 附表; a letter only where no word follows (附录a, not 附录all).
_ANNEX = re.compile(
    rf"(?:附件|附表|附录)(\d{{1,2}}(?:-\d{{1,2}})?|{_NUMERAL}|[a-z](?![a-z]))?(?:(?P<mark>[:.、])|(?P<alone>$)|(?P<gap>\s))"
)
# The list of annexes below the text counts on without repeating 附件.
_LISTED = re.compile(r"(?:附件|附表)?(?:\d{1,2}|" + _NUMERAL + r")[.、:](?!\d)")
_SIGNED = re.compile(rf"(?P<office>{_OFFICE})?(?P<date>{_DATE})")  # Office and day on one line, or the day alone.
_SIGNER = re.compile(rf"{_OFFICE}(?:\(?(?:盖章|代章|印章|公章)\)?)?")  # The office alone, with its seal in words.
# Longer ones first: 不公开 ends in 公开.
_DISCLOSURES = [
    "主动公开",
    "公开发布",
    "全文公开",
    "依申请公开",
    "不予公开",
    "不宜公开",
    "不公开",
    "删减后公开",
    "部分公开",
    "公开",
]
_SPACED_DISCLOSURES = "|".join(map(r"\s*".join, _DISCLOSURES))
DISCLOSED = re.compile(
    r"\s*\(?\s*[此本]\s*件\s*(?P<disclosure>(?:可以?|暂|予以)?\s*"
    rf"(?:{_SPACED_DISCLOSURES}))\s*\)?\s*。?\s*"
)
_COPIES = re.compile(r"(?:抄送|抄报|分送|主送|发送):")  # To whom a paper is copied is no part of its text.
# 某办公室 2024年5月1日印发: the imprint, which closes a paper.
_PRINTED = re.compile(rf".{{0,40}}?{_DATE}印发.{{0,12}}|.{{2,30}}办公[厅室]印发|\(?共印\d+份\)?")
# 注：, 备注1:, [1] — but [2024]12号 is the number of a paper.
_NOTE = re.compile(r"(?:注|备注|脚注|说明)(\d{1,2})?:|\[(\d{1,2})\](?!\d{0,4}[年号])")
# The titles that a notice passes on: a line of nothing but one of them opens its annex.
_TITLED = re.compile(r"《([^《》]{4,60})》")
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class Part:
    """Lines that belong together. `name` is the first half of the clause ids, `label` that of the labels.

    `body`, the annexes and every text that a notice issues beside the first one (`text2`) have outlines of their own; a
    body begins anew behind a signature.
    """

    name: str
    label: str
    lines: list[Line] = field(default_factory=list)

    @property
    def has_outline(self) -> bool:
        """Say whether articles and headings are looked for in it: not in a heading, a signature or a list of
        annexes."""
        return self.name == "body" or (self.name.startswith(("annex", "text")) and self.name != "annexes")


def split_parts(text: str, lines: Sequence[Line]) -> list[Part]:
    """Divide `lines`, in the order of the text, into parts."""
    kinds = _Kinds(text, lines)
    parts: list[Part] = []
    current = ("body", "")
    seen_list = seen_signature = False
    for number, line in enumerate(lines):
        kind = kinds.of(number, seen_list or seen_signature)
        if kind is None:
            name, label = current
        else:
            name, label = kind
            seen_list = seen_list or name == "annexes"
            seen_signature = seen_signature or name == "signature"
            if name.startswith(("annex", "text")) and name != "annexes":
                current = kind
                parts.append(Part(name, label))
        if not parts or parts[-1].name != name:
            parts.append(Part(name, label))
        parts[-1].lines.append(line)
    return parts


def signature_lines(text: str, lines: Sequence[Line]) -> list[list[int]]:
    """Find, by their places in `lines`, the dates that stand alone with their offices above or behind an office, and
    the lines that say who may read the document (此件公开发布)."""
    found: list[list[int]] = []
    for number, line in enumerate(lines):
        start, end = line
        if number == 0 or end - start > _SHORT:
            continue
        raw = text[start:end]
        if not raw.rstrip().endswith("日") and not ("件" in raw and "公" in raw):
            continue
        tight = _tight(text, line)
        signed = _SIGNED.fullmatch(tight)
        if signed:
            signers = _signers_above(text, lines, number)
            if signed["office"] or signers or _closes(text, lines, number):
                found.append([*signers, number])
        elif DISCLOSED.fullmatch(tight):
            found.append([number])
    return found


def _closes(text: str, lines: Sequence[Line], number: int) -> bool:
    """Tell whether a date alone stands behind a sentence and before an annex, the distribution or the end."""
    if not text[slice(*lines[number - 1])].rstrip().endswith("。"):
        return False
    if number + 1 == len(lines):
        return True
    following = _tight(text, lines[number + 1])
    return any(pattern.match(following) for pattern in (_ANNEX, _COPIES, DISCLOSED))


def _signers_above(text: str, lines: Sequence[Line], number: int) -> list[int]:
    signers: list[int] = []
    for above in range(number - 1, 0, -1):
        start, end = lines[above]
        if end - start > _SHORT or read_marker(text, start, end) or not _SIGNER.fullmatch(_tight(text, lines[above])):
            break
        signers.insert(0, above)
    return signers


def letterhead_lines(text: str, lines: Sequence[Line]) -> int:
    """Count the lines of the letterhead, which opens the document."""
    count = 0
    while count < min(_HEAD_LINES, len(lines)):
        cells = [cell for cell in _tight(text, lines[count]).split("|") if cell]
        if not cells or not all(_LETTERHEAD.fullmatch(cell) or read_mark(cell) for cell in cells):
            break
        count += 1
    return count


def _tight(text: str, line: Line) -> str:
    """Give the beginning of a line folded and without blanks."""
    start, end = line
    return _BLANKS.sub("", fold_text(text[start : min(end, start + 3 * _SHORT)]))


class _Kinds:
    """Tells what a line is by its form, and by the lines around it."""

    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._text = text
        self._lines = lines
        self._contents = _contents(text, lines)
        self._letterhead = letterhead_lines(text, lines)
        self._signed = {number for numbers in signature_lines(text, lines) for number in numbers}
        self._noted = self._closing_notes()
        self._issued = _issued_texts(text, lines)
        self._copied = self._listing = False

    def of(self, number: int, annexes_follow: bool) -> tuple[str, str] | None:
        """Give name and label of the part that the line begins or belongs to; None where it goes on."""
        if number in self._contents:
            return "toc", "目录"
        if number in self._issued:
            return self._issued[number]
        if number in self._signed:
            return "signature", "落款"
        if number in self._noted:
            return self._noted[number]
        first = self._text[self._lines[number][0] : self._lines[number][1]].lstrip()[:1]
        if number < self._letterhead:
            return "letterhead", "版头"
        if self._is_distribution(number):
            return "distribution", "抄送和印发"
        found = self._annex(number, annexes_follow) if first == "附" or self._listing else None
        self._listing = found is not None and found[0] == "annexes"
        return found

    def _tight(self, number: int) -> str:
        """Give a line folded and without blanks."""
        return _tight(self._text, self._lines[number])

    def _is_distribution(self, number: int) -> bool:
        start, end = self._lines[number]
        raw = self._text[start:end]
        if raw.lstrip()[:1] in "抄分主發发" and _COPIES.match(self._tight(number)):
            self._copied = number > len(self._lines) // 2
            return self._copied
        if "印" in raw[-20:] and _PRINTED.fullmatch(self._tight(number)):
            self._copied = False
            return True
        if self._copied:  # the offices go on until the line that says who printed it
            self._copied = (
                len(raw) <= 3 * _SHORT and read_marker(self._text, start, end) is None and raw.lstrip()[:1] != "附"
            )
        return self._copied

    def _closing_notes(self) -> dict[int, tuple[str, str]]:
        """Find the notes that close the text, a signature or an annex: the lines from the first 注 on."""
        found: dict[int, tuple[str, str]] = {}
        for number, (start, end) in enumerate(self._lines):
            if self._text[start:end].lstrip()[:1] not in ("注", "备", "備", "脚", "腳", "[", "［"):
                continue
            note = _NOTE.match(self._tight(number))
            following = number + 1
            if note and (following == len(self._lines) or following in self._signed or self._opens(following)):
                which = note[1] or note[2] or ""
                found[number] = (f"note{which}", f"注{which}")
        return found

    def _opens(self, number: int) -> bool:
        tight = self._tight(number)
        return any(pattern.match(tight) for pattern in (_NOTE, _ANNEX, _COPIES))

    def _annex(self, number: int, annexes_follow: bool) -> tuple[str, str] | None:
        start, end = self._lines[number]
        folded = fold_text(self._text[start : min(end, start + 3 * _SHORT)]).strip()
        folded = re.sub(r"^附\s+(?=[件表录])", "附", folded)
        folded = re.sub(r"^(附[件表录])\s+(?=[\da-z])", r"\1", folded)
        match = _ANNEX.match(folded)
        if match is None:
            return ("annexes", "附件清单") if self._goes_on_with_list(number) else None
        rest = folded[match.end() :].strip()
        if len(rest) > _SHORT or rest.endswith(("。", ";")):
            return None
        names_follow = _LISTED.match(rest) is not None
        if names_follow or (not annexes_follow and (rest or match["mark"]) and self._is_list(number)):
            return "annexes", "附件清单"
        which = _ordinal(match[1])
        return f"annex{which}", f"{folded[: match.end(1) if match[1] else 2].strip().upper()}"

    def _goes_on_with_list(self, number: int) -> bool:
        """Tell whether the line goes on with the list of annexes that the line above belongs to."""
        start, end = self._lines[number]
        tight = self._tight(number)
        return self._listing and end - start <= _SHORT and _LISTED.match(tight) is not None and tight[-1] not in "。;:"

    def _is_list(self, number: int) -> bool:
        """Tell whether a list of annexes begins here: short lines up to a signature, a part or the end."""
        following = number + 1
        while following < len(self._lines) and following not in self._signed:
            start, end = self._lines[following]
            tight = self._tight(following)
            if end - start > _SHORT or not _LISTED.match(tight) or tight.endswith(("。", ";", ":")):
                break
            following += 1
        if following == len(self._lines) or following in self._signed:
            return True
        tight = self._tight(following)
        annex = _ANNEX.match(tight)
        return (annex is not None and following > number) or bool(_COPIES.match(tight))


def _issued_texts(text: str, lines: Sequence[Line]) -> dict[int, tuple[str, str]]:
    """Find where the second and every further text begins that a notice issues (现将《甲》和《乙》印发给你们): at the line that is
    its title alone, before any annex, which have names of their own."""
    named: set[str] = set()
    found: dict[int, tuple[str, str]] = {}
    seen = 0
    for number, (start, end) in enumerate(lines):
        tight = _tight(text, (start, end))
        if named and _ANNEX.match(tight):
            break
        if number < _HEAD_LINES and "印发" in text[start:end] and (titles := _TITLED.findall(text[start:end])):
            named |= {_BLANKS.sub("", fold_text(title)) for title in titles}
        elif tight in named:
            named.discard(tight)
            seen += 1
            if seen > 1:
                found[number] = (f"text{seen}", f"《{text[start:end].strip()}》")
    return found


def _contents(text: str, lines: Sequence[Line]) -> set[int]:
    """Find the table of contents: from 目录 to where its first entry stands again, or as long as lines end with a
    page."""
    for number, (start, end) in enumerate(lines[: 4 * _HEAD_LINES]):
        if text[start:end].lstrip()[:1] != "目" or not _CONTENTS.fullmatch(_BLANKS.sub("", fold_text(text[start:end]))):
            continue
        entries = [_entry(text, line) for line in lines[number + 1 : number + 400]]
        if not entries:
            return {number}
        again = next((n for n, entry in enumerate(entries[1:], 1) if entry == entries[0]), None)
        if again is None:
            again = next((n for n, line in enumerate(lines[number + 1 :]) if not _has_page(text, line)), 0)
        return set(range(number, number + 1 + again))
    return set()


def _entry(text: str, line: Line) -> str:
    return _LEADERS.sub("", _BLANKS.sub("", fold_text(text[slice(*line)])))


def _has_page(text: str, line: Line) -> bool:
    return _LEADERS.search(_BLANKS.sub("", fold_text(text[slice(*line)]))) is not None


def _ordinal(written: str | None) -> str:
    if not written:
        return ""
    value = parse_numeral(written) if not written[0].isascii() else None
    return str(value) if value else written.upper()
