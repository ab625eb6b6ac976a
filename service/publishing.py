"""Documents on their way to the public and back: uploaded, confirmed or corrected, published, withdrawn, deleted.

Every step is decided by somebody and noted (`service.storage.decision_log`), and carried out as a job. A withdrawal
holds from the moment it is noted, whatever the job still waits for. Every upload lies in a folder of its own, so that
none takes the place of another one's file; the folder of what was refused, deleted or replaced goes away.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.settings import Settings
from ingest.text_corrections import TextCorrection, TextCorrections
from kb.errors import ServiceError
from kb.types import Disclosure, Document
from service.disk import disk_problem
from service.jobs import Change, Jobs
from service.library import Library
from service.storage import Storage
from service.storage.decision_log import Action
from service.tracing import Tracing
from service.upload import Upload, remove_abandoned


class Publishing:
    """Takes what staff decide; its jobs are stopped by `close`."""

    def __init__(self, storage: Storage, settings: Settings, library: Library, tracing: Tracing | None = None) -> None:
        self._decisions = storage.decisions
        self._library = library
        self._index = settings.index_dir
        self._uploads = settings.index_dir.resolve() / "uploads"
        remove_abandoned(self._uploads)
        self.jobs = Jobs(storage.sessions, settings, self._ended, tracing)

    @property
    def problem(self) -> ServiceError | None:
        """Why nothing can be taken in now, if so."""
        return disk_problem(self._index)

    def receive(self, name: str) -> Upload:
        """Begin to take a file in."""
        return Upload(self._uploads, name)

    def upload(self, upload: Upload, actor: str) -> str:
        """Keep a file that came whole and queue its reading; give the id of the job."""
        path = upload.keep()
        try:
            return self.jobs.start({"action": "add", "path": str(path), "by": actor, "at": _now()}, upload.name)
        except Exception:
            self._discard(str(path))  # no job will
            raise

    def remove(self, document: Document, actor: str) -> str:
        """Queue the deletion of a document; give the id of the job."""
        change = {"action": "remove", "doc_id": document.doc_id, "by": actor, "title": document.title}
        change |= {"source": document.source, "sha256": document.sha256, "disclosure": document.disclosure}
        return self.jobs.start(change, document.title)

    def decide(
        self,
        document: Document,
        disclosure: Disclosure,
        fields: Mapping[str, Any],
        replaced: Document | None,
        actor: str,
        seen: int,
    ) -> str:
        """Note what somebody decided who has `seen` so many decisions before, and queue it; give the id of the job.

        Raises ConflictError where somebody else was first.
        """
        replaces = replaced.doc_id if replaced else None
        change = {
            "action": "decide", "doc_id": document.doc_id, "source": document.source, "disclosure": disclosure,
            "fields": dict(fields), "replaces": replaces, "replaced_source": replaced.source if replaced else None,
            "by": actor, "at": _now(),
        }  # fmt: skip
        details = {"fields": dict(fields), "disclosure": disclosure, "replaces": replaces}
        job_id = self.jobs.new_id()
        # Noted before it is queued: whoever comes second is told of it, and a withdrawal holds from here on.
        self._decisions.make(document.doc_id, _action(document, disclosure), actor, details, job_id, seen)
        self.jobs.start(change, document.title, job_id)
        self._library.refresh()
        return job_id

    def correct_text(
        self, document: Document, start: int, shown: str, written: str | None, actor: str, seen: int
    ) -> str:
        """Note that somebody put other words in the place of those shown in a text (`None`: took their correction
        back), and queue it; give the id of the job. Raises ConflictError where somebody else was first."""
        at = _now()
        change = {
            "action": "correct", "doc_id": document.doc_id, "start": start, "shown": shown, "written": written, "by": actor, "at": at,
        }  # fmt: skip
        details = {"page": document.page_of(start), "shown": shown, "written": written}
        job_id = self.jobs.new_id()
        self._decisions.make(document.doc_id, "text_corrected", actor, details, job_id, seen)
        return self.jobs.start(change, document.title, job_id)

    def corrections_of(self, document: Document) -> tuple[TextCorrection, ...]:
        """Give what staff put right in the text of a document's file, and who did."""
        return TextCorrections(self._index).of(document.file_sha256)

    def close(self) -> None:
        """Stop its jobs: what waits stays in the queue, what runs goes back to it."""
        self.jobs.close()

    def _ended(self, change: Change, report: dict[str, Any] | None) -> None:
        """Note what came of a change, and serve it."""
        if change["action"] == "add":
            # Refused, or the text is there already: its file is not wanted.
            if report is None or not report["added"]:
                self._discard(change["path"])
            else:
                self._decisions.make(report["added"][0], "uploaded", change["by"], {"file": Path(change["path"]).name})
        elif report is not None and change["action"] == "remove":
            self._decisions.make(change["doc_id"], "deleted", change["by"], {"title": change["title"]})
            self._discard(change["source"])
        elif report is not None and change["action"] == "decide" and change["replaces"]:
            details = {"by": change["doc_id"], "disclosure": change["disclosure"], "fields": change["fields"]}
            action: Action = "replaced" if change["disclosure"] == "public" else "confirmed"
            self._decisions.make(change["replaces"], action, change["by"], details)
            self._discard(change["replaced_source"])
        self._library.refresh()

    def _discard(self, source: str) -> None:
        """Remove the folder of a file, if it was uploaded."""
        folder = Path(source).parent
        # Files that `kb ingest` read belong to somebody else.
        if folder.parent == self._uploads:
            shutil.rmtree(folder, ignore_errors=True)


def _action(document: Document, disclosure: Disclosure) -> Action:
    if disclosure == "public":
        return "corrected" if document.disclosure == "public" else "published"
    if disclosure != "unstated":
        return "confirmed"
    return "withdrawn" if document.disclosure == "public" else "corrected"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
