"""``agendagraph history``: what was done to a store."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("store", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("update", required=False)
def history(store: Path, update: str | None) -> None:
    r"""List the updates of a store, or show one of them.

    STORE may be in use by a server. Without UPDATE, standard output holds one line for each
    update, the oldest first, tab-separated: its name, when, who, quads added, quads removed,
    what was asked for, and "undone" where a later one has undone it. With UPDATE, it holds
    what that one changed, as RDF Patch: A for a quad that was added, D for one removed.

    The same is RDF in the graph <https://w3id.org/agendagraph/graph/updates>.

    Exit status: 0 done, 2 STORE cannot be read or has no such update.

    \b
    Example:
      agendagraph history /var/lib/agendagraph | tail -3
    """
    from agendagraph.updates import offline  # noqa: PLC0415 - not for --help

    if update is not None:
        click.echo(offline.patch_text(store, update), nl=False)
        return
    for entry in offline.entries(store):
        cells = (
            *(entry.name, entry.time, entry.agent, str(entry.added), str(entry.removed)),
            *(" ".join(entry.label.split()), "undone" if entry.undone else ""),
        )
        click.echo("\t".join(cells))
