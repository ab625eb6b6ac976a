"""`python -m evals.chaos.disk_faults FOLDER`: a disk that fills up, turns read-only and damages a snapshot, under a
running service.

Runs within `unshare --mount`, where a file system of its own in memory can be made; prints one JSON object a line, what
was tried and what was wrong.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from evals.chaos.processes import Service, command
from kb.index.snapshot import current_name, snapshot_folder

_QUESTION = json.dumps({"question": "第1号规定第一条"}).encode()
_NOTICED = 10.0  # seconds within which a running service notices what became of its files
_RESERVE = 1 << 16


class Fault(NamedTuple):
    """What was tried, and what was wrong: nothing where it went as it should."""

    what: str
    problem: str


def main() -> None:
    """Try all on a file system of its own."""
    room = Path(sys.argv[1])
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", room)
    documents = room / "documents"
    documents.mkdir()
    for number in range(3):
        (documents / f"rule-{number}.txt").write_text(
            f"第{number}号规定\n第一条　第{number}号规定适用于试验。\n", "utf-8"
        )
    index = room / "index"
    ingest = ("ingest", documents, "--index", index, "--disclosure", "public")
    command(*ingest)
    (documents / "rule-3.txt").write_text("第3号规定\n第一条　第3号规定适用于试验。\n", "utf-8")
    command(*ingest)
    service = Service(index)
    try:
        if not service.start():
            raise SystemExit("the service did not start")
        for fault in chain(_full(service, room, ingest), _read_only(service, room, ingest), _damaged(service, index)):
            print(json.dumps(fault._asdict(), ensure_ascii=False), flush=True)
    finally:
        service.end()


def _full(service: Service, room: Path, ingest: tuple[object, ...]) -> Iterator[Fault]:
    filler = room / "filler"
    _fill(filler)
    yield from _taken_away(service, ingest, "full disk", "disk_full")
    filler.unlink()
    yield from _given_back(service, "full disk")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(_RESERVE))
        except OSError:  # now it is full
            return


def _read_only(service: Service, room: Path, ingest: tuple[object, ...]) -> Iterator[Fault]:
    # What has open files for writing cannot be made read-only, so that the same folder is mounted over itself: every
    # path leads to the new mount.
    _mount("--bind", room, room)
    _mount("-o", "remount,bind,ro", room)
    yield from _taken_away(service, ingest, "read-only folder", "disk_read_only")
    subprocess.run(["umount", "--lazy", str(room)], check=True)
    yield from _given_back(service, "read-only folder")


def _taken_away(service: Service, ingest: tuple[object, ...], what: str, code: str) -> Iterator[Fault]:
    """While nothing can be written, what is there goes on being served, `/readyz` says why, and what cannot be kept is
    refused."""
    yield Fault(f"{what}: questions are answered", _unless(_answered(service)))
    yield Fault(f"{what}: /readyz is ready and names it", _within(lambda: _ready_with(service, code)))
    status, body = service.ask("POST", "/api/documents?name=more.txt", ("更多规定\n" * 50_000).encode())
    told = f"{status} {str(body)[:120]}"
    yield Fault(f"{what}: an upload is refused with 503", "" if status == 503 else told)
    refused = command(*ingest, "--fresh")
    plain = refused.returncode == 1 and "Traceback" not in refused.stderr
    yield Fault(f"{what}: kb ingest is refused in a sentence", "" if plain else refused.stderr[-200:])
    yield Fault(f"{what}: questions are still answered", _unless(_answered(service)))


def _given_back(service: Service, what: str) -> Iterator[Fault]:
    yield Fault(f"{what} over: /readyz names nothing", _within(lambda: _ready_with(service, None)))
    name = f"after-{what.split()[0]}"
    job = service.upload(name, f"{what}以后的规定\n第一条　{what}以后照常收件。\n")
    state = "refused" if job is None else service.finished(job)
    yield Fault(f"{what} over: an upload is served", "" if state == "done" else f"the upload is {state}")
    served = _within(lambda: _unless(service.ask("GET", f"/api/documents/{name}")[0] == 200))
    yield Fault(f"{what} over: it is found", served)


def _damaged(service: Service, index: Path) -> Iterator[Fault]:
    """Cut a file of the snapshot in use; the one before it takes its place."""
    name = current_name(index)
    records = snapshot_folder(index, name) / "records.sqlite"
    whole = records.read_bytes()
    records.write_bytes(whole[: len(whole) // 2])
    yield Fault(
        "damaged snapshot: /readyz is ready and names it", _within(lambda: _ready_with(service, "index_damaged"))
    )
    yield Fault("damaged snapshot: the one before it answers", _unless(_answered(service)))
    service.end()
    yield Fault(
        "damaged snapshot: a service starts with the one before it", _unless(service.start() and _answered(service))
    )
    records.write_bytes(whole)
    for path in (index / "snapshots").iterdir():
        if path.name != name:
            shutil.rmtree(path)
    yield Fault("damaged snapshot mended: it is served again", _within(lambda: _ready_with(service, None), 45.0))


def _answered(service: Service) -> bool:
    return service.ask("POST", "/api/ask", _QUESTION)[0] == 200


def _ready_with(service: Service, code: str | None) -> str:
    status, body = service.ask("GET", "/readyz")
    problem = body.get("problem") if isinstance(body, dict) else None
    named = problem["code"] if problem else None
    return "" if (status, named) == (200, code) else f"{status} {body}"


def _unless(true: bool) -> str:
    return "" if true else "no"


def _within(look: Callable[[], str], seconds: float = _NOTICED) -> str:
    deadline = time.monotonic() + seconds
    while (wrong := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return wrong


def _mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
