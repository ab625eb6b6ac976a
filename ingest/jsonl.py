"""Files of JSON lines, plain or gzipped, with errors that name the line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.errors import DatasetError, Location


def open_jsonl(folder: Path, name: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Give (place, object) for each line of `name`.jsonl or `name`.jsonl.gz; raise DatasetError with the place."""
    plain, packed = folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"
    path = plain if plain.exists() else packed
    if not path.exists():
        raise DatasetError.of("jsonl_none", file=folder, name=name)
    yield from read_jsonl(path)


def read_jsonl(path: Path) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Give (place, object) for each line that is not blank."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                place = Location(str(path), line=number)
                try:
                    value = json.loads(line)
                except json.JSONDecodeError as error:
                    raise DatasetError.of("line_not_json", place=place, cause=error.msg, column=error.colno) from None
                if not isinstance(value, dict):
                    raise DatasetError.of("line_no_object", place=place, kind=type(value).__name__)
                yield place, value
    except FileNotFoundError:
        raise DatasetError.of("jsonl_missing", file=path) from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetError.of("jsonl_unreadable", file=path, cause=error) from error


def string(place: Location, value: dict[str, Any], key: str, default: str | None = None) -> str:
    """Give a string of a JSON object; raise DatasetError where it is missing or something else."""
    if default is None and key not in value:
        raise DatasetError.of("line_key_missing", place=place, key=key)
    found = value.get(key, default)
    if not isinstance(found, str):
        raise DatasetError.of("line_no_string", place=place, key=key, shown=found)
    return found
