"""How the documents of an index stand to each other in time: decisions make editions, newer texts end older ones."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.amending.compiled_editions import Amendment, amend
from ingest.versions import Version, apply_versions, find_versions
from kb.types import Document


@dataclass(frozen=True, slots=True)
class Settlement:
    """The documents as they are to be indexed, and what was found on the way."""

    documents: dict[str, Document]
    versions: list[Version]
    amendments: list[Amendment]


def settle(documents: dict[str, Document]) -> Settlement:
    """Settle the documents that were read, whatever an earlier run made of them."""
    amended, amendments = amend(documents)
    versions = find_versions(amended.values())
    return Settlement(apply_versions(amended, versions), versions, amendments)
