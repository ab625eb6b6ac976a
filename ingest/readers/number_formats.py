"""Values of a spreadsheet as it shows them, by their number format (ECMA-376 part 1, 18.8.31).

Thousands, decimals, shares, filled places (0571), words around the number, dates and times. Formats for fractions and
powers of ten, and what nobody writes in a policy, are shown as General is.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

# A format has up to four, for positive, negative, zero and text. Source: ECMA-376 part 1, 18.8.31.
_SECTION = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*)(?:;|$)')
# [$¥-804] is a currency sign, [Red] a colour and [>=100] a condition.
_BRACKETS = re.compile(r"\[(?:\$([^\-\]]*)[^\]]*|[^\]]*)\]")
_SPACING = re.compile(r"[_*].")  # `_x` leaves the width of x free, `*x` fills with it.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')  # Quoted words, or one character behind a backslash.
# Digits, and commas behind them that divide by a thousand each.
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.([#0?]*))?(,*)")
# mm is minutes behind hours and months elsewhere.
_DATE = re.compile(
    r'"[^"]*"|\\.|yyyy|yy|mmmm?|mm?|dddd?|dd?|hh?|ss?(?:\.0+)?|AM/PM|上午/下午|.', re.IGNORECASE | re.DOTALL
)
_SHORT_DATE = "yyyy/m/d"  # what Chinese Excel makes of the format that it calls short date
_WEEKDAYS = "一二三四五六日"
_PRIVATE = "\ue000"  # keeps words of the format apart from its signs
_LONGEST = 200  # characters of a format that are read; Excel writes at most 255
_MOST_DECIMALS = 10  # that are shown, as many as a cell has room for


def shown(value: object, shape: str) -> str:
    """Write a value as a sheet with the number format `shape` shows it.

    >>> shown(1234.5, "#,##0.00"), shown(0.125, "0.0%"), shown(571, "0000"), shown(30, '0"元/人"'), shown(0.5, "General")
    ('1,234.50', '12.5%', '0571', '30元/人', '0.5')
    >>> shown(date(2031, 3, 8), 'yyyy"年"m"月"d"日";@'), shown(datetime(2031, 3, 8, 9, 5), "yyyy-mm-dd hh:mm")
    ('2031年3月8日', '2031-03-08 09:05')
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date | time):
        return _moment(value, shape)
    if isinstance(value, int | float):
        return _number(value, shape)
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return str(value)


def _number(value: int | float, shape: str) -> str:
    sections = [match[1] for match in _SECTION.finditer(shape[:_LONGEST])][:4]
    section, sign = sections[0] if sections else "General", "-" if value < 0 else ""
    if value < 0 and len(sections) > 2:  # the last match is empty
        section, sign = sections[1], ""
    elif value == 0 and len(sections) > 3:
        section = sections[2]
    section = _SPACING.sub("", _BRACKETS.sub(lambda match: match[1] or "", section))
    words: list[str] = []

    def keep(match: re.Match[str]) -> str:
        words.append(match[1] if match[1] is not None else match[2])
        return _PRIVATE

    signs = _LITERAL.sub(keep, section)
    number = _NUMBER.search(signs)
    if not shape.strip() or re.search(r"general|[e/@]", signs, re.IGNORECASE) or abs(value) >= 1e15:
        return str(value) if isinstance(value, int) else f"{value:.15g}"
    whole = signs
    if number is None:  # words in place of the number, or nothing
        sign = ""
    else:
        amount = abs(value) * (100 ** signs.count("%")) / 1000 ** len(number[2])
        whole = signs[: number.start()] + _digits(amount, number) + signs[number.end() :]
    for word in words:
        whole = whole.replace(_PRIVATE, word, 1)
    return (sign + whole).strip()


def _digits(amount: float, number: re.Match[str]) -> str:
    pattern, fraction = number[0].split(".")[0].rstrip(","), number[1] or ""
    places = min(len(fraction), _MOST_DECIMALS)
    # Excel keeps fifteen digits and rounds halves away from zero.
    rounded = Decimal(f"{amount:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:f}".partition(".")
    least = len(fraction.rstrip("#?"))
    while len(rest) > least and rest.endswith("0"):
        rest = rest[:-1]
    whole = whole.zfill(pattern.count("0"))
    if "0" not in pattern and whole == "0":
        whole = ""
    if "," in pattern:
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole)
    return f"{whole}.{rest}" if rest else whole


def _moment(value: datetime | date | time, shape: str) -> str:
    if isinstance(value, time):
        moment = datetime.combine(date(1900, 1, 1), value)
    else:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    section = _SECTION.match(shape[:_LONGEST])
    shape = _BRACKETS.sub("", section[1] if section else "")
    if shape.lower() in ("mm-dd-yy", "m/d/yy", "general", ""):
        shape = "h:mm" if isinstance(value, time) else _SHORT_DATE
    tokens = _DATE.findall(_SPACING.sub("", shape))
    halves = any(token.lower() in ("am/pm", "上午/下午") for token in tokens)
    written = ""
    for at, token in enumerate(tokens):
        written += _part(moment, token.lower(), _is_minute(tokens, at), halves)
    return written.strip()


def _is_minute(tokens: list[str], at: int) -> bool:
    """Tell a minute from a month: it stands behind an hour or before a second."""
    parts = [n for n, token in enumerate(tokens) if token[0].lower() in "ymdhs"]
    place = parts.index(at) if at in parts else -1
    before = tokens[parts[place - 1]][0].lower() if place > 0 else ""
    after = tokens[parts[place + 1]][0].lower() if 0 <= place < len(parts) - 1 else ""
    return place >= 0 and (before == "h" or after == "s")


def _part(moment: datetime, token: str, is_minute: bool, halves: bool) -> str:
    hour = (moment.hour % 12 or 12) if halves else moment.hour
    match token:
        case "yyyy":
            return f"{moment.year}"
        case "yy":
            return f"{moment.year % 100:02}"
        case "m" | "mm":
            number = moment.minute if is_minute else moment.month
            return f"{number:02}" if token == "mm" else str(number)
        case "mmm" | "mmmm":
            return f"{moment.month}月"
        case "d" | "dd":
            return f"{moment.day:02}" if token == "dd" else str(moment.day)
        case "ddd" | "dddd":
            return ("周" if token == "ddd" else "星期") + _WEEKDAYS[moment.weekday()]
        case "h" | "hh":
            return f"{hour:02}" if token == "hh" else str(hour)
        case "am/pm" | "上午/下午":
            return "上午" if moment.hour < 12 else "下午"
    if token[0] == "s":
        return f"{moment.second:02}" if token.startswith("ss") else str(moment.second)
    return token.strip('"') if token[0] == '"' else token.removeprefix("\\")
