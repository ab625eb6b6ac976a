"""Opening the database that KB_DATABASE_URL names: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from ingest.settings import Settings
from kb.errors import ServiceError
from service.storage.schema import migrate


def database_url(settings: Settings) -> str:
    """Give the URL to open: a SQLite file beside the index where none is set."""
    index = settings.index_dir.absolute()
    return settings.database_url or f"sqlite:///{index.parent / index.name}.service.sqlite3"


def require_database(settings: Settings) -> None:
    """Raise ServiceError where the database is an SQLite file that is not there: opening would make an empty one."""
    try:
        url = make_url(database_url(settings))
    except ArgumentError:
        return  # told by whoever opens it
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise ServiceError.of("database_missing", file=url.database)


def open_database(url: str) -> sessionmaker[Session]:
    """Open the database and bring its tables to the form of this version; raise ServiceError where it cannot be had or
    is of a later one."""
    driver = "postgresql+psycopg://"
    try:
        # SQLAlchemy's default driver is psycopg2, ours is psycopg 3. A connection that the server closed overnight is
        # noticed by the ping.
        engine = create_engine(url.replace("postgresql://", driver, 1), pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except (SQLAlchemyError, ImportError) as error:
        reason = str(error.__cause__ or error).split("\n")[0]
        raise ServiceError.of("database_not_opened", cause=reason) from error
    # Rows are read after their session has ended.
    return sessionmaker(engine, expire_on_commit=False)


def close_database(sessions: sessionmaker[Session]) -> None:
    """Close every connection."""
    engine: Engine = sessions.kw["bind"]
    engine.dispose()


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """Read all tables as they are at this moment, whatever is written meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # by itself the driver begins none before something is written
            yield connection
        else:
            yield connection.execution_options(isolation_level="REPEATABLE READ")


def _prepare_sqlite(connection: object, _record: object) -> None:
    """Let readers and a writer work beside each other, lose nothing that was told to be kept, and keep foreign keys."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
