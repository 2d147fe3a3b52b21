"""The vocabulary, parsed once."""

from __future__ import annotations

import pytest
from rdflib import Graph

from agendagraph.files import ONTOLOGY


@pytest.fixture(scope="session")
def vocabulary() -> Graph:
    """Return the modules of the vocabulary with what they borrow: no chains, no schemes."""
    graph = Graph()
    for path in (*sorted(ONTOLOGY.glob("*.ttl")), ONTOLOGY / "stubs" / "borrowed.ttl"):
        if path.name != "chains.ttl":
            graph.parse(path)
    return graph


@pytest.fixture(scope="session")
def everything(vocabulary: Graph) -> Graph:
    """Return all that graph/ontology holds: modules, stubs, chains and schemes."""
    graph = Graph() + vocabulary
    for path in (ONTOLOGY / "chains.ttl", *sorted((ONTOLOGY / "schemes").glob("*.ttl"))):
        graph.parse(path)
    return graph
