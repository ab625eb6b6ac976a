"""Fields of Word that have no stored result: equations of the kind EQ, check boxes and drop-down lists of forms.

Most fields keep the text that Word last showed for them; of these nothing is kept but how to draw it.
Source: ECMA-376 part 1, 17.16.5.17 (EQ), 17.16.7 and 17.16.14 (check boxes and lists).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.word_numbering import Element, W, small_number, switched_on

# EQ fields draw fractions, roots and circled numbers; ECMA-376 leaves their grammar to Word, so this is what Word
# takes.
_SWITCH = re.compile(r"\\(?P<kind>[a-z])(?P<options>(?:\\?[a-z]{2}-?\d*|\\[a-z]{2}[^\s(])*)\s*\(", re.IGNORECASE)
_CIRCLES = "○〇◯Oo"  # What is put around a number to make ③.
_DEEP = 8  # fields within fields, as a bound


def without_result(instruction: str, form: Element | None) -> str:
    r"""Give what Word draws for a field that keeps no result; empty for fields of other kinds.

    >>> without_result(r" eq \o\ac(○,1) ", None), without_result(r"EQ \F(1,2)", None)
    ('①', '1/2')
    """
    name, _, code = instruction.strip().partition(" ")
    match name.upper():
        case "EQ":
            return _drawn(code, 0)
        case "FORMCHECKBOX":
            return "☑" if _is_ticked(form) else "□"
        case "FORMDROPDOWN":
            return _chosen(form)
    return ""


def _is_ticked(form: Element | None) -> bool:
    box = form.find(f"{W}checkBox") if form is not None else None
    if box is None:
        return False
    checked = box.find(f"{W}checked")
    return switched_on(checked if checked is not None else box.find(f"{W}default"))


def _chosen(form: Element | None) -> str:
    listed = form.find(f"{W}ddList") if form is not None else None
    entries = [one.get(f"{W}val", "") for one in listed.iter(f"{W}listEntry")] if listed is not None else []
    if listed is None or not entries:
        return ""
    chosen = listed.find(f"{W}result")
    at = small_number(chosen if chosen is not None else listed.find(f"{W}default"), 0)
    return entries[at] if at < len(entries) else ""


def _drawn(code: str, depth: int) -> str:
    """Write an EQ code in a line: fractions with a stroke, what stands over one another side by side."""
    words = ""
    while depth < _DEEP and (switch := _SWITCH.search(code)):
        arguments, rest = _arguments(code[switch.end() :])
        words += code[: switch.start()].strip() + _element(switch["kind"].lower(), arguments, depth)
        code = rest
    return words + code.strip()


def _element(kind: str, arguments: Sequence[str], depth: int) -> str:
    parts = [_drawn(argument, depth + 1) for argument in arguments]
    match kind:
        case "f" if len(parts) == 2:
            return "/".join(part if part.isalnum() else f"({part})" for part in parts)
        case "o" if len(parts) == 2 and any(part in _CIRCLES for part in parts):
            inside = next((part for part in parts if part not in _CIRCLES), "")
            return chr(ord("①") + int(inside) - 1) if inside.isdecimal() and 0 < int(inside) <= 20 else inside
        case "r":
            return f"{parts[0] if len(parts) > 1 else ''}√{parts[-1]}"
        case "b":
            return f"({''.join(parts)})"
        case "a" | "l":
            return " ".join(parts)
    return "".join(parts)


def _arguments(code: str) -> tuple[list[str], str]:
    """Cut the arguments off, up to the bracket that closes them, and give what stands behind it."""
    found, begin, depth = [], 0, 0
    for at, char in enumerate(code):
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif char == ")" or (char in ",;，；" and not depth):
            found.append(code[begin:at].strip())
            begin = at + 1
            if char == ")":
                return found, code[begin:]
    return [*found, code[begin:].strip()], ""
