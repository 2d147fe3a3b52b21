"""``agendagraph validate``: validate a graph against its SHACL shapes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agendagraph import files
from agendagraph.cli.progress import announced
from agendagraph.rdf.iris import shortened
from agendagraph.store.shipped import shipped_files
from agendagraph.validation import Severity, validate_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.validation import Result


@click.command()
@click.argument(
    "paths", nargs=-1, metavar="[FILES]...", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="File or folder of shapes; may be repeated.  [default: the ones shipped]",
)
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    default="en",
    show_default=True,
    help="Language of messages.",
)
@click.option(
    "--format", "form", type=click.Choice(["tsv", "json"]), default="tsv", show_default=True
)
@click.option("--all", "ungrouped", is_flag=True, help="One line for every warning and info, too.")
def validate(
    paths: tuple[Path, ...], shapes: tuple[Path, ...], lang: str, form: str, *, ungrouped: bool
) -> None:
    """Validate a graph against its SHACL shapes.

    FILES are files or folders of RDF, validated as one graph.  Default: the shipped graph
    with its ontology.

    Standard output: the findings as tab-separated lines, violations first: severity, focus
    node, path, value, shape, message, count; or, as json, the report with all findings and
    the messages in all languages. Every violation has a line with the count 1. The warnings of
    a shape share a line, and so do its infos: the line shows the first one and the count; with
    --all, each has a line. Standard error: the totals.

    Exit status: 0 no violation, 1 at least one violation, 2 FILES or the shapes cannot be
    read, or the shapes are invalid.

    \b
    Example:
      agendagraph validate data/graph ontology --lang ko | cut -f2,6
    """  # noqa: D301 - click reads the backspace
    data = list(paths) or [file for file, _ in shipped_files()]
    with announced("validating"):
        report = validate_files(data, shapes=list(shapes) or [files.SHAPES])
    if form == "json":
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        _write_grouped(report.results, lang, ungrouped=ungrouped)
    violations = len(report.violations)
    others = len(report.results) - violations
    click.echo(
        f"{violations} violation{'' if violations == 1 else 's'},"
        f" {others} other finding{'' if others == 1 else 's'}",
        err=True,
    )
    if not report.reached:
        click.echo("the shapes select no node of this graph: nothing was checked", err=True)
    sys.exit(0 if report.conforms else 1)


def _write_grouped(results: Iterable[Result], lang: str, *, ungrouped: bool) -> None:
    """Write findings with the count of each line; see the help of the command."""
    groups: dict[object, list[Result]] = {}
    for result in results:
        alone = ungrouped or result.severity is Severity.VIOLATION
        key = len(groups) if alone else (result.severity, result.shape)
        groups.setdefault(key, []).append(result)
    for group in groups.values():
        click.echo(f"{line_of(group[0], lang)}\t{len(group)}")


def line_of(result: Result, lang: str) -> str:
    """Return a finding as a line, tab-separated; tabs and line ends inside become spaces."""
    cells = (
        result.severity,
        shortened(result.focus_node),
        result.path or "",
        result.value or "",
        shortened(result.shape),
        result.message(lang),
    )
    return "\t".join(" ".join(cell.split()) for cell in cells)
