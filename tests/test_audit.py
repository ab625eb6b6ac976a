"""The audit record: what is noted and what is not, that nothing can be taken out of it unseen, and that it keeps nobody
waiting."""

from __future__ import annotations

import csv
import io
import multiprocessing
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from served_texts import QUESTION, SECRET, settings_of, staff_token
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from ingest.settings import Settings, read_settings
from kb.errors import ConflictError, InputError, ServiceError, SettingError
from service.audit_export import csv_lines
from service.audit_writer import AuditWriter
from service.backup import back_up, restore
from service.server import serving
from service.storage import Storage
from service.storage.audit import AuditEntry, AuditLog
from service.storage.audit_chain import Anchor
from service.storage.retention import Retention
from service.storage.rows import AuditHeadRow, AuditRow, ClockRow

Command = Callable[..., subprocess.CompletedProcess[str]]
DAY = 86_400
PASSWORD = "正确的马电池订书针夹子"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    on_file = request.param == "sqlite"
    return f"sqlite:///{tmp_path}/kb.sqlite3" if on_file else request.getfixturevalue("postgres")


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    storage = Storage(url)
    with storage.sessions.begin() as session:
        for table in (AuditRow, AuditHeadRow, ClockRow):
            session.execute(delete(table))
    yield storage
    storage.close()


def filled(storage: Storage, count: int = 8) -> AuditLog:
    storage.audit.write(*(AuditEntry("public", "asked", "answered", documents=(f"文件-{n}",)) for n in range(count)))
    return storage.audit


def found(log: AuditLog, anchor: str = "") -> list[str]:
    return [error.message.partition(";")[0] for error in log.verify(Anchor.parse(anchor) if anchor else None)[1]]


def test_a_record_as_it_was_written_is_whole(storage: Storage) -> None:
    assert storage.audit.verify() == (Anchor(0), [])
    log = filled(storage)
    log.write(AuditEntry("陈晓", "published", subject="lift"))
    last, problems = log.verify()
    assert (last, problems) == (log.head(), [])
    assert last.number == 9 and found(log, str(last)) == found(log, "9") == []


DAMAGE: dict[str, tuple[str, list[str]]] = {
    "changed": ("UPDATE audit SET actor = 'nobody' WHERE number = 4", ["audit entry 4 was changed"]),
    "a millisecond": ("UPDATE audit SET at = at + 0.001 WHERE number = 8", ["audit entry 8 was changed"]),
    "removed": ("DELETE FROM audit WHERE number IN (3, 4)", ["audit entries 3 to 4 are missing"]),
    "the first removed": ("DELETE FROM audit WHERE number < 3", ["audit entries 1 to 2 are missing"]),
    "the last removed": ("DELETE FROM audit WHERE number > 6", ["audit entries 7 to 8 are missing"]),
    "all removed": ("DELETE FROM audit", ["audit entries 1 to 8 are missing"]),
    "moved": (
        "UPDATE audit SET number = CASE number WHEN 2 THEN -5 ELSE number END;"
        "UPDATE audit SET number = 2 WHERE number = 5; UPDATE audit SET number = 5 WHERE number = -5",
        ["audit entry 2 was changed", "audit entry 5 was changed"],
    ),
    "inserted": (
        "INSERT INTO audit SELECT 9, at, actor, action, outcome, subject, documents, checksum, checksum FROM audit WHERE number = 8",
        ["audit entry 9 was changed", "audit entries 9 to 9 were not written by the service"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_what_was_done_to_the_record_is_found_and_named(storage: Storage, kind: str) -> None:
    log = filled(storage)
    statements, named = DAMAGE[kind]
    with storage.sessions.begin() as session:
        for statement in statements.split(";"):
            session.execute(text(statement))
    assert found(log) == named


def test_an_entry_that_was_exchanged_for_one_with_a_right_checksum_breaks_the_link(storage: Storage) -> None:
    log = filled(storage)
    entry = list(log.entries())[3]
    with storage.sessions.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.number == 4).values(actor="nobody"))
    forged = list(log.entries())[3].sum()
    with storage.sessions.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.number == 4).values(checksum=forged))
    assert found(log) == ["audit entry 5 does not follow entry 4: one of them was replaced, inserted or moved"]
    assert "audit entry 4 is another one than was written" in found(log, f"4:{entry.checksum}")


