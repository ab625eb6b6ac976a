"""People and their roles: what each may do, how they enter, and what ends when they go."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import Parameters, extract_parameters
from indexing import index_folder
from sqlalchemy import event, select

from ingest.settings import Settings
from kb.errors import InputError, NotFoundError
from service.rates import GUESSES
from service.server import serving
from service.storage import Storage, accounts
from service.storage.accounts import LINK_SECONDS
from service.storage.audit import COMMAND, PUBLIC
from service.storage.rows import AccountRow, SecretRow
from service.storage.staff import checksum_of

Command = Callable[..., subprocess.CompletedProcess[str]]
PASSWORD = "正确的马电池订书针夹子"


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    on_file = request.param == "sqlite"
    storage = Storage(f"sqlite:///{tmp_path}/kb.sqlite3" if on_file else request.getfixturevalue("postgres"))
    with storage.sessions.begin() as session:
        for row in (*session.scalars(select(AccountRow)), *session.scalars(select(SecretRow))):
            session.delete(row)
    yield storage
    storage.close()


def entered(storage: Storage, name: str, role: str) -> str:
    secret = storage.accounts.redeem(storage.accounts.add(name, role), PASSWORD)  # type: ignore[arg-type]
    assert secret
    return secret


def test_an_account_is_entered_by_its_password_which_is_nowhere_stored(storage: Storage) -> None:
    entered(storage, "陈晓", "editor")
    secret = storage.accounts.enter("陈晓", PASSWORD)
    assert secret is not None
    person = storage.staff.person_of_session(secret)
    assert person is not None and (person.name, person.role) == ("陈晓", "editor")
    assert storage.accounts.enter("陈晓", PASSWORD + "x") is None
    assert storage.accounts.enter("没有这个人", PASSWORD) is None
    with storage.sessions() as session:
        row = session.get_one(AccountRow, "陈晓")
        assert row.password.startswith("$argon2id$") and PASSWORD not in row.password
        assert secret not in {one.checksum for one in session.scalars(select(SecretRow))}


def test_a_link_works_once_and_not_for_ever(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    link = storage.accounts.add("li", "staff")
    assert storage.accounts.enter("li", "") is None, "no password opens an account that has none"
    with pytest.raises(InputError, match="10 to 200 characters"):
        storage.accounts.redeem(link, "short")
    assert storage.accounts.redeem(link, PASSWORD)
    assert storage.accounts.redeem(link, PASSWORD) is None
    old = storage.accounts.new_link("li")
    new = storage.accounts.new_link("li")
    assert storage.accounts.redeem(old, PASSWORD) is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LINK_SECONDS + 1)
    assert storage.accounts.redeem(new, PASSWORD) is None


def test_a_new_password_ends_every_other_session(storage: Storage) -> None:
    first = entered(storage, "wang", "staff")
    second = storage.accounts.enter("wang", PASSWORD)
    assert second
    assert storage.accounts.change_password("wang", "wrong", PASSWORD * 2) is None
    third = storage.accounts.change_password("wang", PASSWORD, PASSWORD * 2)
    assert third and storage.staff.person_of_session(third)
    assert storage.staff.person_of_session(first) is None
    assert storage.staff.person_of_session(second) is None
    assert storage.accounts.enter("wang", PASSWORD) is None
    assert storage.accounts.enter("wang", PASSWORD * 2)


def test_whoever_is_disabled_is_out_at_once_with_their_keys(storage: Storage) -> None:
    secret = entered(storage, "zhao", "administrator")
    key = storage.accounts.new_key("zhao", "每日导入")
    assert storage.staff.person_of_key(key) == storage.staff.person_of_session(secret)
    assert storage.staff.person_of_session(key) is None and storage.staff.person_of_key(secret) is None
    storage.accounts.disable("zhao")
    assert storage.staff.person_of_key(key) is None
    assert storage.staff.person_of_session(secret) is None
    assert storage.accounts.enter("zhao", PASSWORD) is None
    storage.accounts.enable("zhao")
    assert storage.accounts.enter("zhao", PASSWORD)
    assert storage.staff.person_of_key(key) is None


def test_a_key_is_revoked_by_the_name_that_the_list_gives_it(storage: Storage) -> None:
    entered(storage, "qian", "staff")
    key, other = storage.accounts.new_key("qian", "a"), storage.accounts.new_key("qian", "b")
    listed = {one.label: one.key_id for one in storage.accounts.api_keys()}
    for wrong in ("", "nothing", listed["a"][:4]):
        with pytest.raises(NotFoundError):
            storage.accounts.revoke(wrong)
    storage.accounts.revoke(listed["a"])
    assert storage.staff.person_of_key(key) is None
    assert storage.staff.person_of_key(other)


@pytest.mark.parametrize("name", ["", "a b", "x" * 41, "<b>", "a/b", "a\n"])
def test_a_name_that_cannot_be_used_is_refused(storage: Storage, name: str) -> None:
    with pytest.raises(InputError, match="is no name"):
        storage.accounts.add(name, "staff")


@pytest.mark.parametrize("name", [PUBLIC, COMMAND])
def test_a_name_that_the_audit_record_has_for_others_is_refused(storage: Storage, name: str) -> None:
    with pytest.raises(InputError, match="audit record"):
        storage.accounts.add(name, "administrator")


def test_an_account_is_made_once_and_others_are_unknown(storage: Storage) -> None:
    storage.accounts.add("sun", "staff")
    with pytest.raises(InputError, match="already"):
        storage.accounts.add("sun", "editor")
    for call in (storage.accounts.disable, storage.accounts.enable, storage.accounts.new_link):
        with pytest.raises(NotFoundError):
            call("nobody")


def test_a_name_that_is_none_costs_the_same_work_as_one_that_is(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes time is a hash and the statements of the database: time itself depends on what else the machine
    does."""
    entered(storage, "zhou", "staff")
    work: list[object] = []

    def verified(known: str, password: str) -> bool:
        work.append(extract_parameters(known))
        return fits(known, password)

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        work.append(statement)

    def work_for(name: str) -> list[object]:
        work.clear()
        assert storage.accounts.enter(name, "wrong password") is None
        return list(work)

    fits = accounts._fits
    monkeypatch.setattr(accounts, "_fits", verified)
    event.listen(storage.sessions.kw["bind"], "before_cursor_execute", executed)
    known, unknown = work_for("zhou"), work_for("nobody")
    assert known == unknown
    assert sum(isinstance(one, Parameters) for one in known) == 1


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("accounts")
    (folder / "documents").mkdir()
    for name, said in (("canteen", "主动公开"), ("internal", "不予公开")):
        text = f"公开方式：{said}\n{name}管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n"
        (folder / "documents" / f"{name}.txt").write_text(text, "utf-8")
    index_folder(folder / "documents", folder / "index")
    return Settings(index_dir=folder / "index")


