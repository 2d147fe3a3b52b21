"""``agendagraph revert``: undo one update."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from agendagraph import files as shipped
from agendagraph.cli.progress import announced
from agendagraph.namespaces import GRAPH


@click.command()
@click.argument("store", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("update")
@click.option(
    "--no-validation", is_flag=True, help="Do not hold graphs of ours against the shapes."
)
def revert(store: Path, update: str, *, no_validation: bool) -> None:
    r"""Undo one update of a store.

    STORE must not be in use by a server. UPDATE is a name that `agendagraph history` lists.
    What it added is removed and what it removed is added, in one step, which is an update of
    its own and can be undone again. If later updates have changed the same quads, nothing
    happens: undo those first.

    Standard output holds one line: quads added, quads removed, and the name of the update
    that did it.

    Exit status: 0 done, 1 a graph of ours would break its shapes, 2 STORE is in use, or
    UPDATE cannot be undone.

    \b
    Example:
      agendagraph revert /var/lib/agendagraph 000000000012-3f2a9c1e
    """
    from agendagraph.updates import offline  # noqa: PLC0415 - not for --help

    with announced("undoing"):
        done = offline.revert(
            store,
            update,
            agent=getpass.getuser(),
            shapes=[] if no_validation else [shipped.SHAPES],
            validated=GRAPH,
        )
    click.echo(f"{len(done.patch.added)}\t{len(done.patch.removed)}\t{done.snapshot.generation}")
