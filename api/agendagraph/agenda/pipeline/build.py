"""Build the graph: from the folders that people edit to the files that everybody reads."""

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
    """What a build made, what its validation found, and which files that changes."""

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
    """Build the graph from *folders* and write it to *output*, if it keeps its shapes.

    Args:
        folders: What to read; the shipped folders if not given.
        output: The folder of the graph; its ``.ttl`` files are replaced.
        check: Write nothing and only compare.
        announce: Called with what is done next.

    Returns:
        The graphs, the report, and the paths below *output* that changed (or, under
        *check*, would change).

    Raises:
        ValidationFailed: The graph breaks its shapes; nothing was written.
        SourceError: A page is not in the form that we read.
        TableError: Tables say what cannot be.
        GraphSyntaxError: The ontology or the shapes do not parse.
        StoreError: *output* cannot be written; it is as it was.
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
