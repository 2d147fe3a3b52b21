"""``agendagraph dump``: write a store to a file."""

from __future__ import annotations

from pathlib import Path

import click

from agendagraph.cli.progress import announced


@click.command()
@click.argument("store", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--graph", help="IRI of the only graph to write; '' is the default graph.")
def dump(store: Path, file: Path, graph: str | None) -> None:
    """Write the contents of a store to a file.

    STORE may be in use by a server. The extension of FILE gives the format: .nq and .trig
    contain all graphs; .nt, .ttl, .rdf and .jsonld contain one (name it with --graph). A second
    extension .gz or .zst compresses. FILE.manifest.json has the SHA-256 of FILE, the number of
    quads and their content hash; `agendagraph load` checks it.

    Standard output has one line: the number of quads and the content hash, tab-separated.

    Exit status: 0 done, 2 STORE cannot be read or FILE cannot be written.

    \b
    Example:
      agendagraph dump /var/lib/agendagraph all.nq.zst
    """  # noqa: D301 - click reads the backspace
    from agendagraph.server.updates.transfer import rdf_files  # noqa: PLC0415 - not for --help

    with announced("writing"):
        manifest = rdf_files.dump(store, file, graph=graph)
    click.echo(f"{manifest.quads}\t{manifest.content}")
