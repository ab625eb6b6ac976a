"""Lighthouse (npm) on every page, where it was fetched by `make lighthouse`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from evals.page_bench.chromium import FLAGS, find_chromium
from evals.page_bench.weight import PAGES
from evals.row import BenchRow

LIGHTHOUSE = Path("build/lighthouse/node_modules/.bin/lighthouse")
# Its fourth category, SEO, says nothing of how the pages work.
_CATEGORIES = ("performance", "accessibility", "best-practices")
_SECONDS = 120  # Lighthouse hangs where Chromium dies.


def rows(url: str) -> Iterator[BenchRow]:
    """Give the three scores of every page, on Lighthouse's phone."""
    if not LIGHTHOUSE.exists():
        yield BenchRow("Lighthouse", "100 / 100 / 100", "not there: make lighthouse (needs npm)")
        return
    for name, path in PAGES.items():
        yield BenchRow(f"Lighthouse, page of {name}", "100 / 100 / 100", _scores(url + path))


def _scores(address: str) -> str:
    command = [
        str(LIGHTHOUSE), address, "--output=json", "--quiet", f"--only-categories={','.join(_CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": find_chromium()}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, env=environment)
        report = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return f"did not finish ({type(error).__name__})"
    if report.get("runtimeError"):
        return f"did not run: {report['runtimeError']['message']}"
    scores = [report["categories"][name]["score"] for name in _CATEGORIES]
    failed = [
        audit["id"]
        for name in _CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        for audit in [report["audits"][reference["id"]]]
        if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9
    ]
    return " / ".join(f"{100 * (score or 0):.0f}" for score in scores) + (f" ({', '.join(failed)})" if failed else "")