@pytest.fixture(scope="module")
def keys(settings: Settings) -> dict[str, str]:
    """A key for each role, and the token."""
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    made = {"token": token or ""}
    for role in ("staff", "editor", "administrator"):
        storage.accounts.redeem(storage.accounts.add(role, role), PASSWORD)  # type: ignore[arg-type]
        made[role] = storage.accounts.new_key(role, "")
    storage.close()
    return made


@pytest.mark.parametrize(
    ("who", "seen", "decides"),
    [("", 1, 403), ("staff", 2, 403), ("editor", 2, 422), ("administrator", 2, 422), ("token", 2, 422)],
)
def test_each_role_does_what_it_may(url: str, keys: dict[str, str], who: str, seen: int, decides: int) -> None:
    headers = {"Authorization": f"Bearer {keys[who]}"} if who else {}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        assert client.get("/api/documents").json()["total"] == seen
        assert client.get("/api/publications").status_code == (200 if who else 403)
        for path in ("/api/documents/canteen/publication", "/api/documents/canteen/reading"):
            assert client.post(path, json={}).status_code == decides
        if who == "staff":
            refused = client.delete("/api/documents/canteen")
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "role_too_low")
            assert "编辑人员" in refused.json()["error"]["message"]


def test_a_key_that_is_none_is_refused_and_not_taken_for_the_public(url: str) -> None:
    with httpx.Client(base_url=url, timeout=60, headers={"Authorization": "Bearer kb_guess"}) as client:
        refused = client.get("/api/documents")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_people_enter_by_link_and_password_and_their_decisions_bear_their_name(url: str, settings: Settings) -> None:
    storage = Storage.of_settings(settings)
    link = storage.accounts.add("周编辑", "editor")
    storage.close()
    with httpx.Client(base_url=url, timeout=60) as client:
        assert client.post("/api/session/password", json={"old": "x", "password": PASSWORD}).status_code == 403
        short = client.post("/api/session/link", json={"link": link, "password": "短"})
        assert (short.status_code, short.json()["error"]["field"]) == (422, "password")
        told = client.post("/api/session/link", json={"link": link, "password": PASSWORD}).json()
        assert told == {"audience": "staff", "account": "周编辑", "role": "editor"}
        assert client.post("/api/session/link", json={"link": link, "password": PASSWORD}).status_code == 401
        seen = client.get("/api/documents/canteen/publication").json()
        decision = {"version": seen["version"], "disclosure": "public", "fields": seen["fields"]}
        assert client.post("/api/documents/canteen/publication", json=decision).status_code == 202
        made = client.get("/api/documents/canteen/publication").json()["history"]
        assert made[0]["actor"] == "周编辑"
        changed = client.post("/api/session/password", json={"old": PASSWORD, "password": PASSWORD * 2})
        assert changed.status_code == 200
        assert client.get("/api/session").json()["account"] == "周编辑"
        client.delete("/api/session")
        assert client.post("/api/session", json={"name": "周编辑", "password": PASSWORD}).status_code == 401
        again = client.post("/api/session", json={"name": "周编辑", "password": PASSWORD * 2})
        assert again.json()["role"] == "editor"
        assert client.post("/api/session", json={"name": "周编辑"}).status_code == 422


