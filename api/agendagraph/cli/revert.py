"""``agendagraph revert``: undo one update."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from agendagraph import files as shipped
from agendagraph.cli.progress import announced
from agendagraph.cli.store_or_server import StoreOrServer, token_option
from agendagraph.errors import StoreError, StoreInUseError
from agendagraph.namespaces import GRAPH

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("store", type=StoreOrServer(), metavar="STORE|URL")
@click.argument("update")
@token_option
@click.option(
    "--no-validation", is_flag=True, help="Do not hold graphs of ours against the shapes."
)
def revert(store: Path | str, update: str, *, token_file: Path | None, no_validation: bool) -> None:
    """Undo one update of a store.

    STORE is a directory that no server uses; where one does, give its URL and a token that
    may write, and it undoes the update while it answers queries. UPDATE is a name that
    `agendagraph history` lists. What it added is removed and what it removed is added, in
    one step, which is an update of its own and can be undone again. If later updates have
    changed the same quads, nothing happens: undo those first.

    Standard output holds one line: quads added, quads removed, and the name of the update
    that did it.

    Exit status: 0 done, 1 a graph of ours would break its shapes, 2 STORE is in use, or
    UPDATE cannot be undone.

    \b
    Examples:
      agendagraph revert /var/lib/agendagraph 000000000012-3f2a9c1e
      agendagraph revert http://127.0.0.1:8000 000000000012-3f2a9c1e --token-file tokens
    """  # noqa: D301 - click reads the backspace
    if isinstance(store, str) and no_validation:
        raise click.UsageError("--no-validation is for a directory: a server always validates")
    with announced("undoing"):
        if isinstance(store, str):
            done = _by_server(store, update, token_file)
        else:
            done = _here(store, update, no_validation=no_validation)
    click.echo("\t".join("?" if each is None else str(each) for each in done))


def _by_server(
    address: str, update: str, token_file: Path | None
) -> tuple[int | None, int | None, str]:
    from agendagraph.cli.server_client import ServerClient  # noqa: PLC0415 - not for --help

    return ServerClient(address, token_file).revert(update)


def _here(store: Path, update: str, *, no_validation: bool) -> tuple[int, int, str]:
    from agendagraph.server.updates import offline  # noqa: PLC0415 - not for --help

    try:
        done = offline.revert(
            store,
            update,
            agent=getpass.getuser(),
            shapes=[] if no_validation else [shipped.SHAPES],
            validated=GRAPH,
        )
    except StoreInUseError as error:
        if not error.address:
            raise
        raise StoreError(
            f"{error}; have that server undo it:"
            f" agendagraph revert {error.address} {update} --token-file FILE"
        ) from None
    return len(done.patch.added), len(done.patch.removed), done.snapshot.generation
