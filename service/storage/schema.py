"""Bringing the tables of a database to the form that this version of the service works with, by Alembic, step by step.

The form stands in the database. One that is right is only read; of several processes that start at once one migrates
and the others wait; all steps are one transaction, so that the database keeps its form or has the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from kb.errors import ServiceError

SCHEMA = "2"
"""The form of this version: the latest step below `migrations/versions`."""

_LOCK = 0x6B62_6D69  # of PostgreSQL, a number that means this to all processes of the service
_LONGEST = 300_000  # milliseconds that SQLite waits for another process to have migrated
_USUAL = 5000
_FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Bring the database to `SCHEMA`; raise ServiceError where a later version of the service has been at it."""
    with engine.connect() as connection:
        if _form(connection) == SCHEMA:
            return
    with _alone(engine) as connection:
        found = _form(connection)  # another process may have migrated meanwhile
        if found != SCHEMA:
            _run_steps(connection, found)


def _form(connection: Connection) -> str | None:
    """Read the form of the tables; `None` where none is told: an empty database, or one of before migrations."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    form: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return form


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that no other process migrates beside, and commit it."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_LONGEST}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        yield connection
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_USUAL}")


def _run_steps(connection: Connection, found: str | None) -> None:
    # Imported where there is something to do: it takes as long as many a command.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ServiceError.of("database_newer", found=found, known=SCHEMA)
    command.upgrade(config, SCHEMA)
