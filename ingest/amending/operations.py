"""An amending decision read into operations: 修改为, 增加一条作为, 删去, 条文序号作相应调整.

A decision is a list of items (一、 or 1.), each with quotations. An item is read sentence by sentence with its quotations
put aside, against the fixed forms in which drafters write (立法技术规范). What of an item speaks of a change and fits none of
them is an operation too, one that is not understood: nothing is dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.fold import fold_text
from kb.text.markers import read_marker
from kb.text.numerals import parse_numeral

Action = Literal[
    "replace", "substitute", "insert_article", "insert_paragraph", "insert_item", "insert_words", "delete", "delete_words",
    "move", "renumber", "not_understood",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the text that is changed, by its numbers there; `insertion` is the number of 之, 0 for none."""

    article: int
    insertion: int = 0
    paragraph: int | None = None
    item: int | None = None

    @property
    def number(self) -> tuple[int, int]:
        """Give what articles are ordered by: the article, then which of those inserted behind it (第十二条之一)."""
        return self.article, self.insertion


@dataclass(frozen=True, slots=True)
class Operation:
    """One change: `place` is where, `new` and `old` are the quoted words, `target` where it goes to (a new number, or
    the place of what is inserted). `law` names the text that is changed, where the decision changes several.
    text[start:end] of the decision is the item that orders it; `words` is the form that was read."""

    action: Action
    place: Place | None
    words: str
    start: int
    end: int
    new: str = ""
    old: str = ""
    target: Place | None = None
    before: bool = False
    law: str | None = None


_N = r"[一二三四五六七八九十百千零〇\d]{1,9}"  # Numbers of places stand in numerals; digits are left by quoting programs.
# Down to the item; points below it are given as quoted words.
_PLACE = rf"(?:第{_N}条(?:之{_N})?(?:的?第{_N}款)?(?:的?第?\(?{_N}\)?项)?|第{_N}款(?:的?第?\(?{_N}\)?项)?|第{_N}项)"
# The same, taken apart.
_PARTS = re.compile(
    rf"(?:第(?P<article>{_N})条(?:之(?P<insertion>{_N}))?)?(?:的?第(?P<paragraph>{_N})款)?(?:的?第?\(?(?P<item>{_N})\)?项)?"
)
_PLACES = rf"{_PLACE}(?:(?:、|和|及|以及){_PLACE})*"  # 第三条、第五条第二款和第七条
# Quoted words are cut out first and stand here by number, so that nothing in them is read as an instruction.
_Q = r"\x00(?P<{}>\d+)\x01"
# 将《甲法》中的: names what is amended, which is known.
_LAW = r"(?:在|将|对|把)?(?:<[^<>]*(?:<[^<>]*>[^<>]*)*>|[一-龥]{0,8}?(?:法|条例|办法|规定|细则|解释))?(?:中|的)?(?:在|将)?(?:原)?"
# 作为第十三条: the number that an inserted article gets.
_AS = rf"(?:分别)?作为(?:<[^<>]*>)?(?:修改后)?(?P<as>{_PLACES}(?:至{_PLACE})?)"
_CHANGED = "(?:修改为|改为|修正为|修订为|调整为|替换为)"  # Decisions of different years and houses say it differently.
_FORMS: tuple[tuple[Action, re.Pattern[str]], ...] = (
    ("insert_article", re.compile(rf"{_LAW}(?:(?P<place>{_PLACE})(?:之)?后面?)?,?(?:同时)?增加{_N}?[一二两三四五六七八九十]?条,?{_AS}(?:规定)?[:,]*{_Q.format('new')}")),
    ("replace", re.compile(rf"{_LAW}(?P<place>{_PLACE})(?:中)?,?增加[一二两三四五六七八九十]款,?(?:分别)?作为{_PLACES},?(?:并)?将该条{_CHANGED}[:,]*{_Q.format('new')}")),
    ("insert_item", re.compile(rf"{_LAW}(?:(?P<place>{_PLACE})(?:中)?)?,?(?:并|同时)?增加[一二两三四五六七八九十]项,?{_AS}(?:规定)?[:,]*{_Q.format('new')}")),
    ("insert_paragraph", re.compile(rf"{_LAW}(?:(?P<place>{_PLACE})(?:中)?)?,?(?:并|同时)?增加[一二两三四五六七八九十]款,?{_AS}(?:规定)?[:,]*{_Q.format('new')}")),
    ("insert_words", re.compile(rf"{_LAW}(?P<place>{_PLACE})?(?:中)?的?{_Q.format('old')}(?:之)?(?P<side>前|后)面?(?:增加|增写){_Q.format('new')}")),
    ("move", re.compile(rf"{_LAW}(?P<place>{_PLACE})(?:相应地?)?(?:作为|改为|修改为|调整为|改作)(?:修改后)?(?:<[^<>]*>)?(?P<as>{_PLACE})(?:,?(?:并)?{_CHANGED})?[:,]*(?:{_Q.format('new')})?")),
    ("replace", re.compile(rf"{_LAW}(?P<place>{_PLACES}),?{_CHANGED}[:,]*{_Q.format('new')}")),
    ("substitute", re.compile(rf"{_LAW}(?P<place>{_PLACES})?(?:中)?的?:?{_Q.format('old')},?{_CHANGED}[:,]*{_Q.format('new')}")),
    ("delete_words", re.compile(rf"(?:删去|删除){_LAW}(?P<place>{_PLACE})?(?:中|末尾|规定)?的?{_Q.format('old')}")),
    ("delete_words", re.compile(rf"{_LAW}(?P<place>{_PLACE})?(?:中|末尾|规定)?的?{_Q.format('old')}(?:予以)?(?:删去|删除)")),
    ("delete", re.compile(rf"(?:删去|删除){_LAW}(?P<place>{_PLACES})")),
    ("delete", re.compile(rf"{_LAW}(?P<place>{_PLACES})(?:予以)?(?:删去|删除)")),
    ("renumber", re.compile(r"(?:并对|并将|对|将)?(?:<[^<>]*>)?(?:的)?(?:条款|条文|条|款|项)?(?:的)?(?:序号|顺序)(?:根据本决定)?作?(?:了)?相应(?:的)?调整")),
)  # fmt: skip
# A paragraph with one of these wants to change something: where no form fits it, the decision is not understood, and is
# not applied in part.
_SPEAKS = re.compile("修改|增加|增写|删|调整|作为|改为|合并|替换|调至|移至")
# Says that changes follow, and changes nothing.
_LEADS = re.compile(
    r"(?:作|作出|做)(?:如下|以下|下列)(?:补充)?(?:修改|修正)|根据本决定作相应修改|重新公布|关于修改<.*的决定$"
)
_TITLE = "<[^<>]*(?:<[^<>]*>[^<>]*)*>"
# A law of several that a decision changes
_OPENS = re.compile(rf"^[一二三四五六七八九十]{{1,3}}、修改(?P<law>{_TITLE})")
_MARKER = re.compile(
    rf"^(?:[一二三四五六七八九十]{{1,3}}、|\d{{1,3}}\.|\([一二三四五六七八九十]{{1,3}}\)|第{_N}条(?!第|中|后|的|修|增))"
)
_ITEMS = ("一、", "1.", "（一）", "条")


