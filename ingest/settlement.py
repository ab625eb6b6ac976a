"""How the documents of an index stand to each other in time: decisions make editions, newer texts end older ones."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.amending.compiled_editions import Amendment, amend
from ingest.text_findings import TextFindings
from ingest.versions import Version, apply_versions, find_versions
from kb.types import Document


@dataclass(frozen=True, slots=True)
class Settlement:
    """The documents as they are to be indexed, and what was found on the way."""

    documents: dict[str, Document]
    versions: list[Version]
    amendments: list[Amendment]


def settle(documents: dict[str, Document], findings: TextFindings | None = None) -> Settlement:
    """Settle the documents that were read, whatever an earlier run made of them; with the `findings` of earlier runs,
    only texts that are new are read."""
    amended, amendments = amend(documents)
    versions = find_versions(amended.values(), (findings or TextFindings()).repeals)
    return Settlement(apply_versions(amended, versions), versions, amendments)