def test_passwords_are_not_guessed(settings: Settings) -> None:
    with serving(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        asked = [{"name": "admin", "password": f"password-{n}"} for n in range(25)]
        statuses = [client.post("/api/session", json=one).status_code for one in asked]
        assert statuses.count(401) <= GUESSES + 2
        assert statuses[-1] == 429


def test_the_command_makes_lists_changes_and_closes_accounts(
    small_folder: Path, tmp_path: Path, kb_command: Command
) -> None:
    index_folder(small_folder, tmp_path / "index")

    def account(*arguments: object) -> str:
        done = kb_command("account", *arguments, "--index", tmp_path / "index")
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    link = account("add", "陈晓", "staff")
    assert re.fullmatch(r"/staff#link=[\w-]{32}\n", link)
    assert account("list") == "陈晓\tstaff\tno password yet\n"
    account("role", "陈晓", "editor")
    assert account("link", "陈晓") != link
    key = account("key", "陈晓", "--label", "每日导入").strip()
    assert re.fullmatch(r"kb_[\w-]{43}", key)
    key_id = re.search(r"^key (\w{12})\t陈晓\t每日导入$", account("list"), re.MULTILINE)
    assert key_id
    account("revoke", key_id[1])
    account("disable", "陈晓")
    assert account("list") == "陈晓\teditor\tdisabled\n"
    account("enable", "陈晓")
    unknown = kb_command("account", "disable", "nobody", "--index", tmp_path / "index")
    assert (unknown.returncode, "kb account list" in unknown.stderr) == (1, True)
    assert json.dumps(unknown.stdout) == '""'


@pytest.mark.parametrize(
    "command",
    [
        ("account", "add", "陈晓", "editor"),
        ("account", "list"),
        ("account", "disable", "陈晓"),
        ("audit", "verify"),
        ("audit", "export"),
    ],
)
def test_what_is_asked_of_a_database_that_is_not_there_is_refused_and_makes_none(
    tmp_path: Path, kb_command: Command, command: tuple[str, ...]
) -> None:
    done = kb_command(*command, "--index", tmp_path / "indx")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path}/indx.service.sqlite3" in done.stderr and "--index" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_session_is_extended_by_an_hour_at_a_time_to_a_day_in_all(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = entered(storage, "wu", "staff")
    begun = time.time()

    def after(hours: float) -> None:
        monkeypatch.setattr(time, "time", lambda: begun + 3600 * hours)

    assert storage.staff.extend(secret) == storage.staff.time_of_session(secret), "nothing is taken away"
    for tenth in range(118, 228, 9):  # each time some minutes before the end
        after(tenth / 10)
        left = storage.staff.extend(secret)
        assert left is not None and left.may_extend and 3595 <= left.seconds_left <= 3600
    after(23.4)
    last = storage.staff.extend(secret)
    assert last is not None and not last.may_extend and last.seconds_left <= 2160
    after(24.01)
    assert storage.staff.time_of_session(secret) is None and storage.staff.extend(secret) is None
    assert storage.staff.person_of_session(secret) is None


def test_only_a_session_has_a_time_and_its_beginning_cannot_be_moved(storage: Storage) -> None:
    secret = entered(storage, "zheng", "staff")
    key = storage.accounts.new_key("zheng", "每日导入")
    begun, _, rest = secret.partition(".")
    for other in (key, "", rest, f"{int(begun) + 3600}.{rest}"):
        assert storage.staff.time_of_session(other) is None and storage.staff.extend(other) is None
    assert storage.staff.person_of_session(secret) is not None


def test_a_browser_is_told_how_long_its_session_is_and_may_extend_it(url: str, settings: Settings) -> None:
    storage = Storage.of_settings(settings)
    link = storage.accounts.add("沈录入", "staff")
    with httpx.Client(base_url=url, timeout=60) as client:
        refused = client.get("/api/session/time")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "staff_only")
        client.post("/api/session/link", json={"link": link, "password": PASSWORD})
        secret = client.cookies["kb_staff"]
        with storage.sessions.begin() as session:
            session.get_one(SecretRow, checksum_of(secret)).expires = time.time() + 300
        told = client.get("/api/session/time").json()
        assert told["may_extend"] and 280 <= told["seconds_left"] <= 300
        extended = client.post("/api/session/time")
        assert extended.json()["seconds_left"] > 3500 and "Max-Age=3" in extended.headers["set-cookie"]
        assert client.get("/api/session").json()["account"] == "沈录入"
    storage.close()
