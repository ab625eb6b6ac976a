"""`kb account`: the people who work with the service, their passwords and the keys of programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import IndexOption
from ingest.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from service.storage import Storage

app = typer.Typer(no_args_is_help=True, help="People who work with the service, and keys for programs.")

Name = Annotated[str, typer.Argument(help="The name of the account: letters of any script, digits, _ . -")]
RoleArgument = Annotated[
    Literal["staff", "editor", "administrator"],
    typer.Argument(
        help="staff: upload and see what is not public; editor: publish as well; administrator: everything."
    ),
]


@app.command()
def add(name: Name, role: RoleArgument, index: IndexOption = None) -> None:
    """Make an account and print the link by which its password is set, once."""
    with open_storage(index, make=True) as storage:
        _print_link(storage.accounts.add(name, role))


@app.command("list")
def list_(index: IndexOption = None) -> None:
    """List accounts and keys."""
    with open_storage(index) as storage:
        for one in storage.accounts.all():
            state = "disabled" if one.disabled else "" if one.ready else "no password yet"
            print(f"{one.name}\t{one.role}\t{state}".rstrip())
        for key in storage.accounts.api_keys():
            print(f"key {key.key_id}\t{key.account}\t{key.label}".rstrip())


@app.command()
def role(name: Name, role: RoleArgument, index: IndexOption = None) -> None:
    """Give an account another role, which holds from the next request on."""
    with open_storage(index) as storage:
        storage.accounts.give_role(name, role)


@app.command()
def disable(name: Name, index: IndexOption = None) -> None:
    """Close an account, with its sessions, links and keys."""
    with open_storage(index) as storage:
        storage.accounts.disable(name)


@app.command()
def enable(name: Name, index: IndexOption = None) -> None:
    """Open an account again."""
    with open_storage(index) as storage:
        storage.accounts.enable(name)


@app.command()
def link(name: Name, index: IndexOption = None) -> None:
    """Print a link by which a lost password is set anew, once."""
    with open_storage(index) as storage:
        _print_link(storage.accounts.new_link(name))


@app.command()
def key(
    name: Name,
    label: Annotated[str, typer.Option(help="What the key is for, to be told in the list.")] = "",
    index: IndexOption = None,
) -> None:
    """Make an API key that acts for an account, and print it once; it is sent as `Authorization: Bearer KEY`."""
    with open_storage(index) as storage:
        print(storage.accounts.new_key(name, label))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key, as `kb account list` names it.")], index: IndexOption = None
) -> None:
    """Let a key open nothing any more."""
    with open_storage(index) as storage:
        storage.accounts.revoke(key_id)


def _print_link(secret: str) -> None:
    print(f"/staff#link={secret}")


@contextmanager
def open_storage(index: Path | None, *, make: bool = False) -> Iterator[Storage]:
    """Open the database that belongs to an index, or that KB_DATABASE_URL names; raise ServiceError where it is a file
    that is not there, unless it is to be made and the index is there."""
    from kb.index.snapshot import snapshot_names
    from service.storage import Storage
    from service.storage.database import require_database

    settings = read_settings(index)
    if not (make and snapshot_names(settings.index_dir)):
        require_database(settings)
    storage = Storage.of_settings(settings)
    try:
        yield storage
    finally:
        storage.close()
