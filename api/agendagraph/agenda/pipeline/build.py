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
    """The graphs of a build, its report, and the paths below the output that changed."""

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
    """Build the graph from *folders*, validate it, and replace the ``.ttl`` files of *output*.

    With *check*, nothing is written: the paths of the result are those that would change.
    *announce* is called with the name of each step.

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
