"""Jobs: changes of the index, one after the other, each in a process of its own.

The queue is a table. What waits in it when the service stops is carried out at the next start, and what was running is
begun once more. Of several processes of the service over one index one works the queue off: the one that holds the lock
of the index folder. Decisions go before uploads, because a document that has to come away cannot wait for a long scan.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from ingest.settings import Settings
from kb.errors import NotFoundError
from service.storage.audit import AuditEntry, append
from service.storage.retention import Retention
from service.storage.rows import JobRow
from service.tracing import JobSpan, Tracing, origin

UNREADABLE = (
    "这份文件读不出来，请检查文件是否完整、格式是否支持。"  # Where the error has no Chinese for the one who asked.
)
INTERRUPTED = "处理中断了，请再试一次。"  # Of a job whose process went away.
MOST_BEGINNINGS = 2
"""How often a job is begun that brings the service down or is ended with it."""

_PATIENCE = 5.0  # seconds after which is tried again what `kb ingest` or a full disk was in the way of
_PAUSE = 1.0  # seconds after which the queue is looked at again for what another process has put there
# What the audit record tells when it is queued; decisions are noted before, by whoever makes them.
_ASKED_FOR = {"add": "upload_received", "remove": "deletion_requested"}
logger = logging.getLogger("uvicorn.error")

Change = Mapping[str, Any]
Ended = Callable[[Change, dict[str, Any] | None], None]
"""Told of a change that has ended, with its report where it went well."""


class Jobs:
    """The queue of changes to the index; `ended` is called after each, before its job is told to be done."""

    def __init__(
        self, sessions: sessionmaker[Session], settings: Settings, ended: Ended, tracing: Tracing | None = None
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._ended = ended
        self._tracing = tracing
        self._retention = Retention(sessions, settings.audit_days)
        self._running: subprocess.Popen[str] | None = None
        self._closing = threading.Event()
        self._news = threading.Event()
        self._worker = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._worker.start()

    @staticmethod
    def new_id() -> str:
        """Give an id that nobody can guess."""
        return secrets.token_urlsafe(12)

    def start(self, change: Change, name: str, job_id: str | None = None) -> str:
        """Queue a change and give the id of its job."""
        job_id = job_id or self.new_id()
        # The job is in the table before its id is given out, so that whoever asks finds it.
        now = time.time()
        with self._sessions.begin() as session:
            session.add(
                JobRow(
                    job_id=job_id, action=change["action"], name=name, state="queued", touched=now, queued=now,
                    change=json.dumps({**change, **origin()}, ensure_ascii=False), begun=0,
                )
            )  # fmt: skip
            if change["action"] in _ASKED_FOR:
                append(session, AuditEntry(change["by"], _ASKED_FOR[change["action"]], subject=job_id))
        self._news.set()
        return job_id

    def tell(self, job_id: str) -> dict[str, Any]:
        """Say how a job stands; raise NotFoundError where there is none of that id."""
        with self._sessions() as session:
            row = session.get(JobRow, job_id)
        if row is None:
            raise NotFoundError.of("job_unknown", job_id=job_id)
        return {
            "job_id": row.job_id,
            "action": row.action,
            "name": row.name,
            "state": row.state,
            "step": row.step,
            "done": row.done,
            "total": row.total,
            "report": json.loads(row.report) if row.report else None,
            "problem": row.problem or None,
        }

    def close(self) -> None:
        """Stop: what waits stays in the queue, what runs is ended and goes back to it; the index keeps its last
        snapshot."""
        self._closing.set()
        self._news.set()
        if self._running is not None:
            self._running.terminate()
        self._worker.join()

    def _work(self) -> None:
        lock = self._lock()
        if lock is None:
            return
        try:
            taken_up = False
            while not self._closing.is_set():
                try:
                    if not taken_up:
                        self._take_up()
                        taken_up = True
                    self._work_off()
                except (SQLAlchemyError, OSError):  # a full disk, a database that restarts: it is tried again
                    logger.exception("the queue of jobs stands still")
                    self._closing.wait(_PATIENCE)
        finally:
            os.close(lock)

    def _work_off(self) -> None:
        self._retention.look()
        self._news.clear()
        row = self._next()
        if row is None:
            self._news.wait(_PAUSE)
        else:
            self._run(row.job_id, json.loads(row.change) | {"again": row.begun > 1})

    def _lock(self) -> int | None:
        """Wait until this process alone works the queue off; `None` where the service stops before that."""
        folder = self._settings.index_dir.absolute()
        while not self._closing.is_set():
            try:
                folder.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(folder / ".jobs", os.O_RDWR | os.O_CREAT, 0o644)
            except OSError:  # a read-only index takes no changes
                self._closing.wait(_PAUSE)
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except OSError:
                os.close(descriptor)
                self._closing.wait(_PAUSE)
        return None

    def _take_up(self) -> None:
        """Put back what a process that is gone was running, unless that was tried before or cannot be."""
        with self._sessions.begin() as session:
            for row in session.scalars(select(JobRow).where(JobRow.state.in_(("queued", "running")))):
                row.state, row.touched = "queued", time.time()
                if not row.change or row.begun >= MOST_BEGINNINGS:
                    row.state, row.problem = "failed", INTERRUPTED

    def _next(self) -> JobRow | None:
        # False sorts before True, so uploads come last; within each kind the oldest first.
        waiting = select(JobRow).where(JobRow.state == "queued").order_by(JobRow.action == "add", JobRow.queued)
        with self._sessions.begin() as session:
            row = session.scalar(waiting.limit(1))
            if row is not None:
                row.state, row.begun = "running", row.begun + 1
            return row

    def _run(self, job_id: str, change: Change) -> None:
        try:
            with self._tracing.job(change) if self._tracing else nullcontext() as span:
                ended = self._follow(job_id, change, span)
                if span is not None:
                    span.ended(ended["state"])
            report = ended.get("report")
            # One that was stopped is told nothing yet: it goes on at the next start.
            if ended["state"] != "queued":
                self._ended(change, report)
            self._note(job_id, **ended | ({"report": json.dumps(report, ensure_ascii=False)} if report else {}))
        except Exception:
            logger.exception("job %s failed", job_id)
            self._note(job_id, state="failed", problem=INTERRUPTED)

    def _follow(self, job_id: str, change: Change, span: JobSpan | None) -> dict[str, Any]:
        """Carry the change out and note its progress; give how it ended."""
        # This interpreter, whatever `python` is on the path.
        command = [sys.executable, "-m", "service.ingestion_process"]
        arguments = [str(self._settings.index_dir.absolute()), self._settings.encoder]
        last: dict[str, Any] = {}
        with subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            self._running = process
            late = threading.Timer(self._settings.job_seconds, process.kill)
            late.daemon = True
            late.start()
            try:
                if process.stdin is not None:
                    process.stdin.write(json.dumps(change))
                    process.stdin.close()
                for line in process.stdout or ():
                    last = json.loads(line)
                    if "step" in last:
                        if span is not None:
                            span.step(last["step"])
                        self._note(job_id, state="running", **last)
            finally:
                late.cancel()
        self._running = None
        if "report" in last:
            return {"state": "done", "report": last["report"]}
        if "locked" in last:
            self._closing.wait(_PATIENCE)
            # This beginning does not count, the one before it may have changed the index.
            return {"state": "queued", "begun": int(change["again"]), "step": "waiting"}
        if "problem" in last:
            logger.warning("job %s: %s", job_id, last["problem"])
            return {"state": "failed", "problem": last["told"] or UNREADABLE}
        return {"state": "queued"} if self._closing.is_set() else {"state": "failed", "problem": INTERRUPTED}

    def _note(self, job_id: str, **values: Any) -> None:
        with self._sessions.begin() as session:
            row = session.get_one(JobRow, job_id)
            for name, value in values.items():
                setattr(row, name, value)
            row.touched = time.time()
