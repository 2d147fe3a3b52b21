"""``agendagraph history``: what was done to a store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from agendagraph.cli.store_or_server import StoreOrServer, token_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("store", type=StoreOrServer(), metavar="STORE|URL")
@click.argument("update", required=False)
@token_option
def history(store: Path | str, update: str | None, *, token_file: Path | None) -> None:
    """List the updates of a store, or show one of them.

    STORE is a directory, which a server may use meanwhile; or give the URL of the server.
    Without UPDATE, standard output holds one line for each update, the oldest first,
    tab-separated: its name, when, who, quads added, quads removed, what was asked for, and
    "undone" where a later one has undone it. With UPDATE, it holds what that one changed, as
    RDF Patch: A for a quad that was added, D for one removed. A server shows that only to
    who may write.

    The same is RDF in the graph <https://w3id.org/agendagraph/graph/updates>.

    Exit status: 0 done, 2 STORE cannot be read or has no such update.

    \b
    Examples:
      agendagraph history /var/lib/agendagraph | tail -3
      agendagraph history http://127.0.0.1:8000
    """  # noqa: D301 - click reads the backspace
    if isinstance(store, str):
        from agendagraph.cli.server_client import ServerClient  # noqa: PLC0415 - not for --help

        server = ServerClient(store, token_file)
        entries, patch_text = server.entries, server.patch_text
    else:
        from agendagraph.server.updates import offline  # noqa: PLC0415 - not for --help

        entries, patch_text = partial(offline.entries, store), partial(offline.patch_text, store)
    if update is not None:
        click.echo(patch_text(update), nl=False)
        return
    for entry in entries():
        cells = (
            *(entry.name, entry.time, entry.agent, str(entry.added), str(entry.removed)),
            *(" ".join(entry.label.split()), "undone" if entry.undone else ""),
        )
        click.echo("\t".join(cells))
