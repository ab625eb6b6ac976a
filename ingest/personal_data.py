"""Personal data in a text: identity numbers, mobile numbers, bank cards. They are pointed out, never changed.

Identity numbers hold their check digit (GB 11643, ISO 7064 MOD 11-2) and a day of birth, bank cards that of Luhn
(ISO/IEC 7812). The number by which an office says that it can be reached is published on purpose and is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kb.text.fold import fold

FindingKind = Literal["identity_number", "mobile_number", "bank_card"]

# 18 digits with a birthday in the middle (GB 11643-1999); the check digit is computed below.
_IDENTITY = re.compile(r"(?<![\da-z])[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[01]\d[0-3]\d[ -]?\d{3}[\dx](?![\da-z])")
# 11 digits from 13 to 19; digits of a longer number or a decimal are none.
_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d.]\d|\d)")
# 15 to 19 digits with the prefixes of UnionPay, Visa, Mastercard and American Express; Luhn's check digit is computed
# below.
_CARD = re.compile(r"(?<![\da-z])(?:3[4-7]|4|5[1-5]|6)\d(?:[ -]?\d){13,17}(?![\da-z])")
# GB 11643-1999, 17 weights and the check digit by the remainder modulo 11.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10x98765432"
# Who is named before a number: an office, or somebody.
_OFFICE = re.compile(
    r"联系人|联系电话|联系方式|(?:咨询|服务|投诉|监督|举报|办公|值班|业务|报名|预约)(?:电话|热线|方式)|热线|传真|经办人"
)
_PERSON = re.compile(
    r"申请人|户主|当事人|居民|业主|学生|家长|患者|本人|家属|监护人|法定代表人|姓名|身份证|住址|被征收人|投诉人|举报人"
)
_SENTENCE_ENDS = re.compile("[\n。;]")
_NEAR = 80  # characters before a number that may say whose it is
_NOT_DIGITS = re.compile(r"[^\dx]")


@dataclass(frozen=True, slots=True)
class Finding:
    """text[start:end] of the canonical text is a number that belongs to somebody."""

    kind: FindingKind
    start: int
    end: int


def personal_data(text: str) -> tuple[Finding, ...]:
    """Find the personal data in a canonical text, in its order.

    >>> personal_data("申请人手机１３９ ００１３ ９０００；联系电话：13900139000")
    (Finding(kind='mobile_number', start=5, end=18),)
    """
    folded = fold(text)
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for kind, (start, end) in _numbers(folded.text):
        if not any(start < last and first < end for first, last in taken):
            taken.append((start, end))
            found.append(Finding(kind, *folded.span(start, end)))
    return tuple(sorted(found, key=lambda finding: finding.start))


def _numbers(text: str) -> Iterator[tuple[FindingKind, tuple[int, int]]]:
    for match in _IDENTITY.finditer(text):
        if _is_identity(_NOT_DIGITS.sub("", match[0])):
            yield "identity_number", match.span()
    for match in _CARD.finditer(text):
        if _is_card(_NOT_DIGITS.sub("", match[0])):
            yield "bank_card", match.span()
    for match in _MOBILE.finditer(text):
        before = _SENTENCE_ENDS.split(text[max(0, match.start() - _NEAR) : match.start()])[-1]
        if _PERSON.search(before) or not _OFFICE.search(before):
            yield "mobile_number", match.span()


def _is_identity(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == number[17]


def _is_card(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
