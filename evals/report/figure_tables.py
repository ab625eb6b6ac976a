"""The tables of a report, as rows of text that HTML, Markdown and the terminal draw each in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.record import Record
from evals.record_comparison import Change, RecordComparison

# What differs by kind; the others only repeat these.
_BY_KIND = (
    "Success@1", "Success@5", "nDCG@10", "complete", "citation precision", "citation recall", "F1", "ROUGE-L",
    "wrongly refused", "nearest complete", "refusal recall",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Rows of figures under their heads."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def summary_table(records: Sequence[Record]) -> FigureTable:
    """One line a record: measures, latency, cost."""
    summaries = [record.summary() | record.latencies() | record.costs for record in records]
    names = list(dict.fromkeys(name for summary in summaries for name in summary))
    rows = [
        (record.title, str(len(record.outcomes)), *(_figure(summary.get(name)) for name in names))
        for record, summary in zip(records, summaries, strict=True)
    ]
    return FigureTable("Figures", ("set, split, arm", "questions", *names), tuple(rows))


def kind_table(record: Record) -> FigureTable | None:
    """One line a kind of question; nothing where there is only one."""
    kinds = record.kinds()
    if len(kinds) < 2:
        return None
    summaries = {kind: record.summary(kind) for kind in kinds}
    measured = {name for summary in summaries.values() for name in summary}
    names = [name for name in _BY_KIND if name in measured]
    counts = {kind: sum(outcome.kind == kind for outcome in record.outcomes) for kind in kinds}
    rows = [(kind, str(counts[kind]), *(_figure(summaries[kind].get(name)) for name in names)) for kind in kinds]
    return FigureTable(f"{record.title}, by kind", ("kind", "questions", *names), tuple(rows))


def change_table(comparison: RecordComparison) -> FigureTable:
    """One line a measure: both means, the difference with its interval, p and corrected p; the head names the encoders
    where they differ."""
    records = (comparison.first, comparison.second)
    several = len({record.conditions.get("encoder") for record in records}) > 1
    title = " → ".join(record.title + (f" ({_encoder(record)})" if several else "") for record in records)
    return FigureTable(title, _CHANGE_HEAD, tuple(_change_row(change.measure, change) for change in comparison.changes))


def _encoder(record: Record) -> str:
    """Name the encoder of a record and, since what ships under one name changes, the beginning of its checksum."""
    return f"encoder {record.conditions['arm']['encoder']} {record.conditions['encoder'][:8]}"


def kind_change_table(comparison: RecordComparison) -> FigureTable:
    """One line a kind of question, for the leading measure."""
    measure = next(iter(comparison.by_kind.values())).measure if comparison.by_kind else ""
    rows = tuple(_change_row(kind, change) for kind, change in comparison.by_kind.items())
    return FigureTable(f"{measure} by kind", ("kind", *_CHANGE_HEAD[1:]), rows)


_CHANGE_HEAD = ("measure", "first", "second", "difference", "95 % interval", "p", "p (Holm)", "questions")


def _change_row(name: str, change: Change) -> tuple[str, ...]:
    difference = change.difference
    return (
        name, _figure(change.first), _figure(change.second), f"{difference.mean:+.4f}",
        f"{difference.low:+.4f} … {difference.high:+.4f}", f"{difference.p:.4f}", f"{change.corrected_p:.4f}",
        str(difference.questions),
    )  # fmt: skip


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if abs(value) < 100 else f"{value:.0f}"
