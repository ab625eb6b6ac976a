"""kill -9 at random moments: of `kb ingest`, of the service while a document is uploaded, and while an index is
switched.

After each kill the index must verify, hold every document in its old or its new words and never less; the service must
start, and what it said it had taken must come to be served. Moments are drawn by a seed, over a little more time than
the work takes when nobody kills it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from evals.chaos.processes import Service, command, kill, start
from kb.errors import KnowledgeBaseError
from kb.index.encoder import STATIC, open_encoder
from kb.index.snapshot import current_name, verify
from kb.knowledge_base import KnowledgeBase

_DOCUMENTS = 4
_LONGER = 1.15  # than undisturbed work, so that some kills come after its end
_SWITCH_SECONDS = 1.5  # within which a running service notices a new snapshot and opens it


@dataclass
class KillOutcome:
    """What came of the kills of one kind: so many, and what was wrong after which."""

    what: str
    times: int = 0
    cut: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str | None, *, cut: bool) -> None:
        """Count a kill, whether it cut the work off, and what was wrong after it."""
        self.times += 1
        self.cut += cut
        if problem:
            self.problems.append(f"{self.what}, kill {self.times}: {problem}")


class Documents:
    """A few short files that are all written anew for every round; their words name the round."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.round = 0

    def write_next(self) -> None:
        """Write all of them for the next round."""
        self.round += 1
        for number in range(_DOCUMENTS):
            path = self.folder / f"rule-{number}.txt"
            path.write_text(f"第{number}号规定\n第一条　第{number}号规定适用于第{self.round}轮。\n", "utf-8")


def kills(folder: Path, times: int, seed: int) -> Iterator[KillOutcome]:
    """Kill `times` times in all, half of them `kb ingest`."""
    chance = random.Random(seed)
    uploads, switches = times // 4, times // 4
    documents = Documents(folder / "documents")
    index = folder / "index"
    documents.write_next()
    ingest = ("ingest", documents.folder, "--index", index, "--disclosure", "public")
    command(*ingest)
    yield _ingest(documents, index, ingest, times - uploads - switches, chance)
    service = Service(index)
    try:
        yield _uploads(service, uploads, chance)
        yield _switches(service, documents, index, ingest, switches, chance)
    finally:
        service.end()


def _ingest(
    documents: Documents, index: Path, ingest: tuple[object, ...], times: int, chance: random.Random
) -> KillOutcome:
    outcome = KillOutcome("kb ingest")
    documents.write_next()
    began = time.monotonic()
    command(*ingest)
    whole = time.monotonic() - began
    before = documents.round
    for _ in range(times):
        documents.write_next()
        process = start(*ingest)
        time.sleep(chance.uniform(0, whole * _LONGER))
        cut = process.poll() is None
        kill(process)
        now, problem = _held(index, {before, documents.round})
        outcome.note(problem, cut=cut)
        before = now or before
    return outcome


def _held(index: Path, rounds: set[int]) -> tuple[int | None, str | None]:
    """Give the round whose documents the index holds, all of one; or what is wrong."""
    try:
        verify(index)
        knowledge_base = KnowledgeBase.open(index, open_encoder(STATIC))
    except KnowledgeBaseError as error:
        return None, error.message
    try:
        documents = [one.doc_id for one in knowledge_base.documents() if one.doc_id.startswith("rule-")]
        texts = [knowledge_base.document(doc_id).text for doc_id in documents]
        held = {number for number in rounds if all(f"适用于第{number}轮" in text for text in texts)}
    finally:
        knowledge_base.close()
    if len(documents) != _DOCUMENTS or not held:
        return None, f"{len(documents)} documents, of none of the rounds {sorted(rounds)} as a whole"
    return held.pop(), None


def _uploads(service: Service, times: int, chance: random.Random) -> KillOutcome:
    """Kill the service, every other time without the process that reads for it, while it takes a document in."""
    outcome = KillOutcome("upload")
    if not service.start():
        outcome.problems.append("upload: the service did not start")
        return outcome
    began = time.monotonic()
    job = service.upload("first", _small(0))
    whole = time.monotonic() - began + _finish(service, job)
    for number in range(1, times + 1):
        name, moment = f"upload-{number}", chance.uniform(0, whole * _LONGER)
        with ThreadPoolExecutor(1) as sender:
            sending = sender.submit(service.upload, name, _small(number))
            time.sleep(moment)
            service.end(group=chance.random() < 0.5)
            job = sending.result()
        outcome.note(_taken(service, name, job), cut=moment < whole)
    return outcome


def _finish(service: Service, job: str | None) -> float:
    began = time.monotonic()
    if job is not None:
        service.finished(job)
    return time.monotonic() - began


def _taken(service: Service, name: str, job: str | None) -> str | None:
    """Say what is wrong where a start fails or a document was lost that was told to be taken."""
    if not service.start():
        return "the service did not start"
    if job is None:  # nothing was told, so that nothing is owed
        return None
    state = service.finished(job)
    if state != "done":
        return f"the job is {state}"
    deadline = time.monotonic() + 5
    while (status := service.ask("GET", f"/api/documents/{name}")[0]) != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    return None if status == 200 else f"{name} is answered with {status}"


def _switches(
    service: Service,
    documents: Documents,
    index: Path,
    ingest: tuple[object, ...],
    times: int,
    chance: random.Random,
) -> KillOutcome:
    """Kill the service while it opens a new snapshot, and `kb ingest` at the moment that it points to it, in turn."""
    outcome = KillOutcome("index switch")
    for number in range(times):
        documents.write_next()
        before = current_name(index)
        process = start(*ingest)
        while process.poll() is None and current_name(index) == before and not _named(index, before):
            time.sleep(0.001)
        if number % 2:
            time.sleep(chance.uniform(0, 0.02))
            cut = process.poll() is None
            kill(process)
        else:
            process.wait()
            time.sleep(chance.uniform(0, _SWITCH_SECONDS))
            cut = True
        service.end()
        _, problem = _held(index, {documents.round - 1, documents.round})
        if problem is None and not service.start():
            problem = "the service did not start"
        if problem is None and service.ask("GET", "/api/documents/rule-0")[0] != 200:
            problem = "rule-0 is not served"
        outcome.note(problem, cut=cut)
        command(*ingest)
    return outcome


def _named(index: Path, before: str) -> bool:
    """Say whether a snapshot has its name already to which nothing points yet."""
    return any(path.name > before for path in (index / "snapshots").iterdir() if not path.name.startswith("."))


def _small(number: int) -> str:
    return f"第{number}号便民点办法\n第一条　第{number}号便民点每日开放{number % 9 + 3}小时。\n"
