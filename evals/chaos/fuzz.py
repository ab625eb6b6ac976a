"""Random requests made of `/openapi.json` by schemathesis, in a process of its own, against `kb serve`;
`tests/test_openapi_fuzz.py` makes fewer within the suite.

All checks but two are held: what a schema cannot say (two parameters that go together, a file of a kind that is read)
makes refusals of what fits it; and a conversation belongs to the cookie that came with it, which schemathesis does not
send back. Three routes are left out: /mcp speaks JSON-RPC, events of a job and files of any kind have no schema that
the checks can read.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from evals.chaos.processes import Service, command
from evals.row import BenchRow

LEFT_OUT = ("/mcp", "/api/jobs/{job_id}/events", "/api/documents/{doc_id}/file")
NOT_HELD = ("positive_data_acceptance", "ensure_resource_availability")
_SECONDS = 1800
_COUNTED = re.compile(r"^ *(\d+) generated", re.MULTILINE)


def fuzzed(folder: Path, examples: int, seed: int) -> tuple[BenchRow, list[str]]:
    """Ask every route, as an administrator, with so many random requests of each kind; give the row and what was
    found."""
    folder.mkdir()
    (folder / "canteen.txt").write_text("长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n", "utf-8")
    index = folder / "index"
    command("ingest", folder / "canteen.txt", "--index", index, "--disclosure", "public")
    service = Service(index)
    try:
        if not service.start():
            return BenchRow("random requests", "no 5xx", "the service did not start"), ["the service did not start"]
        line = [sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/openapi.json", "--continue-on-failure"]
        line += [
            "--header",
            f"Authorization: {service.authorization}",
            "--exclude-checks",
            ",".join(NOT_HELD),
            "--no-color",
        ]
        line += [
            "--max-examples",
            str(examples),
            "--seed",
            str(seed),
            "--generation-database",
            "none",
            "--warnings",
            "off",
        ]
        for path in LEFT_OUT:
            line += ["--exclude-path", path]
        ran = subprocess.run(line, capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=folder)
    finally:
        service.end()
    counted = _COUNTED.search(ran.stdout)
    measured = f"{counted[1] if counted else 'no'} requests, " + ("none" if ran.returncode == 0 else "failures")
    return BenchRow("random requests that break the contract", "no 5xx, none", measured), _failures(ran)


def _failures(ran: subprocess.CompletedProcess[str]) -> list[str]:
    if ran.returncode == 0:
        return []
    _, _, found = ran.stdout.partition("FAILURES")
    return [found[:4000] or (ran.stdout + ran.stderr)[-1000:]]
