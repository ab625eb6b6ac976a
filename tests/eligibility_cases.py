"""The case tables of tests/eligibility/ as values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

VERDICTS = {"符合": "eligible", "不符合": "not_eligible", "不能确定": "undetermined"}


@dataclass(frozen=True)
class Case:
    name: str
    benefit: str
    day: date
    facts: dict[str, Any]
    verdict: str
    because: tuple[str, ...] | None
    gets: list[int] | None


def read_cases() -> Iterator[Case]:
    for path in sorted((Path(__file__).parent / "eligibility").glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        for number, row in enumerate(table["cases"], start=1):
            facts = {**table["base"], **row.get("change", {})}
            yield Case(
                f"{path.stem}-{number}",
                table["benefit"],
                row.get("date", table["date"]),
                {name: value for name, value in facts.items() if name not in row.get("without", ())},
                VERDICTS[row["verdict"]],
                tuple(sorted(row["because"])) if "because" in row else None,
                row.get("gets"),
            )
