"""What an ingestion reads: files and folders, merged with the documents that the index already holds.

Ingesting a folder makes the index hold what the folder holds: what was added is added, what is gone is
gone. Documents from elsewhere stay. A file that cannot be read any more never costs its last good text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ingest.adoption import adopt, prevails
from ingest.amending.compiled_editions import Amendment
from ingest.build import Progress
from ingest.decisions import Decisions
from ingest.document import make_document
from ingest.document_ids import is_below, tell_apart
from ingest.duplicates import same_in_other_formats
from ingest.readers.archive import SUFFIXES as ARCHIVES
from ingest.readers.archive import archive_of, members_of
from ingest.readers.file_reader import Unread
from ingest.reading_job import FileReading, ReadingJob
from ingest.settlement import settle
from ingest.text_corrections import TextCorrections
from ingest.text_findings import TextFindings
from ingest.versions import Version
from kb.errors import DocumentError, SecrecyError, SnapshotMissingError
from kb.home import FILE_NAME as HOME
from kb.home import Home
from kb.index.snapshot import current_name, snapshot_folder
from kb.text.lexicon import FILE_NAME as LEXICON
from kb.types import Disclosure, Document

_OF_SYSTEMS = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))  # Left in folders by macOS and Windows.
# Suffixes that no document has: configuration beside a corpus, code, caches. They are passed over without a word.
_OF_PROGRAMS = frozenset((
    ".toml", ".yaml", ".yml", ".json", ".jsonl", ".ini", ".cfg", ".lock", ".log", ".py", ".pyc", ".js", ".css", ".map", ".woff", ".woff2",
    ".ttf", ".ico", ".sqlite", ".db",
))  # fmt: skip

FileState = Literal["read", "unchanged", "replaced", "refused", "duplicate", "deleted"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: the document it holds (for a duplicate, the document that holds the same; for one whose
    text staff deleted, the document it held), or why it was refused. `kept` says that its text was known from an
    earlier run, `unread` what the file holds beyond the text that was read."""

    path: str
    state: FileState
    doc_id: str | None
    error: DocumentError | None
    seconds: float
    kept: bool
    unread: tuple[Unread, ...] = ()


@dataclass(slots=True)
class Collection:
    """The documents that an index is to hold, and what happened to each file on the way; `withdrawn` were public
    before, `passed_over` are files that are nobody's documents."""

    documents: dict[str, Document] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[DocumentError] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    files: list[FileOutcome] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def find_beside(name: str, paths: Iterable[Path], index_dir: Path, fresh: bool = False) -> Path | None:
    """Find the data that comes with the folders to ingest (lexicon, home) by the name of its file, else that of the
    snapshot in use, unless it begins `fresh`."""
    for path in paths:
        if (path / name).is_file():
            return path / name
    if fresh:
        return None
    try:
        known = snapshot_folder(index_dir, current_name(index_dir)) / name
    except SnapshotMissingError:
        return None
    below = any(path.is_dir() for path in paths)
    return known if known.exists() and not below else None


def find_lexicon(paths: Iterable[Path], index_dir: Path, fresh: bool = False) -> Path | None:
    """Find the everyday words that come with the folders to ingest, as `find_beside` does."""
    return find_beside(LEXICON, paths, index_dir, fresh)


def find_home(paths: Iterable[Path], index_dir: Path, fresh: bool = False) -> Path | None:
    """Find the places and offices that come with the folders to ingest, as `find_beside` does."""
    return find_beside(HOME, paths, index_dir, fresh)


