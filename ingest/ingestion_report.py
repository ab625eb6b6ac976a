"""The report of an ingestion: what became of every file, as JSON and as one HTML page.

Both say the same: files read, unchanged, replaced, refused or held in another format already, with page,
reason and remedy; pages that went through OCR and how sure it was; near-duplicates and versions; the time
of each file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.collection import Collection, FileOutcome, FileState
from ingest.duplicates import NearDuplicate, near_duplicates
from ingest.ingestion import IngestionReport
from ingest.readers.file_reader import Unread
from ingest.versions import Version
from kb.error_sentences import SENTENCES
from kb.errors import SettingError
from kb.layout import LOW_CONFIDENCE

STATES: tuple[FileState, ...] = ("read", "replaced", "unchanged", "duplicate", "deleted", "refused")


@dataclass(frozen=True, slots=True)
class FileLine:
    """What the report says of one file. `code` is the key of the sentence why it was refused, which stands here in
    English and in Chinese; `ocr` holds the pages that went through OCR and how sure it was, `unread` what the file
    holds beyond the text that was read, `by_hand` what staff corrected in it: what was read, and what stands there
    now."""

    path: str
    state: FileState
    doc_id: str | None
    title: str | None
    page: int | None
    line: int | None
    code: str | None
    reason: str | None
    remedy: str | None
    reason_zh: str | None
    remedy_zh: str | None
    seconds: float
    kept: bool
    characters: int
    pages: int
    ocr: tuple[tuple[int, float], ...]
    unread: tuple[Unread, ...]
    by_hand: tuple[tuple[str, str], ...]

    @property
    def low(self) -> tuple[int, ...]:
        """The pages that OCR read with doubt."""
        return tuple(page for page, confidence in self.ocr if confidence < LOW_CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Report:
    """An ingestion as a whole; `titles` names the documents that `near_duplicates` and `versions` speak of,
    `passed_over` the files that are hidden, of the system, or data of programs."""

    snapshot: str
    seconds: float
    documents: int
    clauses: int
    passages: int
    files: tuple[FileLine, ...]
    removed: tuple[str, ...]
    near_duplicates: tuple[NearDuplicate, ...]
    versions: tuple[Version, ...]
    titles: dict[str, str]
    passed_over: tuple[str, ...] = ()

    def counts(self) -> dict[FileState, int]:
        """Count the files by what became of them, in the order of `STATES`."""
        found = Counter(line.state for line in self.files)
        return {state: found[state] for state in STATES}


def make_report(ingested: IngestionReport) -> Report:
    """Draw up the report of an ingestion; near-duplicates are looked for here."""
    collection, build = ingested.collection, ingested.build
    alike = near_duplicates(collection.documents.values())
    named = {name for pair in alike for name in (pair.one, pair.other)}
    named |= {name for version in collection.versions for name in (version.newer, version.older)}
    return Report(
        snapshot=build.snapshot if build else "",
        seconds=ingested.seconds,
        documents=len(collection.documents),
        clauses=build.counts.clauses if build else 0,
        passages=build.counts.passages if build else 0,
        files=tuple(_line(outcome, collection) for outcome in collection.files),
        removed=tuple(collection.removed),
        near_duplicates=tuple(alike),
        versions=tuple(collection.versions),
        passed_over=tuple(collection.passed_over),
        titles={name: collection.documents[name].title for name in sorted(named)},
    )


def report_fields(report: Report) -> dict[str, Any]:
    """Give a report as JSON values."""
    fields = asdict(report)
    for line, written in zip(report.files, fields["files"], strict=True):
        written["seconds"] = round(line.seconds, 3)
        written["low_confidence_pages"] = line.low
    return fields | {"seconds": round(report.seconds, 3), "counts": report.counts()}


def check_report_path(path: Path) -> Path:
    """Give `path` if a report can be written there; raise SettingError."""
    if path.suffix.lower() not in (".html", ".json"):
        raise SettingError.of("report_ending", field="report", path=path)
    if not path.absolute().parent.is_dir():
        raise SettingError.of("report_folder_missing", field="report", path=path, folder=path.parent)
    return path


def _line(outcome: FileOutcome, collection: Collection) -> FileLine:
    document = collection.documents.get(outcome.doc_id or "") if outcome.state != "duplicate" else None
    pages = document.layout.pages if document else ()
    error = outcome.error
    reason, remedy = error.english if error else (None, None)
    reason_zh, remedy_zh = SENTENCES[error.sentence].chinese(error.values) if error else (None, None)
    return FileLine(
        path=outcome.path,
        state=outcome.state,
        doc_id=outcome.doc_id,
        title=document.title if document else None,
        page=error.place.page if error else None,
        line=error.place.line if error else None,
        code=error.sentence if error else None,
        reason=reason,
        remedy=remedy,
        reason_zh=reason_zh,
        remedy_zh=remedy_zh,
        seconds=outcome.seconds,
        kept=outcome.kept,
        characters=len(document.text) if document else 0,
        pages=len(document.page_starts) if document else 0,
        ocr=tuple((p.number, p.confidence) for p in pages if p.confidence is not None),
        unread=outcome.unread,
        by_hand=tuple(
            (one.read, document.text[one.start : one.end])
            for one in (document.by_hand if document else ())
            if document and one.read is not None
        ),
    )
