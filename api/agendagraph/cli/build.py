"""``agendagraph build``: build the graph from its sources and tables."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from agendagraph import files
from agendagraph.agenda.pipeline.build import build as build_graph
from agendagraph.agenda.pipeline.sources import Folders
from agendagraph.cli.progress import Steps
from agendagraph.cli.validate import line_of
from agendagraph.errors import ValidationFailed
from agendagraph.validation import Report


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file would change.")
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=files.GRAPH,
    help="Folder of the graph; its .ttl files are replaced.  [default: data/graph]",
)
@click.option(
    "--tables",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=files.TABLES,
    help="Folder of the tables; each folder in it with an agenda.csv is an agenda.",
)
@click.option(
    "--source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=files.SOURCE,
    help="Folder of the captured pages.",
)
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    default="en",
    show_default=True,
    help="Language of findings.",
)
def build(*, check: bool, output: Path, tables: Path, source: Path, lang: str) -> None:
    """Build the graph from its sources and tables.

    Reads the pages and tables, links names, builds the layers and the derived triples,
    validates the whole against the SHACL shapes, and then writes one file a named graph,
    atomically. The same input gives the same bytes.

    Standard output: the paths of the files that changed (or, with --check, would change).
    Standard error: progress, and the violations as tab-separated lines: the rows of the tables
    that caused it, as file:line:column; severity, focus node, path, value, shape, message.

    Exit status: 0 built, or nothing would change; 1 the graph violates its shapes and nothing
    was written, or --check found differences; 2 the input cannot be read.
    """
    folders = Folders(tables=tables, source=source)
    try:
        with Steps() as steps:
            built = build_graph(folders, output=output, check=check, announce=steps.begin)
    except ValidationFailed as error:
        if isinstance(error.report, Report):
            for result in error.report.violations:
                places = ", ".join(map(str, result.places))
                click.echo(f"{places}\t{line_of(result, lang)}", err=True)
        click.echo("nothing was written", err=True)
        raise
    for path in built.changed:
        click.echo(path)
    triples = sum(len(set(graph.triples)) for graph in built.graphs)
    warnings = len(built.report.results)
    click.echo(
        f"{len(built.graphs)} graphs, {triples} triples; {warnings} warnings; "
        f"{len(built.changed)} files {'differ' if check else 'changed'}",
        err=True,
    )
    sys.exit(1 if check and built.changed else 0)