def collect_files(
    paths: Sequence[Path],
    indexed: dict[str, Document],
    progress: Progress,
    job: ReadingJob | None = None,
    deleted: frozenset[str] = frozenset(),
    unstated: Disclosure = "unstated",
    decisions: Decisions | None = None,
    home: Home = Home(),
    corrections: TextCorrections | None = None,
    findings: TextFindings | None = None,
) -> Collection:
    """Read `paths` (files, or folders with all below) and merge them with what is indexed; texts that were `deleted`,
    by checksum, are left out, and what staff decided of a document and corrected in its text holds. `unstated` is the
    disclosure of documents that state none, `home` tells whose places and offices they name, `findings` what was found
    in their texts before."""
    findings = findings or TextFindings()
    files, refused, passed_over = _find(paths)
    collection = Collection(refused=refused, passed_over=[str(path) for path in passed_over])
    readings = (job or ReadingJob()).read(files, progress)
    if corrections:
        readings = [
            reading
            if isinstance(reading.outcome, DocumentError)
            else replace(reading, outcome=corrections.apply(reading.outcome))
            for reading in readings
        ]
    found: list[tuple[Path, Document]] = []
    gone: dict[Path, str] = {}  # by file, the document whose text was deleted
    for reading in readings:
        if isinstance(reading.outcome, DocumentError):
            collection.refused.append(reading.outcome)
            continue
        try:
            document = make_document(reading.path, reading.outcome, unstated, home)
            document = decisions.apply(document) if decisions else document
        except DocumentError as error:
            collection.refused.append(error)
            continue
        if document.sha256 in deleted:
            gone[reading.path] = document.doc_id
        else:
            found.append((reading.path, document))
    ids = {document.doc_id for _, document in found}
    staying = _staying(collection, paths, indexed).values()
    others = [document for document in staying if document.doc_id not in ids]
    holders = same_in_other_formats([document for _, document in found], others, findings.words_checksum)
    kept = tell_apart([one for number, one in enumerate(found) if number not in holders], paths, indexed)
    own_ids = {document.source: document.doc_id for _, document in kept}
    found = [
        (path, replace(document, doc_id=own_ids.get(document.source, document.doc_id))) for path, document in found
    ]
    known = [d for d in (*indexed.values(), *(document for _, document in found)) if d.kind == "digest"]
    read: dict[str, Document] = {}
    held: dict[Path, str] = {}  # by file, the document that it holds
    same: dict[Path, str] = {}  # by file, the document that holds the same text
    for number, (path, original) in enumerate(found):
        document = adopt(original, known)
        if number in holders:
            holder = holders[number]
            same[path] = adopt(replace(holder, doc_id=own_ids.get(holder.source, holder.doc_id)), known).doc_id
            continue
        other = read.get(document.doc_id)
        if other is not None and other.sha256 == document.sha256:
            same[path] = document.doc_id
            continue
        if other is None or (other.kind == "digest" and document.kind != "digest"):
            read[document.doc_id] = document
        elif prevails(document, other):
            collection.refused.append(_duplicate(path, document, other))
            continue
        held[path] = document.doc_id
    merge(collection, paths, read, indexed, findings)
    collection.files = _outcomes(collection, readings, held, same, gone)
    return collection


def merge(
    collection: Collection,
    paths: Sequence[Path],
    read: dict[str, Document],
    indexed: dict[str, Document],
    findings: TextFindings | None = None,
) -> Collection:
    """Settle what becomes of every document that was read now or was indexed before."""
    documents = _staying(collection, paths, indexed)
    collection.removed = [
        doc_id
        for doc_id, document in indexed.items()
        if doc_id not in documents and doc_id not in read and not document.consolidated_from
    ]
    for doc_id, document in read.items():
        earlier = indexed.get(doc_id)
        documents[doc_id] = earlier if earlier is not None and not prevails(document, earlier) else document
    settled = settle(documents, findings)
    collection.documents, collection.versions = settled.documents, settled.versions
    collection.amendments = settled.amendments
    for doc_id in read:
        earlier = indexed.get(doc_id)
        target = collection.added if earlier is None else collection.changed
        (collection.unchanged if earlier == collection.documents[doc_id] else target).append(doc_id)
    collection.withdrawn = [
        doc_id
        for doc_id, document in collection.documents.items()
        if document.disclosure != "public" and doc_id in indexed and indexed[doc_id].disclosure == "public"
    ]
    return collection


