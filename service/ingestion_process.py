"""`python -m service.ingestion_process`: one change of the index, in a process of its own.

The ingestion takes a second to import and memory to run; the serving process pays for neither, and survives whatever a
file does to its reader. Standard input brings the change as JSON, standard output carries one JSON object a line:
{"step", "done", "total"} while it works, and at the end {"report"}, or {"problem", "told"}: what went wrong, for the
log and, as far as it is known in Chinese, for the person who asked; {"locked"} where `kb ingest` holds the index.

    {"action": "add", "path", "by", "at"}        a file, which nobody but staff sees until it is published
    {"action": "remove", "doc_id", "sha256", "title", "disclosure"}
    {"action": "decide", "doc_id", "source", "disclosure", "fields", "replaces", "by", "at"}        publish, correct, withdraw
    {"action": "correct", "doc_id", "start", "shown", "written", "by", "at"}        the text; without `written` as it was read

What is added stands beside whatever is there: it takes no name, number or version from another document before it is
published, so that its being there shows nowhere.

A change that is begun {"again"} may have been carried out before the service ended that was to note it: it is told as
it was then.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ingest.adoption import adopt, take_over
from ingest.collection import find_home, find_lexicon
from ingest.decisions import (
    CORRECTABLE,
    Decision,
    Decisions,
    as_read,
    correct,
    file_checksum,
    uncorrected,
    words_of_marks,
)
from ingest.deletions import Deletions
from ingest.document import make_document
from ingest.duplicates import same_in_other_formats
from ingest.ingestion import writing
from ingest.readers import ReadText
from ingest.reading_cache import ReadingCache
from ingest.reading_job import ReadingJob
from ingest.settings import read_settings
from ingest.settlement import settle
from ingest.text_corrections import TextCorrection, TextCorrections, corrected, revised
from ingest.text_findings import TextFindings
from kb.document_fields import document_fields
from kb.errors import DocumentError, IndexLockedError, InputError, KnowledgeBaseError, NotFoundError
from kb.home import Home
from kb.index.encoder import open_encoder
from kb.index.milvus_connection import MilvusAddress
from kb.text.names import titled
from kb.types import Document

Change = Mapping[str, Any]

MOST_PARAGRAPHS = 200_000
"""How many paragraphs an upload may have: ten times as many as the longest collection of laws, so that none holds up
all others."""


def change(index_dir: Path, encoder_name: str, wanted: Change, milvus: MilvusAddress | None = None) -> dict[str, Any]:
    """Make one change of the index and give its report."""
    encoder = open_encoder(encoder_name)
    with writing(index_dir, encoder, _say, milvus) as writer:
        indexed = writer.indexed()
        decisions = Decisions(index_dir)
        corrections = TextCorrections(index_dir)
        made: tuple[TextCorrection, ...] = ()
        deletions = Deletions(index_dir)
        if wanted["action"] == "add":
            document, decision = _added(wanted, indexed, decisions, corrections, index_dir)
            if decision is None:
                return _report("unchanged", document.doc_id, document.title, document.disclosure, len(indexed))
            documents = indexed | {document.doc_id: document}
        elif _removed_before(wanted, indexed):
            deletions.add(wanted["sha256"], wanted["title"])
            return _report("removed", wanted["doc_id"], wanted["title"], wanted["disclosure"], len(indexed))
        elif wanted["action"] == "remove":
            document, decision = _there(indexed, wanted["doc_id"]), None
            documents = {doc_id: one for doc_id, one in indexed.items() if doc_id != document.doc_id}
        elif wanted["action"] == "correct":
            document, decision, made = _corrected(indexed, decisions, corrections, wanted, index_dir)
            documents = indexed | {document.doc_id: document}
        else:
            document, decision = _decided(indexed, decisions, wanted)
            gone = (wanted["doc_id"], wanted["replaces"])
            documents = {doc_id: one for doc_id, one in indexed.items() if doc_id not in gone}
            documents[document.doc_id] = document
        if not documents:
            raise InputError.of("document_last")
        with TextFindings(index_dir / "cache") as findings:
            documents = settle(documents, findings).documents
        build = writer.write(documents.values(), find_lexicon([], index_dir), home=find_home([], index_dir))
        told = (document.doc_id, document.title, document.disclosure, build.counts.documents)
        if wanted["action"] == "remove":
            deletions.add(document.sha256, document.title)
            return _report("removed", *told)
        if wanted["action"] == "correct":
            corrections.settle(document.file_sha256, made)
        if decision is not None:
            decisions.settle(document, decision)
        deletions.forget([document])
        return _report("added" if wanted["action"] == "add" else "changed", *told)


def _added(
    wanted: Change, indexed: Mapping[str, Document], decisions: Decisions, corrections: TextCorrections, index_dir: Path
) -> tuple[Document, Decision | None]:
    """Read a file that was uploaded: a document of its own, with what staff corrected before of the same file; the one
    that is there already, and no decision, where it is the same file again."""
    path = Path(wanted["path"])
    own = next((one for one in indexed.values() if one.source == str(path)), None)
    if own is not None:  # it was added by a service that ended before it could note it: its file is no second one
        before = decisions.on(own)
        return _uploaded(uncorrected(own, before.read if before else {}), before, wanted)
    home = Home.of(find_home([], index_dir))
    taken = _read(path, index_dir)
    if (paragraphs := taken.text.count("\n") + 1) > MOST_PARAGRAPHS:
        raise InputError.of("upload_too_long", paragraphs=paragraphs, most=MOST_PARAGRAPHS)
    document = make_document(path, corrections.apply(taken), home=home)
    for other in indexed.values():
        if file_checksum(other) == file_checksum(document) or other.sha256 == document.sha256:
            return other, None
    holder = same_in_other_formats([document], indexed.values()).get(0)
    if holder is not None:
        raise InputError.of("same_text_indexed", doc_id=holder.doc_id, title=titled(holder.title))
    before = decisions.on(document)
    known = before and decisions.doc_id_of(before)
    doc_id = known if known and known not in indexed else _free(document.doc_id, indexed, decisions)
    document = replace(adopt(document, indexed.values()), doc_id=doc_id, disclosure="unstated")
    return _uploaded(document, before, wanted)


def _uploaded(document: Document, before: Decision | None, wanted: Change) -> tuple[Document, Decision]:
    """Give a document that was uploaded with what staff corrected `before` of the same file, and the decision that says
    so."""
    data = before.corrections if before else {}
    decision = Decision(
        file_checksum(document), document.disclosure, wanted["by"], wanted["at"], data, as_read(document, data),
        words_of_marks(document),
    )  # fmt: skip
    return correct(document, data), decision


def _removed_before(wanted: Change, indexed: Mapping[str, Document]) -> bool:
    """Say whether a removal that is begun again finds its document gone; one that was queued without the checksum
    cannot tell."""
    again = wanted["action"] == "remove" and wanted.get("again", False) and "sha256" in wanted
    return again and wanted["doc_id"] not in indexed


def _corrected(
    indexed: Mapping[str, Document], decisions: Decisions, corrections: TextCorrections, wanted: Change, index_dir: Path
) -> tuple[Document, Decision | None, tuple[TextCorrection, ...]]:
    """Give a document with other words in its text: whatever follows from them is read anew, and nothing else. With it
    come the decision on it, whose fields are those of the new text, and all corrections of its file."""
    current = _there(indexed, wanted["doc_id"])
    path = Path(current.source)
    read = _read(path, index_dir)
    if read.file_sha256 != current.file_sha256:
        raise NotFoundError.of("original_changed", path=path)
    kept = corrections.of(read.file_sha256)
    place = (wanted["start"], wanted["shown"], wanted["written"])
    made = revised(read, kept, *place, wanted["by"], wanted["at"])
    home = Home.of(find_home([], index_dir))
    before, now = (corrected(read, some) for some in (kept, made))
    if not now.text.strip():
        raise InputError.of("correction_empty", field="written")
    was, becomes = (make_document(path, one, current.disclosure, home) for one in (before, now))
    decision = decisions.on(current)
    changed = {
        one.name: value
        for one in fields(Document)
        if (value := getattr(becomes, one.name)) != getattr(was, one.name) and one.name not in ("doc_id", "disclosure")
    }
    document = replace(uncorrected(current, decision.read if decision else {}), **changed)
    if decision is not None:
        decision = replace(decision, read=as_read(document, decision.corrections))
        document = correct(document, decision.corrections)
    return document, decision, made


def _read(path: Path, index_dir: Path) -> ReadText:
    """Read a file as any ingestion does; raise DocumentError where it cannot be read."""
    with ReadingCache(index_dir / "cache") as cache:
        (reading,) = ReadingJob(cache=cache, watcher=_Pages()).read([path], _say)
    if isinstance(reading.outcome, DocumentError):
        raise reading.outcome
    return reading.outcome


def _decided(indexed: Mapping[str, Document], decisions: Decisions, wanted: Change) -> tuple[Document, Decision]:
    """Give a document as staff say that it is; where it takes the place of another one, under the id of that."""
    placed = indexed.get(wanted["replaces"] or "")
    replaced_before = placed is not None and placed.source == wanted.get("source")
    current = _there(indexed, wanted["replaces"] if replaced_before else wanted["doc_id"])
    before = decisions.on(current)
    document = uncorrected(current, before.read if before else {})
    fields = document_fields(document)
    corrections = {
        name: value
        for name in CORRECTABLE
        if name in wanted["fields"] and (value := wanted["fields"][name]) != fields[name]
    }
    if wanted["replaces"]:
        replaced = _there(indexed, wanted["replaces"])
        document = take_over(document, replaced) if replaced.kind == "digest" else document
        document = replace(document, doc_id=replaced.doc_id)
    decision = Decision(
        file_checksum(document), wanted["disclosure"], wanted["by"], wanted["at"], corrections,
        as_read(document, corrections), words_of_marks(document),
    )  # fmt: skip
    return replace(correct(document, corrections), disclosure=wanted["disclosure"]), decision


def _there(indexed: Mapping[str, Document], doc_id: str) -> Document:
    if doc_id not in indexed:
        raise InputError.of("document_gone", doc_id=doc_id)
    return indexed[doc_id]


def _free(doc_id: str, indexed: Mapping[str, Document], decisions: Decisions) -> str:
    """Give an id that no document has or had; a second upload of one name is a second document."""
    number, free = 2, doc_id
    while free in indexed or free in decisions:
        free, number = f"{doc_id}-{number}", number + 1
    return free


def _report(what: str, doc_id: str, title: str, disclosure: str, count: int) -> dict[str, Any]:
    return {
        **{name: [doc_id] if name == what else [] for name in ("added", "changed", "unchanged", "removed")},
        "documents": count,
        "titles": [title],
        "disclosure": disclosure,
    }


class _Pages:
    """Says which page of the file is read."""

    def begins(self, path: Path) -> None:
        _say("reading", 0, 1)

    def page(self, path: Path, number: int, total: int) -> None:
        _say("reading", number, total)

    def ends(self, path: Path) -> None:
        _say("reading", 1, 1)


def _say(step: str, done: int, total: int) -> None:
    print(json.dumps({"step": step, "done": done, "total": total}), flush=True)


def main() -> None:
    """Make the change that standard input tells; say on standard output how far it is and what came of it."""
    gc.freeze()  # what was imported is not gone through once more at the end, which takes a third of a second
    index_dir, encoder = sys.argv[1:]
    try:
        # From the environment, which the service shares with it: the token of Milvus is no argument for all to see.
        milvus = read_settings(Path(index_dir)).milvus()
        print(json.dumps({"report": change(Path(index_dir), encoder, json.load(sys.stdin), milvus)}), flush=True)
    except IndexLockedError:
        print(json.dumps({"locked": True}), flush=True)
    except KnowledgeBaseError as error:
        print(json.dumps({"problem": error.message, "told": error.chinese}), flush=True)


if __name__ == "__main__":
    main()
