"""The register in two charts, drawn by pygal: how many documents each year brought, and when those end that end soon.

A chart is an SVG without script, for an `<img>`; light and dark are told apart inside it. The rows beside it say the
same to whoever reads a table, and are what screen readers are given.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pygal
from lxml import etree
from pygal.style import Style

from kb.provenance import title_of
from kb.text.dates import PartialDate
from service.addresses import document_url
from service.register import Entry, expiring, years

# pygal adds a finder of plugins that we have none of, in the form that Python 3.12 gave up and 3.11 warns of at every
# import that fails.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

SOON_DAYS = 730
"""Whoever plans the next document looks two years ahead."""
_MOST_YEARS = 20  # bars that a phone still shows apart; what is older stands in one
_MOST_LEVEL = 9  # names of years that stand side by side without touching
_STYLE = Style(
    background="transparent", plot_background="transparent", colors=("#0b6a5b",), foreground="#56605c", foreground_strong="#1c2321",
    foreground_subtle="#8b938f", opacity="1", font_family="sans-serif", label_font_size=14, major_label_font_size=14, value_font_size=14,
)  # fmt: skip
_STYLES = """inline:
.axis.y .line { stroke: none; }
@media (prefers-color-scheme: dark) {
  .bar .rect { fill: #63cbb6 !important; stroke: #63cbb6 !important; }
  text { fill: #e7ecea !important; }
}"""


def figures(entries: Sequence[Entry], day: date) -> dict[str, Any]:
    """Give both charts with their rows; a chart is None where there is nothing to draw."""
    counted = _by_year(years(entries))
    soon = expiring(entries, day, SOON_DAYS)
    ends = _by_half(soon, day)
    return {
        "issued": {
            "chart": _draw({_year_label(*year): count for year, count in counted.items()}),
            "rows": [{"year": year, "before": before, "count": count} for (year, before), count in counted.items()],
        },
        "expiring": {
            "chart": _draw(ends if soon else {}),
            "rows": [
                {
                    "doc_id": entry.document.doc_id,
                    "title": title_of(entry.document),
                    "expires": end.iso,
                    "url": document_url(entry.document.doc_id),
                }
                for end, entry in soon
            ],
        },
    }


def _by_year(counted: Mapping[int, int]) -> dict[tuple[int, bool], int]:
    """Count years, those before the first that is shown together where there are many.

    >>> _by_year({2023: 2, 2024: 0, 2025: 1})
    {(2023, False): 2, (2024, False): 0, (2025, False): 1}
    """
    shown = list(counted)[-_MOST_YEARS:]
    older = sum(count for year, count in counted.items() if year not in shown)
    told = {(shown[0], True): older} if older else {}
    return told | {(year, False): counted[year] for year in shown}


def _year_label(year: int, before: bool) -> str:
    return f"{year}以前" if before else str(year)  # bars are narrow


def _by_half(soon: Sequence[tuple[PartialDate, Entry]], day: date) -> dict[str, int]:
    """Count ends by half-years, from that of `day` on, those in which nothing ends included."""
    counts = Counter(_half(end.last_day) for end, _ in soon)
    last = day + timedelta(days=SOON_DAYS)
    halves = [(year, half) for year in range(day.year, last.year + 1) for half in (0, 1)]
    return {
        f"{year}{'下' if half else '上'}半年": counts[year, half]
        for year, half in halves
        if _half(day) <= (year, half) <= _half(last)
    }


def _half(day: date) -> tuple[int, int]:
    return day.year, int(day.month > 6)


def _draw(counted: Mapping[str, int]) -> str | None:
    if not counted:
        return None
    chart = pygal.Bar(
        style=_STYLE, css=("file://style.css", "file://graph.css", _STYLES), js=(), show_legend=False, print_values=True, print_values_position="top",
        print_zeroes=False, width=460, height=170, margin=6, margin_top=22, show_y_labels=False, show_y_guides=False, explicit_size=False,
        disable_xml_declaration=True, no_prefix=True, x_label_rotation=-40 if len(counted) > _MOST_LEVEL else 0,
    )  # fmt: skip
    chart.x_labels = list(counted)
    chart.add("", list(counted.values()), formatter=lambda value: f"{value:.0f}")
    svg = chart.render_tree()
    for script in list(svg.iter("script")):  # what would make tooltips of it; an image runs none
        script.getparent().remove(script)
    return str(etree.tostring(svg, encoding="unicode"))