def read_operations(text: str) -> list[Operation]:
    """Read the operations of a decision, in its order.

    >>> decision = "某决定\\n一、将第三条中的“180日”修改为“270日”。\\n二、删去第四条。\\n三、第五条照旧调整。\\n"
    >>> [(one.action, one.place and one.place.article, one.new) for one in read_operations(decision)]
    [('substitute', 3, '270日'), ('delete', 4, ''), ('not_understood', None, '')]
    """
    found: list[Operation] = []
    law: str | None = None
    for start, end in _items(text):
        template, quotations = _put_aside(text[start:end])
        opening = _OPENS.match(template)
        if opening:
            law = opening["law"][1:-1]
            template = template[opening.end() :]
        found += _read_item(template, quotations, start, end, law)
    return found


def _items(text: str) -> Iterator[tuple[int, int]]:
    """Cut a decision into its items; what stands in quotation marks belongs to the item that quotes it."""
    begins: int | None = None
    depth = last = 0
    for match in re.finditer(r"[^\n]+", text):
        start, end = match.span()
        line = text[start:end]
        opened = depth
        depth = _depth(line, depth)
        if opened == 0:
            marker = read_marker(text, start, end)
            quotes = line.lstrip().startswith("“")
            if (marker and marker.kind in _ITEMS) or not (quotes or _SPEAKS.search(line.partition("“")[0])):
                if begins is not None:
                    yield begins, last
                begins = start
            begins = start if begins is None else begins
        last = end
    if begins is not None:
        yield begins, last


def _depth(line: str, depth: int) -> int:
    """Count the quotation marks that stay open behind a line. A paragraph that goes on with a quotation may open it
    again."""
    for position, char in enumerate(line):
        if char == "“" and not (depth and not line[:position].strip()):
            depth += 1
        elif char == "”" and depth:
            depth -= 1
    return depth


