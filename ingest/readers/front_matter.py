"""Front matter: what an editor says about a document, in TOML between two lines of `+++`.

Every key is named here and an unknown one is an error, because a misspelt `expires` would put an
expired policy back in force. A message names the file, the line of the key, the value and what to
write instead. `header_lines` turns the data into the lines that open the canonical text, so that
they can be cited like any other span.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from ingest.readers.canonical import canonical
from kb.errors import DocumentError, Location
from kb.provenance import STATUS_WORDS
from kb.text.dates import PartialDate
from kb.types import Kind, Level, RelationType, StatedDisclosure, Status

# Whoever writes front matter states that it is not clear; elsewhere a document merely does not say.
_STATUS_WORDS: dict[Status, str] = STATUS_WORDS | {"unknown": "效力不明"}
# As official headers write them.
DISCLOSURE_WORDS: dict[StatedDisclosure, str] = {
    "public": "主动公开",
    "on_request": "依申请公开",
    "withheld": "不予公开",
}

_LITERALS = {"kind": Kind, "status": Status, "level": Level, "disclosure": StatedDisclosure, "type": RelationType}
_FENCE = re.compile(r"\+\+\+[ \t]*")  # TOML between plus signs, as Hugo writes it.
# To name the line of a wrong key, which the TOML parser does not tell.
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:=|\.)""")
# The same for [[relations]].
_TABLE = re.compile(r"\[\[?([^\[\]]*)\]\]?\s*(?:#.*)?")
# The parser's own place counts from the fence; ours counts from the top of the file.
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_ID = re.compile(r"\w[\w.-]{0,99}")  # May stand in an address and in a file name.
_SHOWN = 40  # characters of a wrong value that a message repeats


def _one_line(value: str) -> str:
    value = canonical(value).strip()
    if not value:
        raise PydanticCustomError("empty", "is empty")
    if "\n" in value:
        raise PydanticCustomError("lines", "must stand on one line")
    return value


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise PydanticCustomError("id", "is no id")
    return value


def _date(value: object) -> PartialDate:
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", "is no date in quotes")
    try:
        return PartialDate.parse(value)
    except ValueError:
        raise PydanticCustomError("date", "is not a date") from None


Line = Annotated[str, AfterValidator(_one_line)]
Lines = Annotated[tuple[Line, ...], Field(strict=False)]
Day = Annotated[PartialDate, PlainValidator(_date), PlainSerializer(lambda day: day.iso)]


@dataclass(frozen=True, slots=True)
class Label:
    """How a field is called where it opens the canonical text, and its values in `words`, where they are names of
    ours."""

    name: str
    words: Mapping[Any, str] = field(default_factory=dict)

    def written(self, value: Any) -> str:
        """Write a value as the header has it."""
        if isinstance(value, PartialDate):
            return value.chinese
        return "、".join(value) if isinstance(value, tuple) else self.words.get(value, value)


class FrontRelation(BaseModel):
    """One relation of the document: what it does to the document `target` names."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    type: RelationType
    target: Line


class FrontMatter(BaseModel):
    """The data above a Markdown document; only the title is required."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: Annotated[Line, Label("标题")]
    id: Annotated[Line, AfterValidator(_id)] | None = None
    short_title: Line | None = None
    aliases: Lines = ()
    kind: Kind | None = None
    doc_no: Annotated[Line | None, Label("文号")] = None
    index_no: Annotated[Line | None, Label("索引号")] = None
    proposal_no: Annotated[Line | None, Label("提案号")] = None
    issuers: Annotated[Lines, Label("发布单位")] = ()
    issued: Annotated[Day | None, Label("成文日期")] = None
    effective: Annotated[Day | None, Label("施行日期")] = None
    expires: Annotated[Day | None, Label("失效日期")] = None
    status: Annotated[Status | None, Label("效力状态", _STATUS_WORDS)] = None
    disclosure: Annotated[StatedDisclosure | None, Label("公开方式", DISCLOSURE_WORDS)] = None
    level: Level | None = None
    region: Annotated[Line | None, Label("适用地区")] = None
    topics: Annotated[Lines, Label("主题")] = ()
    compiled_from: Lines = ()
    background: Lines = ()
    relations: Annotated[tuple[FrontRelation, ...], Field(strict=False)] = ()

    def header_lines(self) -> list[str]:
        """Give the lines that open the canonical text, one for every field with a label that is there.

        >>> FrontMatter(title="通知", issuers=["甲", "乙"], issued="2024-03-08", status="trial").header_lines()
        ['标题：通知', '发布单位：甲、乙', '成文日期：2024年3月8日', '效力状态：试行']
        """
        lines = []
        for name, declared in FrontMatter.model_fields.items():
            label = next((one for one in declared.metadata if isinstance(one, Label)), None)
            if label and (value := getattr(self, name)):
                lines.append(f"{label.name}：{label.written(value)}")
        return lines