def _staying(collection: Collection, paths: Sequence[Path], indexed: dict[str, Document]) -> dict[str, Document]:
    """Give the indexed documents from elsewhere, and those whose files cannot be read any more; where a file became a
    state secret, its earlier text is held back."""
    roots = [path.resolve() for path in paths]
    refused = {str(Path(error.path).resolve()): error for error in collection.refused}
    staying: dict[str, Document] = {}
    for doc_id, document in indexed.items():
        # An archive that cannot be read holds back what was in it.
        error = refused.get(document.source) or refused.get(str(archive_of(Path(document.source))))
        if isinstance(error, SecrecyError):
            staying[doc_id] = replace(document, disclosure="withheld")
        elif error or not is_below(document, roots):
            staying[doc_id] = document
    return staying


def _outcomes(
    collection: Collection,
    readings: Sequence[FileReading],
    held: dict[Path, str],
    same: dict[Path, str],
    gone: dict[Path, str],
) -> list[FileOutcome]:
    errors = {error.path: error for error in collection.refused}
    states: dict[str, FileState] = dict.fromkeys(collection.unchanged, "unchanged")
    states |= dict.fromkeys(collection.changed, "replaced")
    outcomes: list[FileOutcome] = []
    for reading in readings:
        path = str(reading.path)
        doc_id = held.get(reading.path) or same.get(reading.path) or gone.get(reading.path)
        state: FileState
        if reading.path in gone:
            state = "deleted"
        else:
            state = "duplicate" if reading.path in same else states.get(doc_id, "read") if doc_id else "refused"
        error = errors.pop(path, None) if state == "refused" else None
        unread = () if isinstance(reading.outcome, DocumentError) else reading.outcome.unread
        outcomes.append(FileOutcome(path, state, doc_id, error, reading.seconds, reading.kept, unread))
    outcomes += [FileOutcome(path, "refused", None, error, 0.0, False) for path, error in errors.items()]
    return outcomes


def _find(paths: Iterable[Path]) -> tuple[list[Path], list[DocumentError], list[Path]]:
    """Give the files to read, what cannot be looked into, and the files that are passed over."""
    found: dict[Path, None] = {}
    refused: list[DocumentError] = []
    passed_over: dict[Path, None] = {}

    def take(root: Path, files: Iterable[Path]) -> None:
        """Look through the files below a folder or in an archive."""
        for file in files:
            if _passed_over(file.relative_to(root)):
                passed_over[file] = None
            elif _is_dangling(file):
                refused.append(DocumentError.of("link_dangling", file=file))
            elif file.suffix.lower() in ARCHIVES and file.is_file():
                look_into(file)
            else:
                found[file] = None

    def look_into(archive: Path) -> None:
        """Those without a reader and those that are archives too are taken: their reading refuses them."""
        try:
            members = members_of(archive)
        except DocumentError as error:
            refused.append(error)
        else:
            take(archive, sorted(members))

    for path in paths:
        if path.is_dir():
            take(path, [file for file in sorted(path.rglob("*")) if file.is_file() or _is_dangling(file)])
        elif path.suffix.lower() in ARCHIVES and path.exists():
            look_into(path)
        elif path.exists():
            found[path] = None
        else:
            refused.append(DocumentError.of("file_missing", file=path))
    return list(found), refused, list(passed_over)


def _is_dangling(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _passed_over(path: Path) -> bool:
    """Tell whether a file is nobody's document: hidden, put there by the system, or the data of programs."""
    hidden = any(part.startswith((".", "~$")) or part in _OF_SYSTEMS for part in path.parts)
    return hidden or path.suffix.lower() in _OF_PROGRAMS


def _duplicate(path: Path, document: Document, other: Document) -> DocumentError:
    return DocumentError.of("file_id_taken", file=path, doc_id=document.doc_id, other=other.source)
