"""``agendagraph history``: list the updates of a store."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("store", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("update", required=False)
def history(store: Path, update: str | None) -> None:
    """List the updates of a store, or show one of them.

    STORE is a directory; a server may use it meanwhile. Without UPDATE, standard output has one
    line for each update, the oldest first, tab-separated: name, time, agent, quads added, quads
    removed, the request, and "undone" if a later update has undone it. With UPDATE, it has what
    that update changed, as RDF Patch: A for an added quad, D for a removed one.

    The history is also RDF, in the graph <https://w3id.org/agendagraph/graph/updates>, and over
    HTTP at /updates.

    Exit status: 0 done, 2 STORE cannot be read or has no such update.

    \b
    Example:
      agendagraph history /var/lib/agendagraph | tail -3
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates import offline  # noqa: PLC0415 - not for --help

    if update is not None:
        click.echo(offline.patch_text(store, update), nl=False)
        return
    for entry in offline.entries(store):
        cells = (
            *(entry.name, entry.time, entry.agent, str(entry.added), str(entry.removed)),
            *(" ".join(entry.label.split()), "undone" if entry.undone else ""),
        )
        click.echo("\t".join(cells))
