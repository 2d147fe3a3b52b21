"""The graph that we ship: its files, the name of the graph of each, and how to load it.

The name of a graph is the place of its file: ``data/graph/kr-mofa-2022/document.ttl`` is
``graph/kr-mofa-2022/document``; everything in ``ontology/`` is ``graph/ontology``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph import files
from agendagraph.errors import StoreError
from agendagraph.namespaces import GRAPH
from agendagraph.rdf.reading import quads_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONTOLOGY_FOLDERS: Final = ("", "schemes")
"""Folders of ``ontology/`` that are loaded; stubs declare others' terms for reasoners only."""


def shipped_files(
    *, ontology: Path = files.ONTOLOGY, graph: Path = files.GRAPH
) -> list[tuple[Path, str]]:
    """Return the files of the shipped graph, each with the IRI of its named graph, in order.

    Raises:
        StoreError: There are none; the graph was never built.
    """
    found = [(file, GRAPH + "ontology") for file in ontology_files(ontology)]
    built = sorted(graph.rglob("*.ttl"))
    if not built:
        raise StoreError(f"no graph in {graph}: make it by `agendagraph build`")
    found += [(f, GRAPH + f.relative_to(graph).with_suffix("").as_posix()) for f in built]
    return found


def ontology_files(ontology: Path = files.ONTOLOGY) -> list[Path]:
    """Return the files of the ontology and of its schemes, in order."""
    return [file for part in ONTOLOGY_FOLDERS for file in sorted((ontology / part).glob("*.ttl"))]


def shipped_quads(
    *, ontology: Path = files.ONTOLOGY, graph: Path = files.GRAPH
) -> Iterator[ox.Quad]:
    """Yield the quads of the shipped graph, each in its named graph.

    Raises:
        StoreError: The graph was never built.
        GraphSyntaxError: A file does not parse.
    """
    for file, name in shipped_files(ontology=ontology, graph=graph):
        graph_name = ox.NamedNode(name)
        for quad in quads_of_file(file):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph_name)


def load_shipped(
    store: ox.Store, *, ontology: Path = files.ONTOLOGY, graph: Path = files.GRAPH
) -> None:
    """Load the shipped graph into *store*, beside what it holds.

    Raises:
        StoreError: The graph was never built, or the store cannot be written.
        GraphSyntaxError: A file does not parse; nothing was loaded.
    """
    quads = list(shipped_quads(ontology=ontology, graph=graph))
    try:
        store.bulk_extend(quads)
    except (OSError, RuntimeError) as error:
        raise StoreError(f"cannot load the shipped graph: {error}") from None
