"""``agendagraph load``: add RDF files to a store."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from agendagraph import files as shipped
from agendagraph.cli.progress import announced
from agendagraph.namespaces import GRAPH


@click.command()
@click.argument("store", type=click.Path(file_okay=False, path_type=Path))
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--graph", help="IRI of the graph that triples go to.  [default: the unnamed one]")
@click.option(
    "--no-validation", is_flag=True, help="Do not hold graphs of ours against the shapes."
)
@click.option(
    "--undoable-mib",
    type=click.IntRange(min=0),
    default=256,
    show_default=True,
    help="Keep what is needed to undo it, if FILES have at most so many MiB together.",
)
def load(
    store: Path,
    files: tuple[Path, ...],
    graph: str | None,
    *,
    no_validation: bool,
    undoable_mib: int,
) -> None:
    """Add RDF files to a store.

    STORE is a directory that no server uses; it is made if missing. FILES are .nq, .trig,
    .nt, .ttl, .rdf, .jsonld or .n3, also packed (.gz, .zst); they are loaded all or not at
    all. A FILE.manifest.json beside one is checked.

    `agendagraph revert` can undo a load. To keep what that needs takes, for more than 16 MiB,
    about as long as the load itself, and disk space as the data as N-Quads; of larger FILES
    than --undoable-mib the history tells, but they cannot be undone.

    Standard output holds one line: the number of quads in the store and its generation.

    Exit status: 0 done, 1 a graph of ours would break its shapes, 2 STORE is in use, or a
    file does not parse.

    \b
    Example:
      agendagraph load /var/lib/agendagraph people.ttl --graph http://example.org/people
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates.transfer import rdf_files  # noqa: PLC0415 - not for --help

    with announced("loading"):
        told = rdf_files.load(
            store,
            files,
            agent=getpass.getuser(),
            graph=graph,
            shapes=[shipped.SHAPES],
            validated="" if no_validation else GRAPH,
            undoable_bytes=undoable_mib << 20,
        )
    click.echo(f"{told.quads}\t{told.generation}")
