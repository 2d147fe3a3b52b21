"""What the tests of networks share: Southern Women, a small agenda, and a random bipartite graph.

The Southern Women of Davis, Gardner and Gardner (*Deep South*, 1941) are in networkx.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

from agendagraph.knowledge import open_graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.knowledge import KnowledgeGraph

SMALL = Path(__file__).with_name("small.ttl")


TwoMode = Callable[..., "nx.Graph[Any]"]


@pytest.fixture
def two_mode() -> TwoMode:
    """How to make a bipartite graph of edges (unit, event)."""

    def make(edges: Iterable[tuple[Any, Any]], **graph: str) -> nx.Graph[Any]:
        made: nx.Graph[Any] = nx.Graph(**graph)
        for unit, event in edges:
            made.add_node(unit, bipartite=0)
            made.add_node(event, bipartite=1)
            made.add_edge(unit, event)
        return made

    return make


@pytest.fixture
def women() -> nx.Graph[Any]:
    """18 women (side 0) and the 14 events that they attended (side 1)."""
    return nx.davis_southern_women_graph()


@pytest.fixture(scope="session")
def small() -> KnowledgeGraph:
    """The agenda of small.ttl, which is made to be checked by eye."""
    return open_graph(SMALL)
