"""The tests of the service on PostgreSQL in the place of SQLite: `make test-postgresql`, which loads this as a plugin
of pytest.

Every index whose settings name no database has one of its own on the server. A service in a process of its own, which a
few tests start, keeps to SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

import service.backup
import service.storage
from ingest.settings import Settings
from service.storage.database import database_url


@pytest.fixture(scope="session", autouse=True)
def _default_database(postgres: str) -> Iterator[None]:
    """Give the databases of this server where a file beside the index would be taken."""
    of_file: dict[str, str] = {}

    def on_server(settings: Settings) -> str:
        url = database_url(settings)
        if settings.database_url:
            return url
        if url not in of_file:
            name = f"kb_{len(of_file)}"
            with psycopg.connect(postgres, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")  # a name of our own making
            of_file[url] = postgres.rsplit("/", 1)[0] + f"/{name}"
        return of_file[url]

    with pytest.MonkeyPatch.context() as patch:
        for module in (service.storage, service.backup):
            patch.setattr(module, "database_url", on_server)
        yield
    assert of_file, "no test opened a database"
