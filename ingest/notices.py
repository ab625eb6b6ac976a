"""What has to be said after an ingestion about who may read what: one line for each kind, which counts and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.collection import Collection
from ingest.disclosure import read_disclosure
from ingest.formalities import with_formalities
from ingest.header import names_no_day, read_header
from ingest.repeals import read_repeals
from ingest.secrecy import describe_mark
from kb.editions import core_title
from kb.types import Document
from kb.visibility import begins

_NAMED = 20  # names that are listed; of more, how many


def notices(collection: Collection) -> Iterator[str]:
    """Give the lines on the documents that were read now, and on those that the public cannot read any more."""
    read = [collection.documents[doc_id] for doc_id in (*collection.added, *collection.changed, *collection.unchanged)]
    unstated = [document.doc_id for document in read if document.disclosure == "unstated"]
    marked = [f"{d.doc_id} ({'; '.join(map(describe_mark, d.marks))})" for d in read if d.marks]
    differing = [f"{document.doc_id} ({'; '.join(said)})" for document in read if len(said := _stated(document)) > 1]
    if unstated:
        remedy = "state 公开方式 in them, or ingest them with --disclosure public"
        yield f"{len(unstated)} do not say who may read them and are for staff only; {remedy}: {_names(unstated)}"
    if marked:
        yield f"{len(marked)} held back from the public for the marks they bear: {_names(marked)}"
    if differing:
        yield f"{len(differing)} state more than one 公开方式, the narrowest holds: {_names(differing)}"
    impossible = [f"{document.doc_id} ({'; '.join(told)})" for document in read if (told := _impossible(document))]
    if impossible:
        yield f"{len(impossible)} give as a date what is none, which is left out; correct these: {_names(impossible)}"
    ends = [d.doc_id for d in read if d.expires and (first := begins(d)) and d.expires.last_day < first.first_day]
    superseded = {version.older for version in collection.versions if version.says}
    backward = [doc_id for doc_id in ends if doc_id not in superseded]
    if backward:
        yield f"{len(backward)} end before they begin, by their own dates; check these: {_names(backward)}"
    itself = [d.doc_id for d in read if any(core_title(r.name) == core_title(d.title) for r in read_repeals(d.text))]
    if itself:
        yield f"{len(itself)} end themselves by their own words, which changes nothing; check these: {_names(itself)}"
    made = [f"{one.edition} (by {one.decision})" for one in collection.amendments if one.edition]
    if made:
        yield f"{len(made)} consolidated texts were made from amending decisions: {_names(made)}"
    baseless = [f"{one.decision} ({'; '.join(one.reasons)})" for one in collection.amendments if one.base is None]
    if baseless:
        yield f"{len(baseless)} amending decisions change nothing here; ingest what they change if it should be: {_names(baseless)}"
    for one in collection.amendments:
        if one.edition is None and one.base is not None:
            yield f"{one.decision} changes {one.base}, which stays as it was and is marked: {'; '.join(one.reasons)}"
    if collection.withdrawn:
        count = len(collection.withdrawn)
        yield f"{count} were public and are held back from the public now: {_names(collection.withdrawn)}"


def _stated(document: Document) -> list[str]:
    fields = [field.value for field in document.header if field.name == "disclosure"]
    return fields if len(set(map(read_disclosure, fields))) > 1 else []


def _impossible(document: Document) -> list[str]:
    """Name the fields without a day, which are no longer in the header of the document."""
    stated = with_formalities(document.text, read_header(document.text))
    return [f"{field.name} {field.value}" for field in stated.fields if names_no_day(field)]


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
