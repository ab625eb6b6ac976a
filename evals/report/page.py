"""A report as one HTML file that asks nothing of any network: tables, charts, the worst questions with their
evidence."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evals.measures import NAMES
from evals.record import Outcome, Record
from evals.record_comparison import QuestionPair, RecordComparison
from evals.refusal_decisions import curve
from evals.report import charts
from evals.report.figure_tables import FigureTable, change_table, kind_change_table, kind_table, summary_table

_WORST = 25  # More nobody reads.
# The page is one file that goes by mail, so it brings its style.
_STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1c2321}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}table{border-collapse:collapse;font-size:.85rem;display:block;overflow-x:auto}
th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}th:first-child,td:first-child{text-align:left}
.charts{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0;width:27rem}figcaption{font-size:.85rem;color:#56605c}
details{border-bottom:1px solid #ddd;padding:.4rem 0}summary{cursor:pointer}.sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
ol{margin:.3rem 0;padding-left:1.6rem;font-size:.85rem}.right{color:#1d6a3b;font-weight:600}mark{background:#ffe8a3}small{color:#56605c}
"""


def page(records: Sequence[Record], comparisons: Sequence[RecordComparison] = ()) -> str:
    """Write the report of records, and of comparisons between them."""
    body = [_table(summary_table(records))]
    for comparison in comparisons:
        body += [_table(change_table(comparison)), _table(kind_change_table(comparison)), _pairs(comparison)]
    for record in records:
        kinds = kind_table(record)
        body += [f"<h2>{escape(record.title)}</h2>", _charts(record), _table(kinds) if kinds else "", _worst(record)]
        body.append(f"<details><summary>conditions</summary><pre>{escape(_conditions(record))}</pre></details>")
    if len(records) > 1:
        places = {r.title: (r.latencies()["search median ms"], r.summary().get("nDCG@10", 0.0)) for r in records}
        body.append(f"<h2>Quality against latency</h2>{_figure(charts.points(places, 'median ms'), 'nDCG@10')}")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evaluation</title>'
        f"<style>{_STYLE}</style></head><body><h1>Evaluation</h1>{''.join(body)}</body></html>\n"
    )


def _charts(record: Record) -> str:
    judged = [outcome for outcome in record.outcomes if outcome.relevant]
    figures = []
    if judged:
        depths = range(1, 21)
        recall = [(float(k), sum(_recall(o, k) for o in judged) / len(judged)) for k in depths]
        success = [(float(k), sum(_recall(o, k) > 0 for o in judged) / len(judged)) for k in depths]
        figures.append(_figure(charts.lines({"R@k": recall, "Success@k": success}, "k"), "Recall over k"))
        shown = [name for name in ("Success@1", "Success@5", "complete") if any(name in o.values for o in judged)]
        groups = {k: [record.summary(k).get(n, 0.0) for n in shown] for k in record.kinds() if k != "unanswerable"}
        if len(groups) > 1:
            figures.append(_figure(charts.bars(groups, shown), "By kind of question"))
        figures.append(
            _figure(
                charts.lines({"share right": _calibration(judged)}, "score of the first, by tenths"),
                "Score calibration",
            )
        )
    decisions = [outcome.decision for outcome in record.outcomes if outcome.decision is not None]
    if any(not decision.answerable for decision in decisions):
        points = sorted((wrong, recall) for _, recall, wrong in curve(decisions))
        figures.append(
            _figure(charts.lines({"recall of refusals": points}, "wrongly refused", x_max=1.0), "Refusal curve")
        )
    return f'<div class="charts">{"".join(figures)}</div>'


def _calibration(judged: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Group questions by the score of what is ranked first; give per tenth how often that is right."""
    scored = sorted((o.ranked[0][1], o.ranked[0][0] in o.relevant) for o in judged if o.ranked)
    size = max(1, len(scored) // 10)
    groups = [scored[start : start + size] for start in range(0, len(scored), size)]
    return [(float(n), sum(right for _, right in group) / len(group)) for n, group in enumerate(groups, 1)]


def _recall(outcome: Outcome, k: int) -> float:
    first = {target for target, _ in outcome.ranked[:k]}
    return len(first & set(outcome.relevant)) / len(outcome.relevant)


def _worst(record: Record) -> str:
    def badness(outcome: Outcome) -> tuple[float, float]:
        return outcome.values.get("complete", 1.0), outcome.values.get(NAMES[-1], 1.0)

    wrong = [o for o in record.outcomes if (o.answerable and min(badness(o)) < 1) or (not o.answerable and o.answered)]
    shown = sorted(wrong, key=badness)[:_WORST]
    return f"<h2>Worst questions ({len(wrong)} not right)</h2>" + "".join(
        _outcome(outcome, record) for outcome in shown
    )


def _outcome(outcome: Outcome, record: Record) -> str:
    state = "" if outcome.answered is None else ("answered" if outcome.answered else f"refused: {outcome.refusal}")
    values = ", ".join(f"{name} {value:.2f}" for name, value in outcome.values.items())
    return (
        f"<details><summary>{escape(outcome.text)} <small>{escape(outcome.query_id)} · {outcome.kind} · {state}</small></summary>"
        f"<p>{escape(outcome.said[:600])}</p>{_ranking(outcome, record)}<small>{escape(values)}</small></details>"
    )


def _ranking(outcome: Outcome, record: Record) -> str:
    lines = []
    for target, score in outcome.ranked[:5]:
        right = ' class="right"' if target in outcome.relevant else ""
        words = " ".join(f"<mark>{escape(word)}</mark>" for word in outcome.matched.get(target, ()))
        lines.append(f"<li{right}>{_link(target, record)} <small>{score:.3f}</small> {words}</li>")
    missed = [t for t in outcome.relevant if t not in {target for target, _ in outcome.ranked[:5]}]
    for target in missed[:2]:
        words = " ".join(f"<mark>{escape(word)}</mark>" for word in outcome.matched.get(target, ()))
        lines.append(
            f'<li class="right" value="0">{_link(target, record)} <small>not among the first five</small> {words}</li>'
        )
    return f"<ol>{''.join(lines)}</ol>"


def _link(target: str, record: Record) -> str:
    """Link a clause of the corpus to its page in the service; targets of other sets are only named."""
    if record.level != "clause":
        return escape(target)
    return f'<a href="http://127.0.0.1:8000/documents/{escape(target.replace("#", "#", 1))}">{escape(target)}</a>'


def _pairs(comparison: RecordComparison) -> str:
    parts = []
    for name, pairs in (("Won", comparison.won), ("Lost", comparison.lost)):
        parts.append(f"<h2>{name}: {len(pairs)} questions</h2>")
        parts += [_pair(pair, comparison) for pair in pairs[:_WORST]]
    return "".join(parts)


def _pair(pair: QuestionPair, comparison: RecordComparison) -> str:
    return (
        f"<details><summary>{escape(pair.first.text)} <small>{escape(pair.first.query_id)} · {pair.gain:+.3f}</small></summary>"
        f'<div class="sides"><div>{escape(comparison.first.arm)}{_ranking(pair.first, comparison.first)}</div>'
        f"<div>{escape(comparison.second.arm)}{_ranking(pair.second, comparison.second)}</div></div></details>"
    )


def _conditions(record: Record) -> str:
    return "\n".join(f"{name}: {value}" for name, value in record.conditions.items())


def _figure(chart: str, caption: str) -> str:
    return f"<figure>{chart}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(table: FigureTable) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<h2>{escape(table.title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
