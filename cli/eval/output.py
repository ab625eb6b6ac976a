"""Where figures go besides the terminal: JSON, a report in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.record import Record
from evals.record_comparison import Change, RecordComparison
from evals.report.markdown_tables import markdown
from evals.report.page import page
from kb.errors import SettingError

ReportOption = Annotated[
    Path | None, typer.Option("--report", dir_okay=False, help="Write a report: FILE.html, FILE.md or FILE.json.")
]
SplitOption = Annotated[str, typer.Option("--split", help="The split of the questions.")]


def write_report(path: Path, records: Sequence[Record], comparisons: Sequence[RecordComparison] = ()) -> None:
    """Write a report in the form that the name of the file asks for; raise SettingError for another."""
    writers = {
        ".html": page,
        ".md": markdown,
        ".json": lambda r, c: json.dumps(told(r, c), ensure_ascii=False, indent=1) + "\n",
    }
    writer = writers.get(path.suffix)
    if writer is None:
        raise SettingError.of("evaluation_report_ending", field="report", path=path, endings=list(writers))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(writer(records, comparisons), "utf-8")


def told(records: Sequence[Record], comparisons: Sequence[RecordComparison] = ()) -> dict[str, Any]:
    """Give records and comparisons as JSON values."""
    return {
        "records": [
            {
                "name": record.name,
                "split": record.split,
                "arm": record.arm,
                "questions": len(record.outcomes),
                "measures": record.summary(),
                "kinds": {kind: record.summary(kind) for kind in record.kinds()},
                "latencies": record.latencies(),
                "costs": record.costs,
                "conditions": record.conditions,
            }
            for record in records
        ],
        "comparisons": [
            {
                "first": comparison.first.title,
                "second": comparison.second.title,
                "measures": {change.measure: _change(change) for change in comparison.changes},
                "kinds": {kind: _change(change) for kind, change in comparison.by_kind.items()},
                "won": [{"query_id": pair.first.query_id, "gain": pair.gain} for pair in comparison.won],
                "lost": [{"query_id": pair.first.query_id, "gain": pair.gain} for pair in comparison.lost],
            }
            for comparison in comparisons
        ],
    }


def _change(change: Change) -> dict[str, float]:
    difference = change.difference
    return {
        "first": change.first, "second": change.second, "difference": difference.mean, "low": difference.low,
        "high": difference.high, "p": difference.p, "corrected_p": change.corrected_p, "questions": difference.questions,
    }  # fmt: skip