def test_an_end_that_was_cut_off_with_its_head_is_missed_by_an_anchor(storage: Storage) -> None:
    log = filled(storage)
    anchor, before = log.head(), list(log.entries())[5]
    with storage.sessions.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.number > 6))
        session.execute(update(AuditHeadRow).values(number=6, checksum=before.checksum))
    assert found(log) == [], "nothing inside of the database tells"
    assert found(log, str(anchor)) == found(log, "8") == ["audit entries 7 to 8 are missing"]
    filled(storage, 3)
    assert found(log) == []
    assert found(log, str(anchor)) == ["audit entry 8 is another one than was written"]


@pytest.mark.parametrize("text", ["", "x", "-1", "1:2", "٣", "1" * 30, "1:" + "a" * 63])
def test_an_anchor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="kb audit verify"):
        Anchor.parse(text)


def test_what_has_expired_is_dropped_and_the_rest_is_still_a_chain(storage: Storage) -> None:
    log, now = storage.audit, time.time()
    for age in (500, 400, 300, 10):
        log.write(*(AuditEntry("public", "asked", "answered", at=now - age * DAY) for _ in range(2)))
    fourth = list(log.entries())[3]
    Retention(storage.sessions).delete_expired(0)
    assert len(list(log.entries())) == 8, "0 days: for good"
    Retention(storage.sessions, 365).delete_expired(0)
    entries = list(log.entries())
    assert [entry.number for entry in entries] == [5, 6, 7, 8, 9]
    assert (entries[-1].action, entries[-1].subject) == ("dropped", f"4:{fourth.checksum}")
    assert found(log) == found(log, f"4:{fourth.checksum}") == []
    with pytest.raises(InputError, match="later anchor"):
        log.verify(Anchor(3))
    Retention(storage.sessions, 200).delete_expired(0)
    assert [entry.number for entry in log.entries()] == [7, 8, 9, 10] and found(log) == []
    with storage.sessions.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.number == 7))
    assert found(log) == ["audit entries 7 to 7 are missing"], "dropped by hand, not by rule"


def test_a_record_of_which_everything_has_expired_goes_on(storage: Storage) -> None:
    storage.audit.write(AuditEntry("public", "asked", at=time.time() - 400 * DAY))
    Retention(storage.sessions, 365).delete_expired(0)
    filled(storage, 2)
    assert [entry.number for entry in storage.audit.entries()] == [2, 3, 4] and found(storage.audit) == []


def write_many(url: str, count: int) -> None:
    storage = Storage(url)
    for number in range(count):
        storage.audit.write(*(AuditEntry("public", "asked", str(number)) for _ in range(1 + number % 3)))
    storage.close()


def test_processes_that_write_at_once_make_one_chain(storage: Storage, url: str) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(url, 30)) for _ in range(3)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
    assert [one.exitcode for one in writers] == [0, 0, 0]
    assert found(storage.audit) == [] and storage.audit.head().number == 3 * 60


def test_what_is_not_kept_is_not_noted_and_what_is_noted_is_kept(storage: Storage) -> None:
    storage.decisions.make("chained", "published", "staff:1", {}, seen=storage.decisions.version("chained"))
    with pytest.raises(ConflictError):
        storage.decisions.make("chained", "withdrawn", "staff:2", {}, seen=0)
    assert [(one.actor, one.action, one.subject) for one in storage.audit.entries()] == [
        ("staff:1", "published", "chained")
    ]


class FullDisk(AuditLog):
    """A record that takes nothing until there is room."""

    room = False

    def write(self, *entries: AuditEntry) -> None:
        if not self.room:
            raise OperationalError("INSERT", {}, OSError("no space left"))
        super().write(*entries)


ANSWER = {"refusal": None, "citations": [{"doc_id": "a"}, {"doc_id": "b"}, {"doc_id": "a"}]}


def test_what_cannot_be_written_is_told_and_written_when_there_is_room(storage: Storage) -> None:
    log = FullDisk(storage.sessions)
    writer = AuditWriter(log, most_waiting=2, patience=0.01)
    writer.answered("public", ANSWER)
    deadline = time.monotonic() + 20
    while writer.problem is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert writer.problem is not None and "no space left" in writer.problem.message
    writer.answered("陈晓", ANSWER)
    with pytest.raises(ServiceError, match="audit record cannot be written"):
        writer.answered("public", ANSWER)
    log.room = True
    while writer.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    writer.close()
    assert writer.problem is None
    assert [(one.actor, one.documents) for one in log.entries()] == [("public", '["a", "b"]'), ("陈晓", '["a", "b"]')]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("audited"))