def split_front_matter(path: Path, text: str) -> tuple[FrontMatter | None, str, int]:
    """Cut a canonical text into its front matter, its body and the line on which the body begins.

    Raises DocumentError with the line of what is wrong.
    """
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not _FENCE.fullmatch(lines[first]):
        _refuse_yaml(path, lines, first)
        return None, text, 1
    last = next((n for n in range(first + 1, len(lines)) if _FENCE.fullmatch(lines[n])), None)
    if last is None:
        raise DocumentError.of("front_not_closed", file=path, line=first + 1)
    front = _parse(path, lines[first + 1 : last], first + 2)
    return front, "\n".join(lines[last + 1 :]), last + 2


def _refuse_yaml(path: Path, lines: list[str], first: int) -> None:
    if lines[first].rstrip() != "---" or "---" not in (line.rstrip() for line in lines[first + 1 : first + 60]):
        return
    if re.match(r"[A-Za-z_]+\s*:(\s|$)", lines[first + 1]):
        raise DocumentError.of("front_is_yaml", file=path, line=first + 1)


def _parse(path: Path, lines: list[str], first_line: int) -> FrontMatter:
    try:
        data = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else len(lines)
        what = _TOML_PLACE.sub("", str(error))
        sentence = "front_key_twice" if what.startswith("Cannot") else "front_not_toml"
        raise DocumentError.of(sentence, file=path, line=first_line + line - 1, cause=what) from None
    except RecursionError:
        raise DocumentError.of("front_too_deep", file=path, line=1) from None
    try:
        return FrontMatter.model_validate(data)
    except ValidationError as error:
        found = [(_line_of(lines, details["loc"]), details) for details in error.errors()]
    line, first = min(found, key=lambda place: place[0])
    sentence, values = _wrong(first)
    where = Location(str(path), line=max(first_line + line, 1), field=str(values["key"]))
    raise DocumentError(where, sentence, values)


def _line_of(lines: list[str], location: tuple[int | str, ...]) -> int:
    """Give the line, from 0, on which a key stands; -1 (the opening +++) where it does not."""
    table, entry = "", 0
    wanted = str(location[0])
    below = (location[1], str(location[2])) if len(location) > 2 else None
    best = -1
    for number, line in enumerate(lines):
        if header := _TABLE.fullmatch(line.strip()):
            name = header[1].strip(" \t\"'")
            entry = entry + 1 if name == table else 0
            table = name
            if table.split(".")[0] == wanted and (best < 0 or location[1:2] == (entry,)):
                best = number
        elif key := _KEY.match(line):
            name = key[1] or key[2] or key[3]
            if not table and name == wanted:
                return number
            if table == wanted and below == (entry, name):
                return number
    return best


_SENTENCES = {
    "missing": "front_key_missing", "literal_error": "front_not_a_choice", "string_type": "front_not_text",
    "tuple_type": "front_not_a_list", "model_type": "front_not_a_table", "date": "front_not_a_date",
    "date_type": "front_date_not_quoted", "id": "front_not_an_id", "empty": "front_key_empty", "lines": "front_key_of_lines",
}  # fmt: skip
"""The sentence for each kind of mistake that pydantic tells of."""


def _wrong(details: ErrorDetails) -> tuple[str, dict[str, object]]:
    """Give the sentence that tells of a mistake, and its values."""
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in details["loc"])
    last, value, kind = str(details["loc"][-1]), details["input"], details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(details["loc"])
    if kind == "tuple_type" and key == "relations":
        kind = "model_type"
    shown = str(value) if value != "" else '""'
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    options = get_args(_LITERALS[last]) if kind == "literal_error" else ()
    sentence = _SENTENCES.get(kind, "front_key_unusable")
    return sentence, {"key": key, "last": last, "shown": shown, "options": options, "cause": details["msg"]}


def _unknown_key(location: tuple[int | str, ...]) -> tuple[str, dict[str, object]]:
    name = str(location[-1])
    model = FrontMatter if len(location) == 1 else FrontRelation
    near = get_close_matches(name.lower(), list(model.model_fields), n=1, cutoff=0.6)
    values: dict[str, object] = {"key": name, "near": "".join(near), "allowed": list(model.model_fields)}
    return "front_key_misspelt" if near else "front_key_unknown", values
