"""Jobs: uploads and deletions, one after the other, each in a process of its own.

What a job came to is kept in the database, so that any process of the service can tell it.
"""

from __future__ import annotations

import json
import logging
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from ingest.settings import Settings
from kb.errors import NotFoundError
from service.storage.tables import JobRow

UNREADABLE = "这份文件读不出来，请检查文件是否完整、格式是否支持。"
INTERRUPTED = "处理中断了，请再试一次。"
logger = logging.getLogger("uvicorn.error")


class Jobs:
    """The queue of changes to the index; `changed` is called after each that went well."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, changed: Callable[[], None]) -> None:
        self._sessions = sessions
        self._settings = settings
        self._changed = changed
        self._queue = ThreadPoolExecutor(1, "jobs")
        self._running: subprocess.Popen[str] | None = None
        self._closing = threading.Event()
        self._settle()

    def _settle(self) -> None:
        """Say of jobs that an earlier process left unfinished that they were interrupted."""
        with self._sessions.begin() as session:
            for row in session.scalars(select(JobRow).where(JobRow.state.in_(("queued", "running")))):
                row.state, row.problem = "failed", INTERRUPTED

    def start(self, action: str, subject: str, name: str) -> str:
        """Queue a change and give the id of its job."""
        job_id = secrets.token_urlsafe(12)
        with self._sessions.begin() as session:
            session.add(JobRow(job_id=job_id, action=action, name=name, state="queued", touched=time.time()))
        self._queue.submit(self._run, job_id, action, subject)
        return job_id

    def tell(self, job_id: str) -> dict[str, Any]:
        """Say how a job stands; raise NotFoundError where there is none of that id."""
        with self._sessions() as session:
            row = session.get(JobRow, job_id)
        if row is None:
            raise NotFoundError(f"there is no job {job_id!r} | 没有这个任务。")
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
        """Stop: what waits is dropped, what runs is ended; the index keeps its last snapshot."""
        self._closing.set()
        if self._running is not None:
            self._running.terminate()
        self._queue.shutdown(wait=True, cancel_futures=True)

    def _run(self, job_id: str, action: str, subject: str) -> None:
        try:
            self._note(job_id, **self._follow(job_id, action, subject))
        except Exception:
            logger.exception("job %s failed", job_id)
            self._note(job_id, state="failed", problem=INTERRUPTED)

    def _follow(self, job_id: str, action: str, subject: str) -> dict[str, Any]:
        """Run the change and note its progress; give how it ended."""
        command = [sys.executable, "-m", "service.ingestion"]
        arguments = [str(self._settings.index_dir.absolute()), self._settings.encoder, action, subject]
        last: dict[str, Any] = {}
        with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
            self._running = process
            for line in process.stdout or ():
                last = json.loads(line)
                if "step" in last:
                    self._note(job_id, state="running", **last)
        self._running = None
        if "report" in last:
            self._changed()
            return {"state": "done", "report": json.dumps(last["report"], ensure_ascii=False)}
        if "problem" in last:
            logger.warning("job %s: %s", job_id, last["problem"])
        return {"state": "failed", "problem": _plain(last["problem"]) if "problem" in last else INTERRUPTED}

    def _note(self, job_id: str, **values: Any) -> None:
        with self._sessions.begin() as session:
            row = session.get_one(JobRow, job_id)
            for name, value in values.items():
                setattr(row, name, value)
            row.touched = time.time()


def _plain(problem: str) -> str:
    chinese = problem.rpartition(" | ")[2] if " | " in problem else ""
    return chinese or UNREADABLE