def noted(settings: Settings) -> list[tuple[str, str, str, str]]:
    storage = Storage.of_settings(settings)
    rows = [(one.actor, one.action, one.outcome, one.subject) for one in storage.audit.entries()]
    assert found(storage.audit) == []
    storage.close()
    return rows


def test_the_service_notes_who_did_what_and_no_word_of_what_was_asked(settings: Settings) -> None:
    token = staff_token(settings)
    storage = Storage.of_settings(settings)
    link, key = storage.accounts.add("周编辑", "editor"), storage.accounts.new_key
    with serving(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        for asked in (QUESTION, SECRET):
            client.post("/api/ask", json={"question": asked})
        chat = {"model": "policy-knowledge-base", "messages": [{"role": "user", "content": QUESTION}]}
        bearer = {"Authorization": f"Bearer {key('周编辑', '')}"}
        client.post("/v1/chat/completions", json=chat, headers=bearer)
        tool = {"name": "ask", "arguments": {"question": QUESTION}}
        accepts = {"Accept": "application/json, text/event-stream"}
        called = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
        client.post("/mcp", json=called, headers=accepts | bearer)
        assert client.post("/api/session", json={"token": "wrong"}).status_code == 401
        assert client.post("/api/session", json={"name": PASSWORD, "password": "周"}).status_code == 401
        assert client.get("/api/session", headers={"Authorization": "Bearer kb_none"}).status_code == 401
        client.post("/api/session/link", json={"link": link, "password": PASSWORD})
        assert client.post("/api/session", json={"name": "周编辑", "password": "错"}).status_code == 401
        assert client.get("/api/audit.csv").json()["error"]["code"] == "role_too_low"
        answer = client.post("/api/ask", json={"question": QUESTION, "conversation_id": "new"}).json()
        shared = client.post(f"/api/answers/{answer['answer_id']}/share").json()["id"]
        client.delete(f"/api/shared/{shared}")
        client.get(f"/api/conversations/{answer['conversation_id']}/export.docx")
        client.post("/api/session", json={"token": token})
        deadline = time.monotonic() + 20
        while storage.audit.head().number < 16 and time.monotonic() < deadline:
            time.sleep(0.02)
        told = client.get("/api/audit.csv")
    storage.close()
    rows = noted(settings)
    by_key = next(actor for actor, *_ in rows if " key:" in actor)
    session = rows[-1][0]
    assert session.startswith("staff:") and by_key.startswith("周编辑 key:")
    expected = [
        ("command", "account_added", "editor", "周编辑"), ("command", "key_made", by_key.rpartition(":")[2], "周编辑"),
        ("public", "asked", "answered", ""), ("public", "asked", "out_of_scope", ""), (by_key, "asked", "answered", ""), (by_key, "asked", "answered", ""),
        ("public", "login_failed", "token", ""), ("public", "login_failed", "password", ""), ("public", "login_failed", "key", ""),
        ("周编辑", "password_changed", "link", "周编辑"), ("public", "login_failed", "password", "周编辑"), ("周编辑", "asked", "answered", ""),
        ("周编辑", "shared", "", answer["answer_id"]), ("周编辑", "share_withdrawn", "", answer["answer_id"]), ("周编辑", "exported", "conversation", ""),
        (session, "login", "token", ""), (session, "exported", "audit", ""),
    ]  # fmt: skip
    assert sorted(rows) == sorted(expected)
    assert told.content.startswith("\ufeffnumber,time,".encode()) and told.headers["content-type"].startswith(
        "text/csv"
    )
    read = list(csv.DictReader(io.StringIO(told.text.removeprefix("\ufeff"))))
    assert [int(row["number"]) for row in read] == list(range(1, len(rows) + 1))
    assert '["canteen"]' in {row["documents"] for row in read}
    whole = told.text
    assert not any(words in whole for words in (QUESTION, SECRET, PASSWORD, "wrong", "kb_none"))


def test_decisions_and_uploads_are_noted_with_their_documents(settings: Settings) -> None:
    token = staff_token(settings) if not noted(settings) else ""
    storage = Storage.of_settings(settings)
    secret = storage.accounts.redeem(storage.accounts.add("吴编辑", "editor"), PASSWORD)
    assert secret and token == ""
    storage.close()
    with serving(settings) as url, httpx.Client(base_url=url, timeout=60, cookies={"kb_staff": secret}) as client:
        job = client.post("/api/documents", params={"name": "bus.txt"}, content="第一条　公交免费。".encode()).json()
        deadline = time.monotonic() + 120
        while client.get(f"/api/jobs/{job['job_id']}").json()["state"] in ("queued", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        removed = client.delete("/api/documents/bus").json()["job_id"]
        while client.get(f"/api/jobs/{removed}").json()["state"] in ("queued", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert noted(settings)[-4:] == [
        ("吴编辑", "upload_received", "", job["job_id"]), ("吴编辑", "uploaded", "", "bus"),
        ("吴编辑", "deletion_requested", "", removed), ("吴编辑", "deleted", "", "bus"),
    ]  # fmt: skip


def test_a_backup_holds_the_record_and_the_restored_one_goes_on(
    settings: Settings, tmp_path: Path, postgres: str
) -> None:
    storage = Storage.of_settings(settings)
    filled(storage, 3)
    storage.close()
    saved = back_up(settings, tmp_path / "saved.tar")
    there = settings.model_copy(
        update={"index_dir": tmp_path / "there", "database_url": f"sqlite:///{tmp_path}/there.sqlite"}
    )
    restore(there, tmp_path / "saved.tar")
    for one, last in ((settings, ("command", "exported", "backup")), (there, ("command", "restored", "backup"))):
        kept = Storage.of_settings(one)
        assert found(kept.audit, saved.anchor) == []
        assert kept.audit.head().number == Anchor.parse(saved.anchor).number + 1
        *_, entry = kept.audit.entries()
        assert (entry.actor, entry.action, entry.outcome) == last
        kept.close()


def test_the_command_verifies_names_what_is_wrong_and_exports(
    storage: Storage, url: str, tmp_path: Path, kb_command: Command
) -> None:
    filled(storage, 3)

    def audit(*arguments: object) -> subprocess.CompletedProcess[str]:
        return kb_command("audit", *arguments, "--index", tmp_path / "index", env={"KB_DATABASE_URL": url, "PATH": ""})

    verified = audit("verify")
    assert (verified.returncode, verified.stdout) == (0, f"{storage.audit.head()}\n"), verified.stderr
    exported = list(csv.reader(io.StringIO(audit("export").stdout)))
    assert [row[:1] + row[2:7] for row in exported[-2:]] == [
        ["3", "public", "asked", "answered", "", '["文件-2"]'],
        ["4", "command", "exported", "audit", "", "[]"],
    ]
    assert next(csv_lines(storage.audit, "command")) == ",".join(exported[0]) + "\r\n"
    assert audit("verify", "--anchor", verified.stdout.strip()).returncode == 0
    missing = audit("verify", "--anchor", "99")
    assert (missing.returncode, "audit entries 6 to 99 are missing" in missing.stderr) == (1, True), missing.stderr
    with storage.sessions.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.number == 2).values(outcome="refused"))
    changed = audit("verify")
    assert (changed.returncode, changed.stdout) == (1, "")
    assert "kb: audit entry 2 was changed; compare the record with that of a backup" in changed.stderr


def test_rows_are_read_in_the_order_of_their_numbers(storage: Storage) -> None:
    filled(storage, 2100)  # more than are read at once
    with storage.sessions() as session:
        assert session.scalar(select(AuditRow.number).order_by(AuditRow.number.desc()).limit(1)) == 2100
    assert found(storage.audit) == []


def test_a_record_that_would_be_kept_too_short_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for days, kept in (("0", 0), ("184", 184)):
        monkeypatch.setenv("KB_AUDIT_DAYS", days)
        assert read_settings().audit_days == kept
    monkeypatch.setenv("KB_AUDIT_DAYS", "183")
    with pytest.raises(SettingError, match="KB_AUDIT_DAYS 183: too short; give at least 184, or 0"):
        read_settings()
