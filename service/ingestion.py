"""`python -m service.ingestion`: one change of the index, in a process of its own.

The ingestion pipeline takes a second to import and memory to run; the serving process pays for neither,
and survives whatever a file does to its reader. Standard output carries one JSON object a line:
{"step", "done", "total"} while it works, and at the end {"report"} or {"problem"}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ingest.build import build_index, index_lock
from ingest.collection import Collection, collect_files, find_lexicon, indexed_documents
from ingest.deletions import Deletions
from ingest.reading_cache import ReadingCache
from ingest.reading_job import ReadingJob
from ingest.refusals import in_chinese
from ingest.versions import apply_versions, find_versions
from kb.errors import DocumentError, InputError, KnowledgeBaseError
from kb.index.encoder import open_encoder
from kb.types import Document


def change(index_dir: Path, encoder_name: str, action: str, subject: str) -> dict[str, object]:
    """Add the file or remove the document that `subject` names; give the report."""
    encoder = open_encoder(encoder_name)
    with index_lock(index_dir):
        indexed = indexed_documents(index_dir)
        collection = _without(indexed, subject) if action == "remove" else _with(indexed, Path(subject), index_dir)
        if collection.refused:
            raise collection.refused[0]
        for file in collection.files:
            if file.state == "duplicate":
                held = collection.documents[file.doc_id or ""].title
                raise InputError(
                    f"the same text is there as {file.doc_id} | 知识库里已有文字相同的文件《{held}》，没有重复收录。"
                )
        if not collection.documents:
            raise InputError("the last document cannot be removed | 这是最后一份文件，不能删除。")
        lexicon = find_lexicon([], index_dir)
        build = build_index(index_dir, list(collection.documents.values()), encoder, _say, lexicon)
        deletions = Deletions(index_dir)
        deletions.forget(collection.documents.values())
        if action == "remove":
            deletions.add(indexed[subject])
    named = [*collection.added, *collection.changed, *collection.unchanged]
    return {
        "added": collection.added,
        "changed": collection.changed,
        "unchanged": collection.unchanged,
        "removed": collection.removed,
        "documents": build.counts.documents,
        "titles": [collection.documents[doc_id].title for doc_id in named],
    }


def _with(indexed: dict[str, Document], path: Path, index_dir: Path) -> Collection:
    with ReadingCache(index_dir / "cache") as cache:
        return collect_files([path], indexed, _say, ReadingJob(cache=cache, watcher=_Pages()))


def _without(indexed: dict[str, Document], doc_id: str) -> Collection:
    if doc_id not in indexed:
        raise InputError(f"there is no document {doc_id!r} | 没有这份文件，可能已经删除。")
    kept = {name: document for name, document in indexed.items() if name != doc_id}
    versions = find_versions(kept.values())
    return Collection(documents=apply_versions(kept, versions), removed=[doc_id], versions=versions)


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
    index_dir, encoder, action, subject = sys.argv[1:]
    try:
        print(json.dumps({"report": change(Path(index_dir), encoder, action, subject)}), flush=True)
    except KnowledgeBaseError as error:
        said = in_chinese(error.reason) if isinstance(error, DocumentError) else None
        problem = f"{error.message} | {said.reason}。{said.remedy}。" if said else error.message
        print(json.dumps({"problem": problem}), flush=True)


if __name__ == "__main__":
    main()
