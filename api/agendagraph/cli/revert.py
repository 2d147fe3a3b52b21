"""``agendagraph revert``: undo one update."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from agendagraph import files as shipped
from agendagraph.cli.progress import announced
from agendagraph.errors import StoreError, StoreInUseError
from agendagraph.namespaces import GRAPH


@click.command()
@click.argument("store", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("update")
@click.option("--no-validation", is_flag=True, help="Do not validate our graphs.")
def revert(store: Path, update: str, *, no_validation: bool) -> None:
    """Undo one update of a store.

    STORE is a directory that no server uses; a running server undoes an update at
    POST /updates/UPDATE/revert. UPDATE is a name that `agendagraph history` lists. Its added
    quads are removed and its removed quads are added, in one transaction, which is an update of
    its own and can be undone in turn. If later updates changed the same quads, nothing happens:
    undo those first.

    Standard output has one line: quads added, quads removed, and the name of the new update.

    Exit status: 0 done, 1 one of our graphs would violate its shapes, 2 STORE is in use, or
    UPDATE cannot be undone.

    \b
    Example:
      agendagraph revert /var/lib/agendagraph 000000000012-3f2a9c1e
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates import offline  # noqa: PLC0415 - not for --help

    try:
        with announced("undoing"):
            patch, generation = offline.revert(
                store,
                update,
                agent=getpass.getuser(),
                shapes=[] if no_validation else [shipped.SHAPES],
                validated=GRAPH,
            )
    except StoreInUseError as error:
        if not error.address:
            raise
        address = f"{error.address}/updates/{update}/revert"
        command = f'curl -X POST -H "Authorization: Bearer TOKEN" {address}'
        raise StoreError(f"{error}; ask that server to undo it: {command}") from None
    click.echo(f"{len(patch.added)}\t{len(patch.removed)}\t{generation}")
