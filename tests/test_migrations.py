"""Databases of earlier versions come to the form of this one with all that they hold, and of a later one are left
alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from indexing import ROOT
from sqlalchemy import Engine, create_engine, inspect, text

from kb.errors import ServiceError
from service.storage import Storage, schema
from service.storage.audit import AuditEntry
from service.storage.rows import StoredRow

OLD = ROOT / "tests" / "databases"
"""The tables as the last version before migrations made them."""

ROWS = {
    "conversations": "('c1', 'owner', '食堂', 4000000000.25)",
    "turns": "(1, 'a1', 'c1', '社区食堂对谁开放？', '{\"question\": \"社区食堂对谁开放？\"}')",
    "feedback": "(1, 'a1', 'down', '不对', '社区食堂对谁开放？', '{}', 1000000000.5, 'c1', NULL)",
    "judged": "('a1', '{}', 1000000001)",
    "shares": "('s1', 'a1', '{\"citations\": []}', {false}, 1000000002)",
    "accounts": "('陈晓', 'editor', '', {false}, 1000000003)",
    "secrets": "('{sum}', 'key', NULL, '陈晓', '每日导入')",
    "clocks": "('retention', 1000000004)",
    "decisions": "(1, 'lift', 1, 'withdrawn', 'staff:1', 1000000005, '{}', NULL)",
    "jobs": "('j1', 'add', '电梯', 'done', '', 0, 0, '', '', 1000000006, 1000000006, '{}', 1)",
}
COUNTED = ("turns", "feedback", "decisions")
"""Tables whose rows the database numbers."""

ADDED = {
    "feedback": ("conversation_id", "settled"),
    "secrets": ("account", "label"),
    "jobs": ("queued", "change", "begun"),
}
"""Columns that earlier versions lacked."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kb.sqlite3"
    server: str = request.getfixturevalue("postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS migrated WITH (FORCE)")
        connection.execute("CREATE DATABASE migrated")
    return server.rpartition("/")[0] + "/migrated"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


def fill(engine: Engine, *, earlier: bool = False) -> dict[str, list[tuple[object, ...]]]:
    """Make the tables as they were, with a row in each, and give all rows."""
    tables = (OLD / f"before_migrations.{engine.dialect.name}.sql").read_text("utf-8")
    with engine.begin() as connection:
        for statement in filter(str.strip, tables.split(";\n")):
            connection.exec_driver_sql(statement)
        for table in StoredRow.metadata.sorted_tables:
            if table.name in ROWS:
                row = ROWS[table.name].replace("{sum}", "0" * 64).replace("{false}", "false")
                connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES {row}")
        for name in COUNTED if engine.dialect.name == "postgresql" else ():
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'number'), 1)")
        for name, columns in ADDED.items() if earlier else ():
            for column in columns:
                connection.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN {column}")
    return rows_of(engine)


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in ROWS}


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), StoredRow.metadata)


def form_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_an_empty_database_gets_the_tables_that_the_service_works_with(url: str, engine: Engine) -> None:
    Storage(url).close()
    assert (differences(engine), form_of(engine)) == ([], schema.SCHEMA)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            written = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'turns'"))
        assert "ON DELETE CASCADE" in str(written)


def test_a_database_of_before_migrations_keeps_every_row(url: str, engine: Engine) -> None:
    before = fill(engine)
    storage = Storage(url)
    assert (differences(engine), form_of(engine)) == ([], schema.SCHEMA)
    assert rows_of(engine) == before
    assert [one.name for one in storage.accounts.all()] == ["陈晓"]
    assert storage.decisions.withdrawn() == {"lift"}
    storage.decisions.make("lift", "published", "staff:1", {}, seen=1)
    assert storage.conversations.turns("owner", "c1")[0].title == "食堂"
    assert storage.audit.head().number == 1
    storage.close()
    Storage(url).close()
    assert len(rows_of(engine)["decisions"]) == 2, "opening it again changes nothing"


def test_one_of_an_earlier_version_gets_the_columns_that_it_lacks(url: str, engine: Engine) -> None:
    before = fill(engine, earlier=True)
    Storage(url).close()
    assert (differences(engine), form_of(engine)) == ([], schema.SCHEMA)
    after = rows_of(engine)
    assert {name: len(rows) for name, rows in after.items()} == dict.fromkeys(ROWS, 1)
    assert after["jobs"][0][-3:] == (0.0, "", 0) and after["secrets"][0][-2:] == (None, None)
    for name in ROWS.keys() - ADDED.keys():
        assert after[name] == before[name]


def test_a_database_of_a_later_version_is_refused_and_left_as_it_is(url: str, engine: Engine) -> None:
    Storage(url).close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '999'"))
    with pytest.raises(ServiceError, match="form 999, this version knows ") as refused:
        Storage(url)
    assert refused.value.sentence == "database_newer" and "kb restore" in refused.value.message
    assert form_of(engine) == "999" and "audit" in inspect(engine).get_table_names()


OPENING = "import sys; from service.storage import Storage; Storage(sys.argv[1]).close()"


def test_processes_that_start_at_once_do_not_get_in_each_others_way(url: str, engine: Engine) -> None:
    before = fill(engine, earlier=True)
    starting = [
        subprocess.Popen([sys.executable, "-c", OPENING, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = [one.communicate(timeout=120)[1] for one in starting]
    assert [one.returncode for one in starting] == [0] * 4, told
    assert (differences(engine), form_of(engine)) == ([], schema.SCHEMA)
    assert rows_of(engine)["decisions"] == before["decisions"]


def test_a_step_that_fails_leaves_the_database_as_it_was(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    tables = set(inspect(engine).get_table_names())
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE audit_head (something INTEGER)")  # the last that is made is there
    with pytest.raises(ServiceError, match="audit_head"):
        Storage(url)
    assert set(inspect(engine).get_table_names()) == tables | {"audit_head"}
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit_head")
    storage = Storage(url)
    storage.audit.write(AuditEntry("public", "asked"))
    storage.close()
    assert differences(engine) == []


def test_the_form_that_is_looked_for_is_that_of_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "service" / "storage" / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.SCHEMA]


def test_a_database_that_has_its_form_is_opened_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kb.sqlite3"
    for loaded in (True, False):
        command = f"{OPENING}; sys.exit(('alembic' in sys.modules) is not {loaded})"
        assert subprocess.run([sys.executable, "-c", command, url], cwd=ROOT, check=False).returncode == 0
