"""Build the graph: from the folders that people edit to the Turtle files of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agendagraph import files
from agendagraph.agenda.pipeline.assembly import NamedGraph, assemble, validate_graphs
from agendagraph.agenda.pipeline.sources import Folders
from agendagraph.agenda.pipeline.writing import differences, write_graphs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agendagraph.validation import Report


@dataclass(frozen=True, slots=True)
class Built:
    """The graphs of a build, its validation report, and the files that it changes."""

    graphs: tuple[NamedGraph, ...]
    report: Report
    changed: tuple[str, ...]


def build(
    folders: Folders | None = None,
    *,
    output: Path = files.GRAPH,
    check: bool = False,
    announce: Callable[[str], None] = lambda _: None,
) -> Built:
    """Build the graph from *folders*, validate it, and write it to *output*.

    Args:
        folders: The folders to read.  Default: the shipped ones.
        output: The folder of the graph; its ``.ttl`` files are replaced.
        check: Only compare; write nothing.
        announce: Called with the name of each step.

    Returns:
        The graphs, the report, and the paths below *output* that changed (or, under
        *check*, would change).

    Raises:
        ValidationFailed: The graph violates its shapes; nothing was written.
        SourceError: A page does not have the layout that we read.
        TableError: The tables are invalid.
        GraphSyntaxError: The ontology or the shapes do not parse.
        StoreError: *output* cannot be written; it is unchanged.
    """
    folders = folders or Folders()
    graphs = assemble(folders, announce=announce)
    announce("validating")
    report = validate_graphs(graphs, folders)
    report.raise_for_violations()
    announce("comparing" if check else "writing")
    if check:
        changed = differences({graph.path: graph.turtle() for graph in graphs}, output)
    else:
        changed = write_graphs(graphs, output)
    return Built(graphs, report, tuple(changed))