def _put_aside(item: str) -> tuple[str, list[str]]:
    """Give an item, folded, with numbers in the place of its quotations, and the quotations."""
    quotations: list[str] = []
    plain: list[str] = []
    depth = 0
    quoted: list[str] = []
    for line in item.split("\n"):
        for position, char in enumerate(line):
            if char == "“" and depth and not line[:position].strip():
                continue
            if char == "“":
                depth += 1
                if depth == 1:
                    quoted = []
                    continue
            elif char == "”" and depth:
                depth -= 1
                if depth == 0:
                    plain.append(f"\0{len(quotations)}\1")
                    quotations.append("".join(quoted).strip())
                    continue
            (quoted if depth else plain).append(char)
        (quoted if depth else plain).append("\n")
    pieces = re.split("(\0\\d+\1)", "".join(plain))
    folded = "".join(piece if piece.startswith("\0") else re.sub(r"\s+", "", fold_text(piece)) for piece in pieces)
    return folded, quotations


def _read_item(template: str, quotations: Sequence[str], start: int, end: int, law: str | None) -> Iterator[Operation]:
    spoken: Place | None = None  # the article that the item spoke of before: 第一款 alone means one of its own
    for sentence in re.split(r"[。;]", template):
        rest = _MARKER.sub("", sentence).lstrip(",")
        left: list[str] = []
        while rest:
            read = _read_one(rest, quotations, spoken, start, end, law)
            if read is None:
                left.append(rest)
                break
            operations, before, rest = read
            left.append(before)
            yield from operations
            spoken = next((one.place for one in reversed(operations) if one.place), spoken)
            rest = rest.lstrip(",、和并")
        words = "".join(left)
        if _SPEAKS.search(words) and not _LEADS.search(words):
            yield Operation("not_understood", None, _shown(sentence, quotations), start, end, law=law)


def _read_one(
    rest: str, quotations: Sequence[str], spoken: Place | None, start: int, end: int, law: str | None
) -> tuple[list[Operation], str, str] | None:
    """Read the first form of a sentence: its operations, the words before it and those behind it."""
    matches = [(action, match) for action, pattern in _FORMS if (match := pattern.search(rest))]
    if not matches:
        return None
    action, match = min(matches, key=lambda one: (one[1].start(), [name for name, _ in _FORMS].index(one[0])))
    groups = match.groupdict()
    new, old = (quotations[int(groups[name])] if groups.get(name) else "" for name in ("new", "old"))
    places = _places(groups.get("place") or "", spoken) or ([spoken] if spoken and action != "renumber" else [])
    targets = _places(groups.get("as") or "", places[0] if places else spoken)
    if action not in ("renumber", "insert_article") and not places:
        return None
    words = _shown(match.group(), quotations)
    common = {"words": words, "start": start, "end": end, "law": law}
    if action == "replace" and len(places) > 1:
        operations = [Operation("replace", places[0], new=new, target=places[-1], **common)]  # type: ignore[arg-type]
    elif action == "delete" or (action == "substitute" and len(places) > 1):
        operations = [Operation(action, place, new=new, old=old, **common) for place in places]  # type: ignore[arg-type]
    elif action == "insert_article":
        place = places[0] if groups.get("place") else None
        operations = [Operation(action, place, new=new, target=targets[0] if targets else None, **common)]  # type: ignore[arg-type]
    else:
        operations = [
            Operation(
                action,
                places[0] if places else None,
                new=new,
                old=old,
                target=targets[0] if targets else None,
                before=groups.get("side") == "前",
                **common,  # type: ignore[arg-type]
            )
        ]
    return operations, rest[: match.start()], rest[match.end() :]


def _places(written: str, spoken: Place | None) -> list[Place]:
    """Read 第三条第一款、第二款 as two places of one article."""
    found: list[Place] = []
    for match in _PARTS.finditer(written):
        if not match.group():
            continue
        article, insertion, paragraph, item = (_value(part) for part in match.groups())
        last = found[-1] if found else spoken
        if article is None:
            if last is None:
                continue
            within = last.paragraph if paragraph is None else paragraph
            found.append(Place(last.article, last.insertion, within, item))
        else:
            found.append(Place(article, insertion or 0, paragraph, item))
    return found


def _value(written: str | None) -> int | None:
    if not written:
        return None
    value = int(written) if written.isdigit() else parse_numeral(written)
    return int(value) if value is not None else None


def _shown(template: str, quotations: Sequence[str]) -> str:
    """Give words with their quotations again."""
    return re.sub("\0(\\d+)\1", lambda match: f"“{quotations[int(match[1])]}”", template)
