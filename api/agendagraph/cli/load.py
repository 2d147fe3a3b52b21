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
@click.option("--no-validation", is_flag=True, help="Do not validate our graphs.")
def load(store: Path, files: tuple[Path, ...], graph: str | None, *, no_validation: bool) -> None:
    """Add RDF files to a store.

    STORE is a directory that no server uses; it is made if missing. FILES are .nq, .trig,
    .nt, .ttl, .rdf, .jsonld or .n3, also compressed (.gz, .zst); they are loaded in one
    transaction. If a FILE has a FILE.manifest.json, its SHA-256 is checked.

    `agendagraph revert` can undo a load of up to 16 MiB. A larger one has no patch: make a
    backup first, and go back with `agendagraph restore`.

    Standard output has one line: the number of quads in the store and its generation.

    Exit status: 0 done, 1 one of our graphs would violate its shapes, 2 STORE is in use, or a
    file does not parse.

    \b
    Example:
      agendagraph load /var/lib/agendagraph people.ttl --graph http://example.org/people
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates.transfer import rdf_files  # noqa: PLC0415 - not for --help

    with announced("loading"):
        snapshot = rdf_files.load(
            store,
            files,
            agent=getpass.getuser(),
            graph=graph,
            shapes=[shipped.SHAPES],
            validated="" if no_validation else GRAPH,
        )
    click.echo(f"{snapshot.quads}\t{snapshot.generation}")
