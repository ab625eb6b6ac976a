"""docs/accessibility.md tells of tests that there are, of every criterion, and the same in both languages."""

from __future__ import annotations

import re

from indexing import ROOT

# WCAG 2.2, levels A and AA: https://www.w3.org/TR/WCAG22/ (4.1.1 is obsolete there).
CRITERIA = (
    "1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 "
    "2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8 "
    "3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3"
)
VERDICTS = {"met": "符合", "in part": "部分符合", "**not met**": "**不符合**", "does not apply": "不适用"}


def rows(name: str) -> list[list[str]]:
    text = (ROOT / "docs" / name).read_text("utf-8")
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


def test_every_criterion_has_a_verdict_and_the_same_in_both_languages() -> None:
    english, chinese = (
        {row[0]: row[2] for row in rows(name) if re.match(r"\d\.\d", row[0])}
        for name in ("accessibility.md", "accessibility.zh.md")
    )
    told = {
        one
        for row in english
        for one in re.findall(r"\d\.\d\.\d+", row.replace("1.2.1–1.2.5", "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5"))
    }
    assert told == set(CRITERIA.split())
    assert {row: VERDICTS[verdict] for row, verdict in english.items()} == chinese


def test_every_test_that_is_named_exists() -> None:
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "browser").glob("*.py"))
    for name in ("accessibility.md", "accessibility.zh.md"):
        named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / name).read_text("utf-8")))
        assert len(named) > 10 and all(f"def {one}(" in written for one in named)
