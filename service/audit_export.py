"""The audit record as CSV (RFC 4180): a line an entry, with the checksums by which the chain can be verified
elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from io import StringIO

from service.storage.audit import AuditEntry, AuditLog

COLUMNS = ("number", "time", "actor", "action", "outcome", "subject", "documents", "previous", "checksum")


def csv_lines(log: AuditLog, actor: str) -> Iterator[str]:
    """Give the head line and every entry; that it was exported, and by whom, is an entry itself, and the last of
    them."""
    log.write(AuditEntry(actor, "exported", "audit"))
    yield _line(COLUMNS)
    for entry in log.entries():
        number, at, *rest = astuple(entry)
        yield _line((number, datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"), *rest))


def _line(values: tuple[object, ...]) -> str:
    written = StringIO()
    csv.writer(written).writerow(values)
    return written.getvalue()
